#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""python_scores.py [S4] [--quick]: a million WAI-SR sheets, one answer in ten missing, prorated, four scores, from NumPy.

Prints rows as tests/bench/pairs.h does: against the same rule in vectorised pandas, against one call of the C interface
that gets its states ready made, and against scoreItems of R's package psych where R has it. They are run in turns, in a
shuffled order, and told by the clock, since the package takes the processors that it may use; R is a process of its own
that has read the sheets and says what its call took. The scores are compared first: of pandas and C to the last bit. Needs
the package `alliance` (docs/python.md), pandas and NumPy.
"""
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas

import alliance

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bindings/python/tests"))
from c_interface import Interface  # noqa: E402

quick = "--quick" in sys.argv
rows, pairs = (100_000, 3) if quick else (1_000_000, 7)
generator = np.random.default_rng(4)
sheets = generator.integers(1, 6, (rows, 12)).astype(np.float64)
sheets[generator.random(sheets.shape) < 0.1] = np.nan
wai = alliance.load("wai-sr-c")
frame = pandas.DataFrame(sheets, columns=wai.items)
states = np.where(np.isnan(sheets), alliance.SKIPPED, alliance.ANSWERED).astype(np.uint8)
c_interface = Interface()
kept = c_interface.score("wai-sr-c", sheets, states, 4, (2, 2))  # whoever calls it has memory of their own


def by_pandas():
    made = {}
    for scale in wai.definition["scales"]:
        part = frame[scale["items"]]
        there = part.notna().sum(axis=1)
        made[scale["id"]] = (part.sum(axis=1) * len(scale["items"]) / there).where((there > 0) & (len(scale["items"]) - there <= 2))
    return made


def by_package():
    return wai.score(sheets, missing="prorate:2")


def by_c():
    return c_interface.score("wai-sr-c", sheets, states, 4, (2, 2), kept)


class Psych:
    """R, with the sheets read: a call is a line to it, and its answer the seconds that scoreItems took."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        sheets.T.tofile(self.folder / "sheets")
        places = {scale["id"]: [wai.items.index(item) + 1 for item in scale["items"]] for scale in wai.definition["scales"]}
        self.process = None
        if shutil.which("Rscript"):
            self.process = subprocess.Popen(
                ["Rscript", str(pathlib.Path(__file__).parent / "peers/scores.R"), str(self.folder / "sheets"), str(rows),
                 str(self.folder / "scores"), *(f"{scale}={','.join(map(str, items))}" for scale, items in places.items())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.there = self.process is not None and self.process.stdout.readline() == "ready\n"
        if not self.there and self.process is not None and self.process.wait() != 77:
            sys.exit("tests/bench/peers/scores.R failed")
        self.scale_items = [len(items) for items in places.values()]

    def __call__(self):
        self.process.stdin.write("score\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def scores(self):
        """As sums: what it gives are means of the answered items, however few."""
        return np.fromfile(self.folder / "scores").reshape(-1, rows).T * self.scale_items

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


def timed(work):
    def once():
        began = time.perf_counter()
        work()
        return time.perf_counter() - began
    return once


def shown(name, theirs):
    ours, others = took["package"], took[theirs]
    middle = lambda all_of: 1e9 * statistics.median(all_of)
    print(json.dumps({"row": name, "ours": middle(ours), "theirs": middle(others), "ratios": [one / other for one, other in zip(ours, others)]}))


scores, series, (values, reached, _, _) = by_package(), by_pandas(), by_c()
there = reached <= alliance.PRORATED
assert scores.values[there].tobytes() == values[there].tobytes() and np.isnan(scores.values[~there]).all()
for scale in wai.scales:
    assert np.array_equal(scores[scale], series[scale].to_numpy(), equal_nan=True), scale

with tempfile.TemporaryDirectory() as folder:
    psych = Psych(folder)
    ways = {"pandas": timed(by_pandas), "package": timed(by_package), "C": timed(by_c)}
    if psych.there:
        ways["psych"] = psych
        psych()
        assert np.allclose(psych.scores()[there], values[there], rtol=1e-12, atol=0), "psych"
    took = {way: [] for way in ways}
    for _ in range(pairs):
        for way in random.sample(list(ways), len(ways)):
            took[way].append(ways[way]())
    psych.close()

shown("S4 pandas", "pandas")
shown("S4 C", "C")
if psych.there:
    shown("S4 psych", "psych")
else:
    print(json.dumps({"row": "S4 psych", "skipped": "R or its package psych is not installed: tests/install bench"}))
c_interface.close()
