# SPDX-License-Identifier: Apache-2.0
"""pandas, polars and Arrow: columns by name, missing as each of them has it."""
import numpy as np
import pytest

import alliance
from test_score import expected, same, sheets_of

wai = alliance.load("wai-sr-c")
values = sheets_of(wai, 2000, 0.1, 11)


@pytest.fixture
def wanted(c_interface):
    return expected(c_interface, wai, values, "prorate:2")


def test_pandas(wanted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(values, columns=wai.items, index=np.arange(2000) * 3)
    same(wai.score(frame, missing="prorate:2"), wanted)
    mixed = frame[wai.items[::-1]].copy()  # another order, other columns, every kind of column
    mixed.insert(0, "client", "x")
    mixed["1"] = mixed["1"].astype("Int8")
    mixed["2"] = mixed["2"].astype("Float64")
    mixed["3"] = mixed["3"].astype(object).where(mixed["3"].notna(), None)
    mixed["4"] = mixed["4"].astype("float32")
    scores = wai.score(mixed, missing="prorate:2")
    same(scores, wanted)
    made = scores.to_pandas()
    assert list(made.index[:3]) == [0, 3, 6] and "total_state" in made
    renamed = frame.set_axis([f"wai_{item}" for item in wai.items], axis=1)
    same(wai.score(renamed, columns=list(renamed.columns), missing="prorate:2"), wanted)
    same(wai.score(frame.fillna(1).astype(int), mask=frame.isna().to_numpy(), missing="prorate:2"), wanted)


def test_what_pandas_cannot_mean():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(values, columns=wai.items)
    with pytest.raises(alliance.InvalidCall, match="no column '12'"):
        wai.score(frame.drop(columns="12"))
    with pytest.raises(alliance.InvalidCall, match="column 5 is of type"):
        wai.score(frame.assign(**{"5": "a"}).astype({"5": "category"}))
    with pytest.raises(alliance.Error, match="column 5"):
        wai.score(frame.assign(**{"5": "a"}))
    with pytest.raises(alliance.Error, match="column 5"):
        wai.score(frame.assign(**{"5": True}))


def test_numbers_of_columns_are_no_names():
    """GAD-7's items are called 1 to 7: eight columns numbered from 0 would be read one place late."""
    pandas = pytest.importorskip("pandas")
    gad = alliance.load("gad-7")
    rows = [[3, 0, 0, 0, 0, 0, 0, 1]]
    for labels in (range(8), range(1, 9)):
        with pytest.raises(alliance.InvalidCall, match="have numbers and no names"):
            gad.score(pandas.DataFrame(rows, columns=labels))
    assert gad.score(pandas.DataFrame(rows), columns=range(7))["total"][0] == 3


def test_a_row_of_a_frame_is_one_sheet():
    pandas = pytest.importorskip("pandas")
    gad = alliance.load("gad-7")
    frame = pandas.DataFrame([[1, 1, 1, 2, 2, 0, 0]], columns=gad.items).assign(client="x")
    assert gad.score(frame.iloc[0])["total"].value == 7
    assert gad.score(frame[gad.items[::-1]].astype("Int64").iloc[0])["total"].value == 7
    assert gad.score(pandas.Series([1, 1, 1, 2, 2, 0, 0]))["total"].value == 7  # numbered, so in their order
    with pytest.raises(alliance.InvalidCall, match="8 answers were given for 7 items"):
        gad.score(pandas.Series([1, 1, 1, 2, 2, 0, 0, 3]))  # whose names 1 to 7 say nothing
    with pytest.raises(alliance.InvalidCall, match="item '7' is not there"):
        gad.score(frame.drop(columns=["7"]).iloc[0])


def test_what_is_no_frame_of_answers_is_refused_with_the_mend():
    gad = alliance.load("gad-7")
    named = np.zeros(3, dtype=[(item, "i4") for item in gad.items])
    with pytest.raises(alliance.InvalidCall, match=r"pandas\.DataFrame\(array\)"):
        gad.score(named)
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({item: [1, 2] for item in gad.items})
    with pytest.raises(alliance.InvalidCall, match="collect"):
        gad.score(frame.lazy())
    with pytest.raises(alliance.InvalidCall, match="one sheet as a list"):
        gad.score(frame["1"])


def test_polars(wanted):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({item: values[:, at] for at, item in enumerate(wai.items)}).fill_nan(None)
    scores = wai.score(frame, missing="prorate:2")
    same(scores, wanted)
    whole = frame.cast({wai.items[0]: polars.Int8, wai.items[1]: polars.UInt32, wai.items[2]: polars.Float32})
    same(wai.score(whole.slice(0), missing="prorate:2"), wanted)
    assert scores.to_polars()["total"].null_count() == int(np.isnan(scores["total"]).sum())


def test_arrow_in_chunks_and_slices(wanted):
    pyarrow = pytest.importorskip("pyarrow")
    kinds = [pyarrow.int8(), pyarrow.uint8(), pyarrow.int16(), pyarrow.uint16(), pyarrow.int32(), pyarrow.uint32(), pyarrow.int64(),
             pyarrow.uint64(), pyarrow.float16(), pyarrow.float32(), pyarrow.float64(), pyarrow.int8()]
    columns = {"other": pyarrow.array(["x"] * 2000)}
    for at, item in enumerate(wai.items):
        absent = np.isnan(values[:, at])
        column = np.nan_to_num(values[:, at], nan=1)
        columns[item] = pyarrow.array(column.astype(kinds[at].to_pandas_dtype()), type=kinds[at], mask=absent)
    table = pyarrow.table(columns)
    same(wai.score(table, missing="prorate:2"), wanted)
    pieces = pyarrow.concat_tables([table.slice(0, 3), table.slice(3, 1000), table.slice(1003)])
    scores = wai.score(pieces, missing="prorate:2")
    same(scores, wanted)
    assert scores.to_arrow()["total"].null_count == int(np.isnan(scores["total"]).sum())
    with pytest.raises(alliance.InvalidCall, match="type 'u'"):
        wai.score(table.set_column(1, "1", pyarrow.array(["a"] * 2000)))
    with pytest.raises(alliance.InvalidCall, match="two columns"):
        wai.score(table.append_column("1", table["2"]))


def test_arrow_nulls_alone_and_empty_tables():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({item: pyarrow.nulls(2) if item == "3" else pyarrow.array([3, 4]) for item in wai.items})
    assert list(wai.score(table, missing="prorate:1")["total"]) == [36, 48]
    assert wai.score(table.slice(0, 0)).values.shape == (0, 4)
