#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""exports.py library LIBRARY EXPORTS.TXT HEADER...   exports what these declare and exports.txt lists, and no more
exports.py plugins FOLDER                         each plugin exports its one symbol, and none that binds it for ever"""

import pathlib
import re
import subprocess
import sys


def exported(library):
    """{symbol: nm's letter} of what the dynamic linker sees."""
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in lines.splitlines()]
    return {row[-1].split("@")[0]: row[-2] for row in rows if len(row) >= 2}


def differ(have, want, have_name, want_name):
    for name in sorted(have - want):
        print(f"{name}: in {have_name}, not in {want_name}")
    for name in sorted(want - have):
        print(f"{name}: in {want_name}, not in {have_name}")
    return have != want


def check_library(library, golden, *headers):
    text = "\n".join(re.sub(r"/\*.*?\*/", " ", pathlib.Path(header).read_text(), flags=re.S) for header in headers)
    declared = set(re.findall(r"^ALLIANCE_API [^;]*?\b(alliance_\w+)\(", text, re.M | re.S))
    listed = {line.strip() for line in pathlib.Path(golden).read_text().splitlines()
              if line.strip() and not line.startswith("#")}
    wrong = differ(declared, listed, "the headers", "exports.txt")
    wrong |= differ(set(exported(library)), listed, "the library", "exports.txt")
    print(f"{len(listed)} functions")
    return wrong or not listed


def check_plugins(folder):
    libraries = sorted(pathlib.Path(folder).glob("*.so"))
    wrong = not libraries
    if wrong:
        print(f"no plugin was found in {folder}")
    for library in libraries:
        symbols = exported(library)
        wrong |= differ(set(symbols), {"alliance_plugin_entry_v1"}, library.name, "what a plugin may export")
        everything = subprocess.run(["nm", library], check=True, capture_output=True, text=True).stdout
        for unique in sorted({line.split()[-1] for line in everything.splitlines() if re.search(r" u ", line)}):
            print(f"{library.name}: {unique} is GNU_UNIQUE: build it with -fno-gnu-unique")
            wrong = True
    print(f"{len(libraries)} plugins")
    return wrong


if __name__ == "__main__":
    sys.exit(check_library(*sys.argv[2:]) if sys.argv[1] == "library" else check_plugins(sys.argv[2]))
