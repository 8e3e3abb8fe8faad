# SPDX-License-Identifier: Apache-2.0
"""What people keep answers in, brought to what the engine reads in place. Nothing is guessed: an answer is missing where
it is NaN, None, masked or null, or where ``states`` says so, and a number such as -1 or 99 is a number."""
from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from . import _core
from .errors import BadInput, InvalidCall
from .missing import ANSWERED, NOT_PRESENTED, SKIPPED, answer_states

_numeric = "iuf"


class Prepared(NamedTuple):
    """Either an array or columns with their masks and states, or an Arrow table and the places of its columns."""

    answers: Any
    masks: Any
    states: Any
    rows: int
    index: Any = None
    table: Any = None


def is_missing(value: Any) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return type(value).__name__ in ("NAType", "NaTType", "MaskedConstant")  # of pandas and NumPy


def number(value: Any, place: str) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise BadInput(f"{place}: an answer is a number or None, and this is a {type(value).__name__}")
    return float(value)


def one_sheet(sheet: Any, items: Sequence[Mapping[str, Any]]) -> Tuple[List[float], List[int]]:
    """A list of answers in the order of the items, or a mapping of their ids."""
    ids = [item["id"] for item in items]
    if isinstance(sheet, Mapping):
        given = {str(key): value for key, value in sheet.items()}
        unknown = [key for key in given if key not in ids]
        if unknown:
            raise InvalidCall(f"there is no item {unknown[0]!r}; there are {', '.join(ids)}")
        absent = [item["id"] for item in items if item["id"] not in given and not item.get("optional")]
        if absent:
            raise InvalidCall(f"item {absent[0]!r} is not there: give None where it was not answered")
        cells = [given.get(id_, NOT_PRESENTED_CELL) for id_ in ids]
    else:
        cells = list(sheet)
        required = [not item.get("optional") for item in items]
        if len(cells) == sum(required) < len(ids):
            rest = iter(cells)
            cells = [next(rest) if there else NOT_PRESENTED_CELL for there in required]
        if len(cells) != len(ids):
            raise InvalidCall(f"{len(cells)} answers were given for {len(ids)} items")
    values, states = [], []
    for id_, cell in zip(ids, cells):
        if cell is NOT_PRESENTED_CELL:
            state, value = NOT_PRESENTED, 0.0
        elif isinstance(cell, str) and cell in answer_states and cell != "answered":
            state, value = answer_states[cell], 0.0
        elif is_missing(cell):
            state, value = SKIPPED, 0.0
        else:
            state, value = ANSWERED, number(cell, f"item {id_}")
        values.append(value)
        states.append(state)
    return values, states


def is_row(sheet: Any) -> bool:
    """A pandas Series: one row of a frame."""
    return hasattr(sheet, "index") and hasattr(sheet, "to_dict") and not hasattr(sheet, "columns")


def row_of(series: Any, ids: Sequence[str]) -> Any:
    """Its answers by their items, where it has names and not numbers; otherwise in their order."""
    if not all(isinstance(name, str) for name in series.index):
        return list(series)
    named = dict(series.items())
    return {id_: named[id_] for id_ in ids if id_ in named}


class _NotPresented:
    pass


NOT_PRESENTED_CELL = _NotPresented()


def _plain(values: Sequence[Any], place: str) -> np.ndarray:
    """Objects, one by one: numbers, and NaN for what is missing."""
    made = np.empty(len(values), dtype=np.float64)
    for row, value in enumerate(values):
        made[row] = math.nan if is_missing(value) else number(value, f"row {row + 1}, {place}")
    return made


def _column(values: np.ndarray, place: str) -> np.ndarray:
    if values.dtype.kind == "O":
        return _plain(values.tolist(), place)
    if values.dtype.kind not in _numeric:
        raise InvalidCall(f"{place} is of type {values.dtype}: answers are integers or floats")
    return values if values.dtype.isnative else values.astype(values.dtype.newbyteorder("="))


def _matrix(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind != "O":
        return _column(values, "the array")
    rows = [_plain(row, "the array") for row in values.tolist()]
    return np.array(rows, dtype=np.float64).reshape(values.shape)


def _bytes(marks: Any, shape: Tuple[int, ...], what: str) -> np.ndarray:
    made = np.asarray(marks)
    if made.shape != shape:
        raise InvalidCall(f"{what} has the shape {made.shape} where the answers have {shape}")
    if what == "mask":
        if made.dtype != np.bool_:
            raise InvalidCall("mask is an array of bool: True where the answer is missing")
        return made.view(np.uint8)
    if made.dtype.kind not in "iu" or (made.size and (made.min() < ANSWERED or made.max() > NOT_PRESENTED)):
        raise InvalidCall("states are whole numbers from 1 (answered) to 5 (not presented)")
    return made.astype(np.uint8, copy=False)


def _widen(array: np.ndarray, mask: Any, states: Any, items: Sequence[Mapping[str, Any]]) -> Tuple[Any, Any, Any]:
    """An array without the items that a form is whole without: they were not presented."""
    required = [not item.get("optional") for item in items]
    if array.shape[1] == len(items):
        return array, mask, states
    if array.shape[1] != sum(required):
        raise InvalidCall(f"the array has {array.shape[1]} columns for {len(items)} items")
    place = iter(range(array.shape[1]))
    at = [next(place) if there else None for there in required]

    def pick(marks: Any) -> Any:
        return None if marks is None else [None if one is None else marks[:, one] for one in at]

    return pick(array), pick(mask), pick(states)


def from_array(array: np.ndarray, mask: Any, states: Any, items: Sequence[Mapping[str, Any]]) -> Prepared:
    if array.ndim != 2:
        raise InvalidCall(f"the array has {array.ndim} dimensions: one row per sheet and one column per item are needed")
    shape = array.shape
    if isinstance(array, np.ma.MaskedArray):
        own = np.ma.getmaskarray(array)
        mask = own if mask is None else np.logical_or(own, mask)
        array = array.data
    marked = None if mask is None else _bytes(mask, shape, "mask")
    said = None if states is None else _bytes(states, shape, "states")
    answers, marked, said = _widen(_matrix(np.asarray(array)), marked, said, items)
    return Prepared(answers, marked, said, shape[0])


def choose(names: Sequence[str], items: Sequence[Mapping[str, Any]], columns: Optional[Sequence[Any]]) -> List[Any]:
    """The column of each item, None where it was not presented."""
    required = [item["id"] for item in items if not item.get("optional")]
    optional = [item["id"] for item in items if item.get("optional")]
    if columns is not None:
        columns = list(columns)
        absent = [one for one in columns if one not in names]
        if absent:
            raise InvalidCall(f"there is no column {absent[0]!r}")
        if len(columns) == len(items):
            return columns
        if len(columns) != len(required):
            raise InvalidCall(f"{len(columns)} columns were named for {len(items)} items")
        rest = iter(columns)
        return [None if item.get("optional") else next(rest) for item in items]
    absent = [one for one in required if one not in names]
    if absent:
        raise InvalidCall(f"there is no column {absent[0]!r}: name the columns of the items in their order with columns=[...]")
    all_there = any(one in names for one in optional)
    if all_there and not all(one in names for one in optional):
        raise InvalidCall("of the items that may be left out some have a column and some have not")
    return [item["id"] if all_there or not item.get("optional") else None for item in items]


def from_pandas(frame: Any, columns: Optional[Sequence[Any]], mask: Any, states: Any,
                items: Sequence[Mapping[str, Any]]) -> Prepared:
    if not frame.columns.is_unique:
        raise InvalidCall("two columns of the frame have the same name")
    # A number is a column's place where nobody named it, and not an item's name.
    names = [name for name in frame.columns if columns is not None or isinstance(name, str)]
    if not names and len(frame.columns) > 0:
        raise InvalidCall("the frame's columns have numbers and no names: say which are the items', in their order, with "
                          "columns=[...], or hand over frame.to_numpy()")
    arrays: List[Any] = []
    masks: List[Any] = []
    for name in choose(names, items, columns):
        if name is None:
            arrays.append(None)
            masks.append(None)
            continue
        series = frame[name]
        if isinstance(series.dtype, np.dtype):
            arrays.append(_column(series.to_numpy(), f"column {name}"))
            masks.append(None)
        elif getattr(series.dtype, "kind", "") in _numeric and getattr(series.dtype, "_is_numeric", False):
            absent = series.isna().to_numpy()
            arrays.append(series.to_numpy(dtype=np.float64, na_value=np.nan))
            masks.append(np.ascontiguousarray(absent).view(np.uint8) if absent.any() else None)
        else:
            raise InvalidCall(f"column {name} is of type {series.dtype}: answers are integers or floats")
    shape = (len(frame), len(items))
    if mask is not None:
        if any(one is not None for one in masks):
            raise InvalidCall("this frame says itself what is missing: leave mask out")
        masks = list(_bytes(mask, shape, "mask").T)
    said = None if states is None else list(_bytes(states, shape, "states").T)
    return Prepared(arrays, masks if any(one is not None for one in masks) else None, said, len(frame), frame.index)


def from_arrow(stream: Any, columns: Optional[Sequence[str]], items: Sequence[Mapping[str, Any]]) -> Prepared:
    table = _core.ArrowTable(stream)
    places: Dict[str, int] = {}
    for at, name in enumerate(table.names):
        if name in places:
            raise InvalidCall(f"two columns of the table are called {name!r}")
        places[name] = at
    chosen = [None if name is None else places[name] for name in choose(table.names, items, columns)]
    return Prepared(chosen, None, None, table.rows, None, table)


def from_lists(sheets: Sequence[Any], items: Sequence[Mapping[str, Any]]) -> Prepared:
    """Many sheets as lists or mappings: read one by one."""
    values = np.empty((len(sheets), len(items)), dtype=np.float64)
    states = np.empty((len(sheets), len(items)), dtype=np.uint8)
    for row, sheet in enumerate(sheets):
        try:
            values[row], states[row] = one_sheet(sheet, items)
        except (InvalidCall, BadInput) as why:
            raise type(why)(f"sheet {row + 1}: {why.message}", why.detail) from None
    return Prepared(values, None, states, len(sheets))


Sheets = Union["np.ndarray", Sequence[Any], Any]


def prepare(sheets: Sheets, columns: Optional[Sequence[Any]], mask: Any, states: Any,
            items: Sequence[Mapping[str, Any]]) -> Prepared:
    if type(sheets).__name__ == "LazyFrame":  # to ask it for its columns would be work already
        raise InvalidCall("a LazyFrame holds no answers yet: collect() it first")
    if isinstance(sheets, np.ndarray) and sheets.dtype.names is not None:
        raise InvalidCall("the array has named fields: hand over a frame, pandas.DataFrame(array)")
    if isinstance(sheets, np.ndarray):
        if columns is not None:
            raise InvalidCall("columns are for frames and tables: an array's are the items in their order")
        return from_array(sheets, mask, states, items)
    if hasattr(sheets, "columns") and hasattr(sheets, "index") and hasattr(sheets, "to_numpy"):
        return from_pandas(sheets, columns, mask, states, items)
    if type(sheets).__name__ == "Series":  # of polars
        raise InvalidCall("a Series is one column: hand over a frame, or one sheet as a list")
    if hasattr(sheets, "__arrow_c_stream__"):
        if mask is not None or states is not None:
            raise InvalidCall("a table says itself what is missing: its nulls. For masks and states hand over an array")
        return from_arrow(sheets.__arrow_c_stream__(), columns, items)
    if isinstance(sheets, (list, tuple)):
        if mask is not None or states is not None:
            return from_array(np.array(sheets, dtype=object), mask, states, items)
        return from_lists(sheets, items)
    if hasattr(sheets, "__array__"):
        return from_array(np.asarray(sheets), mask, states, items)
    raise InvalidCall(f"a {type(sheets).__name__} holds no answer sheets: hand over a list, an array, a frame or an Arrow table")
