#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""study.py SOURCE-FOLDER: the page of the study, factor by factor, made from what stands in the code.

Indicators are those of sdk/src/host/factors_table.cpp, rules those of plugins/tailoring/data/rules.json. A file that serves a
factor says so in its subject line, by `[F1, B1]` at its end or `F1 and B1:` at its beginning; a test in the line of its TEST.
The chains of tests/unit/factors/chains.cpp are named after the factor that they drive. A factor that lacks one of these is an
error: it would have no feature, or no test."""

import json
import pathlib
import re
import sys

STUDY = {
    "F1": ("helps", "more time to deliver treatment", "f1_time"),
    "F2": ("helps", "access to a wider toolkit", "f2_toolkit"),
    "F3": ("helps", "capacity to tailor components", "f3_tailoring"),
    "F4": ("helps", "appropriate training and support", "f4_training_support"),
    "B1": ("hinders", "time and resource constraints", "b1_constraints"),
    "B2": ("hinders", "usability challenges", "b2_usability"),
    "B3": ("hinders", "limited flexibility of the programme", "b3_inflexibility"),
    "B4": ("hinders", "lack of confidence in delivering blended CBT", "b4_confidence"),
}
HEAD = """# The study, factor by factor

Doukani et al. 2022 (doi 10.1192/bjo.2022.546) asked 13 practitioners what helped and what hindered them to build and to keep an
alliance in blended CBT. The eight factors are the study's. **The indicators, rules and actions are ours, inspired by the study
and not validated**: they are reasons to ask, they decide nothing, and none of them rates a practitioner.

This page is made from the code and its tests at every build; a factor without an indicator, a rule, code that serves it or a
test stops the build. What each looks like from event to effect, as a test saw it, is in [](factors.md).
"""


def tagged(text):
    """The factors that a subject line or the line of a test names."""
    found = re.search(r"\[((?:[FB][1-4](?:, )?)+)\]\s*$", text)
    if not found:
        found = re.match(r"// ((?:[FB][1-4](?:, | and )?)+): ", text)
    return re.findall(r"[FB][1-4]", found[1]) if found else []


def sources(top):
    """(path, subject, factors) of each file that says which factors it serves."""
    for folder in ("sdk", "plugins"):
        for path in sorted((top / folder).rglob("*")):
            if path.suffix in (".h", ".cpp", ".hpp") and path.is_file():
                lines = path.read_text().splitlines()[1:2]
                factors = tagged(lines[0]) if lines else []
                if factors:
                    subject = re.sub(r"^// |\s*\[[^]]*\]\s*$", "", lines[0])
                    yield path.relative_to(top), re.sub(r"^[FB1-4, and]+: ", "", subject), factors


def tests(top):
    """(name, path, factors) of each test that says what it shows."""
    for path in sorted((top / "tests").rglob("*.cpp")):
        for line in path.read_text().splitlines():
            match = re.match(r"TEST(?:_F|_P)?\((\w+), (\w+)\)", line)
            if match and tagged(line):
                yield f"{match[1]}.{match[2]}", path.relative_to(top), tagged(line)
    chains = top / "tests/unit/factors/chains.cpp"
    for name in re.findall(r"^Told ([fb][1-4]\w*)\(", chains.read_text(), re.M):
        yield f"the chain `{name}`", chains.relative_to(top), [name[:2].upper()]


def page(top):
    """(text, faults)."""
    table = (top / "sdk/src/host/factors_table.cpp").read_text()
    rules = [rule for path in sorted((top / "plugins/tailoring/data").glob("*.json"))
             for rule in json.loads(path.read_text()).get("rules", [])]
    serving, showing = list(sources(top)), list(tests(top))
    lines, faults = [HEAD], []
    for factor, (side, title, key) in STUDY.items():
        indicators = re.findall(rf'Factor::{key},\s*"([\w-]+)",\s*"([^"]+)"', table)
        own = [rule for rule in rules if rule.get("factor") == key]
        files = [(path, subject) for path, subject, factors in serving if factor in factors]
        shown = [(name, path) for name, path, factors in showing if factor in factors]
        for what, found in (("no indicator", indicators), ("no rule", own), ("no code that serves it", files), ("no test", shown)):
            if not found:
                faults.append(f"{factor}, {title}: {what}")
        lines += [f"## {factor}: {title}", "", f"*Said to {side[:-1]} the alliance.*", "", "**Indicators**", ""]
        lines += [f"- `{name}`: {words}" for name, words in indicators]
        lines += ["", "**What may be proposed, and to whom**", ""]
        for rule in own:
            action = rule["action"]
            level = "" if rule.get("threshold") is None else f", from {rule['threshold']:g}"
            lines.append(f"- `{rule['id']}`{level}: {action['kind'].replace('_', ' ')}, for the {rule['audience']}. \"{action['text']}\"")
        lines += ["", "**Where it stands in the code**", ""]
        lines += [f"- `{path}`: {subject}" for path, subject in files]
        lines += ["", "**Shown by**", ""]
        lines += [f"- {name if name.startswith('the') else f'`{name}`'} in `{path}`" for name, path in shown]
        lines.append("")
    return "\n".join(lines), faults


def main(top):
    text, faults = page(pathlib.Path(top))
    print("\n".join(faults) or f"8 factors, {text.count(chr(10))} lines")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
