#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"

# A Unix socket, a receiver that refuses one kind, and the command that shows and mends it.
address="unix://$work/reports.sock"
"$bin/06_receiver" "$address" "$work/inbox.db" 0 measure-due >"$work/first.log" 2>"$work/receiver.log" &
listener=$!
"$bin/04_reports_over_tcp" "$address" "$plugins" "$work/store.db" >"$work/out.log" 2>&1
has ', 0 waiting$' "$work/out.log" "a refused report holds nothing back"
stop_listening
has_not ' measure-due ' "$work/first.log" "what it refuses it does not print"
has ' measure-(overdue|expired) ' "$work/first.log" "what comes after a refused report arrives"

same "$(stat -c %a "$work/store.db")" 600 "the store's rights"
"$bin/alliance" outbox list --store "$work/store.db" >"$work/list.log"
has 'measure-due [0-9a-f]{32} of case c1' "$work/list.log" "the dead letter is listed"
has 'no use for reports of kind measure-due' "$work/list.log" "the receiver's own reason"
dead=$(grep -c 'refused by' "$work/list.log")
"$bin/alliance" outbox status --store "$work/store.db" --json >"$work/status.log"
has "\"dead_letters\":$dead" "$work/status.log" "status counts them"
"$bin/alliance" outbox show 1 --store "$work/store.db" >"$work/show.log"
has '"body_type":"MeasureDue"' "$work/show.log" "one is shown with its report"

# Sent again to a receiver that has learned better: it ends by itself once it has them.
"$bin/alliance" outbox resend --all --store "$work/store.db" >"$work/resend.log"
has "^$dead reports go out again" "$work/resend.log" "all are sent again"
same "$("$bin/alliance" outbox list --store "$work/store.db")" "no dead letters" "the list is empty"
"$bin/06_receiver" "$address" "$work/inbox.db" "$dead" >"$work/second.log" 2>>"$work/receiver.log" &
listener=$!
"$bin/04_reports_over_tcp" "$address" "$plugins" "$work/store.db" >"$work/again.log" 2>&1
wait "$listener" || fail "the receiver failed"
listener=
same "$(grep -c ' measure-due ' "$work/second.log")" "$dead" "dead letters that arrived"
same "$(wc -l <"$work/second.log")" "$dead" "nothing that was taken before comes again"

# Wrong use is named.
status=0
"$bin/alliance" outbox resend --store "$work/store.db" 2>"$work/usage.log" || status=$?
same "$status" 2 "resend without a number"
status=0
"$bin/alliance" outbox show first --store "$work/store.db" 2>"$work/word.log" || status=$?
same "$status" 2 "a word in place of a number"
has 'is no number of a dead letter' "$work/word.log" "what is wrong with a word"
status=0
"$bin/alliance" outbox show 1 --store "$work/store.db" 2>"$work/none.log" || status=$?
same "$status" 3 "a dead letter that is not there"
status=0
"$bin/alliance" outbox status --store "$work/missing.db" 2>"$work/missing.log" || status=$?
same "$status" 3 "a store that is not there"
[ ! -e "$work/missing.db" ] || fail "looking made a file"
"$bin/alliance" outbox forget "$address" --store "$work/store.db" >"$work/forget.log"
has 'is forgotten; 0 reports' "$work/forget.log" "an endpoint is forgotten"
