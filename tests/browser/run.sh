#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh SCRIPT.mjs ARGUMENT...: or status 77 where it cannot run here.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v node >/dev/null || { echo "skipped: there is no node"; exit 77; }
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || { echo "skipped: node $major is older than 20"; exit 77; }
[ -d "$here/node_modules/playwright-core" ] && [ -d "$here/node_modules/axe-core" ] ||
  { echo "skipped: the packages are not installed: npm ci in tests/browser"; exit 77; }
command -v chromium >/dev/null || { echo "skipped: there is no chromium: tests/install browser"; exit 77; }
script=$1
shift
exec node "$here/$script" "$@"
