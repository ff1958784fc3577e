"""A calendar message in the sense of iTIP (RFC 5546): one event, one organiser, its attendees."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

REQUEST, CANCEL = "REQUEST", "CANCEL"


def calendar_message(
    *, method: str, uid: str, sequence: int, start: datetime, end: datetime, summary: str, description: str,
    organizer: tuple[str, str], attendees: list[tuple[str, str]], stamp: datetime | None = None,
) -> bytes:  # fmt: skip
    """The bytes of a REQUEST or CANCEL. The same `uid` with a higher `sequence` replaces what was sent before; times are UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//Second Story//interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    event.add("uid", f"{uid}@second-story")
    event.add("sequence", sequence)
    event.add("dtstamp", (stamp or start).astimezone(UTC))
    event.add("dtstart", start.astimezone(UTC))
    event.add("dtend", end.astimezone(UTC))
    event.add("summary", summary)
    event.add("description", description)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("class", "PRIVATE")
    event["organizer"] = _address(*organizer)
    for name, email in attendees:
        if email:
            attendee = _address(name, email)
            attendee.params["role"] = vText("REQ-PARTICIPANT")
            attendee.params["rsvp"] = vText("TRUE")
            event.add("attendee", attendee, encode=0)
    calendar.add_component(event)
    return calendar.to_ical()


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    return address
