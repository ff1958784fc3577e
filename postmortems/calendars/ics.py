"""Calendar files (RFC 5545): invitations out, appointments in.

Out go iTIP messages (RFC 5546) about one event: a request, an update (the same `uid`, a higher `sequence`), a
cancellation. Times are UTC, which every calendar shows in its owner's zone; the text tells them in the zone of
each party as well. In come files from anywhere, read with bounds and without trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar import Calendar, vCalAddress

from postmortems.calendars.hours import Stretch, joined

PRODUCT = "-//Second Story//EN"
TYPE = "text/calendar; charset=utf-8"
MOST_BYTES = 10_000_000
# Appointments that recur more often than daily are no appointments, and could keep a machine busy for hours.
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}


class CalendarError(ValueError):
    """Bytes that are no calendar; the message is a sentence for whoever gave them."""


# Out


@dataclass(frozen=True)
class Party:
    name: str
    email: str
    zone: ZoneInfo = ZoneInfo("UTC")
    answer: str = "NEEDS-ACTION"  # a PARTSTAT: NEEDS-ACTION, ACCEPTED, DECLINED


@dataclass(frozen=True)
class Invitation:
    """What is sent about one event. `stamped_at` is when this message is made."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    organizer: Party
    attendees: tuple[Party, ...]
    stamped_at: datetime
    sequence: int = 0
    description: str = ""
    location: str = ""
    url: str = ""
    sent_by: str = ""  # the mail address that sends for the organizer

    def moved(self, start: datetime, end: datetime, *, stamped_at: datetime) -> Invitation:
        """The next message about the same event, at another time."""
        return replace(self, start=start, end=end, stamped_at=stamped_at, sequence=self.sequence + 1)


def request(invitation: Invitation) -> bytes:
    """An invitation or, with a sequence above the last one sent, an update of it."""
    return _message(invitation, "REQUEST", "CONFIRMED")


def cancel(invitation: Invitation) -> bytes:
    """Takes an event back; its sequence must be above that of the last request."""
    return _message(invitation, "CANCEL", "CANCELLED")


@dataclass(frozen=True)
class Listed:
    """One entry of a feed. `changed_at` is when it last changed, so that an unchanged feed is the same bytes."""

    uid: str
    start: datetime | date  # a date for a whole day
    end: datetime | date
    summary: str
    changed_at: datetime
    description: str = ""
    url: str = ""
    sequence: int = 0
    tentative: bool = False
    free: bool = False


def feed(name: str, entries: Iterable[Listed]) -> bytes:
    """A calendar to subscribe to: what stands, no more. Nobody is organizer or attendee of an entry."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(name))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", timedelta(hours=1))
    for entry in entries:
        calendar.add_component(_listed_event(entry))
    return calendar.to_ical()


def _listed_event(entry: Listed) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", _line(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", _point(entry.start))
    event.add("dtend", _point(entry.end))
    event.add("summary", _line(entry.summary))
    if entry.description:
        event.add("description", _text(entry.description))
    if entry.url:
        event.add("url", _line(entry.url))
    event.add("status", "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.free else "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def _point(at: datetime | date) -> datetime | date:
    return at.astimezone(UTC) if isinstance(at, datetime) else at


def times_in_zones(start: datetime, end: datetime, parties: tuple[Party, ...]) -> str:
    """One line for each zone among the parties, such as `2026-03-30, 11:15 to 12:00, Europe/Lisbon`."""
    lines = []
    for zone in dict.fromkeys(party.zone for party in parties):
        begin, until = start.astimezone(zone), end.astimezone(zone)
        day = "" if until.date() == begin.date() else f"{until:%Y-%m-%d}, "
        lines.append(f"{begin:%Y-%m-%d}, {begin:%H:%M} to {day}{until:%H:%M}, {zone.key}")
    return "\n".join(lines)


def _message(invitation: Invitation, method: str, status: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    event = icalendar.Event()
    event.add("uid", _line(invitation.uid))
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamped_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", invitation.start.astimezone(UTC))
    event.add("dtend", invitation.end.astimezone(UTC))
    event.add("summary", _line(invitation.summary))
    times = times_in_zones(invitation.start, invitation.end, (*invitation.attendees, invitation.organizer))
    event.add("description", "\n\n".join(filter(None, [_text(invitation.description), times])))
    if invitation.location:
        event.add("location", _line(invitation.location))
    if invitation.url:
        event.add("url", _line(invitation.url))
    event.add("status", status)
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE")
    organizer = _address(invitation.organizer)
    if invitation.sent_by:
        organizer.params["SENT-BY"] = _mailto(invitation.sent_by)
    event.add("organizer", organizer, encode=False)
    for party in invitation.attendees:
        attendee = _address(party)
        attendee.params["CUTYPE"] = "INDIVIDUAL"
        attendee.params["ROLE"] = "REQ-PARTICIPANT"
        if method == "REQUEST":
            attendee.params["PARTSTAT"] = party.answer
            attendee.params["RSVP"] = "TRUE" if party.answer == "NEEDS-ACTION" else "FALSE"
        event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return calendar.to_ical()


def _mailto(email: str) -> str:
    if not re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", email):
        raise ValueError(f"{email!r} is no e-mail address.")
    return f"mailto:{email}"


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(_mailto(party.email))
    # A quotation mark cannot be written in a parameter at all.
    name = _line(party.name).replace('"', "'")
    if name:
        address.params["CN"] = name
    return address


def _text(text: str) -> str:
    """Text without what no calendar should have to bear: control characters other than line breaks and tabs."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", "", unix)


def _line(text: str) -> str:
    """The same on one line."""
    return " ".join(_text(text).split())


# In


@dataclass(frozen=True)
class Entry:
    """An event as its file has it. `(uid, recurrence)` is its identity; an all-day event has no clock."""

    uid: str
    recurrence: datetime | None
    start: datetime
    end: datetime
    all_day: bool
    summary: str
    cancelled: bool
    free: bool


@dataclass(frozen=True)
class Reading:
    """What was read, and one sentence for each thing that was not."""

    entries: tuple[Entry, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class BusyReading:
    """The time taken, in UTC, joined and in order, and one sentence for each thing that was not read."""

    busy: tuple[Stretch, ...]
    skipped: tuple[str, ...]


def read_events(data: bytes, zone: ZoneInfo) -> Reading:
    """The events of a calendar file as written, recurring ones once, in order of start.

    A time without a zone is a clock time in `zone`, and so is a date. Raises CalendarError.
    """
    entries, skipped = [], []
    for calendar in _calendars(data):
        for event in calendar.walk("VEVENT"):
            try:
                entries.append(_entry(event, zone))
            except _Unreadable as error:
                skipped.append(str(error))
    return Reading(tuple(sorted(entries, key=lambda entry: (entry.start, entry.uid))), tuple(skipped))


def read_busy(data: bytes, since: datetime, until: datetime, zone: ZoneInfo) -> BusyReading:
    """When the owner of a calendar file is busy between two instants.

    1. Events take time unless they are cancelled or marked as free; recurring ones at each recurrence.
    2. Of free/busy lists, everything but FREE takes time.
    3. A time without a zone is a clock time in `zone`, and a whole day is one there.

    Raises CalendarError.
    """
    busy, skipped = [], []
    for calendar in _calendars(data):
        for listed in calendar.walk("VFREEBUSY"):
            busy += _listed(listed, zone)
        for series in _series(calendar, zone, skipped):
            for event in _occurrences(series, since, until, skipped):
                entry = _entry(event, zone)
                if not entry.cancelled and not entry.free:
                    busy.append((entry.start, entry.end))
    clipped = ((max(begin, since), min(end, until)) for begin, end in busy)
    return BusyReading(
        tuple(joined(stretch for stretch in clipped if stretch[0] < stretch[1])),
        tuple(dict.fromkeys(skipped)),
    )


class _Unreadable(ValueError):
    pass


def _calendars(data: bytes) -> list[Calendar]:
    if len(data) > MOST_BYTES:
        raise CalendarError(f"The calendar file is larger than {MOST_BYTES // 1_000_000} megabytes.")
    try:
        calendars = Calendar.from_ical(data.decode("utf-8-sig", "replace"), multiple=True)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, RecursionError) as error:
        raise CalendarError("This is not a calendar file (.ics) that can be read.") from error
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise CalendarError("This is not a calendar file (.ics) that can be read.")
    return calendars


def _series(calendar: Calendar, zone: ZoneInfo, skipped: list[str]) -> Iterator[Calendar]:
    """Each event with what was said about its recurrences, apart, so that a bad one spoils no other."""
    found: dict[str, list[icalendar.Event]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        rules = event.get("rrule", [])
        words = {
            str(word).upper()
            for rule in (rules if isinstance(rules, list) else [rules])
            for word in rule.get("freq", [])
        }
        if words & TOO_OFTEN:
            skipped.append(f"{_called(event)} recurs more often than daily and was left out.")
            continue
        try:
            _entry(event, zone)
        except _Unreadable as error:
            skipped.append(str(error))
            continue
        found.setdefault(str(event.get("uid", number)), []).append(event)
    for events in found.values():
        series = Calendar()
        series.subcomponents = events
        yield series


def _occurrences(
    series: Calendar, since: datetime, until: datetime, skipped: list[str]
) -> list[icalendar.Event]:
    margin = timedelta(days=1)  # dates and floating times lie up to a day away from where UTC has them
    try:
        return recurring_ical_events.of(series).between(since - margin, until + margin)
    except (ValueError, ArithmeticError, TypeError, AttributeError, LookupError):
        skipped.append(f"{_called(series.subcomponents[0])} recurs in a way that cannot be worked out.")
        return []


def _entry(event: icalendar.Event, zone: ZoneInfo) -> Entry:
    try:
        start = event.get("dtstart").dt
        end = _end(event, start)
        recurrence = event.get("recurrence-id")
        return Entry(
            uid=str(event.get("uid", "")),
            recurrence=_instant(recurrence.dt, zone) if recurrence else None,
            start=_instant(start, zone),
            end=max(_instant(start, zone), _instant(end, zone)),
            all_day=not isinstance(start, datetime),
            summary=str(event.get("summary", "")),
            cancelled=str(event.get("status", "")).upper() == "CANCELLED",
            free=str(event.get("transp", "")).upper() == "TRANSPARENT",
        )
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise _Unreadable(f"{_called(event)} has no time that can be read.") from error


def _end(event: icalendar.Event, start: date) -> date:
    """DTEND; or DURATION from the start; or, as RFC 5545 has it, a day for a date and nothing for a time."""
    if end := event.get("dtend"):
        return end.dt
    if duration := event.get("duration"):
        return start + duration.dt
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _instant(at: date, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _listed(listed: icalendar.FreeBusy, zone: ZoneInfo) -> Iterator[Stretch]:
    values = listed.get("freebusy", [])
    for value in values if isinstance(values, list) else [values]:
        if str(value.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        begin, end = value.dt
        begin = _instant(begin, zone)
        yield begin, begin + end if isinstance(end, timedelta) else _instant(end, zone)


def _called(event: icalendar.Event) -> str:
    return f"The event {str(event.get('summary') or event.get('uid') or 'without a name')!r}"
