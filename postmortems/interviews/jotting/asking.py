"""When somebody is asked for their jot-notes. Pure: moments in, a moment out.

Hour zero is sooner than the decent hours of other letters: a first impression is worth most on the day
itself, and the letter asks for nothing that cannot wait. So the first one goes out between seven in the
morning and ten at night of the reader, on any day of the week; at night it waits for the morning. The
second one, a day later, keeps the hours of every other letter.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MORNING, NIGHT = time(7), time(22)
AGAIN = timedelta(hours=24)


class Turn(StrEnum):
    """What is due now for one participant."""

    FIRST = "first"
    AGAIN = "again"
    NOTHING = "nothing"


def turn(
    *,
    resolved_at: datetime | None,
    after_hours: int,
    fade_hours: int,
    asked_at: datetime | None,
    reminded_at: datetime | None,
    wrote: bool,
    declined: bool,
    now: datetime,
) -> Turn:
    """Nobody is asked before the policy's hours after the end, more than twice, after writing, or after saying no.

    Nor once memory has faded: an incident recorded long afterwards has no hour zero any more.
    """
    if resolved_at is None or wrote or declined or reminded_at:
        return Turn.NOTHING
    if not resolved_at + timedelta(hours=after_hours) <= now < resolved_at + timedelta(hours=fade_hours):
        return Turn.NOTHING
    if asked_at is None:
        return Turn.FIRST
    return Turn.AGAIN if now >= asked_at + AGAIN else Turn.NOTHING


def awake(now: datetime, zone: ZoneInfo) -> datetime:
    """`now`, or the next seven in the morning of somebody for whom it is night."""
    local = now.astimezone(zone)
    if MORNING <= local.time() < NIGHT:
        return now
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)
