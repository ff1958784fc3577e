"""No letter reaches anybody at night, on a day off or on a holiday of theirs, wherever they live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.calendars.decent import (
    Reader,
    is_decent,
    next_decent,
    working_day_before,
    working_days_later,
)

ZONES = ["Europe/Lisbon", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "Pacific/Apia", "Africa/Cairo",
         "Antarctica/Troll", "Australia/Lord_Howe", "Asia/Gaza", "UTC"]  # fmt: skip
LISBON = Reader("Europe/Lisbon", country="PT")
readers = st.builds(
    Reader,
    zone=st.sampled_from(ZONES),
    days=st.lists(
        st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, unique=True
    ).map(tuple),
    country=st.sampled_from(["", "PT", "NP", "US-CA", "nowhere"]),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


def lisbon(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Lisbon"))


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        ("2026-03-26T11:30", "2026-03-26T11:30"),  # a Thursday at work
        ("2026-03-26T03:40", "2026-03-26T09:00"),
        ("2026-03-26T18:00", "2026-03-27T09:00"),
        ("2026-03-27T22:10", "2026-03-30T09:00"),  # over the weekend in which the clock goes forward
        ("2026-04-02T20:00", "2026-04-06T09:00"),  # Good Friday
    ],
)
def test_a_letter_waits_for_the_morning(at, goes):
    assert next_decent(lisbon(at), LISBON) == lisbon(goes)


def test_working_days_are_those_of_the_person():
    part_time = Reader.working("Europe/Lisbon", {"tue": [["09:00", "13:00"]], "fri": []})
    assert next_decent(lisbon("2026-03-26T11:00"), part_time) == lisbon("2026-03-31T09:00")
    assert Reader.working("Europe/Lisbon", {}).days == ("mon", "tue", "wed", "thu", "fri")
    assert Reader.working("Europe/Lisbon", None) == Reader("Europe/Lisbon")


def test_the_day_before_is_the_last_day_of_work_before():
    assert working_day_before(lisbon("2026-03-30T10:00"), LISBON) == (
        lisbon("2026-03-27T09:00"),
        lisbon("2026-03-27T18:00"),
    )
    assert working_day_before(lisbon("2026-04-06T10:00"), LISBON)[0] == lisbon("2026-04-02T09:00")


def test_two_working_days_later():
    assert working_days_later(lisbon("2026-03-26T10:20"), 2, LISBON) == lisbon("2026-03-30T10:20")
    assert working_days_later(lisbon("2026-03-31T15:00"), 2, LISBON) == lisbon("2026-04-02T15:00")
    assert working_days_later(lisbon("2026-04-01T20:00"), 2, LISBON) == lisbon("2026-04-07T09:00")


@settings(deadline=None)  # the first look at a country's holidays takes a while
@given(moments, readers)
def test_a_letter_always_goes_at_a_decent_hour_and_as_early_as_it_may(at, reader):
    goes = next_decent(at, reader)
    local = goes.astimezone(reader.tz)
    assert at <= goes < at + timedelta(days=15)
    assert 9 <= local.hour < 18
    assert reader.works_on(local.date())
    assert is_decent(goes, reader)
    assert next_decent(goes, reader) == goes
    assert goes == at or not any(is_decent(at + (goes - at) * part / 24, reader) for part in range(24)), (
        "an earlier moment would have been decent"
    )


@settings(deadline=None)  # the first look at a country's holidays takes a while
@given(moments, readers)
def test_the_working_day_before_is_over_before_the_day(at, reader):
    begin, end = working_day_before(at, reader)
    assert is_decent(begin, reader)
    assert begin < end
    assert end.astimezone(reader.tz).date() < at.astimezone(reader.tz).date()


@settings(deadline=None)  # the first look at a country's holidays takes a while
@given(readers)
def test_a_reader_survives_being_kept(reader):
    assert Reader.from_json(reader.as_json()) == reader


@pytest.mark.parametrize("kept", [{}, {"zone": "Nowhere/Land", "days": [], "country": None}])
def test_what_is_not_known_is_no_reason_not_to_write(kept):
    assert Reader.from_json(kept).tz == ZoneInfo("UTC")
    assert next_decent(lisbon("2026-03-28T11:00"), Reader.from_json(kept)) == datetime(
        2026, 3, 30, 9, tzinfo=UTC
    )


def test_a_calendar_of_nothing_but_days_off_does_not_keep_a_letter_for_ever():
    never = Reader("UTC", days=("someday",))
    at = datetime(2026, 3, 28, 3, tzinfo=UTC)
    assert next_decent(at, never) == at
    assert working_day_before(at, never)[1] < at
