"""The way from the letter to the jot-notes of one participant."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from postmortems.incidents.models import Participant
from postmortems.interviews.links import Purpose

PURPOSE = Purpose("interviews.jotting", days=14)


def address(participant: Participant) -> str:
    key = PURPOSE.key(str(participant.pk))
    return settings.SITE_URL + reverse("interviews:jot_by_link", args=[key])


def participant_of(key: str, *, late: bool = False) -> Participant | None:
    """The participant a key was made for, unless their account is closed; with `late` also for a key that is too old."""
    value = PURPOSE.once(key) if late else PURPOSE.value(key)
    if value is None:
        return None
    person = Participant.objects.select_related("incident__severity", "user").filter(pk=value).first()
    return None if person and person.user and not person.user.is_active else person
