# SPDX-License-Identifier: Apache-2.0
"""What a plugin can be, as classes to derive from. ``Host.register`` puts them into a host of this process.

Data are dicts by the schema's field names (sdk/schema), instants are microseconds since 1970. What a method raises
becomes the error of the host's call: an :class:`alliance.Error` with its status and message, any other exception as an
internal fault whose text stands in the detail, because it may quote what a person answered.

The host calls from threads of its own, never twice at once on one object, and holds the GIL for the length of the call:
a slow method holds up every other Python thread, and one slower than the host's deadline is reported as a fault.
"""
from __future__ import annotations

import math
from typing import Any, ClassVar, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Type, Union

from . import _core
from .errors import InternalFault, InvalidCall, Unsupported
from .missing import ANSWERED, NO_BAND, NOT_SCORABLE, PRORATED, SCORED
from .words import from_json, to_json

Case = Dict[str, Any]


class Services:
    """What the host offers to a plugin. Take time from ``now()`` and nowhere else, so that tests run years in a moment."""

    def __init__(self, core: _core.Services) -> None:
        self._core = core

    @property
    def config(self) -> Dict[str, Any]:
        """The operator's settings."""
        return dict(from_json(self._core.config_json.encode()))

    def log(self, line: str, level: int = 2) -> None:
        """One line without a name, an answer or any free text of a person."""
        self._core.log(level, line)

    def now(self) -> int:
        return int(self._core.now())

    def get(self, key: str) -> Optional[Tuple[int, bytes]]:
        """The plugin's own key of the case: the version of its format, and its bytes."""
        found: Any = self._core.get(key)
        return None if found is None else (int(found[0]), bytes(found[1]))

    def put(self, key: str, version: int, value: bytes) -> None:
        """Part of the transaction of the call under way, or of none."""
        self._core.put(key, version, value)

    def report(self, report: Mapping[str, Any]) -> None:
        """A Report of the plugin's own."""
        self._core.report_json(to_json(dict(report)))


class _Plugin:
    kind: ClassVar[str]
    services: Services  #: there before ``__init__`` runs

    @classmethod
    def describe(cls) -> Tuple[str, str, str]:
        """id, version and title."""
        id_ = getattr(cls, "id", None)
        if not isinstance(id_, str):
            raise InvalidCall(f"{cls.__name__} has no id: set id = \"...\" in the class")
        return id_, str(getattr(cls, "version", "1.0.0")), str(getattr(cls, "title", id_))


class Sheet(Mapping[str, Optional[float]]):
    """One answer sheet by the ids of the items; None where there is no answer, and ``states`` says why.

    ``missing`` is the rule for this call: ``("prorate", 2)``, ``("none", 0)``, ``("centre", 1)``, or None for the
    definition's own.
    """

    def __init__(self, items: Sequence[str], values: Sequence[float], states: Sequence[int], missing: Optional[Tuple[str, int]]) -> None:
        self._cells = {item: value if state == ANSWERED else None for item, value, state in zip(items, values, states)}
        self.states = dict(zip(items, states))
        self.missing = missing

    def __getitem__(self, item: str) -> Optional[float]:
        return self._cells[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def may_fill(self, absent: int) -> bool:
        """Whether the rule lets so many missing answers of a scale be made up for."""
        return absent == 0 or (self.missing is not None and self.missing[0] != "none" and absent <= self.missing[1])


class Instrument(_Plugin):
    """An instrument that needs code. Set ``definition`` (an Instrument of the schema) and write ``score``.

    ``score`` takes a :class:`Sheet` and gives a value, or None where there is no score, for each scale by its id. An answer
    that is none of the options: ``raise alliance.BadInput("item x: ...", str(answer))``. The same sheet must always give
    the same value.

    >>> import alliance
    >>> class Rest(alliance.Instrument):
    ...     definition = {
    ...         "id": "rest-1", "version": "1.0.0", "title": "Rest, one question", "perspective": "client", "target": "none",
    ...         "responses": [{"id": "hours", "min": 0, "max": 24, "decimals": 1}],
    ...         "items": [{"id": "rest-1", "response": "hours"}],
    ...         "scales": [{"id": "total", "method": "sum", "items": ["rest-1"], "min": 0, "max": 24}],
    ...         "licence": {"holder": "the authors of this example", "terms": "Apache-2.0",
    ...                     "provenance": {"certainty": "own", "source": "made for this example"}},
    ...         "keys_provenance": {"certainty": "own", "source": "made for this example"}, "not_validated": True,
    ...         "vectors": [{"answers": [8], "expected": [{"scale": "total", "value": 8}]}]}
    ...     def score(self, sheet):
    ...         return {"total": sheet["rest-1"]}
    >>> with alliance.Host(plugins=[]) as host:
    ...     host.register(Rest)
    ...     host.instrument("rest-1").score([7.5])["total"].value
    7.5
    """

    kind = "measure"
    definition: ClassVar[Mapping[str, Any]]

    @classmethod
    def describe(cls) -> Tuple[str, str, str]:
        definition = getattr(cls, "definition", None)
        if not isinstance(definition, Mapping) or not {"id", "version", "title"} <= set(definition):
            raise InvalidCall(f"{cls.__name__}.definition is no definition with id, version and title")
        return definition["id"], definition["version"], definition["title"]

    def score(self, sheet: Sheet) -> Mapping[str, Optional[float]]:
        raise Unsupported(f"{type(self).__name__} scores nothing: write score(self, sheet)")


class TimingPolicy(_Plugin):
    """When a measure is due, and what time goes to. It keeps nothing between calls, and asks for roles, not instruments."""

    kind = "timing"

    def plan(self, case: Case, now: int) -> Mapping[str, Any]:
        """A Plan of the schema."""
        raise Unsupported(f"{type(self).__name__} plans nothing: write plan(self, case, now)")

    def account(self, case: Case, now: int) -> Mapping[str, Any]:
        """A TimeAccount of the schema."""
        raise Unsupported("this timing policy keeps no account of time")


class TailoringPolicy(_Plugin):
    """Proposals to adapt the programme, and the help around it. It decides nothing."""

    kind = "tailoring"

    def propose(self, case: Case, programme: Optional[Dict[str, Any]], now: int) -> Sequence[Mapping[str, Any]]:
        """Proposals of the schema; a key is the same whenever the same evidence leads to it."""
        raise Unsupported(f"{type(self).__name__} proposes nothing: write propose(self, case, programme, now)")


class ProgrammeAdapter(_Plugin):
    """An adapter to one digital programme."""

    kind = "programme"

    def catalogue(self) -> Mapping[str, Any]:
        """A Programme of the schema."""
        raise Unsupported(f"{type(self).__name__} has no catalogue")

    def ingest(self, payload: bytes) -> Union[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        """The programme's own payload to an EventBatch, or to a list of events. The same payload, the same ids."""
        raise Unsupported(f"{type(self).__name__} takes nothing in")

    def apply(self, case: str, proposal: Dict[str, Any], when: int) -> Union[bytes, str]:
        """One accepted proposal to what the programme understands. Unsupported: it has no such change."""
        raise Unsupported("this programme cannot be changed from outside")


class Transport(_Plugin):
    """How reports leave: made with an endpoint, sends batches, and says when the far side has taken charge of them.

    ``send`` takes a Batch as a dict: its ``envelopes`` have id, tenant, case, kind, sequence, and the ``report`` as a dict,
    None where the receiver is only notified. Nothing is promised until ``self.acknowledged(position)``; it may be
    called from any thread and before ``send`` returns. Overwrite ``close`` to let go of what was opened.
    """

    kind = "transport"
    _line: _core.Line

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def send(self, position: int, batch: Dict[str, Any]) -> None:
        raise Unsupported(f"{type(self).__name__} sends nothing: write send(self, position, batch)")

    def close(self) -> None:
        """The last call."""

    def acknowledged(self, position: int) -> None:
        """Everything up to ``position`` is in the receiver's keeping."""
        self._line.acknowledged(position)

    def failed(self, message: str, status: int = 9) -> None:
        """The way is broken: the host closes, waits and opens again."""
        self._line.failed(status, message)

    def refused(self, position: int, message: str, report: str = "", status: int = 2) -> None:
        """The far side will not take one report, by its id, or the batch."""
        self._line.refused(position, report, status, message)

    def under_way(self) -> None:
        """The far side is slow and alive."""
        self._line.under_way()


# ---- What the engine calls ----------------------------------------------------------------------------------------------

_rules = {1: "none", 2: "prorate", 3: "centre"}


class _Measure:
    def __init__(self, instrument: Instrument) -> None:
        definition = instrument.definition
        self._instrument = instrument
        self._ids = [item["id"] for item in definition["items"]]
        self._scales = definition["scales"]
        self.definition_json = to_json(dict(definition))
        self.items, self.scales = len(self._ids), len(self._scales)

    def score(self, values: List[float], states: List[int], rule: int, most: int) -> List[Tuple[float, int, int, int]]:
        sheet = Sheet(self._ids, values, states, None if rule == 0 else (_rules[rule], most))
        made = self._instrument.score(sheet)
        rows = []
        for scale in self._scales:
            if scale["id"] not in made:
                raise InternalFault(f"score() said nothing of the scale {scale['id']}")
            of = scale.get("items", self._ids)
            answered = sum(sheet[item] is not None for item in of)
            value = made[scale["id"]]
            if value is None:
                rows.append((0.0, NOT_SCORABLE, answered, NO_BAND))
                continue
            number = float(value)
            if not math.isfinite(number):
                raise InternalFault(f"score() gave no finite number for the scale {scale['id']}: None says that there is no score")
            rows.append((number, SCORED if answered == len(of) else PRORATED, answered, _band(scale, number)))
        return rows


def _band(scale: Mapping[str, Any], value: float) -> int:
    for at, band in enumerate(scale.get("bands", [])):
        if band["from"] <= value <= band["to"]:
            return at
    return NO_BAND


class _Timing:
    def __init__(self, policy: TimingPolicy) -> None:
        self._policy = policy

    def plan(self, case: bytes, now: int) -> bytes:
        return to_json(dict(self._policy.plan(from_json(case), now)))

    def account(self, case: bytes, now: int) -> bytes:
        made = dict(self._policy.account(from_json(case), now))
        return to_json(made if "body_type" in made else {"body_type": "TimeAccounted", "body": {"account": made}})


class _Tailoring:
    def __init__(self, policy: TailoringPolicy) -> None:
        self._policy = policy

    def propose(self, case: bytes, programme: Optional[bytes], now: int) -> bytes:
        made = self._policy.propose(from_json(case), None if programme is None else from_json(programme), now)
        return to_json({"proposals": [dict(one) for one in made]})


class _Programme:
    def __init__(self, adapter: ProgrammeAdapter) -> None:
        self._adapter = adapter

    def catalogue(self) -> bytes:
        return to_json(dict(self._adapter.catalogue()))

    def ingest(self, payload: bytes) -> bytes:
        made = self._adapter.ingest(payload)
        return to_json(dict(made) if isinstance(made, Mapping) else {"events": [dict(one) for one in made]})

    def apply(self, case: str, proposals: bytes, when: int) -> bytes:
        made = self._adapter.apply(case, from_json(proposals)["proposals"][0], when)
        return made.encode() if isinstance(made, str) else bytes(made)


class _Transport:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(self, position: int, batch: bytes) -> None:
        made = from_json(batch)
        for envelope in made["envelopes"]:
            payload = bytes(envelope.pop("payload", ()))
            envelope["report"] = from_json(_core.convert("Report", payload, False)) if payload else None
        self._transport.send(position, made)

    def close(self) -> None:
        self._transport.close()


_wrappers: Dict[str, Any] = {"measure": _Measure, "timing": _Timing, "tailoring": _Tailoring, "programme": _Programme}


def make(cls: Type[_Plugin], services: _core.Services) -> Any:
    """Called by the engine."""
    made = cls.__new__(cls)
    made.services = Services(services)
    made.__init__()  # type: ignore[misc]
    return _wrappers[cls.kind](made)


def open_transport(cls: Type[Transport], services: _core.Services, endpoint: str, line: _core.Line) -> _Transport:
    """Called by the engine."""
    made = cls.__new__(cls)
    made.services = Services(services)
    made._line = line
    made.__init__(endpoint)  # type: ignore[misc]
    return _Transport(made)


def described(classes: Sequence[Type[_Plugin]]) -> List[Tuple[str, str, str, str, Type[_Plugin]]]:
    listed = []
    for cls in classes:
        if not (isinstance(cls, type) and issubclass(cls, _Plugin)) or not hasattr(cls, "kind"):
            raise InvalidCall(f"{cls!r} derives from none of Instrument, TimingPolicy, TailoringPolicy, ProgrammeAdapter, Transport")
        listed.append((cls.kind, *cls.describe(), cls))
    return listed
