# SPDX-License-Identifier: Apache-2.0
"""What the digital programme exports: xAPI 1.0.3 statements."""
import uuid

from .calendar_uk import iso

ADL = "http://adlnet.gov/expapi/verbs/"
STREAMS = "http://activitystrea.ms/schema/1.0/"
VERBS = {
    "launched": ADL + "launched", "initialized": ADL + "initialized", "progressed": ADL + "progressed",
    "completed": ADL + "completed", "abandoned": "https://w3id.org/xapi/adl/verbs/abandoned",
    "submit": STREAMS + "submit", "send": STREAMS + "send",
}
PROGRAMME = "https://programme.example/blended-cbt-demo/"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, PROGRAMME)


class Export:
    def __init__(self):
        self.statements = []    # (instant, order, statement)

    def say(self, case, instant, verb, activity, result=None):
        number = len(self.statements)
        statement = {
            "id": str(uuid.uuid5(NAMESPACE, f"{case}/{number}")),
            "version": "1.0.3",
            "timestamp": iso(instant),
            "actor": {"objectType": "Agent", "account": {"homePage": "https://platform.example/cases", "name": case}},
            "verb": {"id": VERBS[verb], "display": {"en": verb}},
            "object": {"objectType": "Activity", "id": PROGRAMME + activity},
        }
        if result:
            statement["result"] = result
        self.statements.append((instant, number, statement))

    def launched(self, case, instant, component):
        self.say(case, instant, "launched", component)
        self.say(case, instant + 4_000_000, "initialized", component)

    def progressed(self, case, instant, component, percent, minutes):
        self.say(case, instant, "progressed", component,
                 {"duration": f"PT{minutes}M", "extensions": {PROGRESS: percent}})

    def submitted(self, case, instant, component):
        self.say(case, instant, "submit", component)

    def completed(self, case, instant, component, minutes):
        self.say(case, instant, "completed", component, {"completion": True, "duration": f"PT{minutes}M"})

    def abandoned(self, case, instant, component, minutes):
        self.say(case, instant, "abandoned", component, {"completion": False, "duration": f"PT{minutes}M"})

    def message(self, case, instant):
        self.say(case, instant, "send", "messages")

    def sent_again(self, every):
        """Real exports repeat themselves: the same statement with the same id, later in the file."""
        for instant, number, statement in list(self.statements)[::every]:
            self.statements.append((instant + 90_000_000, number + 1_000_000, statement))

    def lines(self):
        return [statement for _, _, statement in sorted(self.statements, key=lambda s: s[:2])]
