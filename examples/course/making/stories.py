# SPDX-License-Identifier: Apache-2.0
"""The turns that make the course worth reading: decisions, safety, consent, leaving.

A decision names its proposal by the key that the rules of plugins/tailoring give it: rule and anchor.
"""
from .calendar_uk import day_of, later, local


def tell(course):
    for story in sorted(course.client.story):
        turn = TURNS.get(story)
        if turn:
            turn(course)


def safety(course, person, minutes):
    """A person acknowledges the flag that the ninth item raised, `minutes` after the answer."""
    for event, at in course.safety_events.items():
        course.add(later(at, minutes), "SafetyAcknowledged", flag=f"{event}/phq-9/9", person=person)
        course.add(later(at, minutes + 20), "ActivityLogged", work="messaging", minutes=18.0)


def withdraws_consent(course):
    at = local(day_of(course.start, 6, 2), 18, 30)
    course.add(at, "ConsentWithdrawn", scope="measures")
    course.journal.drop_after(course.client.id, at, keep=(
        "SessionBooked", "SessionHeld", "ActivityLogged", "MessageExchanged", "CaseClosed"))


def leaves_early(course):
    at = local(day_of(course.start, 8, 3), 12, 0)
    course.journal.drop_after(course.client.id, at)
    course.add(at, "CaseClosed", reason="client ended the course")


def own_adaptation(course):
    at = later(course.anchors["session-2-ends"], 15)
    course.add(at, "AdaptationApplied", by=course.client.practitioner,
               action={"kind": "reorder", "component": "module-4", "before": "module-3",
                       "text": "Sleep comes first for this client."})
    course.add(later(at, 2), "GoalSet", goal="sleep", revised=True)


def skip_accepted(course):
    _, at = course.anchors["irrelevant"]
    decided = later(at, 40, days=1)
    course.add(decided, "ProposalDecided", proposal="b3-irrelevant/module-4", decision="accepted",
               reason="does not fit the client's goals", by=course.client.practitioner)
    course.add(later(decided, 6), "AdaptationApplied", proposal="b3-irrelevant/module-4", by=course.client.practitioner,
               action={"kind": "skip", "component": "module-4"})


def skip_refused(course):
    _, at = course.anchors["irrelevant"]
    decided = later(at, 25, days=2)
    course.add(decided, "ProposalDecided", proposal="b3-irrelevant/module-4", decision="accepted",
               reason="the client asked for it", by=course.client.practitioner)
    course.add(later(decided, 5), "AdaptationRefused", proposal="b3-irrelevant/module-4",
               action={"kind": "skip", "component": "module-4"},
               reason="the programme is locked for this client until module-4 was opened twice")


def support_accepted(course):
    event, at = course.anchors["third-difficulty"]
    course.add(later(at, 35), "ProposalDecided", proposal=f"b2-difficulties/{event}", decision="accepted",
               reason="paper copy of the module for now", by=course.client.practitioner)


def slot_declined(course):
    course.add(later(course.anchors["module-3-done"], days=14), "ProposalDecided", proposal="b1-unreviewed/module-3",
               decision="declined", reason="no slot is free before Easter", by=course.client.practitioner)


TURNS = {
    "safety-acknowledged": lambda c: safety(c, c.client.practitioner, 22),
    "safety-escalates": lambda c: safety(c, "duty-desk", 160),
    "safety-skipped": lambda c: safety(c, c.client.practitioner, 35),
    "withdraws-consent": withdraws_consent,
    "leaves-early": leaves_early,
    "own-adaptation": own_adaptation,
    "skip-accepted": skip_accepted,
    "skip-refused": skip_refused,
    "support-accepted": support_accepted,
    "slot-declined": slot_declined,
}
