"""Addresses that end one sort of letter by a click: signed, without a session, good for as long as the letter is kept."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from postmortems.accounts.models import User

SALT = "archive.recalling.end"
SORTS = ("monthly", "anniversaries")


def end_of(person: User, sort: str) -> str:
    key = signing.dumps(f"{sort} {person.pk}", salt=SALT)
    return settings.SITE_URL + reverse("archive:end_recalling", args=[key])


def of(key: str) -> tuple[User, str] | None:
    """Whose letters a key ends, and which; None for one that is forged, and for an account that is gone."""
    try:
        sort, _, pk = signing.loads(key, salt=SALT).partition(" ")
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=pk).first()
    return (person, sort) if person and sort in SORTS else None
