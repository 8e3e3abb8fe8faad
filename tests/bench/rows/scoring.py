# SPDX-License-Identifier: Apache-2.0
"""S1, S2, P1: scoring through a plugin's table beside what would be written by hand."""
from .harness import program, run


def measure(rows, quick):
    return run(program("bench_scoring"), rows, quick)
