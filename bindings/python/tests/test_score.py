# SPDX-License-Identifier: Apache-2.0
"""Scores from arrays are those of the C interface, bit for bit, whatever the array looks like."""
import math
import os

import numpy as np
import pytest

import alliance

rules = {"none": (1, 0), "definition": None, "prorate:0": (2, 0), "prorate:1": (2, 1), "prorate:2": (2, 2), "centre:2": (3, 2)}


def sheets_of(instrument, rows, missing, seed, bad=0.0):
    """Answers from the options, with NaN for missing ones, and some that are none of the options."""
    random = np.random.default_rng(seed)
    options = {one["id"]: one for one in instrument.definition["responses"]}
    columns = []
    for item in instrument.definition["items"]:
        response = options[item["response"]]
        allowed = [one["value"] for one in response["options"]] if response.get("options") else np.arange(
            response["min"], response["max"] + 1)
        columns.append(random.choice(np.asarray(allowed, dtype=float), rows))
    made = np.column_stack(columns)
    made[random.random(made.shape) < bad] = 77
    made[random.random(made.shape) < missing] = math.nan
    return made


def expected(c_interface, instrument, values, rule):
    states = np.where(np.isnan(values), alliance.SKIPPED, alliance.ANSWERED).astype(np.uint8)
    return c_interface.score(instrument.id, np.ascontiguousarray(np.nan_to_num(values)), states, len(instrument.scales), rules[rule])


def same(scores, wanted):
    values, states, answered, bands = wanted
    there = (states == alliance.SCORED) | (states == alliance.PRORATED)
    assert (scores.states == states).all()
    assert (scores.answered == answered).all()
    assert (scores.bands == bands).all()
    assert scores.values[there].tobytes() == values[there].tobytes()
    assert np.isnan(scores.values[~there]).all()


def answerable():
    with alliance.Host(plugins=["instruments"]) as host:
        for one in host.instruments():
            if not any(item.get("optional") for item in one["items"]) and not one.get("denied"):
                yield one["id"]


@pytest.mark.parametrize("rule", list(rules))
@pytest.mark.parametrize("instrument", list(answerable()))
@pytest.mark.filterwarnings("ignore::alliance.BadSheetWarning")
def test_every_instrument_scores_the_same_bits_as_the_c_interface(c_interface, instrument, rule):
    loaded = alliance.load(instrument)
    values = sheets_of(loaded, 400, 0.1, 7, bad=0.002)
    same(loaded.score(values, missing=rule), expected(c_interface, loaded, values, rule))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system does not say which processors a process has")
@pytest.mark.filterwarnings("ignore::alliance.BadSheetWarning")
def test_any_number_of_processors_scores_the_same_bits(c_interface):
    wai = alliance.load("wai-sr-c")
    values = sheets_of(wai, 200_003, 0.1, 11, bad=0.0001)
    mine = os.sched_getaffinity(0)
    several = wai.score(values, missing="prorate:2")
    same(several, expected(c_interface, wai, values, "prorate:2"))
    try:
        os.sched_setaffinity(0, {min(mine)})
        one = wai.score(values, missing="prorate:2")
    finally:
        os.sched_setaffinity(0, mine)
    for name in ("values", "states", "answered", "bands"):
        assert getattr(one, name).tobytes() == getattr(several, name).tobytes(), name
    assert len(several.bad) == len(one.bad) > 0


kinds = ["float64", "float32", "float16", "longdouble", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         ">f8", ">i4", object]


@pytest.mark.parametrize("kind", kinds)
def test_any_type_of_number_is_read(c_interface, kind):
    wai = alliance.load("wai-sr-c")
    floating = np.dtype(kind).kind in "fO"
    values = sheets_of(wai, 300, 0.1 if floating else 0.0, 3)
    same(wai.score(values.astype(kind), missing="prorate:1"), expected(c_interface, wai, values, "prorate:1"))


layouts = {
    "row by row": lambda a: a,
    "column by column": np.asfortranarray,
    "every other row": lambda a: np.repeat(a, 2, axis=0)[::2],
    "every other column": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    "turned round": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
    "within a larger array": lambda a: np.pad(a, 3)[3:-3, 3:-3],
    "not aligned": lambda a: np.frombuffer(b"x" + a.tobytes(), dtype=np.uint8)[1:].view(a.dtype).reshape(a.shape),
    "not to be written": lambda a: (a.setflags(write=False), a)[1],
}


@pytest.mark.parametrize("layout", list(layouts))
def test_any_layout_is_read_where_it_lies(c_interface, layout):
    wai = alliance.load("wai-sr-c")
    values = sheets_of(wai, 5000, 0.1, 5)
    wanted = expected(c_interface, wai, values, "prorate:1")
    same(wai.score(layouts[layout](values.copy()), missing="prorate:1"), wanted)


def test_the_array_is_not_changed_and_not_copied():
    wai = alliance.load("wai-sr-c")
    values = sheets_of(wai, 200_000, 0.1, 5)
    before = values.tobytes()
    import tracemalloc
    tracemalloc.start()
    scores = wai.score(values, missing="prorate:2")
    _, most = tracemalloc.get_traced_memory()  # NumPy's allocations are traced
    tracemalloc.stop()
    own = scores.values.nbytes + scores.states.nbytes + scores.answered.nbytes + scores.bands.nbytes
    assert values.tobytes() == before
    assert most < own + values.nbytes / 4


def test_memory_of_scores_is_used_again_only_when_nobody_has_them():
    wai = alliance.load("wai-sr-c")
    values = sheets_of(wai, 200_000, 0.1, 5)
    first = wai.score(values, missing="prorate:2")
    total, before = first["total"], first.values.copy()  # a view of a part keeps all of it
    del first
    second = wai.score(values[::-1], missing="prorate:2")
    assert total.tobytes() == before[:, 0].tobytes() and not np.shares_memory(total, second.values)
    assert second.values.tobytes() == before[::-1].tobytes()
    place = second.values.ctypes.data
    del second
    assert wai.score(values, missing="prorate:2").values.ctypes.data == place
    more = [wai.score(values, missing="prorate:2") for _ in range(12)]  # more than is kept
    assert len({one.values.ctypes.data for one in more}) == 12
    assert all(one.values.tobytes() == before.tobytes() for one in more)


def test_masks_states_and_masked_arrays_say_what_nan_says(c_interface):
    wai = alliance.load("wai-sr-c")
    values = sheets_of(wai, 3000, 0.1, 9)
    absent = np.isnan(values)
    wanted = expected(c_interface, wai, values, "prorate:2")
    whole = np.nan_to_num(values, nan=3).astype("int16")  # a value that is no sign of anything
    same(wai.score(whole, mask=absent, missing="prorate:2"), wanted)
    same(wai.score(whole[:, ::-1][:, ::-1], mask=np.asfortranarray(absent), missing="prorate:2"), wanted)
    same(wai.score(np.ma.MaskedArray(whole, absent), missing="prorate:2"), wanted)
    same(wai.score(whole, states=np.where(absent, alliance.SKIPPED, alliance.ANSWERED), missing="prorate:2"), wanted)
    for state in (alliance.NOT_APPLICABLE, alliance.REFUSED, alliance.NOT_PRESENTED):
        same(wai.score(whole, states=np.where(absent, state, alliance.ANSWERED), missing="prorate:2"), wanted)


@pytest.mark.parametrize("number", [-1, 0, 9, 99, 2.5, math.inf])
def test_a_number_is_never_taken_for_a_missing_answer(number):
    wai = alliance.load("wai-sr-c")
    values = np.full((3, 12), 3.0)
    values[1, 4] = number
    with pytest.warns(alliance.BadSheetWarning, match="1 of 3 sheets"):
        scores = wai.score(values, missing="prorate:12")
    assert list(scores.bad) == [1]
    assert np.isnan(scores["total"][1]) and list(scores["total"][[0, 2]]) == [36, 36]


def test_answered_nan_is_a_contradiction_and_not_a_guess():
    wai = alliance.load("wai-sr-c")
    values = np.full((2, 12), 3.0)
    values[0, 0] = math.nan
    with pytest.warns(alliance.BadSheetWarning):
        scores = wai.score(values, states=np.ones((2, 12), np.uint8), missing="prorate:2")
    assert list(scores.bad) == [0]


def test_one_sheet_as_list_mapping_or_array():
    gad = alliance.load("gad-7")
    for sheet in ([1, 1, 1, 2, 2, 0, 0], (1, 1, 1, 2, 2, 0, 0), np.array([1, 1, 1, 2, 2, 0, 0]),
                  dict(zip(gad.items, [1, 1, 1, 2, 2, 0, 0]))):
        score = gad.score(sheet)["total"]
        assert (score.value, score.state, score.answered) == (7, "scored", 7)
    assert gad.score([1, 1, 1, 2, 2, 0, None])["total"].state == "not scorable"
    assert math.isnan(gad.score([1, 1, 1, 2, 2, 0, "refused"])["total"].value)
    assert gad.score([2, 2, 2, 2, 2, 2, math.nan], missing="prorate:1")["total"].value == 14


def test_lists_of_sheets():
    gad = alliance.load("gad-7")
    scores = gad.score([[1] * 7, [None] + [3] * 6, dict.fromkeys(gad.items, 2)], missing="prorate:1")
    assert list(scores["total"]) == [7, 21, 14] and len(scores) == 3


def test_no_sheets_are_no_scores():
    wai = alliance.load("wai-sr-c")
    assert wai.score(np.empty((0, 12))).values.shape == (0, 4)


def test_a_definition_of_ones_own(tmp_path):
    definition = tmp_path / "mood.json"
    definition.write_text("""{
      "id": "mood-3", "version": "1.0.0", "title": "Mood, three questions", "perspective": "client", "target": "none",
      "responses": [{"id": "0-4", "min": 0, "max": 4}],
      "items": [{"id": "mood-1", "response": "0-4"}, {"id": "mood-2", "response": "0-4"}, {"id": "mood-3", "response": "0-4"}],
      "scales": [{"id": "total", "roles": ["mood.total"], "method": "sum", "items": ["mood-1", "mood-2", "mood-3"],
                  "min": 0, "max": 12, "direction": "higher_is_better"}],
      "licence": {"holder": "the authors of this test", "terms": "Apache-2.0", "text_may_ship": true,
                  "provenance": {"certainty": "own", "source": "made for this test"}},
      "keys_provenance": {"certainty": "own", "source": "made for this test"}, "not_validated": true,
      "vectors": [{"answers": [1, 2, 3], "expected": [{"scale": "total", "value": 6}], "source": "by hand"}]}""")
    (tmp_path / "notes.json").write_text("{}")  # what lies beside it is nobody's definition
    mood = alliance.load(definition)
    assert mood.score([1, 2, 3])["total"].value == 6
    assert mood.score(np.array([[4, 4, 4]]))["mood.total"][0] == 12


def test_a_definition_at_fault_is_refused_by_line_and_field(tmp_path):
    definition = tmp_path / "mood.json"
    definition.write_text('{"id": "mood-3",\n "version": "1.0.0"}')
    with pytest.raises(alliance.BadInput, match=r"mood\.json: .*line \d"):
        alliance.load(definition)
    with pytest.raises(alliance.BadInput, match="no definition"):
        alliance.load(tmp_path / "none.json")


def test_an_unverified_key_is_refused_until_it_was_looked_at():
    with pytest.raises(alliance.Denied):
        alliance.load("csq-8").score([1] * 8)
    assert alliance.load("csq-8", accept_unverified=True).score([1] * 8)["total"].state == "scored"


def test_scores_show_themselves():
    gad = alliance.load("gad-7")
    assert "<table>" in gad.score([1] * 7)._repr_html_()
    scores = gad.score(np.array([[0] * 7, [3] * 7]))
    assert "2 sheets" in scores._repr_html_()
    assert scores.summary()["total"]["mean"] == 10.5
    assert scores.band("total")[1] == "severe"
