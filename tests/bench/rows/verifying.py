# SPDX-License-Identifier: Apache-2.0
"""F2: what hostile bytes cost. T4: the in-process transport beside a call that verifies."""
from .harness import program, run


def measure(rows, quick):
    return run(program("bench_verifying"), rows, quick)
