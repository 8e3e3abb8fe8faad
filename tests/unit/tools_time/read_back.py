#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""read_back.py FILE.ics: what another reader makes of a calendar, a line each. Exit 77: it is not installed."""

import sys

try:
    import icalendar
except ImportError:
    sys.exit(77)

with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
print("VCALENDAR", calendar["VERSION"], calendar["METHOD"])
lines = []
for part in calendar.walk():
    if part.name not in ("VEVENT", "VTODO"):
        continue
    end = part["DTEND" if part.name == "VEVENT" else "DUE"].dt
    categories = part.get("CATEGORIES", [])
    categories = categories if isinstance(categories, list) else [categories]
    names = sorted(str(one) for group in categories for one in group.cats)
    lines.append(f"{part.name} {part['DTSTART'].dt.isoformat()} {end.isoformat()} {part['SUMMARY']} "
                 f"{part.get('CLASS')} {' '.join(names)}".rstrip())
    assert part["UID"] and part["DTSTAMP"]
print("\n".join(sorted(lines)))
