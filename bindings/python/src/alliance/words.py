# SPDX-License-Identifier: Apache-2.0
"""JSON, instants and events, as the schema has them."""
from __future__ import annotations

import datetime as _datetime
import json
import uuid
from typing import Any, Dict, Optional, Union

from .errors import InvalidCall

Instant = Union[int, _datetime.datetime]
_epoch = _datetime.datetime(1970, 1, 1, tzinfo=_datetime.timezone.utc)


def instant(when: Instant) -> int:
    """Microseconds since 1970 in UTC. A datetime without a zone is refused: nobody guesses one.

    >>> import datetime
    >>> instant(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc))
    1772442000000000
    """
    if isinstance(when, bool) or not isinstance(when, (int, _datetime.datetime)):
        raise InvalidCall("an instant is a datetime with a zone, or microseconds since 1970 in UTC")
    if isinstance(when, int):
        return when
    if when.tzinfo is None:
        raise InvalidCall("this datetime has no zone: say .replace(tzinfo=...), for example datetime.timezone.utc")
    return (when - _epoch) // _datetime.timedelta(microseconds=1)


def moment(microseconds: int) -> _datetime.datetime:
    """The datetime, in UTC, of an instant of the SDK.

    >>> moment(1772442000000000).isoformat()
    '2026-03-02T09:00:00+00:00'
    """
    return _epoch + _datetime.timedelta(microseconds=microseconds)


def _plain(value: Any) -> Any:
    if isinstance(value, _datetime.datetime):
        return instant(value)
    if hasattr(value, "item") and getattr(value, "shape", None) == ():  # a NumPy scalar
        return value.item()
    raise InvalidCall(f"a {type(value).__name__} has no place in an event")


def to_json(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    try:
        return json.dumps(value, default=_plain, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as why:
        if isinstance(why, InvalidCall):
            raise
        raise InvalidCall("NaN and infinity have no place in an event: a missing answer is a state") from None


def from_json(text: bytes) -> Any:
    return json.loads(text) if text else None


def event(kind: str, case: Optional[str] = None, time: Optional[Instant] = None, *, id: Optional[str] = None,
          of_practitioner: Optional[str] = None, effect_of: Optional[str] = None, **body: Any) -> Dict[str, Any]:
    """An event by its kind (sdk/schema/event.fbs), its case and its fields. Without an id it gets a random one. Where it
    belongs to no case it is ``of_practitioner``; ``effect_of`` names the accepted proposal that it is the effect of.

    >>> event("GoalSet", "c1", 1772442000000000, id="g1", goal="sleep")
    {'id': 'g1', 'body_type': 'GoalSet', 'case': 'c1', 'time': 1772442000000000, 'body': {'goal': 'sleep'}}
    """
    made: Dict[str, Any] = {"id": id or uuid.uuid4().hex, "body_type": kind}
    if case is not None:
        made["case"] = case
    if of_practitioner is not None:
        made["practitioner"] = of_practitioner
    if time is not None:
        made["time"] = instant(time)
    if effect_of is not None:
        made["proposal"] = effect_of
    made["body"] = body
    return made
