#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills the platform and the host system with SIGKILL at random moments while the course runs.

A run that nobody disturbs says what has to arrive: ids of reports are derived, so every run of the course makes the
same ones. After the killing the inbox must hold each of them once and nothing else, and each case's numbering without a
gap and in order. (When days pass, a restarted host may ask a policy an hour earlier than one that never stopped, so
the same reports may stand in another order between two runs.)

usage: course_kill.py BUILD SOURCE [ROUNDS] [SEED]
"""
import collections
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

build, source = (os.path.abspath(p) for p in sys.argv[1:3])
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else int(os.environ.get("ALLIANCE_FAULT_ROUNDS", "50"))
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 20260301
random.seed(seed)
alliance, platform = build + "/bin/alliance", build + "/bin/05_course"


class Listener:
    def __init__(self, folder, port=0):
        self.inbox = folder + "/inbox.db"
        self.log = open(folder + "/listen.log", "ab+")
        began = self.log.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(
            [alliance, "listen", f"tcp://127.0.0.1:{port}", "--inbox", self.inbox],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log)
        deadline = time.monotonic() + 20
        while True:
            self.log.seek(began)
            found = re.search(rb"listening on tcp://127\.0\.0\.1:(\d+)", self.log.read())
            if found:
                self.port = int(found.group(1))
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(began)
                sys.exit("the listener did not start: " + self.log.read().decode(errors="replace"))
            time.sleep(0.01)

    def stop(self, how):
        self.process.send_signal(how)
        self.process.wait()


def start_platform(folder, port):
    return subprocess.Popen(
        [platform, "--quiet", "--store", folder + "/platform.db", "--connect", f"tcp://127.0.0.1:{port}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=source)


def finish(folder, port):
    process = start_platform(folder, port)
    _, errors = process.communicate(timeout=120)
    if process.returncode != 0:
        sys.exit(f"the platform ended with {process.returncode}: {errors.decode(errors='replace')}")


def arrived(folder):
    dump = subprocess.run([alliance, "listen", "--dump", "--inbox", folder + "/inbox.db"], check=True,
                          stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in dump.splitlines()]


def gaps(reports):
    """Cases whose numbering is not 1, 2, 3 ... in the order in which the inbox holds them, within each lane."""
    numbers, last, wrong = collections.defaultdict(set), {}, set()
    for report in reports:
        case = (report["case"], report["epoch"])
        numbers[case].add(report["seq"])
        lane = (case, report["kind"].startswith("safety-"))
        if report["seq"] <= last.get(lane, 0):
            wrong.add(case)
        last[lane] = report["seq"]
    return sorted(wrong | {case for case, seen in numbers.items() if seen != set(range(1, len(seen) + 1))})


def main():
    with tempfile.TemporaryDirectory() as quiet, tempfile.TemporaryDirectory() as rough:
        listener = Listener(quiet)
        began = time.monotonic()
        finish(quiet, listener.port)
        length = time.monotonic() - began
        listener.stop(signal.SIGTERM)
        expected = arrived(quiet)
        print(f"an undisturbed run took {length:.2f} s and delivered {len(expected)} reports (seed {seed})")

        listener = Listener(rough)
        port, kills = listener.port, collections.Counter()
        running = None
        for _ in range(rounds):
            if running is None or running.poll() is not None:
                running = start_platform(rough, port)
            time.sleep(random.uniform(0.0, min(max(length / 4, 0.1), 1.5)))
            victim = random.choice(("platform", "listener", "both"))
            kills[victim] += 1
            if victim != "listener":
                running.kill()
                running.communicate()
                running = None
            if victim != "platform":
                listener.stop(signal.SIGKILL)
                listener = Listener(rough, port)
        if running is not None:
            running.kill()
            running.communicate()
        finish(rough, port)
        listener.stop(signal.SIGTERM)
        got = arrived(rough)

        ids = collections.Counter(report["id"] for report in got)
        places = collections.Counter((r["tenant"], r["case"], r["epoch"], r["seq"]) for r in got)
        wanted = {report["id"] for report in expected}
        problems = []
        twice = [i for i, n in ids.items() if n > 1] + [p for p, n in places.items() if n > 1]
        if twice:
            problems.append(f"{len(twice)} reports arrived twice, the first is {twice[0]}")
        if wanted - ids.keys():
            problems.append(f"{len(wanted - ids.keys())} reports are missing")
        if ids.keys() - wanted:
            problems.append(f"{len(ids.keys() - wanted)} reports should not be there")
        if gaps(got):
            problems.append(f"the numbering of {len(gaps(got))} cases has gaps or is out of order")
        if not expected:
            problems.append("nothing was delivered: this test would show nothing")
        print(f"{rounds} kills ({dict(kills)}), {len(got)} reports arrived")
        if problems:
            sys.exit("; ".join(problems) + f" (seed {seed})")
        print("every report arrived once, in order per case")


main()
