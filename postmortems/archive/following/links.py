"""Addresses that end letters: signed, without a session, good for as long as the letter is kept."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from postmortems.accounts.models import User

SALT = "archive.following.end"


def end_of(reader: User | str) -> str:
    """For a person with an account, or an address without."""
    value = f"person {reader.pk}" if isinstance(reader, User) else f"address {reader}"
    return settings.SITE_URL + reverse("archive:end_letters", args=[signing.dumps(value, salt=SALT)])


def reader_of(key: str) -> User | str | None:
    """Whose letters a key ends; None for one that is forged, and for an account that is gone."""
    try:
        kind, _, value = signing.loads(key, salt=SALT).partition(" ")
    except signing.BadSignature:
        return None
    return value if kind == "address" else User.objects.filter(pk=value).first()
