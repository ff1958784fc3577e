"""The way from an invitation to its answer page, for people without a session or an account.

A key opens one page for one purpose. It works until the window for the conversation is over; a cancelled
interview says so and shows nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from postmortems.interviews.links import Purpose
from postmortems.interviews.models import Interview
from postmortems.interviews.scheduling.window import window_of

PURPOSE = Purpose("interviews.answer", days=366)
WITHOUT_A_WINDOW = timedelta(days=30)


def key_of(interview: Interview) -> str:
    return PURPOSE.key(str(interview.uid))


def address_of(interview: Interview) -> str:
    return settings.SITE_URL + reverse("interviews:answer_by_link", args=[key_of(interview)])


def interview_of(key: str) -> Interview | None:
    """The interview a genuine key was made for, unless the account behind it is closed."""
    uid = PURPOSE.value(key)
    if uid is None:
        return None
    found = (
        Interview.objects.select_related("incident__severity", "participant__user", "interviewer")
        .filter(uid=uid, invited_at__isnull=False)
        .first()
    )
    return None if found and found.participant.user and not found.participant.user.is_active else found


def open_until(interview: Interview) -> datetime:
    """When the key stops working: at the end of the window, or of the conversation where that is later."""
    window = window_of(interview.incident)
    ends = [window.fades_at] if window else [interview.proposed_at + WITHOUT_A_WINDOW]
    return max([*ends, *([interview.ends_at] if interview.ends_at else [])])
