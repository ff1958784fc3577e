"""Working hours as stretches of real time, checked minute by minute against the clock on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.calendars.hours import (
    DEFAULT_HOURS,
    WEEKDAYS,
    HoursError,
    ZoneError,
    in_words,
    joined,
    lies_within,
    on_date,
    parse_clock,
    parse_hours,
    working_intervals,
    zone_called,
)

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/St_Johns", date(2026, 3, 8)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a date that Samoa left out
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(CHANGES), st.integers(0, 96), st.integers(0, 96))
def test_an_instant_counts_when_the_wall_clock_shows_a_time_within_the_hours(change, one, two):
    (name, day), (begin, end) = change, sorted((one * 15, two * 15))
    zone = ZoneInfo(name)
    stretches = on_date(zone, day, begin, end)
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=26)
    for number in range(0, 80 * 60, 5):
        at = first + timedelta(minutes=number)
        local = at.astimezone(zone)
        shown = local.date() == day and begin <= local.hour * 60 + local.minute < end
        assert any(since <= at < until for since, until in stretches) == shown


def test_a_working_day_is_as_long_as_the_clock_makes_it():
    berlin = ZoneInfo("Europe/Berlin")
    (spring,) = on_date(berlin, date(2026, 3, 29), 0, 24 * 60)
    (autumn,) = on_date(berlin, date(2026, 10, 25), 0, 24 * 60)
    assert spring[1] - spring[0] == timedelta(hours=23)
    assert autumn[1] - autumn[0] == timedelta(hours=25)


def test_the_usual_week_has_a_lunch_break_and_no_weekend():
    intervals = working_intervals(
        parse_hours(DEFAULT_HOURS),
        ZoneInfo("Europe/Lisbon"),
        utc("2026-03-27T00:00"),
        utc("2026-03-31T00:00"),
    )
    assert intervals == [
        (utc("2026-03-27T09:00"), utc("2026-03-27T12:30")),
        (utc("2026-03-27T13:30"), utc("2026-03-27T17:30")),
        (utc("2026-03-30T08:00"), utc("2026-03-30T11:30")),  # summer time began on Sunday
        (utc("2026-03-30T12:30"), utc("2026-03-30T16:30")),
    ]


def test_holidays_are_local_dates():
    hours = dict.fromkeys(("mon", "tue", "wed"), ((0, 1440),))
    auckland = ZoneInfo("Pacific/Auckland")
    intervals = working_intervals(
        hours, auckland, utc("2026-06-01T00:00"), utc("2026-06-02T12:00"), {date(2026, 6, 2)}
    )
    assert intervals == [(utc("2026-05-31T12:00"), utc("2026-06-01T12:00"))]


def test_touching_intervals_stay_apart_until_joined():
    hours = parse_hours({"mon": [["09:00", "12:00"], ["12:00", "17:00"]]})
    intervals = working_intervals(hours, ZoneInfo("UTC"), utc("2026-06-01T00:00"), utc("2026-06-02T00:00"))
    over_noon = utc("2026-06-01T11:30"), utc("2026-06-01T12:30")
    assert not lies_within(*over_noon, intervals)
    assert lies_within(*over_noon, joined(intervals))


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("09:30", 570), ("24:00", 1440)])
def test_clock_times(text, minutes):
    assert parse_clock(text) == minutes


@pytest.mark.parametrize("text", ["9:00", "24:01", "25:00", "09:60", "0900", "", None, 9, "٠٩:٠٠", "09:00\n"])
def test_what_is_no_clock_time(text):
    with pytest.raises(HoursError, match="no time of day"):
        parse_clock(text)


@pytest.mark.parametrize(
    "hours",
    [
        [],
        {"monday": []},
        {"mon": "09:00"},
        {"mon": [["09:00"]]},
        {"mon": [["09:00", "12:00", "13:00"]]},
        {"mon": [["17:00", "09:00"]]},
        {"mon": [[9, 17]]},
    ],
)
def test_what_are_no_hours(hours):
    with pytest.raises(HoursError):
        parse_hours(hours)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "Europe", "\0"])
def test_what_is_no_zone(name):
    with pytest.raises(ZoneError):
        zone_called(name)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (DEFAULT_HOURS, "Monday to Friday 09:00–12:30, 13:30–17:30"),
        ({"mon": [["09:00", "12:00"]], "tue": [["09:00", "12:00"]]}, "Monday and Tuesday 09:00–12:00"),
        ({"mon": [["09:00", "12:00"]], "wed": [["09:00", "12:00"]]}, "Monday 09:00–12:00; Wednesday 09:00–12:00"),
        (dict.fromkeys(WEEKDAYS, [["22:00", "24:00"]]), "every day 22:00–24:00"),
        ({}, ""),
    ],
)  # fmt: skip
def test_hours_in_words(hours, words):
    assert in_words(hours) == words
