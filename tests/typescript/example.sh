#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# example.sh PACKAGE WORK ALLIANCE EXAMPLE: the example of a platform in Node, before the sidecar.
set -euo pipefail
# shellcheck source=tests/typescript/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
package=$1 work=$2 alliance=$3 example=$4
"$alliance" serve --new-token 2>/dev/null | grep -q ^token || { echo "skipped: this alliance has no command serve"; exit 77; }
installed "$package" "$work"
cp "$example" "$work/example.mjs"
"$alliance" serve --json >"$work/serve.json" 2>"$work/serve.log" &
sidecar=$!
trap 'kill $sidecar 2>/dev/null; wait $sidecar 2>/dev/null || true' EXIT
for _ in $(seq 600); do
  [ ! -s "$work/serve.json" ] || break
  kill -0 $sidecar 2>/dev/null || { cat "$work/serve.log"; exit 1; }
  sleep 0.1
done
read -r url token < <(node -p 'const { url, token } = JSON.parse(require("fs").readFileSync(process.argv[1])); `${url} ${token}`' "$work/serve.json")
timeout 120 node "$work/example.mjs" "$url" "$token" | tee "$work/example.log"
for wanted in 'now: item 9 of phq-9 is positive' '^20.*(planned)$' '^report: '; do
  grep -q "$wanted" "$work/example.log" || { echo "FAILED: it does not say $wanted"; exit 1; }
done
