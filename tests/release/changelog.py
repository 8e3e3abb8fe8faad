#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""changelog.py check | show | release DATE [SOURCE-FOLDER]: CHANGELOG.md from the fragments in changes/.

The version is that of CMakeLists.txt. `release` puts its section above the others, or in the place of one that says
"not released yet", and deletes the fragments."""

import pathlib
import re
import sys

KINDS = {"security": "Security", "removed": "Removed", "changed": "Changed", "added": "Added", "fixed": "Fixed"}
HEAD = "# Changes\n\nMade from the fragments in `changes/` at each release.\n"


def fragments(folder):
    """{kind: [text]}; raises ValueError with every fault."""
    found, faults = {kind: [] for kind in KINDS}, []
    for path in sorted(folder.glob("*")):
        if path.name == "README.md":
            continue
        match = re.fullmatch(rf"([a-z0-9-]+)\.({'|'.join(KINDS)})\.md", path.name)
        text = " ".join(path.read_text().split())
        if not match:
            faults.append(f"{path}: should be called NAME.KIND.md, with a KIND of {', '.join(KINDS)}")
        elif not text.endswith("."):
            faults.append(f"{path}: should hold a sentence")
        else:
            found[match[2]].append(text)
    if faults:
        raise ValueError("\n".join(faults))
    return found


def section(version, date, found):
    lines = [f"## {version}, {date}", ""]
    for kind, title in KINDS.items():
        if found[kind]:
            lines += [f"### {title}", "", *(f"- {text}" for text in found[kind]), ""]
    return "\n".join(lines)


def merged(old, version, text):
    """`old` with the section of `version` replaced by `text`, or `text` above the newest."""
    parts = re.split(r"^(?=## )", old, flags=re.M)
    later = [part for part in parts[1:] if not part.startswith(f"## {version},")]
    return "\n".join([HEAD.rstrip() + "\n", text.rstrip() + "\n", *(part.rstrip() + "\n" for part in later)])


def main(words):
    top = pathlib.Path(__file__).resolve().parents[2]
    what = words[0] if words else ""
    if what == "release" and len(words) > 1 and re.fullmatch(r"\d{4}-\d\d-\d\d", words[1]):
        date, rest = words[1], words[2:]
    elif what in ("check", "show"):
        date, rest = "not released yet", words[1:]
    else:
        print(__doc__, file=sys.stderr)
        return 2
    top = pathlib.Path(rest[0]) if rest else top
    try:
        found = fragments(top / "changes")
    except ValueError as faults:
        print(faults)
        return 1
    version = re.search(r"^project\(AllianceSDK VERSION (\S+)", (top / "CMakeLists.txt").read_text(), re.M)[1]
    number = sum(map(len, found.values()))
    if what == "check":
        print(f"{number} fragments for {version}")
    elif what == "show":
        print(section(version, date, found))
    else:
        if number == 0:
            print("there is no fragment in changes/, so nothing has changed")
            return 1
        log = top / "CHANGELOG.md"
        log.write_text(merged(log.read_text() if log.exists() else HEAD, version, section(version, date, found)))
        for path in (top / "changes").glob("*.md"):
            if path.name != "README.md":
                path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
