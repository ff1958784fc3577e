"""What stands on the first page, of a revision or of a version for outsiders."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from postmortems.publication.models import Revision, Twin
from postmortems.publication.printing.tree import Element, classes, serialise

SEAL = 16  # digits that a person can compare; the whole of it stands at the end


def of(published: Revision | Twin) -> dict[str, Any]:
    """Facts as (name, words), of those that there are; and the words that run along on every page."""
    document = published.content
    house = isinstance(published, Revision)
    ref = document.get("ref", "")
    told = document.get("published") or {}  # those from before it was sealed do not tell who approved
    version = f"{'revision' if house else 'version'} {published.number}"
    facts = [
        ("Severity", _severity(document)),
        ("Services", ", ".join(document.get("services") or ())),
        ("Happened", _when(document)),
        ("Published", f"{published.published_at:%-d %B %Y, %H:%M UTC}"),
        ("Published by", told.get("by") or (str(published.published_by) if house else "")),
        ("Approved by", ", ".join(one["name"] for one in told.get("approved_by", ()))),
        (version.split()[0].capitalize(), str(published.number)),
        ("What changed", published.change_note),
        ("Seal", " ".join(_fours(published.digest[:SEAL]))),
    ]
    return {
        "title": published.title,
        "facts": [(name, words) for name, words in facts if words],
        "running": " · ".join(filter(None, [ref, version])),
        "digest": published.digest,
        "kind": "Incident review" if house else "Incident review, as published for others",
        "created": published.published_at.isoformat(),
        "keywords": ", ".join([*(document.get("services") or ()), *(document.get("tags") or ())]),
        "subject": " · ".join(filter(None, ["Incident review", ref, version])),
    }


def taken(article: Element) -> str:
    """The title, out of the article: it stands on the cover. What is said above it there stands there too."""
    title = ""
    for element in list(article):
        if element.tag == "h1" and not title:
            element.tail = ""
            title = serialise(element)
            article.remove(element)
        elif element.tag == "p" and "kicker" in classes(element):
            article.remove(element)
    return title


def _severity(document: dict[str, Any]) -> str:
    severity = document.get("severity") or {}
    return ": ".join(filter(None, [severity.get("name", ""), severity.get("sentence", "")]))


def _when(document: dict[str, Any]) -> str:
    """From the day it began to the day it was over, as far as these are told."""
    times = [at for at in (document.get("times") or {}).values() if at]
    if not times:
        return ""
    zone = ZoneInfo(document["zone"])
    days = [datetime.fromisoformat(at).astimezone(zone) for at in (min(times), max(times))]
    first, last = (f"{day:%-d %B %Y}" for day in days)
    return first if first == last else f"{first} to {last}"


def _fours(digits: str) -> list[str]:
    return [digits[place : place + 4] for place in range(0, len(digits), 4)]
