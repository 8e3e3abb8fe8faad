#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A study taken out of the course holds the scores that were reported, each once, and nobody who took consent back.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo "no python3 here"; exit 77; }
"$bin/05_course" --plugins "$plugins" --export "$course/programme-export.jsonl" --events "$course/service-events.jsonl" \
  --config "$course/course.json" --store "$work/store.db" --connect "jsonl:$work/reports.jsonl" \
  >"$work/out.log" 2>"$work/err.log" || fail "05_course ended with $?"
for format in csv redcap sdtm; do
  "$bin/alliance" export study --store "$work/store.db" --tenant course --config "$course/course.json" --plugins "$plugins" \
    --key "$work/the.key" --format "$format" --out "$work/$format" >"$work/export-$format.log" 2>&1 || fail "$format: $?"
done
has '^[^ ]*: 23 cases, .* 1 that took it back$' "$work/export-csv.log" "the summary"
python3 - "$work" "$course" <<'PYTHON' || fail "the export and the reports differ"
import collections, csv, json, re, sys
work, course = sys.argv[1:]
table = lambda name: list(csv.DictReader(open(f"{work}/{name}", newline="")))
number = lambda v: "" if v is None else re.sub(r"\.0$", "", repr(float(v)))
events = [json.loads(line) for line in open(f"{course}/service-events.jsonl")]
withdrawn = {event["case"] for event in events if event["body_type"] == "ConsentWithdrawn"}
told = collections.Counter()
for line in open(f"{work}/reports.jsonl"):
    report = json.loads(line)
    if report["kind"] != "scored" or report["case"] in withdrawn or report["case"].startswith("practitioner/"):
        continue
    sheet = report["payload"]
    for score in sheet["scores"]:
        told[sheet["instrument"], score["scale"], number(score.get("value")), score["state"].replace("_", "-")] += 1
taken = collections.Counter((r["instrument"], r["scale"], number(r["value"] or None), r["state"])
                            for r in table("csv/scores.csv") if r["observed_only"] == "0")
print(sum(taken.values()), "scores taken,", sum(told.values()), "reported;", taken - told, told - taken)
assert taken == told and sum(taken.values()) > 1000
derived = [r for r in table("sdtm/qs.csv") if r["QSDRVFL"] == "Y"]
assert len(derived) == len(table("csv/scores.csv")), "QS holds each score"
assert len(table("sdtm/qs.csv")) - len(derived) == len(table("csv/answers.csv")), "QS holds each answer"
sheets = {r["sheet"] for r in table("csv/scores.csv")}
assert sum(1 for r in table("redcap/redcap_data.csv") if r["redcap_repeat_instrument"]) == len(sheets)
PYTHON
for name in $(grep -oE '"case":"c[0-9]+"' "$course/service-events.jsonl" | cut -d'"' -f4 | sort -u); do
  ! grep -qw "$name" "$work"/csv/*.csv || fail "the export holds the id of case $name"
done
