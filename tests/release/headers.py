#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""headers.py SOURCE-FOLDER: every source names its licence in its first lines.

Which files are sources is told by the ending, or by a first line that names an interpreter. What has no place for a comment
(JSON, answers, pages) is covered by REUSE.toml."""

import pathlib
import re
import subprocess
import sys

ENDINGS = {".c", ".h", ".cpp", ".hpp", ".inc", ".py", ".sh", ".cmake", ".in", ".fbs", ".rs", ".js", ".mjs", ".cjs", ".ts", ".lua",
           ".sql", ".map", ".R", ".css", ".pl", ".rb", ".php"}
WANTED = "SPDX-License-Identifier" + ": Apache-2.0"  # in two pieces, since others look for such lines, too
# What a person gets who begins a plugin is theirs; linker scripts and data of tests are read byte for byte; uPlot is under MIT, as
# REUSE.toml says.
THEIRS = re.compile(r"^sdk/tools/templates/|^tests/(abi/frozen|abi/schema|fuzz/corpus|.*/data)/|\.(map|json\.in|pc\.in)$|/uPlot\.")


def files(top):
    git = subprocess.run(["git", "-c", f"safe.directory={top}", "-C", top, "ls-files"], capture_output=True, text=True)
    if git.returncode == 0:
        return [pathlib.Path(name) for name in git.stdout.splitlines() if (top / name).is_file()]
    return [path.relative_to(top) for path in top.rglob("*") if path.is_file()
            and not re.match(r"build|\.git/", str(path.relative_to(top)))]


def main(top):
    top = pathlib.Path(top).resolve()
    looked, faults = 0, []
    for path in files(top):
        try:
            head = "".join((top / path).open(encoding="utf-8").readlines(2000)[:5])
        except UnicodeDecodeError:
            continue
        source = path.suffix in ENDINGS or path.name == "CMakeLists.txt" or head.startswith("#!")
        if not source or THEIRS.search(str(path)):
            continue
        looked += 1
        if WANTED not in head:
            faults.append(f"{path}: its first five lines should hold {WANTED}")
    print("\n".join(faults) or f"{looked} sources")
    return 1 if faults or looked < 100 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
