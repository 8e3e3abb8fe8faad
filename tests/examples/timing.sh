#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Schedules as files, what is due and why, and another policy in place of the first.
. "$(dirname "$0")/lib.sh"
schedules=$source/plugins/timing/data/schedules
"$bin/alliance" schedule preview "$schedules/proposed.json" --weeks 12 --svg "$work/c.svg" >"$work/preview.log" 2>&1
has '^week +from +Mon' "$work/preview.log" "the calendar has a head"
has '^ +12  2026-03-23' "$work/preview.log" "the calendar has twelve weeks"
has 'S:' "$work/preview.log" "measures stand on the days of sessions"
has 'pulse-after-signal hangs on rupture' "$work/preview.log" "what no calendar foresees is said"
has '^<svg ' "$work/c.svg" "the drawing is SVG"
has '^</svg>$' "$work/c.svg" "the drawing is whole"
"$bin/alliance" schedule check "$schedules/e-compared.json" >"$work/check.log" 2>&1
has 'none at fault' "$work/check.log" "E-COMPARED's schedule can be followed"
has 'unverified' "$work/check.log" "unverified numbers are said to be"
sed 's/"anchor": "every_weeks"/"anchor": "every_session"/' "$schedules/e-compared.json" >"$work/wrong.json"
status=0
"$bin/alliance" schedule check "$work/wrong.json" >"$work/wrong.log" 2>&1 || status=$?
same "$status" 3 "a schedule at fault"
has 'wrong\.json: line 23: rules\[4\]\.number: every_session takes no number' "$work/wrong.log" "file, line and field"

run() {
  "$bin/05_course" --quiet --plugins "$plugins" --export "$course/programme-export.jsonl" \
    --events "$course/service-events.jsonl" --config "$1" --store "$2" --connect "jsonl:$3" >"$work/run.log" 2>&1 ||
    fail "05_course ended with $?"
}
run "$course/course.json" "$work/s.db" "$work/s.jsonl"
"$bin/alliance" due --store "$work/s.db" --tenant course --config "$course/course.json" --case c01 --at 2026-03-01 \
  --explain >"$work/due.log" 2>&1
for word in planned answered 'rule pulse-client: Session 1 was held\. Event' 'answered 2026-0.* by event'; do
  has "$word" "$work/due.log" "due says why"
done
"$bin/alliance" due --store "$work/s.db" --tenant course --config "$course/course.json" --case c09 --at 2026-05-01 >"$work/late.log" 2>&1
has '^expired' "$work/late.log" "c09 stopped answering"
for at in 2200-01-01:'from 1970 to 2099' 2001-01-01:'the case was not open yet'; do
  status=0
  "$bin/alliance" due --store "$work/s.db" --tenant course --config "$course/course.json" --case c01 --at "${at%%:*}" >"$work/at.log" 2>&1 || status=$?
  same "$status" 3 "due --at ${at%%:*}"
  has "${at#*:}" "$work/at.log" "why there is nothing to show"
done
if "$bin/alliance" due --store "$work/s.db" --tenant course --case c01 --role practitioner --viewer p2 >"$work/denied.log" 2>&1; then
  fail "another practitioner sees what is due"
fi
if "$bin/alliance" due --store "$work/s.db" --tenant course --case c20 >"$work/observed.log" 2>&1; then
  fail "a case that is observed only is shown"
fi
grep -F '"case":"c20"' "$work/s.jsonl" >"$work/c20"
has '"kind":"measure-due"' "$work/c20" "measures of an observed case are scheduled"
has_not '"kind":"(alliance-signal|proposal)"' "$work/c20" "somebody is prompted by a signal"

# The same course by a trial's calendar: one line of the configuration.
sed 's/^{/{"timing_policy":"trial-calendar",/' "$course/course.json" >"$work/trial.json"
run "$work/trial.json" "$work/t.db" "$work/t.jsonl"
has '"rule":"week-4\.alliance\.total\.client\.practitioner"' "$work/t.jsonl" "the calendar's visits fall due"
has_not '"rule":"pulse-client"' "$work/t.jsonl" "the schedule's rules are still followed"
