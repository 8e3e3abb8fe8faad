#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""header_filter.py HEADER: the header as Doxygen wants it.

The headers are prose with plain comments. A comment on lines of its own speaks of what follows, one behind a member of that
member. Rules across the page and the licence are left as they are."""

import pathlib
import re
import sys


def marked(text):
    lines, out = text.splitlines(), []
    for number, line in enumerate(lines):
        if re.match(r"\s*/\* (?!-|SPDX)", line):
            line = re.sub(r"/\* ", "/** ", line, count=1)
        elif re.search(r"[;,{\w)] +/\* (?!-)", line):
            line = re.sub(r"/\* ", "/**< ", line, count=1)
        out.append(line)
    # A struct and its name of one word are one thing to C; Doxygen would show two.
    text = re.sub(r"^typedef struct (\w+) \1;", "struct \\1;", "\n".join(out), flags=re.M)
    text = re.sub(r"^typedef (struct (\w+) \{.*?^\}) \2;", r"\1;", text, flags=re.M | re.S)
    return text + "\n"


if __name__ == "__main__":
    print(marked(pathlib.Path(sys.argv[1]).read_text()), end="")
