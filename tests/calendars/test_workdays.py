from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.calendars.holidays import UnknownCountry, is_known, public_holidays
from postmortems.calendars.workdays import business_days_after, business_days_between, is_working_day

LISBON = ZoneInfo("Europe/Lisbon")


def lisbon(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LISBON)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2026-03-26T15:00", 1, "2026-03-27T15:00"),
        ("2026-03-27T15:00", 1, "2026-03-30T15:00"),  # over a weekend on which the clock changes
        ("2026-03-28T15:00", 1, "2026-03-30T15:00"),
        ("2026-03-26T15:00", 5, "2026-04-02T15:00"),
        ("2026-04-02T15:00", 1, "2026-04-06T15:00"),  # over Good Friday
        ("2026-03-28T15:00", 0, "2026-03-28T15:00"),
    ],
)
def test_working_days_keep_the_time_of_day(start, n, expected):
    holidays = public_holidays("PT", date(2026, 1, 1), date(2026, 12, 31))
    after = business_days_after(lisbon(start), n, LISBON, holidays)
    assert after == lisbon(expected)
    assert after.tzinfo is UTC


def test_the_local_date_counts():
    """Sunday 20:00 UTC is Monday morning in Auckland."""
    start = datetime(2026, 5, 31, 20, 0, tzinfo=UTC)
    assert business_days_after(start, 1, ZoneInfo("Pacific/Auckland")).date() == date(2026, 6, 1)
    assert business_days_after(start, 1, ZoneInfo("UTC")).date() == date(2026, 6, 1)
    assert business_days_after(start, 1, ZoneInfo("Pacific/Auckland")) - start == timedelta(days=1)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.integers(1, 60))
def test_so_many_working_days_lie_between(start, n):
    after = business_days_after(start, n, ZoneInfo("UTC"))
    assert is_working_day(after.date())
    assert business_days_between(start.date(), after.date()) == n


def test_neither_backward_nor_forever():
    with pytest.raises(ValueError, match="forward"):
        business_days_after(lisbon("2026-03-26T15:00"), -1, LISBON)

    class EveryDay:
        def __contains__(self, day):
            return True

    with pytest.raises(ValueError, match="no working day"):
        business_days_after(lisbon("2026-03-26T15:00"), 1, LISBON, EveryDay())


def test_holidays_of_a_country_and_of_a_region():
    found = public_holidays("pt", date(2026, 4, 1), date(2026, 4, 30))
    assert list(found) == [date(2026, 4, 3), date(2026, 4, 5), date(2026, 4, 25)]
    assert date(2026, 3, 31) in public_holidays("US-CA", date(2026, 3, 1), date(2026, 4, 1))
    assert date(2026, 3, 31) not in public_holidays("US", date(2026, 3, 1), date(2026, 4, 1))
    assert date(2027, 1, 1) in public_holidays("PT", date(2026, 12, 30), date(2027, 1, 2))
    assert public_holidays("", date(2026, 1, 1), date(2026, 12, 31)) == {}


@pytest.mark.parametrize("code", ["XX", "PT-ZZ", "Atlantis", "-"])
def test_a_country_nobody_knows(code):
    assert not is_known(code)
    with pytest.raises(UnknownCountry, match="country code"):
        public_holidays(code, date(2026, 1, 1), date(2026, 12, 31))
