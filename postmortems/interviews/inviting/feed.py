"""A person's own appointments as a calendar to subscribe to, at an address that is a secret of theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from postmortems.calendars import ics
from postmortems.interviews.inviting import appointments
from postmortems.interviews.models import CalendarKey

BACK, AHEAD = timedelta(days=60), timedelta(days=400)


def address_of(key: CalendarKey) -> str:
    return settings.SITE_URL + reverse("interviews:feed", args=[key.key])


def key_of(text: str) -> CalendarKey | None:
    """The key that an address was made with, unless it was renewed or taken back, or the account is closed."""
    found = CalendarKey.objects.select_related("user").filter(key=text).first()
    return found if found and found.user.is_active else None


def calendar(key: CalendarKey, *, now: datetime) -> bytes:
    """The feed. A discreet one says one word for each entry, and leads nowhere."""
    theirs = appointments.of([key.user_id], now - BACK, now + AHEAD)
    return ics.feed("Conversations", [_listed(one, discreet=key.discreet) for one in theirs])


def _listed(one: appointments.Appointment, *, discreet: bool) -> ics.Listed:
    return ics.Listed(
        uid=one.uid,
        start=one.start,
        end=one.end,
        summary=one.word if discreet else one.summary,
        changed_at=one.changed_at,
        url="" if discreet else one.url,
        sequence=one.sequence,
        tentative=one.tentative,
        free=not one.takes_time,
    )
