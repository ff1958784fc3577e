"""Proposed times lie inside everybody's hours and outside what they do already; who cannot come is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.calendars.hours import DEFAULT_HOURS, lies_within, parse_hours, working_intervals
from postmortems.meetings.finding import A_DAY, MOST, Person, Slot, slots

LISBON, TOKYO, KOLKATA, HOWE = (
    ZoneInfo(name) for name in ("Europe/Lisbon", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe")
)
MONDAY = datetime(2026, 3, 16, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def person(name: str, zone: ZoneInfo = LISBON, **fields) -> Person:
    return Person(name, zone, fields.pop("hours", DEFAULT_HOURS), **fields)


def found(people, *, minutes=60, since=MONDAY, days=5, zone=LISBON) -> list[Slot]:
    return slots(people, minutes=minutes, since=since, until=since + timedelta(days=days), zone=zone)


def test_the_earliest_time_at_which_everybody_works():
    first = found([person("Ana"), person("Kavi", KOLKATA)])[0]
    assert first.start == MONDAY + timedelta(hours=9)  # 14:30 in Kolkata
    assert first.without == ()


def test_who_is_busy_is_not_asked_to_be_in_two_places():
    busy = [(MONDAY + 9 * HOUR, MONDAY + 12 * HOUR)]
    times = found([person("Ana", busy=busy), person("Ben")])
    full = [slot.start for slot in times if not slot.without]
    assert full[0] == MONDAY + 13.5 * HOUR
    assert all(slot.without in ((), ("Ana",)) for slot in times)


def test_a_meeting_needs_whoever_leads_it():
    away = [(MONDAY, MONDAY + timedelta(days=2))]
    times = found([person("Ana", busy=away, needed=True), person("Ben"), person("Cy")])
    assert times
    assert times[0].start >= MONDAY + timedelta(days=2, hours=9)


def test_when_nobody_can_come_together_the_fewest_are_missing_and_are_named():
    times = found([person("Ana"), person("Ben"), person("Tomo", TOKYO)])
    assert times
    assert {slot.without for slot in times} == {("Tomo",)}


def test_nothing_is_proposed_where_more_would_be_away_than_there():
    night = {"mon": [["20:00", "22:00"]]}
    assert found([person("Ana", LISBON), person("Tomo", TOKYO), person("Nia", hours=night)]) == []


def test_there_is_a_choice_of_days_and_no_two_overlap():
    times = found([person("Ana")])
    assert len(times) == MOST
    days = [slot.start.date() for slot in times]
    assert max(days.count(day) for day in days) == A_DAY
    assert all(one.end <= two.start for one, two in zip(times, times[1:], strict=False))


def test_holidays_are_kept_free():
    times = found([person("Ana", holidays={date(2026, 3, 16)})])
    assert times[0].start.date() == date(2026, 3, 17)


def test_an_hour_the_clock_jumps_over_is_no_hour():
    night = {"sun": [["00:30", "02:30"]]}
    sunday = datetime(2026, 3, 29, tzinfo=UTC)  # in Lisbon 01:00 becomes 02:00
    times = found([person("Ana", hours=night)], since=sunday, days=1, minutes=60)
    assert [(slot.start.astimezone(LISBON).strftime("%H:%M"), slot.end.astimezone(LISBON).strftime("%H:%M")) for slot in times] == [
        ("00:30", "02:30")
    ]  # fmt: skip


zones = st.sampled_from(
    [LISBON, TOKYO, KOLKATA, HOWE, ZoneInfo("America/St_Johns"), ZoneInfo("Asia/Kathmandu")]
)
starts = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10)).map(lambda at: at.replace(tzinfo=UTC))
stretches = st.tuples(st.integers(0, 9 * 24), st.integers(1, 30))


@settings(max_examples=60, deadline=None)
@given(
    starts,
    zones,
    st.lists(st.tuples(zones, st.lists(stretches, max_size=6)), min_size=1, max_size=5),
    st.integers(15, 120),
)
def test_a_proposal_keeps_what_it_says(since, zone, given_people, minutes):
    people = [
        person(f"P{n}", where, busy=[(since + begin * HOUR, since + (begin + hours) * HOUR) for begin, hours in busy])
        for n, (where, busy) in enumerate(given_people)
    ]  # fmt: skip
    for slot in found(people, since=since, days=9, minutes=minutes, zone=zone):
        assert slot.start >= since
        assert slot.end - slot.start == timedelta(minutes=minutes)
        assert slot.start.astimezone(zone).minute % 15 == 0
        for one in people:
            working = working_intervals(parse_hours(one.hours), one.zone, since, slot.end)
            free = lies_within(slot.start, slot.end, working) and not any(
                begin < slot.end and slot.start < end for begin, end in one.busy
            )
            assert free == (one.name not in slot.without)
