# SPDX-License-Identifier: Apache-2.0
"""S4: the package `alliance` beside pandas, the C interface and R's psych."""
import os
import subprocess

from .harness import Missing, build, peers, root, run


def note(name, *command):
    """The peer's version, where there is one."""
    try:
        said = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return
    if said.returncode == 0:
        peers[name] = said.stdout.strip()


def measure(rows, quick):
    # .ci/run leaves such an environment behind; another one is named by ALLIANCE_PYTHON.
    python = os.environ.get("ALLIANCE_PYTHON") or next(map(str, (build / "ci/python").glob("3.*/bin/pandas-python")), None)
    if not python:
        raise Missing("no Python with the package alliance and pandas: bindings/python/tests/run build build/ci/python, or ALLIANCE_PYTHON=...")
    for name in ("pandas", "numpy"):
        note(name, python, "-c", f"import {name}; print({name}.__version__)")
    note("R psych", "Rscript", "-e", "cat(as.character(packageVersion('psych')))")
    return run(python, rows, quick, str(root / "tests/bench/python_scores.py"))
