#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""summary.py RESULTS.xml CTEST-STATUS CTEST.log

Reads what ctest wrote, shows what failed and what was skipped, and ends with
"N passed, M failed, K skipped". Exit status 0 only if something passed and nothing failed.
"""

import re
import sys
import xml.etree.ElementTree as tree


def reason(case):
    """Why a test was skipped, in its own words where it has any."""
    output = case.findtext("system-out") or ""
    found = re.search(r": Skipped\n(.*?)\n*(?:\n\[|\Z)", output, re.S)  # GoogleTest's
    if found and found.group(1).strip():
        return " ".join(found.group(1).split())
    found = re.search(r"^skipped: (.*)$", output, re.M)  # our scripts'
    if found:
        return found.group(1).strip()
    if case.get("status") == "disabled":
        return "disabled in the source"
    mark = case.find("skipped")
    return (mark.get("message") if mark is not None else "") or "no reason given"


def excused(case):
    """Said itself that it cannot run here. A test whose program is missing did not."""
    mark = case.find("skipped")
    return mark is not None and mark.get("message", "").startswith("SKIP_")


def shortened(text, most=4000):
    """Its beginning, where a sanitizer says what is wrong, and its end."""
    if len(text) <= 2 * most:
        return text
    return text[:most] + f"\n... {len(text) - 2 * most} characters ...\n" + text[-most:]


def verdict(name, lines):
    """What ctest says became of it: failed, timed out, a segmentation fault."""
    for line in lines:
        found = re.search(r"Test +#\d+: (\S+) \.*(.*)$", line)
        if found and found.group(1) == name:
            return " ".join(found.group(2).replace("***", " ").split())
    return "failed"


def main(path, status, log):
    try:
        cases = tree.parse(path).getroot().findall("testcase")
    except (OSError, tree.ParseError) as error:
        print(open(log, errors="replace").read()[-6000:])
        print(f"ctest left no results that can be read: {error}")
        print("0 passed, 1 failed, 0 skipped")
        return 1

    passed, failed, skipped = [], [], []
    for case in cases:
        kind = case.get("status")
        if kind == "run":
            passed.append(case)
        elif kind == "disabled" or excused(case):
            skipped.append(case)
        else:  # "fail", and whatever could not be started
            failed.append(case)

    lines = open(log, errors="replace").read().splitlines()
    for case in failed:
        print(f"\n---- FAILED: {case.get('name')}")
        print(shortened((case.findtext("system-out") or "(no output)").rstrip()))
        print(f"({verdict(case.get('name'), lines)})")
    if skipped:
        print("\nSkipped:")
        for case in sorted(skipped, key=lambda one: one.get("name")):
            print(f"  {case.get('name')}: {reason(case)}")
    if failed:
        print("\nFailed:")
        for case in failed:
            print(f"  {case.get('name')}")

    failures = len(failed)
    if status != 0 and failures == 0:
        print(open(log, errors="replace").read()[-3000:])
        print(f"ctest ended with status {status} although no single test failed.")
        failures = 1
    if not passed and failures == 0:
        print("No test ran.")
        failures = 1
    slow = sorted(cases, key=lambda one: -float(one.get("time") or 0))[:5]
    if slow and float(slow[0].get("time") or 0) > 5:
        print("\nSlowest: " + ", ".join(f"{one.get('name')} {float(one.get('time')):.0f} s" for one in slow))
    print(f"\n{len(passed)} passed, {failures} failed, {len(skipped)} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
