#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""generate.py SOURCE-FOLDER OUTPUT-FOLDER: lays the pages of the site together, for Sphinx.

The pages of docs/ as they are, but that a code block which says where it comes from becomes those lines of that file; and pages
that are made from what they speak of: one per instrument, the licences, the headers, the examples, the study."""

import json
import os
import pathlib
import re
import shutil
import sys

import instruments
import study

HEADERS = {
    "Every program": ["base.h"], "Embedders": ["host.h", "report.h", "receiver.h"],
    "Plugin authors": ["plugin.h", "measure.h", "timing.h", "tailoring.h", "programme.h", "transport.h"],
}
LANGUAGES = {".c": "c", ".h": "c", ".cpp": "cpp", ".hpp": "cpp", ".py": "python", ".lua": "lua", ".js": "javascript", ".mjs": "javascript",
             ".rs": "rust", ".php": "php", ".json": "json", ".sql": "sql", ".txt": "cmake", ".fbs": "text"}


def included(path, page, first=None, last=None):
    """A block of the file itself, on a page in the folder `page`."""
    lines = f":lines: {first}-{last}\n" if first else ""
    return f"```{{literalinclude}} {os.path.relpath(path, page)}\n:language: {LANGUAGES.get(path.suffix, 'text')}\n{lines}```"


def from_files(text, top, page):
    """Code that was copied out of a file, for those who read the page as it is, is taken from the file."""
    def block(match):
        path, code = top / match[1], match[2]
        whole = path.read_text()
        if code not in whole:
            raise SystemExit(f"a block is said to be from {match[1]} and differs")
        first = whole[:whole.index(code)].count("\n") + 1
        return included(path, page, first, first + code.count("\n") - 1)
    return re.sub(r"^<!-- (\S+) -->\n```\w*\n(.*?)^```$", block, text, flags=re.M | re.S)


def outside(text):
    """Links out of docs/ lead to files of the repository, which are not here: what they say stays."""
    return re.sub(r"\[([^]]+)\]\(\.\./[^)]*\)", r"`\1`", text)


def api(top, out):
    (out / "api").mkdir()
    known = {path.name for path in (top / "sdk/include/alliance").glob("*.h")} - {"alliance.h"}
    listed = {name for names in HEADERS.values() for name in names}
    if known != listed:
        raise SystemExit(f"docs/site/generate.py lists {sorted(listed)}, the headers are {sorted(known)}")
    pages = ["# The headers\n", "Each is a page to read: what it is for, the order of calls, then each function with units, ownership,",
             "thread and errors. C++ stands over them: `plugin.hpp` for plugin authors, `host.hpp` for embedders.\n"]
    for title, names in HEADERS.items():
        pages += [f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n", *[name.replace(".", "_") for name in names], "```\n"]
        for name in names:
            path = top / "sdk/include/alliance" / name
            opening = re.search(r"^ \* ?\n(.*?)^ \*/", path.read_text(), re.M | re.S)[1]
            opening = re.sub(r"^ \* ?", "", opening, flags=re.M)
            (out / "api" / f"{name.replace('.', '_')}.md").write_text(
                f"# alliance/{name}\n\n```text\n{opening}```\n\n## Its parts\n\n"
                f"```{{doxygenfile}} {name}\n:sections: define typedef enum func var innerclass public-attrib\n```\n\n"
                f"## As it is\n\n{included(path, out / 'api')}\n")
    (out / "api/index.md").write_text("\n".join(pages))


def examples(top, out):
    lines = ["# Examples", "", "Numbered; each adds one thing to the one before. `examples/run` runs the whole course.", ""]
    for path in sorted((top / "examples").iterdir()):
        if re.match(r"\d\d_", path.name):
            files = [path] if path.is_file() else sorted(
                file for file in path.rglob("*") if file.suffix in LANGUAGES and file.suffix not in (".json", ".txt")
                and "node_modules" not in file.parts)
            lines += [f"## {path.stem[:2]}: {path.stem[3:].replace('_', ' ')}", ""]
            for file in files:
                if len(files) > 1:
                    lines += [f"`{file.relative_to(top)}`", ""]
                lines += [included(file, out), ""]
    (out / "examples.md").write_text("\n".join(lines))


def main(top, out):
    top, out = pathlib.Path(top).resolve(), pathlib.Path(out).resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for path in sorted((top / "docs").glob("*.md")):
        if path.name != "index.md":
            text = re.sub(r"^```(csv|jsonl)$", "```text", path.read_text(), flags=re.M)  # Pygments knows neither
            (out / path.name).write_text(outside(from_files(text, top, out)))
    for path in (top / "docs").glob("*.svg"):
        shutil.copy(path, out)
    for name, source in (("contributing", "CONTRIBUTING.md"), ("changelog", "CHANGELOG.md")):
        if (top / source).exists():
            (out / f"{name}.md").write_text(re.sub(r"\]\(docs/", "](", outside(from_files((top / source).read_text(), top, out))))
    text, faults = study.page(top)
    if faults:
        raise SystemExit("\n".join(faults))
    (out / "study.md").write_text(text)
    instruments.write(top, out)
    api(top, out)
    examples(top, out)

    about = re.search(r"^## What it is\n\n(.*?)^## Where", (top / "README.md").read_text(), re.M | re.S)[1]
    index = ["# Alliance SDK", "", outside(about).replace("## What it is not", "**What it is not.**").replace("**\n\n", "** "), ""]
    placed = {"index"}
    sections = json.loads((top / "docs/site/sections.json").read_text())["sections"]
    made = {str(path.relative_to(out).with_suffix("")) for path in out.rglob("*.md")}
    for title, names in sections:
        index += [f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n", *[name for name in names if name in made], "```", ""]
        placed |= set(names)
    rest = sorted(name for name in made - placed if "/" not in name)
    if rest:
        index += ["```{toctree}\n:caption: More\n:maxdepth: 1\n", *rest, "```", ""]
    (out / "index.md").write_text("\n".join(index))
    print(f"{len(made) + 1} pages")


if __name__ == "__main__":
    main(*sys.argv[1:3])
