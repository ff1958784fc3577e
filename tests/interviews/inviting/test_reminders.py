"""Who is reminded, when; nobody too often, too late or at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.calendars.decent import Reader, is_decent
from postmortems.interviews.inviting.reminders import Known, due, reminders

LISBON, KATHMANDU = Reader("Europe/Lisbon"), Reader("Asia/Kathmandu")


def lisbon(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Lisbon"))


MONDAY = lisbon("2026-03-30T11:15")
AGREED = Known(
    starts_at=MONDAY, invited_at=lisbon("2026-03-24T10:00"), answered_at=lisbon("2026-03-24T15:00"), accepted=True,
    person=LISBON, host=KATHMANDU,
)  # fmt: skip
OPEN = replace(AGREED, accepted=False, answered_at=None)


def told(known: Known) -> dict[tuple[str, bool], datetime]:
    return {(one.occasion, one.host): one.due_at for one in reminders(known)}


def test_the_last_day_of_work_before_for_both():
    assert told(AGREED) == {
        ("day", False): lisbon("2026-03-27T09:00"),
        ("day", True): datetime(2026, 3, 27, 9, tzinfo=ZoneInfo("Asia/Kathmandu")),
    }


def test_who_has_not_answered_is_asked_once_more_and_the_interviewer_reminded():
    assert told(OPEN) == {
        ("unanswered", False): lisbon("2026-03-26T10:00"),
        ("day", True): datetime(2026, 3, 27, 9, tzinfo=ZoneInfo("Asia/Kathmandu")),
    }


def test_the_question_comes_the_day_before_where_two_days_of_work_would_be_too_late():
    late = replace(OPEN, invited_at=lisbon("2026-03-26T16:00"))
    assert told(late)["unanswered", False] == lisbon("2026-03-27T09:00")
    later = replace(OPEN, invited_at=lisbon("2026-03-27T10:00"))
    assert ("unanswered", False) not in told(later)


def test_an_earlier_answer_to_another_time_is_no_answer_to_this_one():
    again = replace(OPEN, answered_at=OPEN.invited_at - timedelta(days=1))
    assert ("unanswered", False) in told(again)
    answered = replace(OPEN, answered_at=OPEN.invited_at + timedelta(hours=1))
    assert ("unanswered", False) not in told(answered)


@pytest.mark.parametrize("learned", ["2026-03-26T20:00", "2026-03-27T08:00", "2026-03-27T15:00"])
def test_who_learns_of_it_the_day_before_needs_no_reminder(learned):
    known = replace(AGREED, invited_at=lisbon(learned), answered_at=None)
    assert ("day", False) not in told(known)
    chosen = replace(AGREED, answered_at=lisbon("2026-03-27T15:00"))
    assert ("day", False) not in told(chosen)


def test_an_hour_before_by_choice_and_at_a_decent_hour():
    wanted = replace(AGREED, hour_before_person=True, hour_before_host=True)
    assert told(wanted)["hour", False] == MONDAY - timedelta(hours=1)
    assert told(wanted)["hour", True] == MONDAY - timedelta(hours=1)
    early = replace(wanted, starts_at=lisbon("2026-03-30T09:30"))
    assert told(early)["hour", False] == lisbon("2026-03-30T09:00")
    dawn = replace(wanted, starts_at=lisbon("2026-03-30T08:00"))
    assert ("hour", False) not in told(dawn)


def test_what_is_due_now():
    assert [one.host for one in due(AGREED, lisbon("2026-03-27T08:59"))] == [
        True
    ]  # the morning is over in Kathmandu
    assert [one.host for one in due(AGREED, lisbon("2026-03-27T09:00"))] == [False, True]
    assert [one.occasion for one in due(AGREED, MONDAY - timedelta(minutes=61))] == ["day", "day"]
    assert due(AGREED, MONDAY - timedelta(minutes=60)) == []
    assert due(AGREED, MONDAY) == []


zones = st.sampled_from(["Europe/Lisbon", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "UTC"])
readers = st.builds(Reader, zone=zones, country=st.sampled_from(["", "PT", "US-CA"]))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))


@settings(deadline=None)  # the first look at a country's holidays takes a while
@given(
    moments, st.timedeltas(timedelta(hours=1), timedelta(days=20)), st.none() | st.timedeltas(timedelta(0), timedelta(days=20)),
    st.booleans(), readers, readers, st.booleans(), st.booleans(),
)  # fmt: skip
def test_always_decent_in_time_and_few(invited, ahead, answered, accepted, person, host, hour, hour_host):
    known = Known(
        starts_at=invited + ahead, invited_at=invited, answered_at=invited + answered if answered else None,
        accepted=accepted, person=person, host=host, hour_before_person=hour, hour_before_host=hour_host,
    )  # fmt: skip
    found = reminders(known)
    assert len({(one.occasion, one.host) for one in found}) == len(found) <= 4
    for one in found:
        assert is_decent(one.due_at, host if one.host else person)
        assert invited < one.due_at < one.not_after < known.starts_at
    assert {one.occasion for one in found if not one.host} <= (
        {"day", "hour"} if accepted else {"unanswered"}
    )
