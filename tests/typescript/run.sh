#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh PACKAGE WORK: packs the npm package, installs it as others would, and lets the TypeScript compiler look at it; or
# status 77 where it cannot.
set -eu
# shellcheck source=tests/typescript/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
package=$1 work=$2
npm_has "$here" typescript || exit 77
installed "$package" "$work"
cp "$here/usage.ts" "$here/tsconfig.json" "$work"
for name in typescript @types undici-types; do ln -s "$here/node_modules/$name" "$work/node_modules/$name"; done
cd "$work"
node --preserve-symlinks node_modules/typescript/bin/tsc -p tsconfig.json
node "$here/stream.mjs" "$work/node_modules/@alliance-sdk/client/client.js"
