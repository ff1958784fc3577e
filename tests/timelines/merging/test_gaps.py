"""Silences as questions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from timelines.merging.gaps import Gap, question, unasked

T0 = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def gap(begin: int, end: int) -> Gap:
    return Gap(T0 + timedelta(minutes=begin), T0 + timedelta(minutes=end))


def test_a_gap_is_asked_about_in_the_zone_of_the_incident():
    assert question(gap(31, 58), ZoneInfo("Europe/Paris")) == (
        "What were you doing between 02:31 and 02:58? Nothing human is on record."
    )
    assert "between 23:31 on 9 March and 00:31 on 10 March" in question(gap(-89, -29), ZoneInfo("UTC"))


def test_what_was_asked_is_not_offered_again_also_when_evidence_came_in_between():
    assert unasked([gap(0, 30), gap(60, 90)], [(gap(0, 30).begin, gap(0, 30).end)]) == [gap(60, 90)]
    assert unasked([gap(0, 16)], [(T0, T0 + timedelta(minutes=40))]) == []
    assert unasked([gap(0, 40)], [(T0 + timedelta(minutes=35), T0 + timedelta(minutes=80))]) == [gap(0, 40)]
