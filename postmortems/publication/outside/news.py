"""The feed of what is public."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from postmortems.publication.outside import shelf
from postmortems.web import feeds


def entries() -> list[feeds.Entry]:
    """The newest; a later number of a text is a new entry in place of the one before."""
    return [
        feeds.Entry(
            id=f"urn:sha256:{one.digest}",
            title=one.title,
            address=settings.SITE_URL + reverse("outside:twin", args=["public", one.key, one.number]),
            words=one.summary,
            published_at=one.published_at,
            author=settings.ORGANISATION,
        )
        for one in shelf.listed()
    ]


def written(entries: Sequence[feeds.Entry], kind: str) -> bytes:
    return feeds.written(
        entries,
        kind=kind,
        title=f"{settings.ORGANISATION}: incident reviews",
        about="Incident reviews, as they are published",
        home=settings.SITE_URL + reverse("outside:front"),
    )
