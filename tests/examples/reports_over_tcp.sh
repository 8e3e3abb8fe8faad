#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
listen
"$bin/04_reports_over_tcp" "tcp://127.0.0.1:$port" "$plugins" "$work/store.db" >"$work/out.log" 2>&1
has 'reports by the passing of time' "$work/out.log" "time alone makes reports"
has ', 0 waiting$' "$work/out.log" "everything was acknowledged"
reports=$(sed -nE 's/^[0-9]+ events, ([0-9]+) reports, .*/\1/p' "$work/out.log")
[ "$reports" -gt 3 ] || fail "only $reports reports"
stop_listening
same "$(sort -u "$work/received.jsonl" | wc -l)" "$reports" "reports received"
has '"kind":"measure-(due|overdue|expired)"' "$work/received.jsonl" "measures fall due by time alone"
