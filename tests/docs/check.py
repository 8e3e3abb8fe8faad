#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py SOURCE-FOLDER: the documents speak of what exists.

Links lead to files. Paths of this repository in `code` exist. A code block after a comment such as
<!-- examples/01_score.c --> is that file's text, or a run of its lines. Tests named as `Suite.Name` exist."""

import pathlib
import re
import sys

ROOTS = ("sdk/", "plugins/", "examples/", "tests/", "docs/", "bindings/", ".ci/")


def blocks(text):
    """(file, code) of each block that says where it comes from."""
    return re.findall(r"^<!-- (\S+) -->\n```\w*\n(.*?)^```$", text, re.M | re.S)


def tests_named(top):
    """Suite.Name of every GoogleTest, and the names that CMake gives to others."""
    names = set()
    for path in (top / "tests").rglob("*.cpp"):
        names |= {".".join(pair) for pair in re.findall(r"^TEST(?:_F|_P)?\((\w+), (\w+)\)", path.read_text(), re.M)}
    return names


def check(top, page, known):
    text = page.read_text()
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
        if "://" not in target and not (page.parent / target).exists():
            yield f"the link to {target} leads nowhere"
    for word in re.findall(r"`([^`\n]+)`", prose):
        path = word.split()[0].rstrip("/,:")
        if path.startswith(ROOTS) and not re.search(r"[*<{…]|[A-Z]{4}", path) and not (top / path).exists():
            yield f"`{path}` does not exist"
    for name in re.findall(r"`([A-Z]\w+\.[A-Z]\w+)`", prose):
        if name not in known:
            yield f"there is no test {name}"
    for name, code in blocks(text):
        if not (top / name).is_file():
            yield f"a code block is said to be from {name}, which does not exist"
        elif code not in (top / name).read_text(errors="replace"):
            yield f"a code block differs from {name}: copy it again"


def main(top):
    top = pathlib.Path(top)
    pages = sorted({top / "README.md", top / "CONTRIBUTING.md", top / "tests/README.md", *(top / "docs").glob("*.md")})
    known = tests_named(top)
    faults = [f"{page.relative_to(top)}: {fault}" for page in pages for fault in
              (check(top, page, known) if page.exists() else ["does not exist"])]
    if not blocks((top / "README.md").read_text() if (top / "README.md").exists() else ""):
        faults.append("README.md: shows no code from examples")
    print("\n".join(faults) or f"{len(pages)} pages")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
