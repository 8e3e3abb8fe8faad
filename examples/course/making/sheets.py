# SPDX-License-Identifier: Apache-2.0
"""Answers to instruments, by item id alone: no wording of any instrument is here.

Scores move along a course with noise of three kinds: the person, the occasion and the item.
"""
from .chance import clip

# How much each item leans away from the mean of its instrument, so that items differ as they do in practice.
PHQ9_LEAN = [0.0, 0.2, 0.3, 0.5, 0.0, 0.1, 0.0, -0.5]
GAD7_LEAN = [0.3, 0.2, 0.4, 0.1, -0.3, 0.0, -0.4]
WAI_LEAN = [0.0, -0.2, 0.2, 0.0, 0.3, -0.1, 0.2, 0.1, 0.3, -0.2, 0.0, -0.1]


def answer(item, value):
    return {"item": str(item), "value": value}


def symptom_level(person, week, chance):
    """The mean item score of depression in that week: quick gains first, as is common, and a wandering line."""
    passed = clip(week / 11, 0, 1)
    expected = person.severity - person.gain * (1 - (1 - passed) ** 1.6)
    return clip((expected + chance.normal(0, 1.3)) / 9, 0.05, 2.8)


def phq9(level, chance, ninth=0):
    """`ninth` is the safety item, set by the story alone; None: the item was skipped."""
    items = [answer(i + 1, int(clip(round(level * 9 / 8 + lean + chance.normal(0, 0.45)), 0, 3)))
             for i, lean in enumerate(PHQ9_LEAN)]
    items.append({"item": "9", "state": "skipped"} if ninth is None else answer(9, ninth))
    return items


def gad7(level, chance):
    level = 0.9 * level + chance.normal(0, 0.12)
    return [answer(i + 1, int(clip(round(level + lean + chance.normal(0, 0.4)), 0, 3)))
            for i, lean in enumerate(GAD7_LEAN)]


def wai_sr(feeling, chance):
    """`feeling`: how the alliance stands, about -2 to 2."""
    return [answer(i + 1, int(clip(round(3.7 + 0.55 * feeling + lean + chance.normal(0, 0.45)), 1, 5)))
            for i, lean in enumerate(WAI_LEAN)]


def srs(feeling, chance):
    return [answer(i + 1, round(clip(8.4 + 0.9 * feeling + chance.normal(0, 0.5), 0, 10), 1)) for i in range(4)]


def pulse(feeling, chance, low, high):
    """Three items of the project's own on a scale from `low` to `high`."""
    middle = low + 0.76 * (high - low)
    step = (high - low) * 0.12
    return [answer(i + 1, int(clip(round(middle + step * feeling + chance.normal(0, 0.55)), low, high)))
            for i in range(3)]
