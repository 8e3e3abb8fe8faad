# SPDX-License-Identifier: Apache-2.0
"""Missing answers: what they are, and what is done about them."""
from __future__ import annotations

import re
from typing import Tuple

from .errors import InvalidCall

#: States of an answer, as the C interface has them.
ANSWERED, SKIPPED, NOT_APPLICABLE, REFUSED, NOT_PRESENTED = 1, 2, 3, 4, 5
#: States of a score.
SCORED, PRORATED, NOT_SCORABLE, BAD_SHEET = 1, 2, 3, 4
NO_BAND = -1

answer_states = {"answered": ANSWERED, "skipped": SKIPPED, "not_applicable": NOT_APPLICABLE, "refused": REFUSED,
                 "not_presented": NOT_PRESENTED}
score_states = {SCORED: "scored", PRORATED: "prorated", NOT_SCORABLE: "not scorable", BAD_SHEET: "bad sheet"}


def rule_of(missing: str) -> Tuple[int, int]:
    """The rule and how many answers of a scale may be missing, as the command's --missing has it.

    >>> rule_of("none"), rule_of("prorate:2"), rule_of("definition")
    ((1, 0), (2, 2), (0, 0))
    """
    if missing == "none":
        return 1, 0
    if missing == "definition":
        return 0, 0
    found = re.fullmatch(r"(prorate|centre):(\d{1,4})", missing) if isinstance(missing, str) else None
    if found is None:
        raise InvalidCall("missing is none, definition, or prorate:N or centre:N with N missing answers at most per scale")
    return (2 if found[1] == "prorate" else 3), int(found[2])
