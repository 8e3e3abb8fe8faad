# SPDX-License-Identifier: Apache-2.0
"""What is wrong is an exception that names place and mend, with the status of the C interface."""
import numpy as np
import pytest

import alliance


@pytest.mark.parametrize("kind, status, also", [
    (alliance.InvalidCall, 1, ValueError), (alliance.BadInput, 2, ValueError), (alliance.NotFound, 3, LookupError),
    (alliance.Unsupported, 4, NotImplementedError), (alliance.WrongState, 6, RuntimeError), (alliance.Denied, 7, PermissionError),
    (alliance.InputOutput, 9, OSError), (alliance.TimedOut, 10, TimeoutError)])
def test_each_status_has_its_exception(kind, status, also):
    assert kind.status == status and issubclass(kind, also) and issubclass(kind, alliance.Error)


def test_an_instrument_that_is_not_there():
    with pytest.raises(alliance.NotFound) as caught:
        alliance.load("phq-99")
    assert caught.value.status == 3 and caught.value.name == "not found" and "phq-99" in caught.value.message


def test_a_bad_answer_names_the_item_and_keeps_the_value_apart():
    with pytest.raises(alliance.BadInput) as caught:
        alliance.load("gad-7").score([0, 0, 0, 0, 0, 0, 9])
    assert "item 7" in str(caught.value) and "9" not in str(caught.value) and caught.value.detail == "9"


@pytest.mark.parametrize("what, words", [
    ([1, 2], "2 answers were given for 7 items"),
    (np.zeros((2, 6)), "6 columns"),
    (np.zeros((2, 7, 1)), "3 dimensions"),
    (np.zeros((2, 7), bool), "bool"),
    (np.zeros((2, 7), complex), "complex"),
    (np.array([["1"] * 7]), "<U1"),
    (np.array([[True] * 7], dtype=object), "a bool"),
    ([["1"] * 7], "a str"),
    ({"1": 1}, "item '2' is not there"),
    ({"8": 1}, "no item '8'"),
    (3, "holds no answer sheets"),
    ([[1] * 7, [1] * 6], "sheet 2"),
])
def test_what_is_no_sheet_is_refused_by_name(what, words):
    with pytest.raises((alliance.InvalidCall, alliance.BadInput), match=words):
        alliance.load("gad-7").score(what)


@pytest.mark.parametrize("rule", ["prorate", "prorate:x", "prorate:-1", "half", "", None, "centre:99999"])
def test_a_rule_that_nobody_knows(rule):
    with pytest.raises(alliance.InvalidCall, match="prorate:N"):
        alliance.load("gad-7").score([0] * 7, missing=rule)


@pytest.mark.parametrize("marks", [{"mask": np.zeros((2, 6), bool)}, {"mask": np.zeros((2, 7), int)},
                                   {"states": np.zeros((2, 7), int)}, {"states": np.full((2, 7), 6)}, {"states": np.ones((2, 7))}])
def test_marks_of_another_shape_or_kind(marks):
    with pytest.raises(alliance.InvalidCall):
        alliance.load("gad-7").score(np.zeros((2, 7)), **marks)


def test_a_closed_host_says_so():
    host = alliance.Host()
    gad = host.instrument("gad-7")
    host.close()
    host.close()
    with pytest.raises(alliance.WrongState, match="closed"):
        gad.score([0] * 7)
    with pytest.raises(alliance.WrongState):
        host.plugins()


def test_a_plugin_that_is_not_there():
    with pytest.raises(alliance.NotFound, match="instruments"):
        alliance.Host(plugins=["instrumentz"])
    with pytest.raises(alliance.Error):
        alliance.Host(plugins=["/nowhere/x.alliance.json"])


def test_own_symbols_are_hidden():
    import shutil
    import subprocess

    from alliance import _core
    if shutil.which("nm") is None:
        pytest.skip("nm is not there")
    shown = subprocess.run(["nm", "-D", "--defined-only", _core.__file__], capture_output=True, text=True, check=True).stdout
    assert [line.split()[-1] for line in shown.splitlines()] == ["PyInit__core"]
