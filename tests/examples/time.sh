#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where the minutes went, of a case, a practitioner and a service, each for whom it is.
. "$(dirname "$0")/lib.sh"
"$bin/05_course" --quiet --plugins "$plugins" --export "$course/programme-export.jsonl" \
  --events "$course/service-events.jsonl" --config "$course/course.json" --store "$work/s.db" >"$work/run.log" 2>&1 ||
  fail "05_course ended with $?"
time_of() { "$bin/alliance" time --store "$work/s.db" --tenant course --config "$course/course.json" "$@"; }

time_of --case c01 --at 2026-02-10 --weeks 4 >"$work/case.log" 2>&1
has '^in person +180 +60 +30 +150$' "$work/case.log" "minutes planned, booked, used and still needed"
has 'planned 6 to 5, so far 1 to 0' "$work/case.log" "sessions stand to modules"
has '^2026-02-16 +[0-9]+ +30 ' "$work/case.log" "the week to come holds what is booked in it"
time_of --practitioner p1 --json >"$work/p1.log" 2>&1
has '"scope":"practitioner","id":"p1"' "$work/p1.log" "a practitioner's own account"
time_of --service north >"$work/north.log" 2>&1
has '^all +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+$' "$work/north.log" "a service sees sums"
has 'fewer than five' "$work/north.log" "what few people stand behind is left out"
time_of --service harbour >"$work/harbour.log" 2>&1
has 'all figures: fewer than five' "$work/harbour.log" "three clients are no group"
has_not '^all ' "$work/harbour.log" "figures of three clients are shown"

# refused STATUS WORDS ARGUMENTS...
refused() {
  local status=0
  time_of "${@:3}" >"$work/refused.log" 2>&1 || status=$?
  same "$status" "$1" "alliance time ${*:3}"
  has "$2" "$work/refused.log" "why it is refused"
}
refused 1 'not for this viewer' --practitioner p1 --role practitioner --viewer p2
refused 1 'observed only' --case c20
refused 3 'there is no such case' --case nobody
refused 2 'is required' --weeks 3
