#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the recorded course: programme-export.jsonl and service-events.jsonl, always the same bytes.

    python3 examples/course/make_course.py [--into FOLDER]

Every person, score and event in it is invented. Needs Python 3.9 or later and nothing else.
"""
import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from making import course_practitioner, stories                         # noqa: E402
from making.course_client import ClientCourse                           # noqa: E402
from making.export import Export                                        # noqa: E402
from making.journal import Journal                                      # noqa: E402
from making.people import BY_ID, CLIENTS, PRACTITIONERS                 # noqa: E402


def write(path, rows):
    text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    path.write_bytes(text.encode())


def main():
    parser = argparse.ArgumentParser(description="Makes the recorded course.")
    parser.add_argument("--into", type=Path, default=Path(__file__).resolve().parent, help="folder for the two files")
    into = parser.parse_args().into
    into.mkdir(parents=True, exist_ok=True)

    journal, export = Journal(), Export()
    for person in PRACTITIONERS:
        course_practitioner.tell(person, journal)
    for client in CLIENTS:
        course = ClientCourse(client, BY_ID[client.practitioner], journal, export)
        course.tell()
        stories.tell(course)
    export.sent_again(every=97)

    write(into / "programme-export.jsonl", export.lines())
    write(into / "service-events.jsonl", journal.lines())
    print(f"{len(export.statements)} statements and {len(journal.events)} service events of "
          f"{len(CLIENTS)} clients and {len(PRACTITIONERS)} practitioners in {into}")


if __name__ == "__main__":
    main()
