#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The platform is killed at any moment and started again: the course goes on and ends as it would have.
. "$(dirname "$0")/lib.sh"
run() {  # takes the place of the shell that it is called in, so that a kill reaches the platform itself
  exec "$bin/05_course" --quiet --plugins "$plugins" --export "$course/programme-export.jsonl" \
    --events "$course/service-events.jsonl" --config "$course/course.json" --store "$1" --connect "jsonl:$2"
}
(run "$work/whole.db" "$work/whole.jsonl") >"$work/whole.log" 2>&1 || fail "the whole course ended with $?"
for pause in 0.3 2.1 1.2 3.4; do
  run "$work/cut.db" "$work/cut.jsonl" >>"$work/cut.log" 2>&1 &
  pid=$!
  sleep "$pause"
  kill -9 "$pid" 2>/dev/null || true  # it may have come to its end
  wait "$pid" 2>/dev/null || true
done
(run "$work/cut.db" "$work/cut.jsonl") >"$work/end.log" 2>&1 || fail "the course that was killed ended with $?"
ids() { grep -oE '"id":"[0-9a-f]{32}"' "$1" | sort -u; }
ids "$work/whole.jsonl" >"$work/a"
ids "$work/cut.jsonl" >"$work/b"
cmp "$work/a" "$work/b" || fail "$(comm -3 "$work/a" "$work/b" | wc -l) reports differ"
