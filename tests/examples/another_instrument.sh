#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SRS in place of WAI-SR: one file less in a folder, and nothing else is changed.
. "$(dirname "$0")/lib.sh"
cp -r "$source/plugins/instruments/definitions" "$work/definitions"
rm "$work/definitions"/wai-sr-c*
"$bin/05_course" --plugins "$plugins" --export "$course/programme-export.jsonl" --events "$course/service-events.jsonl" \
  --config "$course/course.json" --store "$work/store.db" --instruments "$work/definitions" \
  --connect "jsonl:$work/reports.jsonl" >"$work/out.log" 2>"$work/err.log" || fail "05_course ended with $?"
has ', 0 refused; ' "$work/out.log" "nothing was refused"
grep -F '"kind":"scored"' "$work/reports.jsonl" >"$work/scored"
has '"instrument":"srs-v3"' "$work/scored" "SRS is scored"
has_not 'wai-sr' "$work/scored" "WAI-SR is scored although it is not there"
has '"alliance.total"' "$work/scored" "SRS plays the role"
"$bin/alliance" review --store "$work/store.db" --tenant course --config "$course/course.json" --plugins "$plugins" \
  --html "$work/index.html" >"$work/review.log"
has 'Alliance, total' "$work/index.html" "the page plots the role"
has 'srs-v3' "$work/index.html" "the page names the instrument that plays it"
