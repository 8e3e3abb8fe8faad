# SPDX-License-Identifier: Apache-2.0
"""The table for people: on the screen, and in docs/speed.md between its two marks."""
import math

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


def plot(one):
    """Cost against size, both on logarithmic scales, each divided by its first."""
    xs, ys = one["plot"]["x"], [y / one["plot"]["y"][0] for y in one["plot"]["y"]]
    goal = float(one["goal"].split()[1])
    wide, high, edge, ticks = 460, 250, 50, (0.5, 1, 2, 5, 10)
    low, top = 0.5, max(10.0, *ys)
    across = lambda x: edge + (wide - 2 * edge) * math.log10(x / xs[0]) / max(math.log10(xs[-1] / xs[0]), 1)
    up = lambda y: high - edge - (high - 2 * edge) * math.log10(max(y, low) / low) / math.log10(top / low)
    points = [(across(x), up(y)) for x, y in zip(xs, ys)]
    words = lambda x, y, text, anchor="middle": f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>'
    line = lambda y, style: f'<path d="M{edge} {up(y):.0f}H{wide - edge}" {style}/>'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="11">',
        f'<rect width="{wide}" height="{high}" fill="white"/>',
        words(edge, 20, f"{one['row']}: cost, where the first is 1", "start"),
        *(line(y, 'stroke="#ddd"') for y in ticks), *(words(edge - 8, up(y) + 4, f"{y:g}", "end") for y in ticks),
        line(goal, 'stroke="#b04a00" stroke-dasharray="4"'),
        words(wide - edge + 6, up(goal) + 4, f"goal {goal:g}", "start"),
        f'<polyline points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in points)}" fill="none" stroke="#1f5fa8" stroke-width="2"/>',
        *(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="#1f5fa8"/>' for x, y in points),
        *(words(x, y + (-8 if value > goal else 16), f"{value:.2f}") for (x, y), value in zip(points, ys)),
        *(words(x, high - edge + 18, f"{size:,}") for (x, _), size in zip(points, xs)),
        words(wide / 2, high - 10, one["plot"]["of"]), "</svg>", ""])


def write(facts, rows):
    if not rows:
        return
    plots = []
    for one in rows:
        if "plot" in one and not one["skipped"]:
            name = f"speed-{one['row'].lower().replace(' ', '-')}.svg"
            (root / "docs" / name).write_text(plot(one))
            plots.append(f"![{one['row']}: cost against size]({name})")
    path = root / "docs/speed.md"
    text = path.read_text()
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    table = "\n".join([f"Measured on: {facts}.", "", "| row | what | goal | ratio | spread | against |",
                       "|---|---|---|---|---|---|", *(cells(one) for one in rows), "", *plots])
    path.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}")
