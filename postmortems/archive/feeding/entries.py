"""What was newly published and one reader may see, as a feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.finding import hits
from postmortems.publication.models import Revision
from postmortems.web import feeds
from postmortems.web.feeds import TYPES

ENTRIES = 50
SUMMARY = 400
TITLE = "Second Story: newly published"

__all__ = ["ENTRIES", "TYPES", "etag", "newest", "written"]


def newest(user: User, asked: Asked) -> Sequence[Revision]:
    """The newest fifty; of one service, team, tag… where one is asked for. Words are not asked of a feed."""
    keys = hits(user, replace(asked, words="")).newest().values_list("pk", flat=True)[:ENTRIES]
    found = Revision.objects.visible_to(user).filter(card__in=list(keys))
    return found.select_related("incident", "published_by").defer("content", "html")


def written(revisions: Sequence[Revision], *, kind: str, about: str) -> bytes:
    return feeds.written(
        [_entry(one) for one in revisions],
        kind=kind,
        title=f"{TITLE}, {about}" if about else TITLE,
        about="Incident reviews, as they are published",
        home=settings.SITE_URL + reverse("archive:search"),
    )


def etag(revisions: Sequence[Revision], kind: str) -> str:
    return feeds.etag([_entry(one) for one in revisions], kind)


def _entry(revision: Revision) -> feeds.Entry:
    where = reverse("publication:revision", args=[revision.incident.ref, revision.number])
    changed = (
        f"What changed: {revision.change_note}\n\n" if revision.number > 1 and revision.change_note else ""
    )
    return feeds.Entry(
        id=f"urn:sha256:{revision.digest}",
        title=revision.title,
        address=settings.SITE_URL + where,
        words=changed + revision.words[:SUMMARY],
        published_at=revision.published_at,
        author=str(revision.published_by),
        tags=revision.incident.tags,
    )
