#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Policies as files, what is proposed and decided, what is in force when, and a policy on a past log.
. "$(dirname "$0")/lib.sh"
rules=$source/plugins/tailoring/data/rules.json
review=$source/plugins/tailoring/stepped-data/review.json
tailor() { "$bin/alliance" tailor "$@" --plugins "$plugins"; }

# A policy's file by itself.
tailor check "$rules" >"$work/check.log" 2>&1 || fail "the shipped rules are at fault"
has 'rules, none at fault; [1-9][0-9]* off$' "$work/check.log" "how many rules there are and are off"
for rule in b1-over-week b2-usability-level not-on-track; do has "^off: $rule\$" "$work/check.log" "levels ship turned off"; done
tailor check "$review" >"$work/check.log" 2>&1 || fail "the shipped review is at fault"
has 'points, .* questions, none at fault$' "$work/check.log" "the other policy's file is known as such"
tailor check "$rules" --json >"$work/check.json" 2>&1 || fail "the shipped rules are at fault for a program"
has '"fault":null,"rules":[0-9]+,"off":\[.*"b1-over-week"' "$work/check.json" "a program reads which rules are off"
wrong() { # FILE SENTENCE: the shipped rules, changed by the sed script on standard input, are refused with that sentence
  sed -f - "$rules" >"$work/$1"
  status=0
  tailor check "$work/$1" >"$work/wrong.log" 2>&1 || status=$?
  same "$status" 3 "$1: exit status"
  has "$2" "$work/wrong.log" "$1"
}
status=0
"$bin/alliance" tailor check "$rules" --plugins "$work/nowhere" >"$work/wrong.log" 2>&1 || status=$?
same "$status" 3 "a wrong folder of plugins"
has "no rules.alliance.json in the folder of plugins '$work/nowhere': .*--plugins" "$work/wrong.log" "which folder, and the mend"
line=$(grep -n '"id": "b3-stuck"' "$rules" | cut -d: -f1)
wrong field.json "field.json: .*at_leest" <<<"${line}s/at_least/at_leest/"
tailor check "$work/field.json" --json >"$work/fault.json" 2>/dev/null && fail "a fault for a program is no fault"
has '^\{"file":".*field.json","fault":".*at_leest' "$work/fault.json" "a program reads what is at fault"
wrong number.json "number.json: line $line: rules\[[0-9]+\].at_least: must be 0 or more" <<<"${line}s/\"at_least\": 14/\"at_least\": -14/"
wrong word.json "word.json: .*when.*(stuk|none of)" <<<"${line}s/\"when\": \"stuck\"/\"when\": \"stuk\"/"
wrong twice.json "twice.json: line [0-9]+: rules\[[0-9]+\].id: \"b3-content\" stands twice" <<<"${line}s/b3-stuck/b3-content/"
off=$(grep -n '"id": "b2-usability-level"' "$rules" | cut -d: -f1)
wrong level.json "level.json: line [0-9]+: rules\[[0-9]+\].provenance.source: a rule about a level is off until" \
  <<<"$off,$((off + 1))s/\"off\": true,//"
wrong cut.json "cut.json: " <<<'20,$d'

# One course: declined, accepted, applied, reverted, and a change that the programme does not take back.
day=86400000000 monday=1769990400000000 # 2026-02-02
number=0
say() { # DAY TYPE BODY
  number=$((number + 1))
  echo "{\"id\":\"s$number\",\"case\":\"c1\",\"time\":$((monday + $1 * day)),\"body_type\":\"$2\",\"body\":$3}" >>"$work/events.jsonl"
}
skip='"proposal":"b3-irrelevant/module-4","by":"p1"'
say 0 CaseOpened '{"service":"north","practitioner":"p1","delivery":"blended","weeks":10,"planned_sessions":6,"planned_modules":5,"programme":"xapi"}'
say 0 ConsentGiven '{"scope":"measures"}'
say 3 ComponentIrrelevant '{"component":"module-4"}'
say 4 ProposalDecided "{$skip,\"decision\":\"declined\"}" # without a reason: refused
say 5 ProposalDecided "{$skip,\"decision\":\"declined\",\"reason\":\"we have not talked about it\"}"
say 6 ProposalDecided "{$skip,\"decision\":\"accepted\"}"
say 7 AdaptationApplied '{"proposal":"b3-irrelevant/module-4","action":{"kind":"skip"}}'
say 9 AdaptationReverted "{$skip,\"reason\":\"the nights got worse\"}"
say 10 AdaptationApplied '{"action":{"kind":"change_pace","value":14},"by":"p1"}'
say 11 AdaptationReverted '{"proposal":"s9","by":"p1"}'
say 12 ProposalDecided '{"proposal":"b3-workaround/s9","by":"p1","decision":"accepted"}'
: >"$work/nothing.jsonl"
status=0
"$bin/05_course" --quiet --plugins "$plugins" --export "$work/nothing.jsonl" --events "$work/events.jsonl" \
  --config "$course/course.json" --store "$work/s.db" --connect "jsonl:$work/reports.jsonl" >"$work/out.log" 2>"$work/err.log" || status=$?
same "$status" 3 "a decision was refused"
has 'events.jsonl:4: .*body\.reason must say why the proposal is declined' "$work/err.log" "declining needs a reason"
same "$(grep -c . "$work/err.log")" 1 "all else was taken"
told() { grep -F '"kind":"adaptation"' "$work/reports.jsonl" | grep -cE -- "$1" || true; }
same "$(told '"state":"declined","reason":"we have not talked about it"')" 1 "declined, with its reason"
same "$(told '"state":"sent".*verbs/skipped')" 1 "the change went to the programme in its own words"
same "$(told '"state":"reverted".*demo/worry-time.*extensions/replacement.*demo/module-4.*extensions/reverts')" 1 "and so did the way back"
same "$(told '"state":"refused","reason":"what change_pace was before')" 1 "what cannot be taken back is inflexibility"
same "$(grep -F '"kind":"proposal"' "$work/reports.jsonl" | grep -c '"rule":"b3-workaround"')" 1 "a workaround is offered"

show() { tailor show --store "$work/s.db" --tenant course --case c1 "$@" >"$work/show.log" 2>"$work/show.err"; }
path='^path +module-1 module-2 module-3'
show --at 2001-01-01 && fail "a case that was not open is shown"
has 'the case was not open yet at that time' "$work/show.err" "why there is nothing to show"
show --at 2026-02-08
has "$path module-4 module-5\$" "$work/show.log" "accepted and not applied yet"
has '^accepted, not answered by the programme:$' "$work/show.log" "it is under way"
show --at 2026-02-10
has "$path worry-time module-5\$" "$work/show.log" "applied"
has 'skip module-4, worry-time in its place  proposal p-[0-9a-f]+ by p1' "$work/show.log" "what is in force, and by whom"
show --at 2026-02-12
has "$path module-4 module-5\$" "$work/show.log" "reverted"
show --json
has '"refused":\[\{.*change_pace' "$work/show.log" "what the programme would not do"
status=0
show --role practitioner --viewer p2 || status=$?
same "$status" 3 "another practitioner asks"
status=0
tailor show --store "$work/s.db" --tenant course --case c2 >"$work/show.log" 2>&1 || status=$?
same "$status" 3 "a case that is not there"

# Both policies on the course that is over, and the rules on its events.
tailor simulate --policy rules --log "$work/s.db" --tenant course >"$work/rules.log" 2>&1 || fail "simulate ended with $?"
has 'b3-irrelevant: skip module-4, worry-time in its place, 5 min, for practitioner; proposed then as well, accepted' "$work/rules.log" "what was decided"
has 'because the client found module-4 not relevant' "$work/rules.log" "the evidence"
has 'not skip module-4, problem-solving in its place' "$work/rules.log" "what else was considered"
has 'done: change_pace to 14, the practitioner.s own, reverted 2026-02-13' "$work/rules.log" "what was done unasked"
has '^1 cases, 0 of them shown to nobody' "$work/rules.log" "the sum"
tailor simulate --policy stepped-review --log "$work/s.db" --tenant course >"$work/steps.log" 2>&1 || fail "simulate ended with $?"
has 'would have proposed 0' "$work/steps.log" "no session was held: the other policy asks nothing"
status=0
tailor simulate --policy rules --log "$work/events.jsonl" >"$work/events.log" 2>"$work/refused.log" || status=$?
same "$status" 3 "an event of the file was refused"
has '1 of 11 events were not taken, the first because: .*body\.reason' "$work/refused.log" "which, and why"
has 'b3-irrelevant: skip module-4' "$work/events.log" "the others are used"
status=0
tailor simulate --policy horoscope --log "$work/s.db" --tenant course >"$work/none.log" 2>&1 || status=$?
same "$status" 3 "a policy that is not there"
has 'no tailoring policy horoscope' "$work/none.log" "it is named"
sed '/"id": "b3-irrelevant"/s/"when"/"off": true, "when"/' "$rules" >"$work/mine.json"
tailor simulate --policy rules --rules "$work/mine.json" --log "$work/s.db" --tenant course >"$work/mine.log" 2>&1 || fail "simulate ended with $?"
has_not 'b3-irrelevant: skip' "$work/mine.log" "another file of rules is tried"

# Of an observed case there is nothing to show.
sed "2a {\"id\":\"al\",\"case\":\"c1\",\"time\":$((monday + 1)),\"body_type\":\"Allocated\",\"body\":{\"arm\":\"control\",\"observe_only\":true}}" \
  "$work/events.jsonl" | sed '/"ProposalDecided"/d; /"AdaptationReverted"/d; /b3-irrelevant/d' >"$work/observed.jsonl"
"$bin/05_course" --quiet --plugins "$plugins" --export "$work/nothing.jsonl" --events "$work/observed.jsonl" \
  --config "$course/course.json" --store "$work/o.db" --connect "jsonl:$work/o.jsonl" >"$work/out.log" 2>&1 || fail "05_course ended with $?"
has_not '"kind":"(proposal|adaptation)"' "$work/o.jsonl" "a proposal of an observed case left"
tailor simulate --policy rules --log "$work/o.db" --tenant course >"$work/observed.log" 2>&1 || fail "simulate ended with $?"
has '1 of them shown to nobody' "$work/observed.log" "an observed case is shown to nobody"
