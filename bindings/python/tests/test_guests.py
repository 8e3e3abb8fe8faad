# SPDX-License-Identifier: Apache-2.0
"""Classes in Python as plugins: one of each kind does its work in a host, and none can take the host down."""
import json
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import alliance
from test_host import answers, begin, day, opened, practitioner

certain = {"certainty": "own", "source": "made for this test"}
mood = {
    "id": "mood-3", "version": "1.0.0", "title": "Mood, three questions", "perspective": "client", "target": "none",
    "responses": [{"id": "0-4", "min": 0, "max": 4}],
    "items": [{"id": f"mood-{item}", "response": "0-4"} for item in (1, 2, 3)],
    "scales": [{"id": "total", "roles": ["mood.total"], "method": "sum", "items": ["mood-1", "mood-2", "mood-3"], "min": 0, "max": 12,
                "direction": "higher_is_better"}],
    "licence": {"holder": "the authors of this test", "terms": "Apache-2.0", "text_may_ship": True, "provenance": certain},
    "keys_provenance": certain, "not_validated": True,
    "vectors": [{"answers": [1, 2, 3], "expected": [{"scale": "total", "value": 6}], "source": "by hand"}],
}


class Mood(alliance.Instrument):
    definition = mood

    def score(self, sheet):
        there = [value for value in sheet.values() if value is not None]
        for item, value in sheet.items():
            if value is not None and value not in (0, 1, 2, 3, 4):
                raise alliance.BadInput(f"item {item}: answer with a whole number from 0 to 4", str(value))
        if not there or not sheet.may_fill(3 - len(there)):
            return {"total": None}
        return {"total": 3 * sum(there) / len(there)}


def test_an_instrument_scores_as_the_same_definition_in_the_engine(tmp_path):
    file = tmp_path / "mood.json"
    file.write_text(json.dumps(mood))
    engine = alliance.load(file)
    random = np.random.default_rng(2)
    sheets = random.integers(0, 6, (500, 3)).astype(float)
    sheets[random.random(sheets.shape) < 0.2] = np.nan
    with alliance.Host(plugins=[]) as host:
        host.register(Mood)
        own = host.instrument("mood-3")
        for rule in ("none", "prorate:1", "prorate:3"):
            with pytest.warns(alliance.BadSheetWarning):
                one, other = own.score(sheets, missing=rule), engine.score(sheets, missing=rule)
            assert one.values.tobytes() == other.values.tobytes() and (one.states == other.states).all()
            assert (one.answered == other.answered).all()
        with pytest.raises(alliance.BadInput, match="item mood-2") as caught:
            own.score([1, 9, 1])
        assert caught.value.detail == "9.0"


def test_an_exception_becomes_the_error_of_the_call_and_quotes_no_answer():
    class Broken(Mood):
        def score(self, sheet):
            raise ZeroDivisionError(f"the client answered {sheet['mood-1']}")

    class Silent(Mood):
        definition = {**mood, "id": "mood-4"}

        def score(self, sheet):
            return {}

    class Denied(Mood):
        definition = {**mood, "id": "mood-5"}

        def score(self, sheet):
            raise alliance.Denied("ask for a licence first")

    with alliance.Host(plugins=[]) as host:
        host.register(Broken, Silent, Denied)
        with pytest.raises(alliance.InternalFault, match="ZeroDivisionError") as caught:
            host.instrument("mood-3").score([1, 1, 1])
        assert "answered 1" in caught.value.detail and "answered" not in caught.value.message
        with pytest.raises(alliance.InternalFault, match="scale total"):
            host.instrument("mood-4").score([1, 1, 1])
        with pytest.raises(alliance.Denied, match="licence first"):
            host.instrument("mood-5").score([1, 1, 1])


def test_what_is_no_plugin_is_refused():
    with alliance.Host(plugins=[]) as host:
        with pytest.raises(alliance.InvalidCall, match="derives from none"):
            host.register(dict)
        with pytest.raises(alliance.InvalidCall, match="no id"):
            host.register(type("Nameless", (alliance.TailoringPolicy,), {}))
        with pytest.raises(alliance.Error, match="itemz unknown field"):
            host.register(type("Odd", (Mood,), {"definition": {**mood, "itemz": []}}))


class Weekly(alliance.TimingPolicy):
    id = "weekly"

    def plan(self, case, now):
        week = 7 * 24 * 3600 * 1_000_000
        start = case["opened"]
        occasions = []
        for number in range(3):
            due = start + number * week
            state = "planned" if now < due else "due" if now < due + week else "expired"
            occasions.append({"key": f"week-{number}", "role": "symptom.total", "rater": "client", "target": "none", "opens": due,
                              "due": due, "overdue": due + week, "closes": due + week, "expires": due + week, "state": state,
                              "rule": "weekly", "reason": f"week {number + 1}"})
        ahead = [one["due"] for one in occasions if one["due"] > now]
        return {"occasions": occasions, "schedule": "weekly", "next_change": min(ahead, default=0)}

    def account(self, case, now):
        used = sum(one["minutes"] for one in case.get("minutes", []))
        return {"work": [], "planned": 300.0, "booked": 0.0, "used": used, "remaining": 300.0 - used}


class AskAfterOne(alliance.TailoringPolicy):
    id = "ask-after-one"

    def propose(self, case, programme, now):
        version = self.services.get("asked")
        self.services.put("asked", 1, str(1 + (int(version[1]) if version else 0)).encode())
        self.services.log("asked once more", level=1)
        assert self.services.now() > 0 and self.services.config == {}
        held = [one for one in case.get("sessions", []) if one["state"] == "held"]
        if not held:
            return []
        return [{"key": "ask-1", "factor": "f3_tailoring", "rule": "after-one", "audience": "practitioner",
                 "action": {"kind": "ask_client", "minutes": 5, "text": "You may want to ask how it went."},
                 "evidence": [{"what": "a session was held", "events": [held[0]["event"]] if held[0].get("event") else []}]}]


class Diary(alliance.ProgrammeAdapter):
    id = "diary"

    def catalogue(self):
        return {"id": "diary", "version": "1", "components": [{"id": "m1", "kind": "module_", "minutes": 20, "can_skip": True}],
                "default_path": ["m1"]}

    def ingest(self, payload):
        return [alliance.event("GoalSet", line["case"], line["at"], id=line["id"], goal=line["goal"]) for line in map(json.loads, payload.splitlines())]


class Post(alliance.Transport):
    id = "post"
    sent, opened, closed = [], [], []

    def __init__(self, endpoint):
        super().__init__(endpoint)
        Post.opened.append((endpoint, threading.get_ident()))

    def send(self, position, batch):
        Post.sent += [(one["kind"], one["report"]["body_type"]) for one in batch["envelopes"]]
        self.acknowledged(position)

    def close(self):
        Post.closed.append(self.endpoint)


@pytest.fixture
def host(tmp_path):
    with alliance.Host(tmp_path / "log.db", tenant="test", plugins=["instruments"], safety_contact="duty-desk", now=opened) as made:
        yield made


def test_a_timing_policy_plans_and_accounts(host):
    host.register(Weekly)
    host.run().record_many(begin())
    host.record("ActivityLogged", "c1", opened + day, work="preparation", minutes=10)
    host.advance(opened + 2 * day)
    due = host.due("c1", practitioner)
    assert due["schedule"] == "weekly" and [one["occasion"]["key"] for one in due["occasions"]] == ["week-0", "week-1", "week-2"]
    account = host.time("c1", practitioner)
    assert json.dumps(account).count('"used": 10') >= 1


def test_a_tailoring_policy_proposes_and_a_person_decides(host):
    host.register(AskAfterOne)
    host.run().record_many(begin())
    host.record("SessionHeld", "c1", opened + day, session=1, minutes=50)
    review = host.review("c1", practitioner)
    proposals = review["course"]["proposals"]
    assert [one["proposal"]["rule"] for one in proposals] == ["after-one"]
    id_ = proposals[0]["proposal"]["id"]
    with pytest.raises(alliance.BadInput, match="reason"):
        host.decide("c1", id_, "declined", "p1", time=opened + 2 * day)
    host.decide("c1", id_, "accepted", "p1", time=opened + 2 * day)
    assert host.review("c1", practitioner)["course"]["proposals"][0]["decision"] == "accepted"


def test_a_programme_adapter_brings_events(host):
    host.register(Diary)
    host.run().record_many(begin())
    lines = "\n".join(json.dumps({"id": f"g{at}", "case": "c1", "at": alliance.instant(opened + day), "goal": "sleep"}) for at in range(2))
    batch = host.ingest("diary", lines)
    assert host.record_many(batch["events"]).statuses == [0, 0]
    with pytest.raises(alliance.Error, match="JSONDecodeError|KeyError"):
        host.ingest("diary", "no json")


def test_a_transport_sends_from_the_hosts_own_threads(host):
    Post.sent.clear(), Post.opened.clear(), Post.closed.clear()
    host.register(Post)
    host.connect("post:somewhere")
    host.run().record_many(begin())
    host.record(answers("c1", opened + day, [1] * 8 + [0]))
    host.drain(60)
    assert ("scored", "Scored") in Post.sent
    assert {endpoint for endpoint, _ in Post.opened} == {"somewhere"}
    assert all(thread != threading.get_ident() for _, thread in Post.opened)
    host.close()
    assert len(Post.closed) == len(Post.opened)


def test_a_policy_that_raises_stops_no_event(host):
    class Raises(AskAfterOne):
        def propose(self, case, programme, now):
            raise RuntimeError("no")

    host.register(Raises)
    host.run()
    assert host.record_many(begin()).statuses == [0, 0, 0]
    assert host.counts()["events"] == 3


def test_the_host_cannot_be_closed_from_within(host):
    said = []

    class Closes(AskAfterOne):
        def propose(self, case, programme, now):
            try:
                host.close()
            except alliance.WrongState as why:
                said.append(why.message)
            return []

    host.register(Closes)
    host.run().record_many(begin())
    assert said and "from within" in said[0] and not host.closed


def test_an_interpreter_that_ends_while_the_host_delivers_does_not_hang(tmp_path):
    program = f"""
import sys, time
sys.path.insert(0, {os.path.dirname(__file__)!r})
import alliance
from test_host import begin, answers, opened, day
class Slow(alliance.Transport):
    id = "slow"
    def send(self, position, batch):
        print("sending", flush=True)
        time.sleep(0.5)
host = alliance.Host({str(tmp_path / "x.db")!r}, tenant="t", safety_contact="x", plugins=["instruments"], now=opened)
host.register(Slow)
host.connect("slow:x")
host.run().record_many(begin())
host.record(answers("c1", opened + day, [1] * 8 + [0]))
time.sleep(0.2)
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "sending" in done.stdout and time.monotonic() - began < 60


def test_a_transport_that_never_returns_does_not_hold_up_the_end(tmp_path):
    program = f"""
import sys, threading, time
sys.path.insert(0, {os.path.dirname(__file__)!r})
import alliance, alliance.host
from test_host import begin, answers, opened, day
alliance.host._last_seconds = 0.2
sending = threading.Event()
class Endless(alliance.Transport):
    id = "endless"
    def send(self, position, batch):
        print("sending", flush=True)
        sending.set()
        while True:
            time.sleep(0.01)
host = alliance.Host({str(tmp_path / "x.db")!r}, tenant="t", safety_contact="x", plugins=["instruments"], now=opened)
host.register(Endless)
host.connect("endless:x")
host.run().record_many(begin())
host.record(answers("c1", opened + day, [1] * 8 + [0]))
assert sending.wait(60)
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=120, capture_output=True, text=True)
    assert done.returncode == 0 and "sending" in done.stdout, done.stderr


def test_more_plugins_than_a_process_holds_are_refused_and_closed_hosts_make_room():
    for _ in range(3):
        with alliance.Host(plugins=[]) as host:
            for number in range(30):
                host.register(type("M", (Mood,), {"definition": {**mood, "id": f"mood-{number}"}}), name=f"m{number}")
            assert host.instrument("mood-7").score([1, 2, 3])["total"].value == 6
        del host
