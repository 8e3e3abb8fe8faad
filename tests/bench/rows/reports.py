# SPDX-License-Identifier: Apache-2.0
"""D1, D2, D5, D6, D7: reports stored, sent and acknowledged, beside SQLite alone on the same disk."""
import os, tempfile

from .harness import program, run


def measure(rows, quick):
    with tempfile.TemporaryDirectory(prefix="alliance-bench-", dir=os.environ.get("TMPDIR")) as folder:
        return run(program("bench_reports"), rows, quick, folder)
