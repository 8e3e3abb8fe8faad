#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""contributing.py SOURCE-FOLDER WORK-FOLDER [STEP...]: what CONTRIBUTING.md says works.

Runs its blocks in order, each with bash and in the source folder; TRY is a folder of their own. Before the last one the change
that it speaks of is made, to a copy of the sources: a new kind of report."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

KINDS_FILE, DATUM_FILE, SCHEMA_FILE = "sdk/src/host/report_kind.cpp", "sdk/src/host/one_report.cpp", "sdk/schema/report.fbs"


def blocks(text):
    return re.findall(r"^<!-- tried: (.*?) -->\n```sh\n(.*?)^```$", text, re.M | re.S)


def changed(path, pattern, replacement):
    text = path.read_text()
    new, times = re.subn(pattern, replacement, text, count=1, flags=re.S)
    if times != 1:
        raise SystemExit(f"{path}: what CONTRIBUTING.md speaks of is not there any more: {pattern}")
    path.write_text(new)


def new_report_kind(top, copy):
    """Steps 1 to 3, in a copy, and what of it the compiler says."""
    shutil.copytree(top / "sdk", copy / "sdk")
    shutil.copytree(top / "tests/abi", copy / "tests/abi")
    changed(copy / SCHEMA_FILE, r"(union ReportBody \{.*?)\n\}", r"\1, NightPassed\n}")
    changed(copy / SCHEMA_FILE, r"(union ReportBody)", r"table NightPassed { nights:uint32 (id: 0); }\n\n\1")
    changed(copy / KINDS_FILE, r"(    \{fb::ReportBody::Custom,)",
            r'    {fb::ReportBody::NightPassed, "night-passed", false, false, false},\n\1')
    changed(copy / DATUM_FILE, r"(    case fb::ReportBody::FactorReviewed:)",
            r"    case fb::ReportBody::NightPassed:\n      return Datum::course;\n\1")
    made = copy / "generated/alliance_schema"
    made.mkdir(parents=True)
    options = re.search(r"(--cpp\b.*)", (top / "sdk/schema/CMakeLists.txt").read_text())
    flags = [word for word in options[1].split() if word.startswith("--") or word in ("c++17",)]
    subprocess.run(["flatc", *flags, "-o", made, *sorted((copy / "sdk/schema").glob("*.fbs"))], check=True)
    for file in (KINDS_FILE, DATUM_FILE):
        subprocess.run(["g++", "-std=c++20", "-fsyntax-only", f"-I{copy}/sdk/include", f"-I{copy}/sdk/src",
                        f"-I{copy}/generated", copy / file], check=True)
    print(f"    the schema makes headers, {KINDS_FILE} and {DATUM_FILE} compile with the new kind")


def main(top, work, *steps):
    top, work = pathlib.Path(top).resolve(), pathlib.Path(work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    found = blocks((top / "CONTRIBUTING.md").read_text())
    if len(found) < 6:
        raise SystemExit(f"CONTRIBUTING.md has {len(found)} blocks to try")
    for name, script in found:
        if steps and name not in steps:
            continue
        where = top
        if name == "a report kind":
            where = work / "copy"
            new_report_kind(top, where)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=where, capture_output=True, text=True,
                              env={**os.environ, "TRY": str(work)})
        said = (done.stdout + done.stderr).strip().splitlines()
        if done.returncode:
            print("\n".join(said[-30:]))
            raise SystemExit(f"CONTRIBUTING.md, {name}: failed with status {done.returncode}")
        print(f"{name}: {said[-1] if said else 'done'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
