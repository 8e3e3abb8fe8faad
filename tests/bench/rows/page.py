# SPDX-License-Identifier: Apache-2.0
"""The table for people: on the screen, and in docs/speed.md between its two marks."""
from .harness import root

begin, end = "<!-- table: written by tests/bench/run --page -->", "<!-- end of the table -->"


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3g}"


def line(one):
    if one["skipped"]:
        return f"{one['row']}  skipped: {one['skipped']}  {one['what']}"
    return (f"{one['row']}  {number(one['ratio'])} ({number(one['min'])} to {number(one['max'])})  goal {one['goal']}  "
            f"{'met' if one['met'] else 'MISSED'}  {one['what']}, against {one['against']}")


def cells(one):
    if one["skipped"]:
        return f"| {one['row']} | {one['what']} | {one['goal']} | skipped | | {one['skipped']} |"
    ratio = number(one["ratio"]) if one["met"] else f"**{number(one['ratio'])}, missed**"
    return (f"| {one['row']} | {one['what']} | {one['goal']} | {ratio} | {number(one['min'])} to {number(one['max'])} "
            f"| {one['against']} |")


def write(facts, rows):
    path = root / "docs/speed.md"
    text = path.read_text()
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    table = "\n".join([f"Measured on: {facts}.", "", "| row | what | goal | ratio | spread | against |",
                       "|---|---|---|---|---|---|", *(cells(one) for one in rows)])
    path.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}")
