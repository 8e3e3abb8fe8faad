# SPDX-License-Identifier: Apache-2.0
"""S4: the package `alliance` beside pandas and the C interface."""
import os

from .harness import Missing, build, root, row, run


def measure(rows, quick):
    # .ci/run leaves such an environment behind; another one is named by ALLIANCE_PYTHON.
    python = os.environ.get("ALLIANCE_PYTHON") or next(map(str, (build / "ci/python").glob("3.*/bin/pandas-python")), None)
    if not python:
        raise Missing("no Python with the package alliance and pandas: bindings/python/tests/run build build/ci/python, or ALLIANCE_PYTHON=...")
    made = run(python, rows, quick, str(root / "tests/bench/python_scores.py"))
    return [*made, row("S4 psych", [], skipped="not measured yet")]
