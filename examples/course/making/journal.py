# SPDX-License-Identifier: Apache-2.0
"""The service's own events, as they go into the SDK (sdk/schema/event.fbs in its JSON face)."""


class Journal:
    def __init__(self):
        self.events = []    # (instant, order, event)
        self.numbers = {}   # owner -> how many events so far

    def add(self, owner, instant, body_type, **body):
        """`owner`: a case id, or a practitioner's for what belongs to no case. Returns the event's id."""
        self.numbers[owner] = self.numbers.get(owner, 0) + 1
        event = {"id": f"s-{owner}-{self.numbers[owner]:03d}"}
        event["practitioner" if owner.startswith("p") else "case"] = owner
        event |= {"time": instant, "source": "service", "body_type": body_type, "body": body}
        self.events.append((instant, len(self.events), event))
        return event["id"]

    def drop_after(self, owner, instant, keep=()):
        """What no longer happens once a client has left or has withdrawn consent to it."""
        self.events = [e for e in self.events
                       if e[2].get("case") != owner or e[0] <= instant or e[2]["body_type"] in keep]

    def lines(self):
        return [event for _, _, event in sorted(self.events, key=lambda e: e[:2])]
