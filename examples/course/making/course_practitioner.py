# SPDX-License-Identifier: Apache-2.0
"""What happens to a practitioner and belongs to no single case."""
from datetime import date, timedelta

from .calendar_uk import FIRST_MONDAY, day_of, local
from .chance import Chance
from .course_client import LEAVE

ONBOARDING = ["tour-of-the-programme", "practice-client", "first-review-together"]
TRAINING = "blended-cbt-basics"


def tell(person, journal):
    chance = Chance(person.id)
    day = lambda week, weekday: day_of(FIRST_MONDAY, week, weekday)
    before = FIRST_MONDAY - timedelta(days=12)

    journal.add(person.id, local(before, 9, 5), "CapacitySet", minutes_per_week=float(person.capacity))
    if "untrained" not in person.story:
        valid = 52 if "training-expires" in person.story else 365
        journal.add(person.id, local(before + timedelta(days=1), 16), "TrainingCompleted", training=TRAINING, valid_days=valid)
        if "training-expires" in person.story:
            journal.add(person.id, local(before + timedelta(days=1 + valid), 16), "TrainingExpired", training=TRAINING)
    for number, step in enumerate(ONBOARDING[:1 if "untrained" in person.story else 3]):
        journal.add(person.id, local(before + timedelta(days=2 + number), 11, 10 * number), "OnboardingStep", step=step)

    for number, value in enumerate(person.confidence):
        about = "before-first-case" if number == 0 else "after-case"
        at = local(before + timedelta(days=5), 12, 30) if number == 0 else local(day(3 * number, 4), 16, 40)
        journal.add(person.id, at, "ConfidenceCheckIn", value=float(value), about=about)
    if "confidence-falls" in person.story:
        journal.add(person.id, local(day(7, 0), 9, 0), "NudgeShown", nudge="short-video-on-reviews")
        journal.add(person.id, local(day(7, 1), 12, 15), "NudgeTaken", nudge="short-video-on-reviews")

    weeks = range(1, 13, 3) if "out-of-time" in person.story else range(1, 13, 2)
    for week in weeks:
        at = day(week, 2)
        if "out-of-time" in person.story and week > 4 or "leave" in person.story and LEAVE[0] <= at <= LEAVE[1]:
            continue        # supervision falls out first when time is short
        journal.add(person.id, local(at, 13, 0), "SupervisionHeld", minutes=float(chance.between(25, 60)))
    if "leave" in person.story:
        journal.add(person.id, local(date(2026, 3, 2), 9, 0), "LeaveTaken", **{"from": local(LEAVE[0], 0), "until": local(LEAVE[1] + timedelta(days=1), 0)})
    if "untrained" in person.story:
        journal.add(person.id, local(day(2, 1), 10, 20), "SupportRequested", request="r-p6-1", topic="how-to-review-a-module")
        journal.add(person.id, local(day(3, 3), 15, 5), "SupportResolved", request="r-p6-1")
