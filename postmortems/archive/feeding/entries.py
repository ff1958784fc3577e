"""What was newly published and one reader may see, as Atom (RFC 4287) and as JSON Feed 1.1."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from postmortems.accounts.models import User
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.finding import hits
from postmortems.publication.models import Revision

ENTRIES = 50
SUMMARY = 400
TITLE = "Second Story: newly published"
TYPES = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}


def newest(user: User, asked: Asked) -> Sequence[Revision]:
    """The newest fifty; of one service, team, tag… where one is asked for. Words are not asked of a feed."""
    keys = hits(user, replace(asked, words="")).newest().values_list("pk", flat=True)[:ENTRIES]
    found = Revision.objects.visible_to(user).filter(card__in=list(keys))
    return found.select_related("incident", "published_by").defer("content", "html")


def written(revisions: Sequence[Revision], *, kind: str, about: str) -> bytes:
    return (_atom if kind == "atom" else _json)(revisions, f"{TITLE}, {about}" if about else TITLE)


def etag(revisions: Sequence[Revision], kind: str) -> str:
    """Of what is in it: an Atom feed of nothing tells the moment at which it was asked for."""
    told = " ".join([kind, *(revision.digest for revision in revisions)])
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def _atom(revisions: Sequence[Revision], title: str) -> bytes:
    made = Atom1Feed(
        title=_xml(title), link=settings.SITE_URL + reverse("archive:search"), description="Incident reviews, as they are published"
    )  # fmt: skip
    for revision in revisions:
        made.add_item(
            title=_xml(revision.title), link=_address(revision), unique_id=f"urn:sha256:{revision.digest}",
            description=escape(_xml(revision.words[:SUMMARY])),  # readers take a summary for HTML
            pubdate=revision.published_at, updateddate=revision.published_at, author_name=_xml(str(revision.published_by)),
        )  # fmt: skip
    return made.writeString("utf-8").encode()


def _json(revisions: Sequence[Revision], title: str) -> bytes:
    items = [
        {
            "id": f"urn:sha256:{one.digest}", "url": _address(one), "title": one.title, "content_text": one.words[:SUMMARY],
            "date_published": one.published_at.isoformat(), "authors": [{"name": str(one.published_by)}], "tags": one.incident.tags,
        }
        for one in revisions
    ]  # fmt: skip
    home = settings.SITE_URL + reverse("archive:search")
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "items": items,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _address(revision: Revision) -> str:
    return settings.SITE_URL + reverse("publication:revision", args=[revision.incident.ref, revision.number])


def _xml(text: str) -> str:
    """What XML can hold: some control characters have no place in it, not even escaped."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
