#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layers.py SOURCE-FOLDER [LAYERS.JSON]: the rooms see only what lies below them. The rules are in layers.json."""

import json
import pathlib
import re
import sys


def check(top, rules):
    rooms = rules["rooms"]
    names = {pathlib.PurePath(room).name for room in rooms if room.startswith("sdk/src/")}
    faults, files = [], 0
    for room, below in rooms.items():
        for path in sorted((top / room).rglob("*")):
            if path.suffix not in {".c", ".h", ".cpp", ".hpp", ".inc"}:
                continue
            files += 1
            place = path.relative_to(top).as_posix()
            text = path.read_text(errors="replace")
            for number, line in enumerate(text.splitlines(), 1):
                found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
                if not found:
                    continue
                for fault in judge(top, room, below, path, found.group(1) == '"', found.group(2), names, rules):
                    faults.append(f"{place}:{number}: includes {found.group(2)}: {fault}")
            if room in rules["pure"]["rooms"]:
                for number, line in enumerate(text.splitlines(), 1):
                    for word in rules["pure"]["words"]:
                        if word in line.split("//")[0]:
                            faults.append(f"{place}:{number}: {word} in a room of pure functions")
    # A plugin that links a room would see what it may not, without including it from a wrong path.
    for path in sorted((top / "plugins").rglob("CMakeLists.txt")):
        for name in re.findall(r"\balliance_(\w+)\b", path.read_text()):
            if name in names | {"schema_json", "host"}:
                faults.append(f"{path.relative_to(top).as_posix()}: links alliance_{name}: a plugin sees only sdk/include")
    return faults, files


def judge(top, room, below, path, quoted, name, names, rules):
    first = name.split("/")[0]
    if name.startswith("/") or "plugins/" in name and room != "plugins":
        yield "nothing includes a plugin"
    elif quoted and ((path.parent / name).exists() or ".." in name):
        target = (path.parent / name).resolve()
        home, shared = room, room
        if room == "plugins":  # those of one kind, and what all of them share
            home, shared = "/".join(path.relative_to(top).parts[:2]), "plugins/shared"
        if top / home not in target.parents and top / shared not in target.parents:
            yield f"it lies outside {home}"
    elif first in names and "/" in name and first != pathlib.PurePath(room).name and first not in below:
        yield f"{room} may see {', '.join(below) or 'no room'} only"
    for library, places in rules["only_in"].items():
        if name.startswith(library) and room not in places:
            yield f"it belongs in {' or '.join(places)}"
    if room in rules["pure"]["rooms"] and any(name == bad or bad.endswith("/") and name.startswith(bad)
                                              for bad in rules["pure"]["headers"]):
        yield "this room is pure: values in, values out"
    if room in rules["generated_stays_inside"] and first == "alliance_schema":
        yield "generated types do not appear in the ABI"


def main(top, rules):
    faults, files = check(pathlib.Path(top).resolve(), json.loads(pathlib.Path(rules).read_text()))
    for fault in faults:
        print(fault)
    if not files:
        print("no source file was found")
    print(f"{files} files, {len(faults)} arrows that point up or sideways")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).with_name("layers.json")))
