"""Silences as questions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from timelines.merging.gaps import LEAST, Gap, question, silent, unasked

T0 = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def gap(begin: int, end: int) -> Gap:
    return Gap(T0 + timedelta(minutes=begin), T0 + timedelta(minutes=end))


def test_a_gap_is_asked_about_in_the_zone_of_the_incident():
    assert question(gap(31, 58), ZoneInfo("Europe/Paris")) == (
        "What were you doing between 02:31 and 02:58? Nothing human is on record."
    )
    assert "between 23:31 on 9 March and 00:31 on 10 March" in question(gap(-89, -29), ZoneInfo("UTC"))


@given(st.lists(st.integers(-60, 300)), st.integers(0, 240))
def test_gaps_lie_inside_are_long_enough_and_hold_nobody(minutes, length):
    begin, end = T0, T0 + timedelta(minutes=length)
    moments = [T0 + timedelta(minutes=minute) for minute in minutes]
    found = silent(moments, begin, end)
    assert found == silent(reversed(moments), begin, end)
    for one in found:
        assert begin <= one.begin < one.end <= end
        assert one.length >= LEAST
        assert not any(one.begin < at < one.end for at in moments)
    if length >= 15 and not [at for at in moments if begin <= at <= end]:
        assert found == [Gap(begin, end)]


def test_what_was_asked_is_not_offered_again_also_when_evidence_came_in_between():
    assert unasked([gap(0, 30), gap(60, 90)], [(gap(0, 30).begin, gap(0, 30).end)]) == [gap(60, 90)]
    assert unasked([gap(0, 16)], [(T0, T0 + timedelta(minutes=40))]) == []
    assert unasked([gap(0, 40)], [(T0 + timedelta(minutes=35), T0 + timedelta(minutes=80))]) == [gap(0, 40)]
