"""A participant as somebody who gets letters, with an account or without."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from postmortems.calendars.decent import Reader
from postmortems.incidents.models import Participant


def email_of(participant: Participant) -> str:
    """Where to write to; nowhere for a closed account."""
    if participant.user:
        return participant.user.email if participant.user.is_active else ""
    return participant.email


def reader_of(participant: Participant) -> Reader:
    """Whose decent hours a letter keeps."""
    if participant.user:
        return participant.user.reader
    return Reader.working(participant.zone, participant.hours)


def zone_of(participant: Participant) -> ZoneInfo:
    return reader_of(participant).tz
