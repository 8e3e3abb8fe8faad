#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh lrs|fhir ALLIANCE APPLY PLUGINS WORK-FOLDER: the exchange with that server, or status 77 where it cannot run here.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
server=$1
shift
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"
node_20 || exit 77
[ -d "$here/$server/node_modules" ] || { echo "skipped: the server is not installed: npm ci in tests/servers/$server"; exit 77; }
if [ "$server" = lrs ] && ! command -v redis-server >/dev/null; then
  echo "skipped: there is no redis-server"
  exit 77
fi
rm -rf "$4"
mkdir -p "$4"
exec node "$here/$server/exchange.mjs" "$@"
