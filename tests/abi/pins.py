#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pins.py HEADERS-FOLDER LAYOUT.INC CC

Reads the structs from the contract's headers and asks the compiler where their members lie.
Checks that layout.inc pins every member of every struct; a member without a pin is named together
with the line that pins it."""

import pathlib
import re
import subprocess
import sys
import tempfile


def structs(folder):
    """{struct: [member, ...]} of every public struct, in the headers' order."""
    found = {}
    for header in sorted(pathlib.Path(folder).glob("*.h")):
        text = re.sub(r"/\*.*?\*/", " ", header.read_text(), flags=re.S)
        for name, body in re.findall(r"\bstruct (alliance_\w+) \{(.*?)\n\}", text, re.S):
            members = []
            for line in body.split(";"):
                line = " ".join(line.split())
                if not line:
                    continue
                pointer = re.search(r"\(\*(\w+)\)", line)
                plain = re.search(r"(\w+)(?:\[\w+\])?$", line)
                members.append((pointer or plain).group(1))
            found[name] = members
    return found


def measure(found, folder, compiler, options):
    """What the compiler says, without running anything: the numbers are read from an object file."""
    rows = []
    for name, members in found.items():
        rows += [(name, member) for member in members] + [(name, None)]
    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch) / "ask.c"
        lines = ["#include <alliance/alliance.h>", '__attribute__((section(".pins"))) const uint32_t pins[] = {']
        for name, member in rows:
            lines.append(f"  offsetof({name}, {member}), sizeof((({name}*)0)->{member})," if member
                         else f"  0, sizeof({name}),")
        source.write_text("\n".join(lines) + "\n};\n")
        made, raw = source.with_suffix(".o"), source.with_suffix(".bin")
        subprocess.run([compiler, "-std=c11", *options, f"-I{folder}/..", "-c", source, "-o", made], check=True)
        subprocess.run(["objcopy", "-O", "binary", "-j", ".pins", made, raw], check=True)
        numbers = raw.read_bytes()
    values = [int.from_bytes(numbers[at:at + 4], sys.byteorder) for at in range(0, len(numbers), 4)]
    return {row: (values[2 * at], values[2 * at + 1]) for at, row in enumerate(rows)}


def main(folder, layout, compiler):
    found = structs(folder)
    pinned = pathlib.Path(layout).read_text() if pathlib.Path(layout).exists() else ""
    missing = [(name, member) for name, members in found.items() for member in members
               if not re.search(rf"\bMEMBER\({name}, {member},", pinned)]
    missing += [(name, None) for name in found if not re.search(rf"\bSIZE\({name},", pinned)]
    if not found:
        print("no struct was found in the headers: pins.py no longer understands them")
        return 1
    if missing:
        wide = measure(found, folder, compiler, [])
        narrow = measure(found, folder, compiler, ["-m32", "-ffreestanding"])
        print("layout.inc does not pin these; if the contract was meant to grow, append the lines below its fence:")
        for row in missing:
            name, member = row
            print(f"MEMBER({name}, {member}, {wide[row][0]}, {wide[row][1]}, {narrow[row][0]}, {narrow[row][1]})" if member
                  else f"SIZE({name}, {wide[row][1]}, {narrow[row][1]})")
        return 1
    print(f"{len(found)} structs, {sum(map(len, found.values()))} members, each pinned")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
