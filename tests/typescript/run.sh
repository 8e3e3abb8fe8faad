#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh PACKAGE WORK: packs the npm package, installs it as others would, and lets the TypeScript compiler look at it; or
# status 77 where it cannot.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package=$1 work=$2
command -v npm >/dev/null || { echo "skipped: there is no npm"; exit 77; }
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || { echo "skipped: node $major is older than 20"; exit 77; }
[ -d "$here/node_modules/typescript" ] || { echo "skipped: the packages are not installed: npm ci in tests/typescript"; exit 77; }
rm -rf "$work"
mkdir -p "$work"
packed=$(npm pack --silent --pack-destination "$work" "$package")
cp "$here/usage.ts" "$here/tsconfig.json" "$work"
echo '{"private": true, "type": "module"}' >"$work/package.json"
(cd "$work" && npm install --silent --offline --no-audit --no-fund --ignore-scripts "./$packed")
ln -s "$here/node_modules/typescript" "$work/node_modules/typescript"
ln -s "$here/node_modules/@types" "$work/node_modules/@types"
[ ! -d "$here/node_modules/undici-types" ] || ln -s "$here/node_modules/undici-types" "$work/node_modules/undici-types"
cd "$work"
node --preserve-symlinks node_modules/typescript/bin/tsc -p tsconfig.json
node "$here/stream.mjs" "$work/node_modules/@alliance-sdk/client/client.js"
