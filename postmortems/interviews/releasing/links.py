"""The way from a letter to one's own words, for people without a session or an account."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from postmortems.interviews.links import Purpose
from postmortems.interviews.models import Interview

PURPOSE = Purpose("interviews.words", days=30)


def address(interview: Interview) -> str:
    return settings.SITE_URL + reverse("interviews:words_by_link", args=[PURPOSE.key(str(interview.uid))])


def interview_of(key: str, *, late: bool = False) -> Interview | None:
    """The interview a key was made for, unless the account is closed; with `late` also for a key that is too old."""
    value = PURPOSE.once(key) if late else PURPOSE.value(key)
    if value is None:
        return None
    try:
        found = (
            Interview.objects.select_related("incident__severity", "participant__user", "interviewer")
            .filter(uid=value)
            .first()
        )
    except ValidationError:  # a key of ours that names no interview
        return None
    return None if found and found.participant.user and not found.participant.user.is_active else found
