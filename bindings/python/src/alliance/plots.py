# SPDX-License-Identifier: Apache-2.0
"""Plots for a notebook. They need matplotlib; each takes ``ax`` and gives back the axes it drew on.

What is drawn is a reason to ask the client, never a verdict on anybody; series of different instruments are never joined.
"""
from __future__ import annotations

import textwrap
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import InvalidCall, NotFound, Unsupported
from .review import factor, shown
from .words import moment

_signal_words = {"drop": "v", "repaired": "^", "unrepaired": "x", "non_response": "o"}


def _axes(ax: Any, **size: Any) -> Any:
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise Unsupported("matplotlib is not installed: pip install matplotlib") from None
    return pyplot.subplots(**size)[1]


def series_of(review: Mapping[str, Any], role: str, rater: str = "client") -> Dict[str, List[Tuple[int, float, int]]]:
    """The scores of a role in a case's review: time, value and session of each, by the instrument and scale that played it."""
    found: Dict[str, List[Tuple[int, float, int]]] = {}
    for sheet in review["course"].get("sheets", []):
        if sheet.get("rater") != rater:
            continue
        for score in sheet.get("scores", []):
            if role in score.get("roles", []) and score.get("state") in ("scored", "prorated"):
                name = f"{sheet['instrument']} {score['scale']}"
                found.setdefault(name, []).append((sheet["time"], score["value"], sheet.get("session", 0)))
    for points in found.values():
        points.sort()
    return found


def _session_at(review: Mapping[str, Any], time: int) -> int:
    """The last session that was held up to an instant."""
    held = [one["number"] for one in review["course"].get("sessions", []) if one.get("state") == "held" and one["starts"] <= time]
    return max(held, default=0)


def _by_session(review: Mapping[str, Any], points: Sequence[Tuple[int, float, int]]) -> Tuple[List[int], List[float]]:
    return [session or _session_at(review, time) for time, _, session in points], [value for _, value, _ in points]


def alliance(review: Mapping[str, Any], role: str = "alliance.total", rater: str = "client", ax: Any = None) -> Any:
    """A role's scores by session, with the signals about it. A line per instrument that played the role."""
    series = series_of(review, role, rater)
    if not series:
        raise NotFound(f"this review has no score of the {rater} for {role}")
    ax = _axes(ax)
    for name, points in series.items():
        sessions, values = _by_session(review, points)
        ax.plot(sessions, values, marker=".", label=name)
    top = ax.get_ylim()[1]
    for record in review["course"].get("signals", []):
        signal = record["signal"]
        if signal.get("role") != role or signal.get("rater") != rater:
            continue
        session = signal.get("session") or _session_at(review, record["time"])
        ax.scatter([session], [top], marker=_signal_words.get(signal["kind"], "s"), color="black", zorder=3, clip_on=False)
        ax.annotate(f"{signal['kind'].replace('_', ' ')}: ask", (session, top), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8)
    ax.set_xlabel("session")
    ax.set_ylabel(role)
    ax.legend()
    return ax


def pair(review: Mapping[str, Any], role: str, ax: Any = None) -> Any:
    """Client and practitioner by session, and the difference where both answered. They are drawn on one axis only where the
    two instruments have scales of as many items."""
    sides = {rater: series_of(review, role, rater) for rater in ("client", "practitioner")}
    for rater, series in sides.items():
        if len(series) != 1:
            raise NotFound(f"a pair needs one series of the {rater} for {role}, and this review has {len(series)}")
    counts = {score.get("items") for sheet in review["course"]["sheets"] for score in sheet.get("scores", []) if role in score.get("roles", [])}
    if len(counts) != 1:
        raise InvalidCall(f"the two sides of {role} have scales of different lengths: no difference can be taken")
    ax = _axes(ax)
    drawn: Dict[str, Dict[int, float]] = {}
    for rater, series in sides.items():
        (name, points), = series.items()
        sessions, values = _by_session(review, points)
        ax.plot(sessions, values, marker=".", label=f"{rater}, {name}")
        drawn[rater] = dict(zip(sessions, values))
    both = sorted(set(drawn["client"]) & set(drawn["practitioner"]))
    for session in both:
        ax.vlines(session, drawn["client"][session], drawn["practitioner"][session], color="grey", linestyle=":")
    ax.set_xlabel("session")
    ax.set_ylabel(role)
    ax.set_title(f"{len(both)} sessions with both; a difference is a reason to talk about it")
    ax.legend()
    return ax


def reliable_change(before: Any, after: Any, threshold: float, *, source: str, higher_is_better: bool = False, cutoff: Optional[float] = None,
                    ax: Any = None) -> Any:
    """After against before, with the band within which a change says nothing. ``threshold`` is the reliable change and
    ``source`` says where it is from; ``cutoff`` adds a clinical cut-off's lines."""
    if not source:
        raise InvalidCall("a threshold without a source is not drawn")
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise InvalidCall("before and after are of the same length, a client each")
    there = ~(np.isnan(first) | np.isnan(second))
    change = (second - first) * (1 if higher_is_better else -1)
    kinds = {"improved": there & (change >= threshold), "no reliable change": there & (abs(change) < threshold), "worse": there & (change <= -threshold)}
    ax = _axes(ax, figsize=(5.5, 5.5))
    for (name, which), marker in zip(kinds.items(), "^.v"):
        ax.scatter(first[which], second[which], marker=marker, label=f"{name}: {int(which.sum())}")
    ends = np.array([np.nanmin([first, second]), np.nanmax([first, second])])
    ax.plot(ends, ends, color="grey")
    ax.fill_between(ends, ends - threshold, ends + threshold, color="grey", alpha=0.15)
    if cutoff is not None:
        ax.axhline(cutoff, color="grey", linestyle=":")
        ax.axvline(cutoff, color="grey", linestyle=":")
    ax.set_xlabel("before")
    ax.set_ylabel("after")
    ax.set_title(f"reliable change {threshold:g}: {source}; {int((~there).sum())} without both scores", fontsize=8)
    ax.legend()
    return ax


def time(view: Mapping[str, Any], ax: Any = None) -> Any:
    """Minutes planned, booked and used by kind of work: of ``host.time(...)`` or of a review's account."""
    work = view["work"] if "work" in view else view["course"]["account"]["work"]
    ax = _axes(ax)
    places = np.arange(len(work))
    for at, kind in enumerate(("planned", "booked", "used")):
        ax.barh(places + (at - 1) * 0.28, [one.get(kind) or 0 for one in work], height=0.26, label=kind)
    ax.set_yticks(places, [one["work"].replace("_", " ") for one in work])
    ax.invert_yaxis()
    ax.set_xlabel("minutes")
    ax.legend()
    return ax


def factor_review(review: Mapping[str, Any], ax: Any = None) -> Any:
    """The eight factors with their indicators. Units differ, so nothing is drawn to a common scale, and nothing is a grade."""
    lines: List[Tuple[str, str]] = []
    for row in review["factors"]:
        lines.append((factor(row), ""))
        lines += [("    " + one.get("title", one.get("id", "")), shown(one)) for one in row.get("indicators", [])]
    ax = _axes(ax, figsize=(8, 0.22 * len(lines) + 0.8))
    ax.set_axis_off()
    for at, (name, value) in enumerate(lines):
        ax.text(0, -at, name, fontsize=8, fontweight="bold" if not name.startswith(" ") else "normal", va="center")
        ax.text(1, -at, value, fontsize=8, ha="right", va="center")
    ax.set_xlim(0, 1)
    ax.set_ylim(-len(lines), 1)
    ax.set_title(textwrap.fill(str(review.get("note", "")), 100), fontsize=7)
    return ax

