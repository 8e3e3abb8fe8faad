#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The whole course beside a host system: what its stories promise has to arrive.
. "$(dirname "$0")/lib.sh"
listen
"$bin/05_course" --plugins "$plugins" --export "$course/programme-export.jsonl" --events "$course/service-events.jsonl" \
  --config "$course/course.json" --store "$work/store.db" --connect "tcp://127.0.0.1:$port" \
  --connect "jsonl:$work/reports.jsonl" >"$work/out.log" 2>"$work/err.log" || fail "05_course ended with $?"
has '0 refused; .* of which 0 wait for a receiver$' "$work/out.log" "nothing was refused and nothing waits"
stop_listening

ids() { grep -oE '"id":"[0-9a-f]{32}"' "$1" | sort -u; }
ids "$work/received.jsonl" >"$work/by-tcp"
ids "$work/reports.jsonl" >"$work/by-file"
cmp "$work/by-tcp" "$work/by-file" || fail "the two receivers hold different reports"
[ "$(wc -l <"$work/by-tcp")" -gt 1000 ] || fail "only $(wc -l <"$work/by-tcp") reports"

[ "$(after c01 0 "scored")" -gt 10 ] || fail "c01: hardly anything was scored"
[ "$(of alliance-signal c01)" -ge 2 ] || fail "c01: no rupture and repair"
grep -F '"kind":"alliance-signal"' "$work/received.jsonl" >"$work/signals"
grep -F '"case":"c01"' "$work/signals" | grep -q '"repaired"' || fail "c01: the rupture was not repaired"
grep -F '"case":"c05"' "$work/signals" | grep -q '"unrepaired"' || fail "c05: the rupture that is not repaired is not seen"
grep -F '"case":"c09"' "$work/signals" | grep -q '"non_response"' || fail "c09: silence is not seen"
same "$(of safety-flag c06)" 1 "c06: safety flags"
same "$(of safety-escalated c06)" 0 "c06: escalations of a flag that was acknowledged in time"
same "$(of safety-closed c06)" 1 "c06: flags closed by a person"
[ "$(of safety-escalated c14)" -ge 1 ] || fail "c14: the flag did not escalate"
same "$(of safety-closed c14)" 1 "c14: flags closed by a person"
same "$(of safety-flag c17)" 1 "c17: a skipped safety item"
[ "$(of proposal c12)" -ge 1 ] || fail "c12: the usability failure led to no proposal"
[ "$(of adaptation c15)" -ge 1 ] || fail "c15: the accepted change was not sent to the programme"
[ "$(of scored c18)" -ge 1 ] || fail "c18: nothing was scored before the withdrawal"
allocated=$(grep -F '"observe_only":true' "$course/service-events.jsonl" | grep -oE '"time":[0-9]+' | cut -d: -f2)
[ "$(grep -cF '"case":"c20"' "$work/received.jsonl")" -gt 10 ] || fail "c20: an observed case is collected too"
same "$(after c20 "$allocated" '(scored|alliance-signal|proposal|time-account|reliable-change|factor-review)')" 0 \
  "c20: reports about an observed case"

# Nothing about the answers of a client who withdrew leaves after the withdrawal.
withdrawn=$(grep -F '"ConsentWithdrawn"' "$course/service-events.jsonl" | grep -oE '"time":[0-9]+' | cut -d: -f2)
same "$(after c18 "$withdrawn" '(scored|alliance-signal|proposal|reliable-change|measure-[a-z]*)')" 0 \
  "c18: reports about answers after the withdrawal"

# Once more with the same store: it goes on from where it was, which is the end.
before=$(tail -n 1 "$work/out.log" | grep -oE 'the store holds .*')
"$bin/05_course" --quiet --plugins "$plugins" --export "$course/programme-export.jsonl" --events "$course/service-events.jsonl" \
  --config "$course/course.json" --store "$work/store.db" >"$work/again.log" 2>&1
same "$(tail -n 1 "$work/again.log" | grep -oE 'the store holds [0-9]+ events and [0-9]+ reports')" \
  "$(grep -oE 'the store holds [0-9]+ events and [0-9]+ reports' <<<"$before")" "doing it all again"

"$bin/alliance" review --store "$work/store.db" --tenant course --config "$course/course.json" --plugins "$plugins" \
  --html "$work/index.html" >"$work/review.log"
for id in $(seq -f 'c%02g' 24); do has "id=\"case-$id\"" "$work/index.html" "the page holds every client"; done
has 'Observed only' "$work/index.html" "the page says what is observed only"
has 'Consent was withdrawn on' "$work/index.html" "the page says where consent was withdrawn"
has 'Figures about fewer than five people are suppressed' "$work/index.html" "harbour is suppressed"
has_not '(src|href)="[^#]' "$work/index.html" "the page refers to something outside itself"
"$bin/alliance" review --store "$work/store.db" --tenant course --plugins "$plugins" --case c01 \
  --role practitioner --viewer p1 --json >"$work/c01.json" 2>"$work/review.log"
same "$(wc -l <"$work/c01.json")" 1 "reviews of one case"
if "$bin/alliance" review --store "$work/store.db" --tenant course --plugins "$plugins" --case c01 \
  --role practitioner --viewer p2 >"$work/denied.log" 2>&1; then
  has_not '[0-9] to [0-9]' "$work/denied.log" "another practitioner reads the course of c01"
fi
