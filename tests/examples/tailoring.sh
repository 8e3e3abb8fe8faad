#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Policies as files, one on a past log, and what was in force when.
. "$(dirname "$0")/lib.sh"
shipped=$source/plugins/tailoring
"$bin/alliance" tailor check "$shipped/data/rules.json" >"$work/check.log" 2>&1
has 'none at fault; [0-9]+ off' "$work/check.log" "the shipped rules can be followed"
has '^off: not-on-track$' "$work/check.log" "what looks at levels is off"
"$bin/alliance" tailor check "$shipped/stepped-data/review.json" >"$work/review.log" 2>&1
has '3 points, 5 questions, none at fault' "$work/review.log" "the shipped review can be followed"
status=0
sed 's/"when": "stuck"/"when": "non_response"/; s/"id": "b3-stuck"/"id": "b3-content"/' "$shipped/data/rules.json" >"$work/wrong.json"
"$bin/alliance" tailor check "$work/wrong.json" >"$work/wrong.log" 2>&1 || status=$?
same "$status" 3 "rules at fault"
has 'wrong\.json: line [0-9]+: rules\[[0-9]+\]\.id: "b3-content" stands twice' "$work/wrong.log" "file, line and field"

"$bin/05_course" --quiet --plugins "$plugins" --export "$course/programme-export.jsonl" \
  --events "$course/service-events.jsonl" --config "$course/course.json" --store "$work/s.db" \
  --connect "jsonl:$work/s.jsonl" >"$work/run.log" 2>&1 || fail "05_course ended with $?"
log=(--log "$work/s.db" --tenant course)
"$bin/alliance" tailor simulate --policy rules "${log[@]}" --case c15 >"$work/rules.log" 2>&1
has 'b3-irrelevant: .*proposed then as well, accepted' "$work/rules.log" "what was proposed then would be again"
has 'because the client found module-4 not relevant' "$work/rules.log" "the evidence is said"
has 'done: .*after b3-irrelevant.*would have been proposed' "$work/rules.log" "what was done stands beside it"
"$bin/alliance" tailor simulate --policy stepped-review "${log[@]}" --case c15 >"$work/stepped.log" 2>&1
has 'stepped-review/tasks: brief.*not proposed then' "$work/stepped.log" "another policy would have asked"
"$bin/alliance" tailor simulate --policy rules "${log[@]}" --case c07 >"$work/own.log" 2>&1
has "done: reorder module-4 before module-3, the practitioner's own" "$work/own.log" "what was done unasked"
"$bin/alliance" tailor simulate --policy rules "${log[@]}" --case c20 >"$work/observed.log" 2>&1
has 'Case c20: this case is observed only' "$work/observed.log" "an observed case is shown"
has_not 'because' "$work/observed.log" "an observed case's proposals are shown"
status=0
"$bin/alliance" tailor simulate --policy none "${log[@]}" >"$work/none.log" 2>&1 || status=$?
same "$status" 3 "a policy that is not loaded"
grep -E '"case":"c0[37]"' "$course/service-events.jsonl" >"$work/events.jsonl"
"$bin/alliance" tailor simulate --policy rules --log "$work/events.jsonl" --json >"$work/events.json" 2>"$work/events.log"
same "$(wc -l <"$work/events.json")" 2 "one line per case of a file of events"
has '"rule":' "$work/events.json" "something would have been proposed"

show() { "$bin/alliance" tailor show --store "$work/s.db" --tenant course --case "$1" --at "$2"; }
show c07 2026-02-20 >"$work/before.log" 2>&1
has 'nothing was adapted' "$work/before.log" "nothing yet"
show c07 2026-03-20 >"$work/after.log" 2>&1
has 'reorder module-4 before module-3  own by p2' "$work/after.log" "what was in force, and whose it was"
if show c20 2026-03-20 >"$work/shown.log" 2>&1; then fail "an observed case's adaptations are shown"; fi
