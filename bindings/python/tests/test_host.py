# SPDX-License-Identifier: Apache-2.0
"""A host in this process: a case from its opening to its review, reports as they come, and calls that end early."""
import asyncio
import datetime
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import alliance

day = datetime.timedelta(days=1)
opened = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc)
practitioner = alliance.Viewer("practitioner", "p1")


def begin(case="c1", at=opened):
    yield alliance.event("CaseOpened", case, at, id=f"{case}-1", service="north", practitioner="p1", delivery="blended",
                         zone="Europe/London", weeks=11, planned_sessions=6, planned_modules=5)
    yield alliance.event("InformationShown", case, at, id=f"{case}-2", version="1")
    yield alliance.event("ConsentGiven", case, at, id=f"{case}-3", scope="measures")


def answers(case, at, values, instrument="phq-9", id=None):
    listed = [{"item": str(item + 1), "value": value} for item, value in enumerate(values)]
    return alliance.event("AnswersGiven", case, at, id=id or f"{case}-{instrument}-{at:%d%H}", instrument=instrument, rater="client",
                          answers=listed)


@pytest.fixture
def host(tmp_path):
    with alliance.Host(tmp_path / "log.db", tenant="test", safety_contact="duty-desk", now=opened) as made:
        yield made.run()


def test_a_case_from_its_opening_to_its_review(host):
    assert host.record_many(begin()).statuses == [0, 0, 0]
    recorded = host.record(answers("c1", opened + day, [1, 1, 1, 1, 1, 1, 1, 1, 0]))
    assert not recorded.repeated and recorded.reports > 0 and recorded.safety == []
    assert host.record(answers("c1", opened + day, [1, 1, 1, 1, 1, 1, 1, 1, 0])).repeated
    review = host.review("c1", practitioner)
    assert review["id"] == "c1" and len(review["factors"]) == 8
    assert "F1 more time" in review._repr_html_()
    assert [one["id"] for one in host.cases(practitioner)] == ["c1"]
    assert host.due("c1", practitioner)["id"] == "c1"
    assert host.time("c1", practitioner)["id"] == "c1"
    assert host.counts()["events"] == 4


def test_a_safety_flag_comes_back_from_the_call_that_raised_it(host):
    host.record_many(begin())
    recorded = host.record(answers("c1", opened + day, [0] * 8 + [2]))
    assert [one["kind"] for one in recorded.safety] == ["safety-flag"]


def test_time_passes_by_advance_alone(host):
    host.record_many(begin())
    before = host.counts()["reports"]
    host.advance(opened + 21 * day)
    assert host.counts()["reports"] > before
    assert any(one["occasion"]["state"] != "planned" for one in host.due("c1", practitioner)["occasions"])


def test_what_is_refused_names_the_field_and_stops_no_other(host):
    with pytest.raises(alliance.BadInput, match="wekks"):
        host.record("CaseOpened", "c1", opened, wekks=3)
    with pytest.raises(alliance.InvalidCall, match="zone"):
        host.record("CaseOpened", "c1", opened.replace(tzinfo=None))
    with pytest.raises(alliance.InvalidCall, match="NaN"):
        host.record("TimeCorrected", "c1", opened, timer="t", minutes=float("nan"))
    events = list(begin())
    events.insert(1, alliance.event("SessionHeld", "nobody", opened, id="x"))
    many = host.record_many(events)
    assert [status != 0 for status in many.statuses] == [False, True, False, False] and many.refusal
    with pytest.raises(alliance.NotFound):
        host.review("c9", practitioner)
    with pytest.raises(alliance.InvalidCall, match="role"):
        host.review("c1", alliance.Viewer("boss", "b"))
    with pytest.raises(alliance.Denied):
        host.export("c1", practitioner)


def test_a_store_needs_a_tenant(tmp_path):
    with pytest.raises(alliance.InvalidCall, match="tenant"):
        alliance.Host(tmp_path / "x.db")


def test_reports_come_in_their_order_and_what_was_not_kept_comes_again(host):
    host.record_many(begin())
    host.record(answers("c1", opened + day, [1] * 8 + [0]))

    async def take(most):
        seen = []
        async for report in host.listen("test"):
            seen.append(report)
            if len(seen) == most:
                break  # this one was not kept
        return seen

    async def both():
        first = await asyncio.wait_for(take(1), 60)
        return first, await asyncio.wait_for(take(2), 60)

    first, again = asyncio.run(both())
    assert first[0].id == again[0].id and first[0].case == "c1" and not first[0].safety
    assert again[0].body is not None and again[1].sequence > again[0].sequence


def test_a_listener_that_keeps_everything_lets_drain_end(host):
    host.record_many(begin())
    host.record(answers("c1", opened + day, [1] * 8 + [0]))

    async def run():
        kinds, begun = [], asyncio.Event()

        async def listen():
            async for report in host.listen("test"):
                kinds.append(report.kind)
                begun.set()

        task = asyncio.create_task(listen())
        await asyncio.wait_for(begun.wait(), 60)
        await asyncio.get_running_loop().run_in_executor(None, host.drain, 60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return kinds

    assert "scored" in asyncio.run(run())
    assert host.counts()["waiting"] == 0


def leave_one_waiting(host):
    """Reports for a listener that has gone."""
    async def connect():
        async for _ in host.listen("test"):
            break

    host.record_many(begin())
    host.record(answers("c1", opened + day, [1] * 8 + [0]))
    asyncio.run(asyncio.wait_for(connect(), 60))


def test_drain_without_a_listener_times_out_and_loses_nothing(host):
    leave_one_waiting(host)
    with pytest.raises(alliance.TimedOut):
        host.drain(0.2)
    assert host.counts()["waiting"] > 0


def interrupt_soon():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who was started in the background may have been told to ignore it

    def send():
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=send).start()


def test_keyboard_interrupt_ends_a_long_call(host):
    leave_one_waiting(host)
    began = time.monotonic()
    interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        host.drain(500)
    assert time.monotonic() - began < 120
    assert host.counts()["events"] == 4  # and the host lives on


def test_keyboard_interrupt_ends_scoring():
    import numpy as np
    wai = alliance.load("wai-sr-c")
    sheets = np.broadcast_to(np.full(12, 3, np.int8), (60_000_000, 12))  # one row, read again and again
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mine)})  # many processors might be done before they are interrupted
    try:
        interrupt_soon()
        with pytest.raises(KeyboardInterrupt):
            wai.score(sheets)
    finally:
        os.sched_setaffinity(0, mine)


def test_two_hosts_at_once(tmp_path):
    with alliance.Host() as one, alliance.Host() as two:
        assert one.instrument("phq-9").score([1] * 9)["total"] == two.instrument("phq-9").score([1] * 9)["total"]


def test_other_threads_run_while_sheets_are_scored():
    import numpy as np
    wai = alliance.load("wai-sr-c")
    sheets = np.broadcast_to(np.full(12, 3, np.int8), (2_000_000, 12))
    done = threading.Event()
    ticks = []

    def tick():
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    began = time.monotonic()
    wai.score(sheets)
    ended = time.monotonic()
    done.set()
    thread.join()
    assert sum(began < one < ended for one in ticks) >= 3


def test_an_interpreter_that_ends_while_reports_wait_does_not_hang(tmp_path):
    program = f"""
import alliance, asyncio, datetime, sys
sys.path.insert(0, {str(os.path.dirname(__file__))!r})
from test_host import begin, answers, opened, day
host = alliance.Host({str(tmp_path / "x.db")!r}, tenant="t", safety_contact="x", now=opened).run()
async def first():
    async for report in host.listen("x"):
        print(report.kind)
        return
host.record_many(begin())
host.record(answers("c1", opened + day, [1] * 8 + [0]))
asyncio.run(first())
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_checker_names_a_fault(tmp_path):
    import shutil
    assert alliance.check(alliance.plugin_folder / "rules.alliance.json")
    shutil.copytree(alliance.plugin_folder, tmp_path / "plugins")
    library = tmp_path / "plugins" / "liballiance_rules.so"
    library.write_bytes(library.read_bytes() + b"x")
    checked = alliance.check(library)
    assert not checked and checked.failed
