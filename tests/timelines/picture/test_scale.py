from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timelines.picture.made import BEGIN, after, times, zones
from timelines import picture as t
from timelines.picture.scale import Scale, local, ticks, zone_sentence

BERLIN = ZoneInfo("Europe/Berlin")


def labels(start: datetime, end: datetime, zone=UTC, most: int = 12) -> list[str]:
    return [tick.label for tick in ticks(start.timestamp(), end.timestamp(), zone, most=most)]


@settings(max_examples=300, deadline=None)
@given(times, st.floats(2, 3e9), zones, st.integers(3, 16))
def test_ticks_are_few_inside_and_ascending(start, span, zone, most):
    begin = start.timestamp()
    found = ticks(begin, begin + span, zone, most=most)
    assert len(found) <= most + 2
    assert all(begin <= tick.at <= begin + span for tick in found)
    assert all(one.at < other.at for one, other in zip(found, found[1:], strict=False))


@settings(max_examples=200, deadline=None)
@given(times, st.floats(120, 86400 * 20), zones)
def test_ticks_of_a_clock_fall_on_round_local_times(start, span, zone):
    for tick in ticks(start.timestamp(), start.timestamp() + span, zone, most=10):
        if ":" in tick.label:
            assert local(tick.at, zone).strftime("%H:%M").startswith(tick.label[:5])
            assert local(tick.at, zone).second % 5 == 0


def test_three_minutes_are_told_in_seconds():
    assert labels(BEGIN, after(3), most=8)[:3] == ["13:40:00", "13:40:30", "13:41:00"]


def test_three_months_are_told_in_days_that_are_mondays():
    found = ticks(BEGIN.timestamp(), after(90 * 1440).timestamp(), BERLIN, most=14)
    assert found[0].label == "16 Mar"
    assert all(local(tick.at, BERLIN).weekday() == 0 for tick in found)
    assert all(local(tick.at, BERLIN).hour == 0 for tick in found)


def test_years_are_told_in_years():
    assert labels(datetime(2019, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))[:2] == ["2020", "2021"]


def test_the_hour_that_comes_twice_has_two_ticks_and_says_which_is_which():
    night = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert labels(night, night + timedelta(hours=6), BERLIN) == [
        "00:00",
        "01:00",
        "02:00",
        "02:00 CET",
        "03:00",
        "04:00",
        "05:00",
    ]


def test_the_hour_that_is_left_out_has_none():
    night = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert labels(night, night + timedelta(hours=4), BERLIN, most=6) == [
        "00:00",
        "01:00",
        "03:00 CEST",
        "04:00",
        "05:00",
    ]


def test_a_day_without_midnight_still_has_its_tick():
    cairo = ZoneInfo("Africa/Cairo")  # clocks went from 00:00 to 01:00 on 26 April 2024
    start = datetime(2024, 4, 24, tzinfo=UTC)
    assert "26 Apr" in labels(start, start + timedelta(days=6), cairo, most=8)


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        ("UTC", "Times in UTC"),
        ("Europe/Berlin", "Times in Europe/Berlin (CET, UTC+01:00)"),
        ("Asia/Kathmandu", "Times in Asia/Kathmandu (UTC+05:45)"),
        ("America/St_Johns", "Times in America/St_Johns (NDT, UTC−02:30)"),
    ],
)
def test_the_zone_is_written_out(zone, sentence):
    assert zone_sentence(BEGIN.timestamp(), after(60).timestamp(), ZoneInfo(zone)) == sentence


def test_a_change_of_clocks_inside_the_view_is_said():
    start = datetime(2026, 10, 1, tzinfo=UTC).timestamp()
    assert zone_sentence(start, start + 86400 * 60, BERLIN) == (
        "Times in Europe/Berlin (CEST, UTC+02:00; CET, UTC+01:00 from 25 October 02:00)"
    )


@given(times, st.floats(0, 3e9), st.sampled_from([360, 1120, 1600]))
def test_bins_are_whole_seconds_and_never_more_than_the_picture_can_show(start, span, width):
    size = t.bins(start, start + timedelta(seconds=min(span, 1e9)), width)
    assert isinstance(size, int)
    assert size >= 1
    assert min(span, 1e9) / size <= width / 3 + 1


def test_bins_of_two_hours_are_half_a_minute():
    assert t.bins(BEGIN, after(120)) == 30


def test_places_outside_the_view_are_held_at_its_edge():
    scale = Scale(100, 200, 10, 110)
    assert [scale.x(at) for at in (0, 100, 150, 200, 900)] == [10, 10, 60, 110, 110]


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        t.Picture(marks=[t.Mark(at=datetime(2026, 3, 10, 13, 40), lane=1)])
