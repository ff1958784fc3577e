"""What an incident cost: hand-made figures, and rules that hold for any series."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timelines.story.budget import NoShare, crossings, spend

T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
shares = st.one_of(st.none(), st.floats(0, 1), st.just(float("nan")))


def samples(values, apart: float = 1):
    return [(T0 + MINUTE * apart * place, value) for place, value in enumerate(values)]


def spent(values, *, meaning="good", objective=0.999, begin=T0, end=None, **fields):
    return spend(
        samples(values), step=MINUTE, begin=begin, end=end or T0 + MINUTE * len(values), meaning=meaning, objective=objective,
        window=timedelta(days=28), **fields,
    )  # fmt: skip


def test_ten_minutes_of_full_outage_are_a_quarter_of_three_nines_over_four_weeks():
    found = spent([0.0] * 10)
    assert found.spent == timedelta(minutes=10)
    assert found.budget == pytest.approx(timedelta(minutes=40.32), abs=timedelta(milliseconds=1))
    assert found.share == pytest.approx(10 / 40.32)
    assert found.burn_rate == pytest.approx(1000)
    assert found.left(0.5) == pytest.approx(0.5 - 10 / 40.32)
    assert found.left(None) is None


def test_half_of_the_requests_bad_cost_half_of_the_time():
    assert spent([0.5] * 10).spent == spent([0.5] * 10, meaning="bad").spent == timedelta(minutes=5)


def test_only_the_incident_counts():
    begin, end = T0 + MINUTE * 2.5, T0 + MINUTE * 4
    assert spent([0.0] * 10, begin=begin, end=end).spent == MINUTE * 1.5


def test_what_was_not_measured_is_neither_good_nor_bad():
    found = spent([0.0, None, float("nan"), 0.0])
    assert (found.spent, found.measured, found.missing) == (MINUTE * 2, MINUTE * 2, MINUTE * 2)


def test_a_hole_in_the_series_is_not_filled_by_the_sample_before_it():
    holed = [(T0, 0.0), (T0 + MINUTE * 30, 0.0)]
    found = spend(
        holed, step=MINUTE, begin=T0, end=T0 + MINUTE * 31, meaning="good", objective=0.99, window=timedelta(days=28)
    )  # fmt: skip
    assert found.spent == MINUTE * 2


def test_a_latency_above_its_threshold_is_bad():
    assert spent([0.2, 0.31, 0.3, 4.0], meaning="at_most", threshold=0.3).spent == MINUTE * 2
    assert spent([10, 5, 2], meaning="at_least", threshold=5).spent == MINUTE


def test_percent_where_shares_are_wanted_is_said():
    with pytest.raises(NoShare, match="percent"):
        spent([99.5])


def test_crossings_are_told_both_ways():
    found = crossings(samples([1.0, 0.9, None, 0.8, 1.0]), meaning="good", objective=0.99)
    assert found == [(T0 + MINUTE, False), (T0 + MINUTE * 4, True)]


@given(st.lists(shares, max_size=40), st.lists(shares, max_size=40))
def test_stretches_add_up_and_nothing_is_beyond_the_clock(one, two):
    """What a night cost is what its hours cost together; no minute costs more than a minute."""
    values = one + two
    middle, end = T0 + MINUTE * len(one), T0 + MINUTE * len(values)
    whole = spent(values, end=end)
    parts = [spent(values, end=middle), spent(values, begin=middle, end=end)]
    close = timedelta(milliseconds=1)
    assert abs(whole.spent - sum((part.spent for part in parts), timedelta())) < close
    assert timedelta() <= whole.spent <= whole.measured + close
    assert abs(whole.measured + whole.missing - (end - T0)) < close
