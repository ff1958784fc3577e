"""Who is reminded of a conversation, and when. Pure: what is known goes in, what is due comes out.

1. The day before – the last day of work before it – both get a letter, at a decent hour of theirs; the interviewee once
   they have accepted. Nobody who has learned of the time that very day needs one.
2. An hour before, who asked for it, where that is a decent hour.
3. Who has not answered is asked once more: two of their days of work after the invitation came, or the day before
   where that is sooner. Then never again, whatever becomes of the time.
4. Nothing after an answer that ends it, a cancellation, or the conversation itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortems.calendars.decent import Reader, next_decent, working_day_before, working_days_later

HOUR = timedelta(hours=1)
TOO_LATE = timedelta(minutes=15)  # before the beginning: to be reminded now would only startle
PATIENCE = 2  # days of work


@dataclass(frozen=True)
class Known:
    """What a reminder depends on. `answered_at` is when the interviewee last answered, if they have."""

    starts_at: datetime
    invited_at: datetime
    accepted: bool
    person: Reader
    host: Reader
    answered_at: datetime | None = None
    hour_before_person: bool = False
    hour_before_host: bool = False


@dataclass(frozen=True)
class Reminder:
    """A letter that is due from one moment on, and of no use from another."""

    occasion: str  # day, hour, unanswered
    host: bool
    due_at: datetime
    not_after: datetime


def due(known: Known, now: datetime) -> list[Reminder]:
    return [one for one in reminders(known) if one.due_at <= now < one.not_after]


def reminders(known: Known) -> list[Reminder]:
    """All reminders of a conversation that is agreed or asked for, in no order."""
    found = [*_day_before(known), *_hour_before(known), *_unanswered(known)]
    return [one for one in found if one.due_at < one.not_after]


def _day_before(known: Known) -> Iterator[Reminder]:
    for host, reader in ((False, known.person), (True, known.host)):
        begin, _ = working_day_before(known.starts_at, reader)
        if (host or known.accepted) and _is_news(begin, _learned(known, reader), reader):
            yield Reminder("day", host, begin, known.starts_at - HOUR)


def _hour_before(known: Known) -> Iterator[Reminder]:
    wanted = ((False, known.person, known.hour_before_person and known.accepted),
              (True, known.host, known.hour_before_host))  # fmt: skip
    for host, reader, wants in wanted:
        if wants:
            goes = next_decent(known.starts_at - HOUR, reader)
            yield Reminder("hour", host, goes, known.starts_at - TOO_LATE)


def _unanswered(known: Known) -> Iterator[Reminder]:
    if known.accepted or (known.answered_at and known.answered_at >= known.invited_at):
        return
    came = next_decent(known.invited_at, known.person)
    patient = working_days_later(came, PATIENCE, known.person)
    begin, _ = working_day_before(known.starts_at, known.person)
    goes = min(patient, begin) if _is_news(begin, came, known.person) else patient
    yield Reminder("unanswered", False, goes, known.starts_at - HOUR)


def _learned(known: Known, reader: Reader) -> datetime:
    """When somebody last heard of the time: by the letter about it, or by the answer."""
    came = next_decent(known.invited_at, reader)
    return max(came, known.answered_at) if known.answered_at else came


def _is_news(begin: datetime, learned: datetime, reader: Reader) -> bool:
    """Whether the date of a reminder lies after that on which they learned of the time."""
    return learned.astimezone(reader.tz).date() < begin.astimezone(reader.tz).date()
