# SPDX-License-Identifier: Apache-2.0
"""Instruments to score with."""
from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union

import numpy as np

from . import _core
from .answers import is_row, one_sheet, prepare, row_of
from .errors import BadInput, BadSheetWarning, InvalidCall
from .missing import rule_of
from .room import room
from .scores import Scores, SheetScores
from .words import from_json

if TYPE_CHECKING:
    from .host import Host


class LoadedInstrument:
    """One instrument, ready to score. ``definition`` is its whole definition: items, scales, roles, licence, sources."""

    def __init__(self, measure: _core.Measure) -> None:
        self._measure = measure
        self.definition: Dict[str, Any] = from_json(measure.definition())

    @property
    def id(self) -> str:
        return str(self.definition["id"])

    @property
    def version(self) -> str:
        return str(self.definition["version"])

    @property
    def title(self) -> str:
        return str(self.definition["title"])

    @property
    def items(self) -> List[str]:
        return [item["id"] for item in self.definition["items"]]

    @property
    def scales(self) -> List[str]:
        return [scale["id"] for scale in self.definition["scales"]]

    def score(self, sheets: Any, *, missing: str = "none", columns: Optional[Sequence[Any]] = None, mask: Any = None,
              states: Any = None) -> Any:
        """Scores one sheet or many.

        One sheet is a list or a one-dimensional array in the order of the items, a mapping of their ids or a row of a pandas
        frame; the answer is a :class:`SheetScores`. Many are a two-dimensional array, a list of sheets, a pandas or polars frame or an
        Arrow table whose columns are called as the items are (or as ``columns`` says, in the items' order); the answer
        is a :class:`Scores`. Arrays, frames and tables are read in place.

        ``missing`` is as in the command: ``none`` (a full sheet or no score), ``prorate:N``, ``centre:N`` or
        ``definition``. An answer is missing where it is NaN, None, masked, null, or marked in ``mask`` (True) or
        ``states`` (1 answered, 2 skipped, 3 not applicable, 4 refused, 5 not presented). In a list, "skipped" and its
        like may stand in an answer's place.

        >>> import alliance, numpy
        >>> gad = alliance.load("gad-7")
        >>> gad.score([3, 3, 3, 3, 3, 3, None], missing="prorate:2")["total"]
        Score(value=21.0, state='prorated', answered=6, band='severe')
        >>> gad.score(numpy.array([[0] * 7, [1] * 7], dtype="int8"))["total"]
        array([0., 7.])
        >>> gad.score([4, 0, 0, 0, 0, 0, 0])
        Traceback (most recent call last):
            ...
        alliance.errors.BadInput: item 1: the answer is none of its options (0, 1, 2 or 3)
        """
        rule, most = rule_of(missing)
        items = self.definition["items"]
        if self._is_one(sheets):
            if mask is not None or states is not None or columns is not None:
                raise InvalidCall("mask, states and columns are for many sheets")
            if is_row(sheets):
                sheets = row_of(sheets, self.items)
            values, reached = one_sheet(sheets.tolist() if isinstance(sheets, np.ndarray) else sheets, items)
            return SheetScores(self.id, self.definition["scales"], self._measure.score_one(values, reached, rule, most))
        given = prepare(sheets, columns, mask, states, items)
        shape = (given.rows, len(self.definition["scales"]))
        counts = np.uint8 if len(items) < 256 else np.uint32
        banded = any(scale.get("bands") for scale in self.definition["scales"])
        out = (room(shape, np.float64), room(shape, np.uint8), room(shape, counts), room(shape, np.int32) if banded else None)
        if given.table is not None:
            bad = _core.score_table(self._measure, given.table, given.answers, rule, most, *out)
        else:
            bad = self._measure.score(given.answers, given.masks, given.states, rule, most, *out)
        scores = Scores(self.id, self.definition["scales"], *out, index=given.index)
        if bad:
            warnings.warn(f"{self.id}: {bad} of {given.rows} sheets hold an answer that is none of its options; the first is "
                          f"row {int(scores.bad[0])} (counted from 0). They have no score", BadSheetWarning, stacklevel=2)
        return scores

    @staticmethod
    def _is_one(sheets: Any) -> bool:
        if isinstance(sheets, np.ndarray):
            return sheets.ndim == 1 and sheets.dtype.names is None
        if isinstance(sheets, Mapping) or is_row(sheets):
            return True
        if isinstance(sheets, (list, tuple)):
            return not sheets or not isinstance(sheets[0], (list, tuple, Mapping, np.ndarray))
        return False

    def __repr__(self) -> str:
        return f"<{self.id} {self.version}: {self.title}; {len(self.items)} items, scales {', '.join(self.scales)}>"


_shared: Dict[str, "Host"] = {}
_folders: Dict[bytes, "tempfile.TemporaryDirectory[str]"] = {}


def _alone(name: str, written: bytes) -> str:
    """A folder with this definition alone: what lies beside it need not be definitions."""
    digest = hashlib.sha256(written).digest()
    if digest not in _folders:
        _folders[digest] = tempfile.TemporaryDirectory(prefix="alliance-definition-")
        (pathlib.Path(_folders[digest].name) / name).write_bytes(written)
    return _folders[digest].name


def load(instrument: Union[str, "os.PathLike[str]"], version: Optional[str] = None, *,
         accept_unverified: bool = False) -> LoadedInstrument:
    """An instrument by its id, or by the path of a definition file (``.json``) of your own.

    A definition whose key is not verified is refused unless ``accept_unverified`` says that you have looked at it.

    >>> import alliance
    >>> alliance.load("wai-sr-c").scales
    ['total', 'task', 'bond', 'goal']
    """
    from .host import Host

    text = os.fspath(instrument)
    settings: Dict[str, Any] = {}
    if text.endswith(".json"):
        path = pathlib.Path(text).resolve()
        try:
            written = path.read_bytes()
            text = str(from_json(written)["id"])
        except (OSError, ValueError, TypeError, KeyError) as why:
            raise BadInput(f"{path.name} is no definition of an instrument: {type(why).__name__}") from why
        settings["definitions"] = [_alone(path.name, written)]
    if accept_unverified:
        settings["accept_unverified"] = [text]
    key = repr(sorted(settings.items()))
    if key not in _shared:
        made = Host(plugins=["instruments"], keep_log="definitions" in settings,
                    settings={"org.alliance-sdk.instruments": settings} if settings else None)
        left_out = [line.split(" is left out: ", 1)[1] for _, line in made.log() if " is left out: " in line]
        if left_out:
            made.close()
            raise BadInput(f"{os.path.basename(os.fspath(instrument))}: {left_out[0]}")
        _shared[key] = made
    return _shared[key].instrument(text, version)


def instruments() -> List[Dict[str, Any]]:
    """The definitions of all instruments that come with the package.

    >>> import alliance
    >>> "phq-9" in [one["id"] for one in alliance.instruments()]
    True
    """
    from .host import Host

    if "[]" not in _shared:
        _shared["[]"] = Host(plugins=["instruments"])
    return _shared["[]"].instruments()
