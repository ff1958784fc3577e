"""Invitations are read back by two libraries that know nothing of each other; files from outside are read with care."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ics
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from postmortems.calendars.ics import (
    CalendarError,
    Invitation,
    Listed,
    Party,
    cancel,
    feed,
    read_busy,
    read_events,
    request,
)
from tests.samples import sample

MARA = Party("Mara O'Neil, Dr", "mara@example.org", ZoneInfo("Asia/Kathmandu"))
ANA = Party("Ana", "ana@example.org", ZoneInfo("Europe/Lisbon"))
UTC_ZONE = ZoneInfo("UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def invitation(**given) -> Invitation:
    return Invitation(
        **{
            "uid": "5f0c@second-story",
            "start": at("2026-03-30T10:15"),
            "end": at("2026-03-30T11:00"),
            "summary": "A conversation about the night of 26 March",
            "organizer": MARA,
            "attendees": (ANA,),
            "stamped_at": at("2026-03-27T08:00"),
            **given,
        }
    )


def event(data: bytes):
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    return found


def calendar_file(*parts: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *parts, "END:VCALENDAR", ""]
    return "\r\n".join("\r\n".join(part.split("\n")) for part in lines).encode()


def an_event(*lines: str, uid: str = "1") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])


def busy(
    data: bytes, since="2026-03-29T00:00", until="2026-04-14T00:00", zone=UTC_ZONE
) -> list[tuple[str, str]]:
    found = read_busy(data, at(since), at(until), zone).busy
    return [(f"{begin:%m-%d %H:%M}", f"{end:%m-%d %H:%M}") for begin, end in found]


# Out


def test_a_request_is_what_calendars_expect():
    data = request(invitation())
    calendar, found = Calendar.from_ical(data), event(data)
    assert calendar["method"] == "REQUEST"
    assert (found["uid"], found["sequence"], found["status"]) == ("5f0c@second-story", 0, "CONFIRMED")
    assert found["dtstart"].dt == at("2026-03-30T10:15")
    assert found["dtend"].dt == at("2026-03-30T11:00")
    assert found["organizer"] == "mailto:mara@example.org"
    assert found["organizer"].params["CN"] == "Mara O'Neil, Dr"
    assert found["attendee"] == "mailto:ana@example.org"
    assert found["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert found["attendee"].params["RSVP"] == "TRUE"
    assert "2026-03-30, 11:15 to 12:00, Europe/Lisbon" in found["description"]
    assert "2026-03-30, 16:00 to 16:45, Asia/Kathmandu" in found["description"]


def test_another_library_reads_the_same():
    (found,) = ics.Calendar(request(invitation()).decode()).events
    assert found.uid == "5f0c@second-story"
    assert found.begin.datetime == at("2026-03-30T10:15")
    assert found.end.datetime == at("2026-03-30T11:00")
    assert found.name == "A conversation about the night of 26 March"
    assert [one.email for one in found.attendees] == ["ana@example.org"]
    assert found.organizer.email == "mara@example.org"


def test_an_update_and_a_cancellation_follow_the_request():
    first = invitation()
    moved = first.moved(
        first.start + timedelta(days=1), first.end + timedelta(days=1), stamped_at=at("2026-03-28T08:00")
    )
    update = event(request(moved))
    assert (update["uid"], update["sequence"]) == (first.uid, 1)
    assert update["dtstart"].dt == at("2026-03-31T10:15")
    off = cancel(moved.moved(moved.start, moved.end, stamped_at=at("2026-03-29T08:00")))
    assert Calendar.from_ical(off)["method"] == "CANCEL"
    assert (event(off)["uid"], event(off)["sequence"], event(off)["status"]) == (first.uid, 2, "CANCELLED")


def test_an_answer_given_elsewhere_reaches_the_calendar_as_an_update():
    host = replace(MARA, answer="ACCEPTED")
    first = invitation(organizer=Party("Second Story", "office@example.org"), attendees=(host, ANA))
    told = replace(
        first, attendees=(host, replace(ANA, answer="ACCEPTED")), stamped_at=at("2026-03-28T08:00")
    )
    before, after = event(request(first)), event(request(told))
    assert [one.params["PARTSTAT"] for one in before["attendee"]] == ["ACCEPTED", "NEEDS-ACTION"]
    assert [one.params["PARTSTAT"] for one in after["attendee"]] == ["ACCEPTED", "ACCEPTED"]
    assert [one.params["RSVP"] for one in after["attendee"]] == ["FALSE", "FALSE"]
    assert after["sequence"] == before["sequence"]  # RFC 5546: not rescheduled, so the stamp alone is newer
    assert after["dtstamp"].dt > before["dtstamp"].dt


def test_who_sends_for_the_organizer_is_told():
    found = event(request(invitation(sent_by="office@example.org")))
    assert found["organizer"] == "mailto:mara@example.org"
    assert found["organizer"].params["SENT-BY"] == "mailto:office@example.org"
    with pytest.raises(ValueError, match="no e-mail address"):
        request(invitation(sent_by="office"))


def listed(**given) -> Listed:
    return Listed(
        **{
            "uid": "1@second-story",
            "start": at("2026-03-30T10:15"),
            "end": at("2026-03-30T11:00"),
            "summary": "Conversation",
            "changed_at": at("2026-03-27T08:00"),
            **given,
        }
    )


def test_a_feed_is_read_by_two_libraries_and_is_the_same_bytes_until_something_changes():
    entries = [listed(tentative=True, url="https://x.example.org/"), listed(uid="2@second-story", start=date(2026, 4, 1), end=date(2026, 4, 2), free=True)]  # fmt: skip
    data = feed("Conversations", entries)
    assert data == feed("Conversations", entries)
    calendar = Calendar.from_ical(data)
    assert (calendar["method"], calendar["x-wr-calname"]) == ("PUBLISH", "Conversations")
    one, two = calendar.walk("VEVENT")
    assert (one["dtstart"].dt, one["status"], one["transp"]) == (
        at("2026-03-30T10:15"),
        "TENTATIVE",
        "OPAQUE",
    )
    assert (two["dtstart"].dt, two["transp"]) == (date(2026, 4, 1), "TRANSPARENT")
    assert "organizer" not in one
    assert {found.uid for found in ics.Calendar(data.decode()).events} == {"1@second-story", "2@second-story"}
    assert busy(data) == [("03-30 10:15", "03-30 11:00")]


def test_an_empty_feed_is_a_calendar():
    assert Calendar.from_ical(feed("Conversations", [])).walk("VEVENT") == []
    assert ics.Calendar(feed("Conversations", []).decode()).events == set()


@settings(deadline=None)
@given(st.text(max_size=120), st.text(max_size=300), st.text(max_size=60))
def test_no_text_breaks_out_of_its_field(summary, description, name):
    data = request(
        invitation(summary=summary, description=description, attendees=(Party(name, "ana@example.org"),))
    )
    found = event(data)
    assert set(found) == {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "TRANSP", "CLASS",
        "ORGANIZER", "ATTENDEE",
    }  # fmt: skip
    assert found["attendee"] == "mailto:ana@example.org"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_an_injected_line_stays_text():
    found = event(request(invitation(summary="Talk\r\nATTENDEE:mailto:eve@example.org")))
    assert found["summary"] == "Talk ATTENDEE:mailto:eve@example.org"
    assert found["attendee"] == "mailto:ana@example.org"


@pytest.mark.parametrize(
    "email", ["", "ana", "ana@example.org\r\nX:y", "a b@example.org", "<ana@example.org>"]
)
def test_an_invitation_needs_addresses(email):
    with pytest.raises(ValueError, match="no e-mail address"):
        request(invitation(attendees=(Party("Ana", email),)))


# In


def test_what_we_send_we_can_read():
    (entry,) = read_events(request(invitation()), UTC_ZONE).entries
    assert (entry.uid, entry.start, entry.end) == (
        "5f0c@second-story",
        at("2026-03-30T10:15"),
        at("2026-03-30T11:00"),
    )
    assert busy(request(invitation())) == [("03-30 10:15", "03-30 11:00")]
    assert busy(cancel(invitation())) == []


def test_events_in_a_zone_of_the_file_without_todos_and_journals():
    reading = read_events(sample("calendar/events_and_todos.ics").read_bytes(), UTC_ZONE)
    assert [(entry.start, entry.end) for entry in reading.entries] == [
        (at("2025-01-15T15:00"), at("2025-01-15T16:00")),
        (at("2025-01-16T15:00"), at("2025-01-16T16:00")),
    ]
    assert reading.skipped == ()


def test_an_override_is_known_by_the_recurrence_it_replaces():
    (entry,) = read_events(sample("calendar/recurrence_id.ics").read_bytes(), UTC_ZONE).entries
    assert (entry.uid, entry.recurrence, entry.start) == (
        "test-uid",
        at("2025-04-28T16:05"),
        at("2025-04-28T16:05"),
    )


def test_recurring_appointments_follow_their_own_clock_with_exceptions_and_moves():
    data = calendar_file(
        an_event(
            "DTSTART;TZID=Europe/Berlin:20260323T090000",
            "DTEND;TZID=Europe/Berlin:20260323T100000",
            "RRULE:FREQ=WEEKLY",
            "EXDATE;TZID=Europe/Berlin:20260406T090000",
        ),
        an_event(
            "RECURRENCE-ID;TZID=Europe/Berlin:20260330T090000",
            "DTSTART;TZID=Europe/Berlin:20260330T140000",
            "DTEND;TZID=Europe/Berlin:20260330T150000",
        ),
    )
    assert busy(data, since="2026-03-22T00:00") == [
        ("03-23 08:00", "03-23 09:00"),  # before summer time
        ("03-30 12:00", "03-30 13:00"),  # moved to the afternoon
        ("04-13 07:00", "04-13 08:00"),
    ]


def test_days_and_floating_times_are_those_of_the_owner():
    data = calendar_file(
        an_event("DTSTART;VALUE=DATE:20260401", uid="1"),
        an_event("DTSTART:20260402T120000", "DURATION:PT30M", uid="2"),
    )
    assert busy(data, zone=ZoneInfo("America/New_York")) == [
        ("04-01 04:00", "04-02 04:00"),
        ("04-02 16:00", "04-02 16:30"),
    ]


def test_free_and_cancelled_time_is_not_taken_and_the_rest_is_joined_and_clipped():
    data = calendar_file(
        an_event("DTSTART:20260402T150000Z", "DTEND:20260402T160000Z", "TRANSP:TRANSPARENT", uid="1"),
        an_event("DTSTART:20260402T150000Z", "DTEND:20260402T160000Z", "STATUS:CANCELLED", uid="2"),
        an_event("DTSTART:20260328T150000Z", "DTEND:20260329T010000Z", uid="3"),
        "BEGIN:VFREEBUSY",
        "UID:4",
        "DTSTAMP:20260101T000000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260403T100000Z/PT1H,20260403T103000Z/20260403T120000Z",
        "FREEBUSY;FBTYPE=FREE:20260403T140000Z/PT1H",
        "END:VFREEBUSY",
    )
    assert busy(data) == [("03-29 00:00", "03-29 01:00"), ("04-03 10:00", "04-03 12:00")]


def test_what_cannot_be_read_is_told_and_spoils_nothing_else():
    data = calendar_file(
        an_event("SUMMARY:Without a time", uid="1"),
        an_event("SUMMARY:Every second", "DTSTART:20200101T000000Z", "RRULE:FREQ=SECONDLY", uid="2"),
        an_event("DTSTART:20260402T150000Z", "DTEND:20260402T160000Z", uid="3"),
    )
    reading = read_busy(data, at("2026-03-29T00:00"), at("2026-04-14T00:00"), UTC_ZONE)
    assert len(reading.busy) == 1
    assert reading.skipped == (
        "The event 'Without a time' has no time that can be read.",
        "The event 'Every second' recurs more often than daily and was left out.",
    )


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"{}"])
def test_what_is_no_calendar(data):
    with pytest.raises(CalendarError, match="not a calendar file"):
        read_busy(data, at("2026-03-29T00:00"), at("2026-04-14T00:00"), UTC_ZONE)


def test_a_file_too_large_is_not_even_opened():
    with pytest.raises(CalendarError, match="larger than 10 megabytes"):
        read_events(b" " * 10_000_001, UTC_ZONE)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.sampled_from([
    "BEGIN:VEVENT", "END:VEVENT", "UID:1", "UID:2", "DTSTART:20260402T150000Z", "DTSTART;VALUE=DATE:20260402",
    "DTSTART:99999999", "DTSTART;TZID=Nowhere:20260402T150000", "DTEND:20260401T150000Z", "DTEND;VALUE=DATE:20260404",
    "DURATION:-PT1H", "RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;COUNT=x", "RRULE:COUNT=3", "RECURRENCE-ID:20260402T150000Z",
    "EXDATE:20260402T150000Z", "BEGIN:VFREEBUSY", "END:VFREEBUSY", "FREEBUSY:20260402T150000Z/PT1H", "FREEBUSY:x", "garbage",
]), max_size=14))  # fmt: skip
def test_any_file_is_read_or_refused(lines):
    data = calendar_file(*lines)
    try:
        found = read_busy(data, at("2026-03-29T00:00"), at("2026-04-14T00:00"), UTC_ZONE)
        read_events(data, UTC_ZONE)
    except CalendarError:
        return
    assert all(begin < end for begin, end in found.busy)
