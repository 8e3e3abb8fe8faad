#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""objects.py NAME_generated.h ...

Takes out of the headers that flatc wrote what needs to be compiled once only, and puts it into NAME_objects.cpp
beside each: the definitions of functions that the header declares already, the verifiers, and the special members
of the object types. A file that includes a header then takes less than half the time. What has another form than
is known here stays where it is, and is as right as before."""

import re
import sys

TABLE = re.compile(r"struct (\w+) FLATBUFFERS_FINAL_CLASS : private (?:::)?flatbuffers::Table \{")
VERIFY = re.compile(r"  (bool Verify)(\((?:::)?flatbuffers::Verifier &verifier\) const)( \{)")
SPECIAL = re.compile(
    r"  (\w+T)\(\) = default;\n"
    r"  \1\(const \1 &o\);\n"
    r"  \1\(\1&&\) FLATBUFFERS_NOEXCEPT = default;\n"
)
DECLARED = re.compile(r"inline .*?(?:\w+::~?\w+\(|\w+::operator=\(|Create\w+\((?:::)?flatbuffers::FlatBufferBuilder &_fbb, const \w+ \*_o, const)")
CREATE = re.compile(r"inline (?:::)?flatbuffers::Offset<\w+> Create\w+\($")
DEFAULT = re.compile(r" = .*?(?=,$|\)( \{)?$)")


def end(lines, start, mark):
    while lines[start] != mark:
        start += 1
    return start


def parted(text):
    """The header that stays, and the definitions that leave it."""
    left = []

    def special(match):
        name = match.group(1)
        left.append(
            f"{name}::{name}() = default;\n"
            f"{name}::{name}({name} &&) FLATBUFFERS_NOEXCEPT = default;\n"
            f"{name}::~{name}() = default;\n"
        )
        return f"  {name}();\n  {name}(const {name} &o);\n  {name}({name} &&) FLATBUFFERS_NOEXCEPT;\n  ~{name}();\n"

    lines = SPECIAL.sub(special, text).split("\n")
    stay, table, at = [], None, 0
    while at < len(lines):
        line = lines[at]
        if found := TABLE.match(line):
            table = found.group(1)
        if found := VERIFY.fullmatch(line):
            last = end(lines, at, "  }")
            stay.append(f"  {found.group(1)}{found.group(2)};")
            left += [f"bool {table}::Verify{found.group(2)} {{", *lines[at + 1 : last], "}", ""]
        elif DECLARED.match(line):
            last = end(lines, at, "}")
            left += [line.removeprefix("inline "), *lines[at + 1 : last + 1], ""]
        elif CREATE.fullmatch(line):
            body = at
            while not lines[body].endswith(") {"):
                body += 1
            last = end(lines, body, "}")
            stay += [line.removeprefix("inline "), *lines[at + 1 : body], lines[body].removesuffix(" {") + ";"]
            left += [line.removeprefix("inline "), *(DEFAULT.sub("", one) for one in lines[at + 1 : body + 1])]
            left += [*lines[body + 1 : last + 1], ""]
        else:
            stay.append(line)
            last = at
        at = last + 1
    return "\n".join(stay), "\n".join(left)


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            header, definitions = parted(file.read())
        with open(path, "w", encoding="utf-8") as file:
            file.write(header)
        with open(path.removesuffix("_generated.h") + "_objects.cpp", "w", encoding="utf-8") as file:
            file.write(f'#include "{path.rsplit("/", 1)[-1]}"\n\nnamespace alliance {{\nnamespace fb {{\n\n{definitions}\n}}\n}}\n')


if __name__ == "__main__":
    main()
