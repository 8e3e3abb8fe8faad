#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""python_scores.py [S4] [--quick]: a million WAI-SR sheets, one answer in ten missing, prorated, four scores, from NumPy.

Prints rows as tests/bench/pairs.h does: against the same rule in vectorised pandas, and against one call of the C interface
that gets its states ready made. All three are run in turns in one process, in a shuffled order, and take processor time;
their scores are compared to the last bit first. Needs the package `alliance` (docs/python.md), pandas and NumPy.
"""
import json
import pathlib
import random
import statistics
import sys
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
    return c_interface.score("wai-sr-c", sheets, states, 4, (2, 2))


ways = {"pandas": by_pandas, "package": by_package, "C": by_c}
scores, series, (values, reached, _, _) = by_package(), by_pandas(), by_c()
there = reached <= alliance.PRORATED
assert scores.values[there].tobytes() == values[there].tobytes() and np.isnan(scores.values[~there]).all()
for scale in wai.scales:
    assert np.array_equal(scores[scale], series[scale].to_numpy(), equal_nan=True), scale
took = {way: [] for way in ways}
for _ in range(pairs):
    for way in random.sample(list(ways), len(ways)):
        began = time.process_time()
        ways[way]()
        took[way].append(time.process_time() - began)


def shown(name, theirs):
    ours, others = took["package"], took[theirs]
    middle = lambda all_of: 1e9 * statistics.median(all_of)
    print(json.dumps({"row": name, "ours": middle(ours), "theirs": middle(others), "ratios": [one / other for one, other in zip(ours, others)]}))


shown("S4 pandas", "pandas")
shown("S4 C", "C")
c_interface.close()
