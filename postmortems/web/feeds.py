"""Feeds: Atom (RFC 4287) and JSON Feed 1.1 of the same entries. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

TYPES = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}


@dataclass(frozen=True)
class Entry:
    """Something that was published. `id` stays the same for good, and is that of these words alone."""

    id: str
    title: str
    address: str
    words: str
    published_at: datetime
    author: str = ""
    tags: Sequence[str] = ()


def written(entries: Sequence[Entry], *, kind: str, title: str, about: str, home: str) -> bytes:
    """`kind` is a key of TYPES; `home` is the page that the feed belongs to."""
    return _atom(entries, title, about, home) if kind == "atom" else _json(entries, title, home)


def etag(entries: Sequence[Entry], kind: str) -> str:
    """Of what is in it: an Atom feed of nothing tells the moment at which it was asked for."""
    told = " ".join([kind, *(entry.id for entry in entries)])
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def _atom(entries: Sequence[Entry], title: str, about: str, home: str) -> bytes:
    made = Atom1Feed(title=_xml(title), link=home, description=about)
    for entry in entries:
        made.add_item(
            title=_xml(entry.title), link=entry.address, unique_id=entry.id,
            description=escape(_xml(entry.words)),  # readers take a summary for HTML
            pubdate=entry.published_at, updateddate=entry.published_at, author_name=_xml(entry.author) or None,
        )  # fmt: skip
    return made.writeString("utf-8").encode()


def _json(entries: Sequence[Entry], title: str, home: str) -> bytes:
    items = [
        {
            "id": one.id, "url": one.address, "title": one.title, "content_text": one.words,
            "date_published": one.published_at.isoformat(), "tags": list(one.tags),
            **({"authors": [{"name": one.author}]} if one.author else {}),
        }
        for one in entries
    ]  # fmt: skip
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "items": items,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _xml(text: str) -> str:
    """What XML can hold: some control characters have no place in it, not even escaped."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
