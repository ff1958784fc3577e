from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.jotting.asking import Turn, awake, turn

END = datetime(2026, 3, 28, 2, 30, tzinfo=UTC)  # the night before the clocks of Europe change


def asked(**given) -> Turn:
    usual = {
        "resolved_at": END, "after_hours": 2, "fade_hours": 168, "asked_at": None, "reminded_at": None, "wrote": False,
        "declined": False, "now": END + timedelta(hours=3),
    }  # fmt: skip
    return turn(**(usual | given))


def test_once_after_the_hours_of_the_policy_and_once_more_a_day_later():
    assert asked(now=END + timedelta(hours=1, minutes=59)) == Turn.NOTHING
    assert asked(now=END + timedelta(hours=2)) == Turn.FIRST
    first = END + timedelta(hours=4)
    assert asked(asked_at=first, now=first + timedelta(hours=23)) == Turn.NOTHING
    assert asked(asked_at=first, now=first + timedelta(hours=24)) == Turn.AGAIN
    assert asked(asked_at=first, reminded_at=first, now=first + timedelta(hours=60)) == Turn.NOTHING


@pytest.mark.parametrize(
    "said",
    [{"wrote": True}, {"declined": True}, {"resolved_at": None}, {"now": END + timedelta(hours=168)}],
    ids=str,
)
def test_nobody_is_asked_who_wrote_or_said_no_or_when_it_is_too_late(said):
    assert asked(**said) == Turn.NOTHING


def test_at_night_the_first_letter_waits_for_the_morning_on_any_day():
    lisbon = ZoneInfo("Europe/Lisbon")
    assert awake(END, lisbon) == datetime(2026, 3, 28, 7, 0, tzinfo=UTC)  # a Saturday
    assert awake(END + timedelta(hours=20), lisbon) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)  # summer time
    evening = datetime(2026, 3, 28, 21, 59, tzinfo=UTC)
    assert awake(evening, lisbon) == evening


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(
        [
            "UTC",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Chatham",
            "America/St_Johns",
            "Pacific/Apia",
        ]
    ),
)
def test_never_at_night_never_before_now_never_later_than_the_next_morning(now, name):
    zone = ZoneInfo(name)
    at = awake(now, zone)
    assert now <= at <= now + timedelta(hours=10)
    assert 7 <= at.astimezone(zone).hour < 22
    assert awake(at, zone) == at
