# SPDX-License-Identifier: Apache-2.0
"""Who is in the course, and what is to happen to whom. Every person is invented."""
from dataclasses import dataclass, field


@dataclass
class Client:
    id: str
    practitioner: str
    blended: bool = True
    severity: float = 14.0      # depression score at the start
    gain: float = 6.0           # how much of it is gone at the end
    warmth: float = 0.0         # the client's level on alliance measures, in standard deviations
    start_week: int = 0         # weeks after the first Monday
    story: set = field(default_factory=set)

    @property
    def service(self):
        return "harbour" if self.practitioner == "p7" else "north"

    @property
    def sessions(self):
        return 6 if self.blended else 10


def client(number, practitioner, severity, gain, warmth, start_week, *story, blended=True):
    return Client(f"c{number:02d}", practitioner, blended, severity, gain, warmth, start_week, set(story))


CLIENTS = [
    client(1, "p1", 16, 8, 0.3, 0, "rupture-repaired"),
    client(2, "p1", 12, 5, 0.6, 1, "clock-change"),
    client(3, "p1", 18, 4, -0.2, 0, "missed-session"),
    client(4, "p1", 13, 6, 0.4, 1, blended=False),
    client(5, "p2", 15, 3, 0.5, 0, "rupture-unrepaired", blended=False),
    client(6, "p2", 19, 9, 0.1, 0, "safety-acknowledged"),
    client(7, "p2", 14, 6, 0.2, 1, "own-adaptation"),
    client(8, "p2", 11, 4, 0.0, 2, blended=False),
    client(9, "p3", 16, 5, -0.4, 0, "stops-answering"),
    client(10, "p3", 13, 5, 0.3, 1, "reviews-late", "slot-declined"),
    client(11, "p3", 17, 6, 0.1, 1, "reviews-late"),
    client(12, "p4", 15, 5, -0.1, 0, "usability", "support-accepted"),
    client(13, "p4", 12, 6, 0.5, 0, blended=False),
    client(14, "p4", 20, 5, -0.3, 1, "safety-escalates"),
    client(15, "p5", 14, 7, 0.4, 0, "irrelevant-module", "skip-accepted"),
    client(16, "p5", 16, 5, 0.2, 1, blended=False),
    client(17, "p5", 18, 7, -0.1, 1, "safety-skipped"),
    client(18, "p5", 13, 4, -0.5, 0, "withdraws-consent"),
    client(19, "p6", 15, 6, 0.6, 0, "clock-change", blended=False),
    client(20, "p6", 17, 6, 0.0, 1, "observe-only"),
    client(21, "p6", 14, 1, -0.6, 0, "stuck", "leaves-early"),
    client(22, "p7", 16, 7, 0.3, 0, blended=False),
    client(23, "p7", 12, 5, 0.2, 1, "skip-refused"),
    client(24, "p7", 15, 4, -0.2, 2, blended=False),
]


@dataclass
class Practitioner:
    id: str
    capacity: int               # minutes a week for these clients
    confidence: list            # check-ins, 1 to 5, in the order of their weeks
    story: set = field(default_factory=set)


PRACTITIONERS = [
    Practitioner("p1", 300, [3, 4, 4, 5], {"trained"}),
    Practitioner("p2", 300, [4, 4, 4], {"trained", "leave"}),
    Practitioner("p3", 90, [4, 4, 3], {"trained", "out-of-time"}),
    Practitioner("p4", 260, [4, 3, 2, 3], {"trained", "confidence-falls"}),
    Practitioner("p5", 300, [3, 3, 4], {"training-expires"}),
    Practitioner("p6", 240, [3, 2, 3], {"untrained"}),
    Practitioner("p7", 260, [4, 4, 5], {"trained"}),
]
BY_ID = {p.id: p for p in PRACTITIONERS}
