#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
"$bin/02_record_and_review" "$plugins" "$work/store.db" >"$work/out.log" 2>&1
has '^event 4: recorded, 1 safety flags$' "$work/out.log" "the safety flag comes back at once"
same "$(grep -c 'a repeat, nothing changed' "$work/out.log")" 4 "recording again changes nothing"
has '"instrument": ?"phq-9"' "$work/out.log" "the review holds the sheet"
has '"value": ?12' "$work/out.log" "the sheet's total"
"$bin/02_record_and_review" "$plugins" "$work/store.db" >"$work/again.log" 2>&1
same "$(grep -c 'a repeat, nothing changed' "$work/again.log")" 8 "a second process finds everything"
