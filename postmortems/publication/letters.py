"""The letter that asks whether words may appear with somebody's name. It does not hold the words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from postmortems.incidents.models import Participant
from postmortems.interviews.links import Purpose
from postmortems.interviews.readers import email_of, reader_of
from postmortems.notices import post

PURPOSE = Purpose("publication.attributed", days=30)


def ask(person: Participant, *, occasion: str, count: int, now: datetime) -> None:
    post.send(
        to=email_of(person),
        template="emails/publication/attributed",
        context={
            "person": person, "incident": person.incident, "count": count, "address": address(person),
            "good_until": (now + timedelta(days=PURPOSE.days)).date(),
        },
        key=f"attributed {person.pk} {occasion}",
        about=f"attributed {person.pk}",
        reader=reader_of(person),
        now=now,
    )  # fmt: skip


def address(person: Participant) -> str:
    return settings.SITE_URL + reverse("publication:attributed_by_link", args=[PURPOSE.key(str(person.pk))])


def participant_of(key: str) -> Participant | None:
    """Whom a key was made for, unless it is too old or their account is closed."""
    value = PURPOSE.value(key)
    if value is None:
        return None
    person = Participant.objects.select_related("incident__severity", "user").filter(pk=value).first()
    return person if person and (not person.user or person.user.is_active) else None
