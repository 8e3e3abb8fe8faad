#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A truncated export, a line that is not JSON, an event that is refused: each a sentence with its place, the rest goes on.
. "$(dirname "$0")/lib.sh"
head -n 40 "$course/programme-export.jsonl" | head -c -60 >"$work/export.jsonl"
head -n 300 "$course/service-events.jsonl" >"$work/events.jsonl"
good=$(wc -l <"$work/events.jsonl")
{
  echo 'this is no JSON'
  echo '{"id":"x-1","case":"c01","time":1771000000000000,"body_type":"SessionHeld","body":{"session":1,"minuets":30}}'
  echo '{"id":"x-2","case":"nobody","time":1771000000000000,"body_type":"SessionHeld","body":{"session":1,"minutes":30}}'
  echo '{"id":"x-3","case":"c01","time":1771000000000000,"body_type":"AnswersGiven","body":{"instrument":"gad-7","rater":"client","answers":[{"item":"1","value":9}]}}'
} >>"$work/events.jsonl"
status=0
"$bin/05_course" --quiet --plugins "$plugins" --export "$work/export.jsonl" --events "$work/events.jsonl" \
  --config "$course/course.json" --store "$work/store.db" >"$work/out.log" 2>"$work/err.log" || status=$?
same "$status" 3 "exit status"
has "events.jsonl:$((good + 1)): " "$work/err.log" "the line that is not JSON"
has "events.jsonl:$((good + 2)): .*minuets" "$work/err.log" "the unknown field"
has "events.jsonl:$((good + 3)): " "$work/err.log" "the unknown case"
has "events.jsonl:$((good + 4)): " "$work/err.log" "the answer that is no option"
has 'export.jsonl:40: ' "$work/err.log" "the statement that was cut off"
taken=$(grep -oE '^[0-9]+ events taken' "$work/out.log" | cut -d' ' -f1)
[ "$taken" -gt "$((good / 2))" ] || fail "only $taken events were taken"

status=0
"$bin/05_course" --plugins "$plugins" --events "$work/nothing-here.jsonl" --export "$work/export.jsonl" \
  --config "$course/course.json" --store "$work/store2.db" >"$work/out.log" 2>"$work/err.log" || status=$?
same "$status" 3 "exit status without a file"
has 'nothing-here.jsonl cannot be read' "$work/err.log" "the missing file"
status=0
"$bin/05_course" --no-such-option >"$work/out.log" 2>"$work/err.log" || status=$?
same "$status" 2 "exit status of a wrong call"
