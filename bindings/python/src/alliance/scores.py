# SPDX-License-Identifier: Apache-2.0
"""What scoring gives back."""
from __future__ import annotations

import html
import math
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .errors import NotFound, Unsupported
from .missing import BAD_SHEET, NO_BAND, PRORATED, SCORED, score_states


class Score(NamedTuple):
    """One scale of one sheet. ``value`` is NaN where there is no score."""

    value: float
    state: str  #: "scored", "prorated", "not scorable" or "bad sheet"
    answered: int  #: how many of the scale's items were answered
    band: Optional[str]  #: the id of the band, where the definition has bands


def _label(scale: Mapping[str, Any], band: int) -> Optional[str]:
    if band == NO_BAND:
        return None
    found = scale.get("bands", [])[band]
    return str(found["id"])


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:g}"


class SheetScores(Mapping[str, Score]):
    """The scores of one sheet, by the id of the scale.

    >>> import alliance
    >>> scores = alliance.load("gad-7").score([1, 1, 1, 2, 2, 0, 0])
    >>> scores["total"].value, scores["total"].state
    (7.0, 'scored')
    """

    def __init__(self, instrument: str, scales: Sequence[Mapping[str, Any]], rows: Sequence[Tuple[float, int, int, int]]) -> None:
        self.instrument = instrument
        self._scores: Dict[str, Score] = {}
        for scale, (value, state, answered, band) in zip(scales, rows):
            there = state in (SCORED, PRORATED)
            self._scores[scale["id"]] = Score(value if there else math.nan, score_states[state], answered, _label(scale, band))

    def __getitem__(self, scale: str) -> Score:
        return self._scores[scale]

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def __repr__(self) -> str:
        parts = [f"{scale}={_number(score.value) or score.state}" for scale, score in self._scores.items()]
        return f"<{self.instrument}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(scale)}</th><td>{_number(score.value)}</td><td>{score.state}</td>"
            f"<td>{score.answered}</td><td>{html.escape(score.band or '')}</td></tr>"
            for scale, score in self._scores.items())
        return (f"<table><caption>{html.escape(self.instrument)}</caption><tr><th>scale</th><th>score</th><th>state</th>"
                f"<th>answered</th><th>band</th></tr>{rows}</table>")


class Scores:
    """The scores of many sheets: arrays with a row per sheet and a column per scale.

    ``values`` is NaN where there is no score, ``states`` says why (alliance.SCORED ...), ``answered`` counts the items
    that were answered, ``bands`` is an index into the scale's bands or -1. ``scores["total"]`` is one scale's values.
    """

    def __init__(self, instrument: str, scales: Sequence[Mapping[str, Any]], values: np.ndarray, states: np.ndarray,
                 answered: np.ndarray, bands: Optional[np.ndarray], index: Any = None) -> None:
        self.instrument = instrument
        self.scales: List[str] = [scale["id"] for scale in scales]
        self._definitions = list(scales)
        self.values, self.states = values, states
        self._answered, self._bands = answered, bands  # as bytes, and None where no scale has bands, until asked for
        self.index = index  #: of the frame that the sheets came from

    @property
    def answered(self) -> np.ndarray:
        self._answered = self._answered.astype(np.uint32, copy=False)
        return self._answered

    @property
    def bands(self) -> np.ndarray:
        if self._bands is None:
            self._bands = np.full(self.values.shape, NO_BAND, np.int32)
        return self._bands

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def column(self, scale: str) -> int:
        """The place of a scale, by its id or by a role that one scale alone plays."""
        if scale in self.scales:
            return self.scales.index(scale)
        playing = [at for at, one in enumerate(self._definitions) if scale in one.get("roles", [])]
        if len(playing) == 1:
            return playing[0]
        raise NotFound(f"{self.instrument} has no scale {scale!r}; there are {', '.join(self.scales)}")

    def __getitem__(self, scale: str) -> np.ndarray:
        return self.values[:, self.column(scale)]

    @property
    def bad(self) -> np.ndarray:
        """The rows of sheets with an answer that is none of its options."""
        return np.flatnonzero((self.states == BAD_SHEET).any(axis=1))

    def band(self, scale: str) -> List[Optional[str]]:
        """The ids of the bands of one scale, a sheet each."""
        at = self.column(scale)
        return [_label(self._definitions[at], int(band)) for band in self.bands[:, at]]

    def summary(self) -> Dict[str, Dict[str, float]]:
        """Per scale: how many sheets were scored, prorated and neither, and mean, deviation, least and most."""
        made: Dict[str, Dict[str, float]] = {}
        for at, scale in enumerate(self.scales):
            states, values = self.states[:, at], self.values[:, at]
            there = values[~np.isnan(values)]
            made[scale] = {
                "scored": int((states == SCORED).sum()), "prorated": int((states == PRORATED).sum()),
                "not scored": int(len(values) - len(there)),
                "mean": float(there.mean()) if len(there) else math.nan,
                "sd": float(there.std(ddof=1)) if len(there) > 1 else math.nan,
                "min": float(there.min()) if len(there) else math.nan,
                "max": float(there.max()) if len(there) else math.nan,
            }
        return made

    def to_pandas(self) -> Any:
        """A pandas frame: a column per scale, and ``SCALE_state`` beside it."""
        try:
            import pandas
        except ImportError:
            raise Unsupported("pandas is not installed: pip install pandas") from None
        columns: Dict[str, Any] = {}
        for at, scale in enumerate(self.scales):
            columns[scale] = self.values[:, at]
            columns[f"{scale}_state"] = pandas.Categorical.from_codes(
                self.states[:, at].astype(np.int8) - 1, categories=list(score_states.values()))
        return pandas.DataFrame(columns, index=self.index)

    def to_polars(self) -> Any:
        """The same as a polars frame; a score that is none is null."""
        try:
            import polars
        except ImportError:
            raise Unsupported("polars is not installed: pip install polars") from None
        columns: Dict[str, Any] = {}
        for at, scale in enumerate(self.scales):
            columns[scale] = polars.Series(np.ascontiguousarray(self.values[:, at]), nan_to_null=True)
            columns[f"{scale}_state"] = polars.Series([score_states[int(state)] for state in self.states[:, at]])
        return polars.DataFrame(columns)

    def to_arrow(self) -> Any:
        """The same as a pyarrow table; a score that is none is null."""
        try:
            import pyarrow
        except ImportError:
            raise Unsupported("pyarrow is not installed: pip install pyarrow") from None
        columns: Dict[str, Any] = {}
        for at, scale in enumerate(self.scales):
            values = np.ascontiguousarray(self.values[:, at])
            columns[scale] = pyarrow.array(values, mask=np.isnan(values))
            columns[f"{scale}_state"] = pyarrow.array([score_states[int(state)] for state in self.states[:, at]])
        return pyarrow.table(columns)

    def __repr__(self) -> str:
        return f"<{self.instrument}: {len(self)} sheets, scales {', '.join(self.scales)}>"

    def _repr_html_(self) -> str:
        names = ("scored", "prorated", "not scored", "mean", "sd", "min", "max")
        rows = "".join(
            f"<tr><th>{html.escape(scale)}</th>" + "".join(f"<td>{_number(facts[name])}</td>" for name in names) + "</tr>"
            for scale, facts in self.summary().items())
        head = "".join(f"<th>{name}</th>" for name in names)
        return (f"<table><caption>{html.escape(self.instrument)}, {len(self)} sheets</caption>"
                f"<tr><th>scale</th>{head}</tr>{rows}</table>")
