"""Where outsiders find a text. The public side has short addresses; one for partners is a secret."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify

from postmortems.publication.models import Audience, Twin

SIDES = {"public": Audience.PUBLIC, "partners": Audience.PARTNER}
SIDE_OF = {audience: side for side, audience in SIDES.items()}
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is read out


def new_key(audience: str) -> str:
    """For a text that has no address yet. No word of it is in there: what was withdrawn stays at its address."""
    if audience == Audience.PUBLIC:
        return "".join(secrets.choice(LETTERS) for _ in range(10))
    return secrets.token_urlsafe(32)


def name_of(twin: Twin) -> str:
    """Of a file that somebody keeps: in signs that every system takes, of what is published alone."""
    return f"{slugify(twin.title)[:60].strip('-') or 'incident-review'}-{twin.number}"


def path(twin: Twin, form: str = "twin") -> str:
    """`form` is one of twin (the page), pdf, document, newest (the page of whichever number is the newest)."""
    where = [SIDE_OF[twin.audience], twin.key]
    return reverse(f"outside:{form}", args=where if form == "newest" else [*where, twin.number])


def address(twin: Twin, form: str = "newest") -> str:
    """With the site, as one hands it on."""
    return settings.SITE_URL + path(twin, form)
