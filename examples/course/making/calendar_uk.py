# SPDX-License-Identifier: Apache-2.0
"""Local times of Europe/London in the first half of 2026 as microseconds since 1970, UTC.

The rule of that year is written out so that the files come out the same whatever zone data a machine has.
"""
from datetime import date, datetime, timedelta, timezone

ZONE = "Europe/London"
CLOCKS_FORWARD = datetime(2026, 3, 29, 1, 0, tzinfo=timezone.utc)
FIRST_MONDAY = date(2026, 2, 2)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def utc(moment):
    """The instant of a datetime in UTC."""
    return int((moment - _EPOCH) // timedelta(microseconds=1))


def local(day, hour, minute=0, second=0):
    """The instant of a wall-clock time in London."""
    wall = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=timezone.utc)
    return utc(wall - timedelta(hours=1) if wall >= CLOCKS_FORWARD + timedelta(hours=1) else wall)


def later(instant, minutes=0.0, days=0.0):
    return instant + int(round((minutes + days * 1440) * 60)) * 1_000_000


def day_of(start, week, weekday):
    """`week` counts from 1; Monday is weekday 0."""
    return start + timedelta(days=7 * (week - 1) + weekday)


def iso(instant):
    """As programmes write it: UTC with milliseconds."""
    moment = _EPOCH + timedelta(microseconds=instant)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
