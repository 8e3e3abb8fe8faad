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
    xs, ys = one["plot"]["x"], [max(y, 1e-9) for y in one["plot"]["y"]]
    wide, high, edge = 420, 240, 46
    reach = max(math.log10(xs[-1] / xs[0]), 1)
    top = max(1.0, *(math.log10(y / ys[0]) for y in ys))
    at = lambda x, y: (edge + (wide - 2 * edge) * math.log10(x / xs[0]) / reach,
                       high - edge - (high - 2 * edge) * max(math.log10(y), 0) / top)
    points = [at(x, y / ys[0]) for x, y in zip(xs, ys)]
    goal = at(xs[0], float(one["goal"].split()[1]))[1]
    words = lambda x, y, text: f'<text x="{x:.0f}" y="{y:.0f}">{text}</text>'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="11">',
        f'<rect width="{wide}" height="{high}" fill="white"/>',
        f'<path d="M{edge} {edge}V{high - edge}H{wide - edge}" fill="none" stroke="black"/>',
        f'<path d="M{edge} {goal:.0f}H{wide - edge}" stroke="gray" stroke-dasharray="4"/>',
        words(wide - edge + 2, goal + 4, "goal"),
        f'<polyline points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in points)}" fill="none" stroke="#1f5fa8" stroke-width="2"/>',
        *(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="#1f5fa8"/>' for x, y in points),
        *(words(point[0] - 14, point[1] - 8, f"{y / ys[0]:.2f}") for point, y in zip(points, ys)),
        *(words(point[0] - 14, high - edge + 16, f"{x:,}") for point, x in zip(points, xs)),
        words(wide / 2 - 20, high - 8, one["plot"]["of"]), words(edge, edge - 16, f"{one['row']}: cost, the first being 1"),
        "</svg>", ""])


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
