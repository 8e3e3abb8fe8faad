# SPDX-License-Identifier: Apache-2.0
"""The plots show what is in the data, and refuse what cannot be drawn truly."""
import datetime

import numpy as np
import pytest

import alliance
from test_host import answers, begin, day, opened, practitioner

pyplot = pytest.importorskip("matplotlib.pyplot")
plots = pytest.importorskip("alliance.plots")


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    with alliance.Host(tmp_path_factory.mktemp("plots") / "log.db", tenant="test", safety_contact="duty-desk", now=opened) as host:
        host.run().record_many(begin())
        pulse = host.instrument("alliance-pulse-practitioner").items
        for session in range(1, 7):
            at = opened + day + (session - 1) * 7 * day
            host.record("SessionHeld", "c1", at, session=session, minutes=50)
            level = 2 if session == 4 else 5
            host.record(answers("c1", at + datetime.timedelta(hours=1), [level] * 12, instrument="wai-sr-c"))
            for rater, instrument in (("client", "alliance-pulse-client"), ("practitioner", "alliance-pulse-practitioner")):
                host.record("AnswersGiven", "c1", at + datetime.timedelta(hours=2), instrument=instrument, rater=rater,
                            answers=[{"item": item, "value": 3} for item in pulse])
        host.advance(opened + 50 * day)
        yield host.review("c1", practitioner)


def test_the_alliance_by_session_with_its_signals(review):
    ax = plots.alliance(review)
    line = ax.get_lines()[0]
    assert list(line.get_xdata()) == [1, 2, 3, 4, 5, 6] and list(line.get_ydata()) == [60, 60, 60, 24, 60, 60]
    drawn = [one.get_text() for one in ax.texts]
    signals = [one["signal"] for one in review["course"]["signals"] if one["signal"]["role"] == "alliance.total"]
    assert len(drawn) == len(signals)
    with pytest.raises(alliance.NotFound, match="alliance.nothing"):
        plots.alliance(review, "alliance.nothing")
    pyplot.close("all")


def test_a_pair_and_its_difference(review):
    ax = plots.pair(review, "alliance.pulse")
    assert "6 sessions with both" in ax.get_title() and len(ax.get_lines()) == 2
    with pytest.raises(alliance.NotFound, match="practitioner"):
        plots.pair(review, "alliance.total")
    pyplot.close("all")


def test_reliable_change_counts_each_client_once_and_wants_a_source():
    ax = plots.reliable_change([20, 20, 20, np.nan], [10, 18, 27, 3], 6, source="made for this test")
    assert [one.get_text() for one in ax.get_legend().get_texts()[:3]] == ["improved: 1", "no reliable change: 1", "worse: 1"]
    assert "1 without both" in ax.get_title()
    with pytest.raises(alliance.InvalidCall, match="source"):
        plots.reliable_change([1], [2], 6, source="")
    pyplot.close("all")


def test_time_against_plan_and_the_factor_review(review):
    ax = plots.time(review)
    used = sum(bar.get_width() for bar in ax.containers[2])
    assert used == review["course"]["account"]["used"] == 300
    texts = [one.get_text() for one in plots.factor_review(review).texts]
    assert sum(one.startswith(("F", "B")) for one in texts) >= 8
    pyplot.close("all")
