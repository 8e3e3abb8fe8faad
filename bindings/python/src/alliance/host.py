# SPDX-License-Identifier: Apache-2.0
"""A host in this process: events in, reports out, with a store or without one."""
from __future__ import annotations

import asyncio
import atexit
import os
import pathlib
import sys
import weakref
from typing import Any, AsyncIterator, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Type, Union

from . import _core
from .errors import Error, InvalidCall, NotFound, _make
from .instruments import LoadedInstrument
from .kinds import described
from .places import manifest_of, named, sdk, take
from .review import Review
from .words import Instant, event, from_json, instant, to_json

_roles = {"client": 1, "practitioner": 2, "supervisor": 3, "service": 4, "researcher": 5, "controller": 6}
_scopes = {"case": 1, "practitioner": 2, "service": 3}
_acts = {"erase": 1, "restrict": 2, "lift": 3, "hold": 4, "release": 5}
_microseconds = 1_000_000
_last_seconds = 5.0  # that a plugin in Python has at the end of the program
_at_a_time = 1000  # events that are recorded before signals are heard


class Viewer(NamedTuple):
    """Who asks: a role (client, practitioner, supervisor, service, researcher, controller) and the platform's own id."""

    role: str
    id: str

    @property
    def number(self) -> int:
        if self.role not in _roles:
            raise InvalidCall(f"there is no role {self.role!r}; there are {', '.join(_roles)}")
        return _roles[self.role]


class Recorded(NamedTuple):
    """What an event led to. Look at ``safety`` now: the reports of safety flags that it raised."""

    repeated: bool
    reports: int
    safety: List[Dict[str, Any]]


class RecordedMany(NamedTuple):
    """``statuses`` has one status per event, 0 where it was taken; ``refusal`` is the first refusal's sentence."""

    statuses: List[int]
    reports: int
    safety: List[Dict[str, Any]]
    refusal: str


class Report:
    """A report as it reached this program. ``body`` is the Report of the schema; None: a notification, ask for it."""

    def __init__(self, inbox: _core.Inbox, ticket: int, lane: int, id: str, tenant: str, case: str, kind: str, epoch: int,
                 sequence: int, first_sequence: int, time: int, withheld: bool, body: bytes) -> None:
        self.safety = lane == 1
        self.id, self.tenant, self.case, self.kind = id, tenant, case, kind
        self.epoch, self.sequence, self.first_sequence, self.time = epoch, sequence, first_sequence, time
        self.body: Optional[Dict[str, Any]] = None if withheld else from_json(body)
        self._inbox, self._ticket, self._settled = inbox, ticket, False

    def acknowledge(self) -> None:
        """It is kept: it need not come again. Asking for the next report does the same."""
        self._settle(0, "")

    def refuse(self, why: str, status: int = 2) -> None:
        """It cannot be taken. After a few refusals it becomes a dead letter. ``why`` must hold nothing about a person."""
        self._settle(status, why)

    def _settle(self, status: int, why: str) -> None:
        if not self._settled:
            self._settled = True
            self._inbox.settle(self._ticket, status, why)

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.case}, {self.id}>"


def _safety(listed: bytes) -> List[Dict[str, Any]]:
    return list(from_json(listed)["reports"]) if listed else []


class Host:
    """The SDK in this process. Use it as a context manager, or ``close()`` it; what is left open is closed at exit.

    Without a ``store`` it loads and scores. With one, events are recorded: ``tenant`` says whose data these are, and
    ``safety_contact`` whom a safety flag goes to. ``now`` sets the clock, which then stands still until ``advance``.
    ``plugins`` are names of plugins that came with the package, or paths of manifests or folders; the plugin of a name
    that is not given is not loaded. ``config`` is a HostConfig, ``settings`` are those of plugins by their ids.
    Log lines go to standard error, or are kept for ``log()`` with ``keep_log``.

    >>> import alliance, tempfile
    >>> with alliance.Host() as host:
    ...     host.instrument("phq-9").score([1] * 9)["total"].value
    9.0
    """

    def __init__(self, store: Union[str, "os.PathLike[str]", None] = None, *, tenant: Optional[str] = None,
                 plugins: Iterable[Union[str, "os.PathLike[str]"]] = ("instruments", "session-schedule", "rules"),
                 config: Optional[Mapping[str, Any]] = None, settings: Optional[Mapping[str, Mapping[str, Any]]] = None,
                 safety_contact: Optional[str] = None, now: Optional[Instant] = None, key_file: Optional[str] = None,
                 plaintext: bool = False, log_level: int = 0, keep_log: bool = False) -> None:
        made: Dict[str, Any] = dict(config or {})
        if safety_contact is not None:
            made["safety"] = {**made.get("safety", {}), "contact": safety_contact}
        if settings:
            own = [{"plugin": plugin, "settings": to_json(dict(one)).decode()} for plugin, one in settings.items()]
            made["plugins"] = [*made.get("plugins", []), *own]
        runner = sdk / "bin" / "alliance-plugin-runner"
        if "plugin_runner" not in made and runner.exists():
            made["plugin_runner"] = str(runner)
        made.setdefault("python", sys.executable or "python3")
        if store is not None and tenant is None:
            raise InvalidCall("a store needs a tenant: whose data these are")
        self._core = _core.open(tenant=tenant, store=None if store is None else os.fspath(store), config=to_json(made).decode(),
                                key_file=key_file, log_level=log_level, now=None if now is None else instant(now),
                                plaintext=plaintext, keep_log=keep_log)
        self._own_clock = now is not None
        self._apart = {str(one.get("plugin")) for one in made.get("plugins", []) if one.get("isolation") == "process"}
        self._signatures = bool(made.get("trust"))  # the engine looks at them, and runs what it looked at
        self._running = False
        self._turns: Dict[str, object] = {}
        self._listeners: Dict[str, asyncio.AbstractEventLoop] = {}
        _open.add(self)
        try:
            for plugin in plugins:
                self.load(plugin)
        except BaseException:
            self.close()
            raise

    # ---- Life -----------------------------------------------------------------------------------------------------

    def load(self, plugin: Union[str, "os.PathLike[str]"]) -> None:
        """A plugin that came with the package, by its name; any other by the path of its manifest or library; all in a
        folder. One in Python runs in this process, once its manifest and hashes were checked; or in one of its own, which
        reads its interpreter and its folder and nothing else, where ``config`` says ``"isolation": "process"`` of it or
        names a file of ``trust``."""
        text = os.fspath(plugin)
        path = pathlib.Path(text)
        if os.sep not in text and not path.suffix:
            path = named(text)
        if path.is_dir():
            manifests = sorted(path.glob("*.alliance.json"))
            if not manifests:
                raise NotFound(f"there is no plugin in {path}")
            failed = [why for why in map(self._refused, manifests) if why is not None]
            if failed:
                first = failed[0]
                raise type(first)(f"{len(failed)} of {len(manifests)} plugins were refused, the first: {first.message}",
                                  first.detail, status=first.status)
            return
        self._load(manifest_of(path))

    def _load(self, manifest: pathlib.Path) -> None:
        from .manifest import classes_of, id_of, runs_in_python  # here, so that it can be run as a program too
        if not runs_in_python(manifest):
            self._core.load_plugin(str(take(manifest, self._core)))
            return
        if self._signatures or id_of(manifest) in self._apart:
            self._core.load_plugin(str(manifest.resolve()))
            return
        id_, classes = classes_of(manifest)
        self.register(*classes, name=id_)

    def _refused(self, manifest: pathlib.Path) -> Optional[Error]:
        try:
            self._load(manifest)
        except Error as why:
            return why
        return None

    def register(self, *classes: Type[Any], name: Optional[str] = None) -> None:
        """Classes of this program as one plugin: of Instrument, TimingPolicy, TailoringPolicy, ProgrammeAdapter or
        Transport. Before ``run``. ``name`` is what reports and settings call it."""
        listed = described(classes)
        if not listed:
            raise InvalidCall("there is no class to register")
        _core.register(self._core, name or f"python.{listed[0][1]}", listed)

    def run(self) -> "Host":
        """From here on events are taken and reports delivered."""
        if not self._running:
            self._core.run()
            self._running = True
        return self

    def close(self) -> None:
        """Ends delivery and closes the store. Calls under way are cancelled first."""
        self._core.close()
        _open.discard(self)

    @property
    def closed(self) -> bool:
        return bool(self._core.closed)

    def cancel(self) -> None:
        """Makes drain, advance and record_many that are under way in other threads end with Cancelled."""
        self._core.cancel()

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def connect(self, endpoint: str) -> None:
        """Another way for reports: ``tcp://HOST:PORT``, ``tls://...``, ``unix:///PATH``, or ``ID:ENDPOINT`` of a transport."""
        self._core.connect(endpoint)

    def forget(self, endpoint: str) -> None:
        """An endpoint that will not come back: it no longer holds reports back."""
        self._core.forget(endpoint)

    def drain(self, timeout: float = 60.0) -> None:
        """Waits until every receiver has acknowledged everything; TimedOut when they have not, and nothing is lost."""
        self._core.drain(int(timeout * _microseconds))

    # ---- Scoring --------------------------------------------------------------------------------------------------

    def instrument(self, id: str, version: Optional[str] = None) -> LoadedInstrument:
        """An instrument of this host, ready to score."""
        return LoadedInstrument(_core.find(self._core, id, version))

    def instruments(self) -> List[Dict[str, Any]]:
        return list(from_json(self._core.instruments())["instruments"])

    def plugins(self) -> List[Dict[str, Any]]:
        """What was loaded, and what was refused and why."""
        return list(from_json(self._core.plugins())["plugins"])

    def log(self) -> List[Tuple[int, str]]:
        """Level (1 debug, 2 information, 3 warning, 4 error) and line of what was logged since the last call."""
        return list(self._core.take_log())

    # ---- Events ---------------------------------------------------------------------------------------------------

    def record(self, what: Union[str, Mapping[str, Any]], *args: Any, **fields: Any) -> Recorded:
        """One event: a dict as in the schema, or what :func:`alliance.event` takes. On the disk when it returns.

        ``host.record("GoalSet", "c1", when, goal="sleep")``
        """
        made = event(what, *args, **fields) if isinstance(what, str) and not what.lstrip().startswith("{") else what
        answer = self._core.record(to_json(made))
        if len(answer) == 5:  # refused, and flags were raised all the same
            error = _make(answer[0], answer[1], answer[2], answer[4])
            error.safety = _safety(answer[3])  # type: ignore[attr-defined]
            raise error
        return Recorded(answer[0], answer[1], _safety(answer[3]))

    def record_many(self, events: Iterable[Mapping[str, Any]]) -> RecordedMany:
        """Events in their order, in large commits. What is refused does not stop the others. KeyboardInterrupt ends it
        between two commits: what was recorded stays recorded."""
        listed = list(events)
        statuses: List[int] = []
        reports, refusal = 0, ""
        safety: List[Dict[str, Any]] = []
        for first in range(0, len(listed), _at_a_time):
            part = listed[first:first + _at_a_time]
            (_, made, _flags, flagged), answers, why = self._core.record_many(to_json({"events": part}), len(part))
            statuses += answers
            reports += made
            safety += _safety(flagged)
            refusal = refusal or why
        return RecordedMany(statuses, reports, safety, refusal)

    def advance(self, now: Instant, timeout: float = 600.0) -> Recorded:
        """Time has passed up to ``now``: what is due, overdue or expires by it is reported."""
        to = instant(now)
        if self._own_clock:
            self._core.set_now(to)
        answer = self._core.advance(to, int(timeout * _microseconds))
        return Recorded(answer[0], answer[1], _safety(answer[3]))

    def ingest(self, programme: str, payload: Union[bytes, str]) -> Dict[str, Any]:
        """What a programme exported, as an EventBatch. Records nothing: ``record_many(batch["events"])`` does."""
        made = from_json(self._core.ingest(programme, payload.encode() if isinstance(payload, str) else bytes(payload)))
        return dict(made)

    def decide(self, case: str, proposal: str, decision: str, by: str, *, time: Instant, reason: Optional[str] = None,
               action: Optional[Mapping[str, Any]] = None, id: Optional[str] = None) -> Recorded:
        """A practitioner's decision about a proposal: ``accepted``, ``declined`` (with a reason) or ``withdrawn``. With an
        ``action`` it is accepted as edited."""
        body: Dict[str, Any] = {"proposal": proposal, "decision": decision, "by": by}
        if reason is not None:
            body["reason"] = reason
        if action is not None:
            body["action"] = dict(action)
        return self.record(event("ProposalDecided", case, time, id=id, **body))

    # ---- Reading --------------------------------------------------------------------------------------------------

    def review(self, id: str, viewer: Viewer, scope: str = "case") -> Review:
        """The course and the eight factors of a case, a practitioner or a service, as this viewer may see them."""
        return Review(from_json(self._core.review(self._scope(scope), id, viewer.number, viewer.id)))

    def cases(self, viewer: Viewer) -> List[Dict[str, Any]]:
        return list(from_json(self._core.cases(viewer.number, viewer.id))["cases"])

    def due(self, case: str, viewer: Viewer, at: Optional[Instant] = None) -> Dict[str, Any]:
        """Every measure that was, is or will be asked of the case, with the rule and the event behind it."""
        return dict(from_json(self._core.due(case, 0 if at is None else instant(at), viewer.number, viewer.id)))

    def in_force(self, case: str, viewer: Viewer, at: Optional[Instant] = None) -> Dict[str, Any]:
        """What of the case's programme was adapted and holds."""
        return dict(from_json(self._core.in_force(case, 0 if at is None else instant(at), viewer.number, viewer.id)))

    def simulate(self, case: str, policy: str, viewer: Viewer) -> Dict[str, Any]:
        """What a tailoring policy would have proposed in a case that lies in the past, and what its practitioner did."""
        return dict(from_json(self._core.simulate(case, policy, viewer.number, viewer.id)))

    def time(self, id: str, viewer: Viewer, scope: str = "case", at: Optional[Instant] = None, weeks: int = 0) -> Dict[str, Any]:
        """Minutes planned, booked and used, and the weeks to come."""
        return dict(from_json(self._core.time(self._scope(scope), id, 0 if at is None else instant(at), weeks, viewer.number, viewer.id)))

    def report(self, case: str, report: str, viewer: Viewer) -> Dict[str, Any]:
        return dict(from_json(self._core.report(case, report, viewer.number, viewer.id)))

    def study(self, key: bytes, viewer: Viewer, *, shift_days: int = 0, consent: Optional[str] = None) -> Dict[str, Any]:
        """Every sheet of those who consented, pseudonymised under ``key``."""
        return dict(from_json(self._core.study(key, shift_days, consent, viewer.number, viewer.id)))

    def extract(self, since: Instant, until: Instant, viewer: Viewer, instruments: Sequence[str] = ()) -> Dict[str, Any]:
        """What a service's own record system takes."""
        named = ",".join(instruments) or None
        return dict(from_json(self._core.extract(instant(since), instant(until), named, viewer.number, viewer.id)))

    def instruct(self, act: str, subject: str, reason: str, viewer: Viewer, reference: Optional[str] = None) -> None:
        """What a controller instructs: erase, restrict, lift, hold or release."""
        if act not in _acts:
            raise InvalidCall(f"there is no act {act!r}; there are {', '.join(_acts)}")
        self._core.instruct(_acts[act], subject, reason, reference, viewer.number, viewer.id)

    def export(self, subject: str, viewer: Viewer) -> bytes:
        """Everything that is kept about a case or ``practitioner/ID``, as a tar archive."""
        return bytes(self._core.export(subject, viewer.number, viewer.id))

    def access(self, subject: str, viewer: Viewer) -> Dict[str, Any]:
        return dict(from_json(self._core.access(subject, viewer.number, viewer.id)))

    def counts(self) -> Dict[str, int]:
        return dict(self._core.counts())

    def outbox(self) -> Dict[str, Any]:
        return dict(from_json(self._core.outbox()))

    def dead_letters(self, number: int = 0) -> Dict[str, Any]:
        return dict(from_json(self._core.dead_letters(number)))

    def resend(self, number: int = 0) -> int:
        return int(self._core.resend(number))

    # ---- Reports --------------------------------------------------------------------------------------------------

    async def listen(self, name: str = "python") -> AsyncIterator[Report]:
        """Reports as they come, in the order of each case: ``async for report in host.listen("notebook")``.

        A report counts as kept when the loop asks for the next one. Where the loop is left by an exception or a break,
        the report under way comes again to whoever listens under this name next. Begin before or after ``run()``.
        """
        loop = asyncio.get_running_loop()
        before = self._listeners.get(name)
        inbox = _core.receive(self._core, name)  # whoever listened before listens no more
        if before is not None and not before.is_closed():
            before.remove_reader(inbox.fileno())
        rung = asyncio.Event()
        loop.add_reader(inbox.fileno(), rung.set)
        turn = self._turns[name] = object()
        self._listeners[name] = loop
        try:
            while not self._core.closed and self._turns.get(name) is turn:
                rung.clear()
                came: Any = inbox.next()
                if came is None:
                    try:
                        await asyncio.wait_for(rung.wait(), 0.5)  # now and then: is the host still there?
                    except asyncio.TimeoutError:
                        pass
                    continue
                report = Report(inbox, *came)
                yield report
                report.acknowledge()
        finally:
            # A loop that was left by a break ends here, but not before somebody else may have begun.
            if self._turns.get(name) is turn:
                del self._turns[name], self._listeners[name]
                loop.remove_reader(inbox.fileno())
                inbox.end()

    @staticmethod
    def _scope(scope: str) -> int:
        if scope not in _scopes:
            raise InvalidCall(f"there is no scope {scope!r}; there are {', '.join(_scopes)}")
        return _scopes[scope]

    def __repr__(self) -> str:
        return f"<alliance.Host, {'closed' if self.closed else 'running' if self._running else 'open'}>"


_open: "weakref.WeakSet[Host]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    # Before the interpreter ends: threads of a host may be about to call into it, and a class that they call may never return.
    for host in list(_open):
        try:
            _core.close_within(host._core, _last_seconds)
            _open.discard(host)
        except Error:
            pass
