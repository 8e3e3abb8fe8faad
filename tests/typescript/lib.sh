# SPDX-License-Identifier: Apache-2.0
# For the scripts of this folder: here, and the package installed as others would.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"
node_20 npm || exit 77

# installed PACKAGE WORK: a new folder WORK, in which @alliance-sdk/client can be imported.
installed() {
  rm -rf "$2"
  mkdir -p "$2"
  local packed
  packed=$(npm pack --silent --pack-destination "$2" "$1")
  echo '{"private": true, "type": "module"}' >"$2/package.json"
  (cd "$2" && npm install --silent --offline --no-audit --no-fund --ignore-scripts "./$packed")
}
