# SPDX-License-Identifier: Apache-2.0
"""One client's eleven weeks: what is the same for everybody, with the turns that the client's story takes."""
from datetime import date, timedelta

from . import sheets
from .calendar_uk import FIRST_MONDAY, ZONE, day_of, later, local
from .chance import Chance, clip

PULSE_RANGE = (0, 10)
TOOLS = ["worry-time", "activity-plan", "thought-record", "sleep-diary", "problem-solving"]
MODULES = 5
LEAVE = (date(2026, 4, 6), date(2026, 4, 10))   # of p2, the week after Easter


class ClientCourse:
    def __init__(self, client, practitioner, journal, export):
        self.client, self.practitioner = client, practitioner
        self.journal, self.export = journal, export
        self.chance = Chance(client.id)
        self.start = FIRST_MONDAY + timedelta(weeks=client.start_week)
        self.weekday = self.chance.between(0, 4)
        self.hour = self.chance.between(9, 16)
        self.safety_events = {}
        self.anchors = {}       # event ids that stories refer to later

    def has(self, story):
        return story in self.client.story

    def add(self, instant, body_type, **body):
        return self.journal.add(self.client.id, instant, body_type, **body)

    def tell(self):
        self.opening()
        for number in range(1, self.client.sessions + 1):
            self.session(number)
        if self.client.blended:
            for number in range(1, MODULES + 1):
                self.module(number)
            self.programme_pulse()
        for week in range(0, 12):
            self.weekly_answers(week)
        self.weekly_messages()
        if not self.has("leaves-early"):
            self.add(local(day_of(self.start, 12, 4), 16), "CaseClosed", reason="course completed")

    # ---- opening -------------------------------------------------------------------------------------

    def opening(self):
        c, first = self.client, day_of(self.start, 1, 0) - timedelta(days=4)
        at = local(first, 10, self.chance.between(0, 50))
        case = dict(service=c.service, practitioner=c.practitioner, delivery="blended" if c.blended else "face_to_face",
                    zone=ZONE, weeks=11, planned_sessions=c.sessions, planned_modules=MODULES if c.blended else 0)
        if c.blended:
            case["programme"] = "xapi"      # the adapter that speaks for it
        self.add(at, "CaseOpened", **case)
        arm = "observe-only" if self.has("observe-only") else ("blended" if c.blended else "face-to-face")
        self.add(later(at, 2), "Allocated", arm=arm, site=c.service, protocol_version="1.0",
                 observe_only=self.has("observe-only"))
        self.add(later(at, 5), "InformationShown", version="2026-01")
        self.add(later(at, 12), "ConsentGiven", scope="measures")
        self.add(later(at, 13), "AudienceSet", audiences=["practitioner"])
        self.add(later(at, 25), "GoalSet", goal=self.chance.pick(["sleep", "work", "friends", "getting-out"]))

    # ---- sessions ------------------------------------------------------------------------------------

    def session_day(self, number):
        week = 2 * number - 1 if self.client.blended else (number if number < 10 else 11)
        day = day_of(self.start, week, self.weekday)
        if self.client.practitioner == "p2" and LEAVE[0] <= day <= LEAVE[1]:
            day = LEAVE[1] + timedelta(days=3)      # the Monday after
        return day

    def feeling(self, number):
        """How the alliance stands at that session, -2 to 2: it grows a little, and the story bends it."""
        grown = self.client.warmth + 0.8 * number / self.client.sessions
        if self.has("rupture-repaired") and number == 4:
            return grown - 3.2
        if self.has("rupture-unrepaired") and number >= 5:
            return grown - 3.0
        if self.has("leaves-early") and number >= 3:
            return grown - 1.0
        return grown

    def session(self, number):
        starts = local(self.session_day(number), self.hour, self.chance.pick([0, 0, 15, 30]))
        mode = "video" if self.chance.happens(0.1) else "in_person"
        self.add(later(starts, days=-8 if number > 1 else -3), "SessionBooked", session=number, starts=starts, minutes=30.0, mode=mode)
        if self.has("missed-session") and number == 3:
            self.add(later(starts, 20), "SessionMissed", session=number, reason="did not attend")
            starts = later(starts, days=2)
            self.add(later(starts, days=-1.5), "SessionBooked", session=number, starts=starts, minutes=30.0, mode="phone")
            mode = "phone"
        long = "out-of-time" in self.practitioner.story
        minutes = float(clip(round(self.chance.normal(44 if long else 30, 4)), 18, 60))
        ends = later(starts, minutes)
        self.anchors[f"session-{number}"] = self.add(ends, "SessionHeld", session=number, minutes=minutes, mode=mode)
        self.anchors[f"session-{number}-ends"] = ends
        self.add(later(ends, 3), "ActivityLogged", work="preparation", minutes=float(self.chance.between(3, 9)), session=number)
        self.add(later(ends, 7), "ActivityLogged", work="admin", minutes=float(self.chance.between(4, 14 if long else 8)), session=number)
        self.taken_up(number, ends)
        self.alliance(number, ends)

    def taken_up(self, number, ends):
        """Tools of the kit, and the online work of the weeks before."""
        if number in (2, 3, 5):
            tool = TOOLS[(number + int(self.client.id[1:])) % len(TOOLS)]
            self.add(later(ends, -25), "ToolOffered", tool=tool)
            if self.chance.happens(0.75):
                self.add(later(ends, -12), "ToolUsed", tool=tool, session=number)
        if self.client.blended and number >= 2 and not self.has("reviews-late") and self.chance.happens(0.8):
            self.add(later(ends, -18), "OnlineWorkDiscussed", component=f"module-{number - 1}", session=number)

    def alliance(self, number, ends):
        if self.has("stops-answering") and number >= 3:
            return
        feeling = self.feeling(number)
        client_minutes = self.chance.between(5, 40)
        self.add(later(ends, client_minutes), "AnswersGiven", instrument="alliance-pulse-client", rater="client",
                 session=number, answers=sheets.pulse(feeling, self.chance, *PULSE_RANGE))
        self.add(later(ends, self.chance.between(8, 20)), "AnswersGiven", instrument="alliance-pulse-practitioner",
                 rater="practitioner", session=number,
                 answers=sheets.pulse(0.5 * feeling - 0.2, self.chance, *PULSE_RANGE))
        if number in (3, self.client.sessions):
            at = later(ends, client_minutes + 4)
            self.add(at, "AnswersGiven", instrument="wai-sr-c", rater="client", session=number,
                     answers=sheets.wai_sr(feeling, self.chance))
            self.add(at, "AnswersGiven", instrument="srs-v3", rater="client", session=number,
                     answers=sheets.srs(feeling, self.chance))

    def programme_pulse(self):
        for week in (4, 10):
            if self.has("stops-answering") and week > 4:
                continue
            feeling = self.client.warmth - (1.6 if self.has("usability") and week == 4 else 0)
            self.add(local(day_of(self.start, week, 5), 11, self.chance.between(0, 59)), "AnswersGiven",
                     instrument="alliance-pulse-programme", rater="client",
                     answers=sheets.pulse(feeling, self.chance, *PULSE_RANGE))

    # ---- between sessions ----------------------------------------------------------------------------

    def weekly_answers(self, week):
        if self.has("stops-answering") and week > 4:
            return
        if week and self.chance.happens(0.06):
            return          # a week forgotten, as happens to everybody
        sunday = day_of(self.start, week, 6)
        at = local(sunday, self.chance.between(17, 20), self.chance.between(0, 59))
        if self.has("clock-change") and sunday == date(2026, 3, 29):
            # One before the clocks go forward and one after: half an hour apart, an hour and a half by the clock.
            at = local(sunday, 0, 45) if self.client.id == "c02" else local(sunday, 2, 15)
        level = sheets.symptom_level(self.client, week, self.chance)
        ninth = 0
        if self.has("safety-acknowledged") and week == 3:
            ninth = 1
        if self.has("safety-escalates") and week == 5:
            ninth = 2
        if self.has("safety-skipped") and week == 6:
            ninth = None
        event = self.add(at, "AnswersGiven", instrument="phq-9", rater="client",
                         answers=sheets.phq9(level, self.chance, ninth))
        if ninth != 0:
            self.safety_events[event] = at
        self.add(later(at, 4), "AnswersGiven", instrument="gad-7", rater="client", answers=sheets.gad7(level, self.chance))

    def weekly_messages(self):
        for week in range(1, 7 if self.has("leaves-early") else 12):
            if not self.chance.happens(0.45 if self.client.blended else 0.1):
                continue
            at = local(day_of(self.start, week, self.chance.between(1, 4)), self.chance.between(8, 21), self.chance.between(0, 59))
            if self.client.blended:
                self.export.message(self.client.id, at)
            else:
                self.add(at, "MessageExchanged", sender="client")
            if self.has("reviews-late") and self.chance.happens(0.7):
                continue
            reply = local(day_of(self.start, week + 1, 0), 9, self.chance.between(0, 59))
            self.add(reply, "MessageExchanged", sender="practitioner")
            self.add(later(reply, 4), "ActivityLogged", work="messaging", minutes=float(self.chance.between(2, 7)))

    # ---- the programme -------------------------------------------------------------------------------

    def module(self, number):
        name, chance = f"module-{number}", self.chance
        if (self.has("irrelevant-module") or self.has("skip-refused")) and number == 4:
            return self.irrelevant(name, number)
        if self.has("stuck") and number > 2 or self.has("withdraws-consent") and number > 4:
            return
        if self.has("stops-answering") and number > 3:
            return
        begin = local(day_of(self.start, 2 * number, chance.between(0, 2)), chance.between(9, 20), chance.between(0, 59))
        if self.has("usability") and number == 2:
            begin = self.broken(name, begin)
        self.export.launched(self.client.id, begin, name)
        self.export.progressed(self.client.id, later(begin, 12), name, 35, 12)
        if self.has("stuck") and number == 2:
            for days in (6, 13, 20):
                self.export.launched(self.client.id, later(begin, days=days), name)
                self.export.progressed(self.client.id, later(begin, 9, days=days), name, 40, 9)
            self.export.abandoned(self.client.id, later(begin, 10, days=20), name, 10)
            return
        second = later(begin, chance.between(0, 90), days=chance.between(1, 3))
        self.export.launched(self.client.id, second, name)
        self.export.progressed(self.client.id, later(second, 11), name, 75, 11)
        self.export.submitted(self.client.id, later(second, 14), name)
        done = later(second, 18)
        self.export.completed(self.client.id, done, name, 18)
        self.anchors[f"{name}-done"] = done
        self.review(name, number, done)

    def review(self, name, number, done):
        days = self.chance.between(10, 16) if self.has("reviews-late") else self.chance.between(1, 4)
        if self.has("reviews-late") and number == 3:
            return          # never looked at
        at = later(done, self.chance.between(0, 120), days=days)
        self.add(at, "ActivityLogged", work="online_review", component=name, minutes=float(self.chance.between(8, 17)))

    def broken(self, name, begin):
        """Three failed logins and three abandoned attempts; returns when it works at last."""
        for days in (0, 1, 3):
            at = later(begin, days=days)
            event = self.add(at, "DifficultyMet", kind="login", code="login-failed", component=name)
            self.export.launched(self.client.id, later(at, 6), name)
            self.export.abandoned(self.client.id, later(at, 9), name, 3)
        self.add(later(begin, 11, days=3), "DifficultyMet", kind="usability", code="cannot-find-next-step", component=name)
        self.anchors["third-difficulty"] = (event, later(begin, days=3))
        opened = later(begin, 60, days=3)
        self.add(opened, "SupportRequested", request="r-c12-1", topic="login", component=name)
        self.add(later(opened, 5), "ActivityLogged", work="technical_support", minutes=12.0, component=name)
        self.add(later(opened, 40, days=6), "SupportResolved", request="r-c12-1")
        return later(opened, 90, days=6)

    def irrelevant(self, name, number):
        begin = local(day_of(self.start, 2 * number, 1), 19, 10)
        self.export.launched(self.client.id, begin, name)
        self.export.abandoned(self.client.id, later(begin, 5), name, 5)
        at = later(begin, 8)
        self.anchors["irrelevant"] = (self.add(at, "ComponentIrrelevant", component=name), at)
