#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""core.py LIBRARY WORK-FOLDER: what a vendor takes with the core library.

Stripped it is smaller than 3 MB, and at run time it needs the C and C++ libraries, SQLite, OpenSSL and the time zones:
whatever else is in it is inside and hidden."""

import pathlib
import re
import subprocess
import sys

LIMIT = 3_000_000
NEEDED = {
    "libc": r"libc\.so\.6|ld-linux.*\.so\.\d|libm\.so\.6",
    "libstdc++": r"libstdc\+\+\.so\.6|libgcc_s\.so\.1",
    "SQLite": r"libsqlite3\.so\.0",
    "OpenSSL": r"lib(ssl|crypto)\.so\.3",
    "libdate-tz": r"libdate-tz\.so\.3",
}


def main(library, work):
    pathlib.Path(work).mkdir(parents=True, exist_ok=True)
    stripped = pathlib.Path(work) / "liballiance.stripped.so"
    subprocess.run(["strip", "--strip-unneeded", "-o", stripped, library], check=True)
    size = stripped.stat().st_size
    dynamic = subprocess.run(["objdump", "-p", library], check=True, capture_output=True, text=True).stdout
    needed = re.findall(r"^\s+NEEDED\s+(\S+)$", dynamic, re.M)
    print(f"{size:,} bytes stripped; needs {', '.join(needed)}")
    faults = [f"{name} is none of {', '.join(NEEDED)}" for name in needed
              if not any(re.fullmatch(pattern, name) for pattern in NEEDED.values())]
    if not needed:
        faults.append("objdump names no library that it needs")
    if size >= LIMIT:
        faults.append(f"{size:,} bytes are more than {LIMIT:,}")
    print("\n".join(faults), end="")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
