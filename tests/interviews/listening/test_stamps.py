"""A line that begins with a time knows its instant, or says what it has to be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.listening import page, stamps
from postmortems.interviews.listening.stamps import Span, read, settled

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Span(
    BERLIN, datetime(2026, 3, 26, 22, 30, tzinfo=UTC), datetime(2026, 3, 27, 3, 0, tzinfo=UTC)
)  # from 23:30 to 04:00


def one(line: str, span: Span = NIGHT):
    found = read(line, span)
    return found[0] if found else None


def utc(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "earliest", "latest"),
    [
        ("@02:14 the graph dropped", utc(27, 1, 14), None),
        ("@2:14 the graph dropped", utc(27, 1, 14), None),
        ("@2:14am the graph dropped", utc(27, 1, 14), None),
        ("@11:40pm first sign", utc(26, 22, 40), None),
        ("@23:40: first sign", utc(26, 22, 40), None),
        ("@02:14:30 the graph dropped", utc(27, 1, 14, 30), None),
        ("  - @02:14 in a list", utc(27, 1, 14), None),
        ("@~02:10 about then", utc(27, 1, 5), utc(27, 1, 15)),
        ("@02:14-02:20 a stretch", utc(27, 1, 14), utc(27, 1, 20)),
        ("@02:14 – 02:20 a stretch", utc(27, 1, 14), utc(27, 1, 20)),
        ("@23:58-00:05 over midnight", utc(26, 22, 58), utc(26, 23, 5)),
        ("@~23:58-00:05 over midnight", utc(26, 22, 53), utc(26, 23, 10)),
        ("@2026-03-26 02:14 the night before", utc(26, 1, 14), None),
        ("@2026-03-26T02:14 the night before", utc(26, 1, 14), None),
        ("@2026-03-26 23:50-2026-03-27 00:10 both days", utc(26, 22, 50), utc(26, 23, 10)),
        ("@2026-03-27 02:14 UTC+05:30 told from Pune", utc(26, 20, 44), None),
        ("@05:30 after the end, the same night", utc(27, 4, 30), None),
        ("@22:00 before it began, the same night", utc(26, 21), None),
    ],
)
def test_times(line, earliest, latest):
    stamp = one(line)
    assert (stamp.earliest, stamp.latest, stamp.trouble) == (earliest, latest, "")
    assert stamp.text in line


@pytest.mark.parametrize(
    "line",
    ["@ian said so", "02:14 without a sign", "mail ian@02:14 x", "@25:00 x", "@02:60 x", "@02:144 x", "@02:14", "@02:14   ", "@", "@02 x"],
)  # fmt: skip
def test_what_is_no_stamp(line):
    assert one(line) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [("@02:14 x", "at 02:14"), ("@~02:10 x", "around 02:10"), ("@02:14-02:20 x", "02:14 to 02:20")],
)
def test_how_the_time_is_told(line, said):
    assert one(line).about == said


def test_a_time_of_several_days_is_asked_for():
    long = Span(BERLIN, utc(24, 20), utc(27, 9))
    stamp = one("@02:30 it began again", long)
    assert stamp.earliest is None
    assert stamp.trouble == "Which day was it?"
    assert stamp.choices == ("@2026-03-25 02:30", "@2026-03-26 02:30", "@2026-03-27 02:30")
    for choice in stamp.choices:
        body = settled("first\n@02:30 it began again", 1, "@02:30", choice)
        assert read(body, long)[0].earliest is not None
        assert body == f"first\n{choice} it began again"


def test_a_time_far_from_the_incident_is_asked_for():
    stamp = one("@14:00 the day it was planned")
    assert stamp.earliest is None
    assert stamp.choices == ("@2026-03-26 14:00", "@2026-03-27 14:00")


def test_without_the_times_of_the_incident_the_day_is_asked_for():
    assert one("@02:14 x", Span(BERLIN)).trouble == "Which day was it?"
    assert one("@2026-03-27 02:14 x", Span(BERLIN)).earliest == utc(27, 1, 14)


def test_an_hour_that_the_clock_showed_twice_is_asked_for():
    autumn = Span(BERLIN, datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 5, tzinfo=UTC))
    stamp = one("@~02:30 which one", autumn)
    assert stamp.choices == ("@~2026-10-25 02:30 UTC+02:00", "@~2026-10-25 02:30 UTC+01:00")
    first, second = (one(f"{choice} which one", autumn) for choice in stamp.choices)
    assert second.earliest - first.earliest == timedelta(hours=1)


def test_an_hour_that_the_clock_jumped_over_never_was():
    assert "put forward" in one("@2026-03-29 02:30 x").trouble
    assert one("@2026-02-31 02:30 x").trouble == "There is no such day."


def test_a_line_that_changed_is_not_settled():
    assert settled("@02:30 x", 0, "@02:31", "@2026-03-27 02:31") is None
    assert settled("@02:30 x", 7, "@02:30", "@2026-03-27 02:30") is None
    assert settled("x", 0, "@02:30", "@2026-03-27 02:30") is None


@given(st.text(alphabet="@~0123456789:- \nabTZUCpm+./é–", max_size=80))
def test_any_text_is_read(text):
    for stamp in read(text, NIGHT):
        assert (stamp.earliest is None) == bool(stamp.trouble)
        assert stamp.latest is None or stamp.earliest <= stamp.latest
        assert stamp.text
        assert len(stamp.mark) <= 40
        for choice in stamp.choices:
            assert settled(text, stamp.line, stamp.mark, choice) is not None


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30), timezones=st.just(UTC)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC", "America/St_Johns"]),
    st.integers(0, 4000),
)  # fmt: skip
def test_the_stamp_of_a_cue_is_read_back_as_its_minute(at, zone, minutes):
    span = Span(ZoneInfo(zone), at - timedelta(minutes=minutes), at + timedelta(minutes=minutes // 3))
    mark = page.mark(at, span)
    assert stamps.read(f"{mark} x", span)[0].earliest == at.replace(second=0, microsecond=0)


def test_so_many_lines_are_read_and_no_more():
    assert len(read("@02:14 x\n" * 1000, NIGHT)) == stamps.MOST
