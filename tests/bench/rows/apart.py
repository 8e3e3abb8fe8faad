# SPDX-License-Identifier: Apache-2.0
"""P2: a plugin in a process of its own."""
from .harness import program, run


def measure(rows, quick):
    return run(program("bench_apart"), rows, quick)
