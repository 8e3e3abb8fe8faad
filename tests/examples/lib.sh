# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts beside it. Each is called with: BUILD-FOLDER SOURCE-FOLDER
set -euo pipefail
build=$1 source=$2
bin=$build/bin plugins=$build/lib/alliance/plugins course=$source/examples/course
work=$(mktemp -d)
listener=
finish() {
  local status=$?
  [ -z "$listener" ] || kill "$listener" 2>/dev/null || true
  [ -z "$listener" ] || wait "$listener" 2>/dev/null || true
  if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
    for log in "$work"/*.log; do [ ! -f "$log" ] || { echo "--- $log"; tail -n 40 "$log"; }; done
  fi
  rm -rf "$work"
}
trap finish EXIT

fail() { echo "FAILED: $*"; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: expected $2, got $1"; }
has() { grep -qE -- "$1" "$2" || fail "$3: nothing in $(basename "$2") matches $1"; }
has_not() { ! grep -qE -- "$1" "$2" || fail "$3: $(grep -m1 -E -- "$1" "$2" | cut -c1-300)"; }

# Sets `port`.
listen() {
  "$bin/alliance" listen tcp://127.0.0.1:0 --inbox "$work/inbox.db" >"$work/received.jsonl" 2>"$work/listen.log" &
  listener=$!
  port=
  for _ in $(seq 100); do
    port=$(grep -oE '127\.0\.0\.1:[0-9]+' "$work/listen.log" | head -1 | cut -d: -f2 || true)
    [ -z "$port" ] || return 0
    kill -0 "$listener" 2>/dev/null || break
    sleep 0.1
  done
  fail "the listener did not say its port"
}
stop_listening() {
  kill "$listener"
  wait "$listener" || true
  listener=
}

# of KIND CASE: how many reports of that kind and case were received.
of() { grep -F "\"kind\":\"$1\"" "$work/received.jsonl" | grep -cF "\"case\":\"$2\"" || true; }

# after CASE INSTANT KINDS: how many reports of these kinds were received about a time after the instant.
after() {
  grep -F "\"case\":\"$1\"" "$work/received.jsonl" | grep -E "\"kind\":\"$3\"" | grep -oE '"time":[0-9]+' | cut -d: -f2 |
    awk -v at="$2" '$1 > at { n++ } END { print n + 0 }' || true
}
