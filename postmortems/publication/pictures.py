"""Pictures of a document (`publication.content`): those that its texts show, and those that are evidence for its events.

A document names each by the SHA-256 of its file, and so does the address in the article: the seal of a revision covers
its pictures, and whoever may read the revision may see exactly them. A file that a revision names is never deleted.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import file_digest
from typing import Any

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.markdown import Reference, pictures
from postmortems.publication.models import Revision, Twin
from postmortems.writeup.images.actions import KEPT
from postmortems.writeup.images.picture import SUFFIXES
from postmortems.writeup.images.references import UNSAID
from postmortems.writeup.models import Image

ADDRESS = re.compile(r"(?:/archive/(?P<ref>[A-Za-z0-9-]+)/)?images/(?P<digest>[0-9a-f]{64})\.[a-z]+")
SOURCE = re.compile(rf'(?P<before><img\b[^<>]*?\bsrc=")(?P<address>{ADDRESS.pattern})(?P<after>")')


def of(incident: Incident, texts: Iterable[str], events: Iterable[int]) -> list[dict[str, Any]]:
    """What the document says of each; one query."""
    numbers = {number for text in texts for number, _ in pictures(text)}
    there = incident.images.standing()
    shown = there.filter(number__in=numbers) | there.filter(event__in=set(events))
    return [
        {
            "number": image.number, "digest": image.digest, "kind": image.kind, "width": image.width, "height": image.height,
            "alt": image.alt, "event": image.event_id,
        }
        for image in shown.distinct()
    ]  # fmt: skip


def references(document: dict[str, Any]) -> dict[tuple[str, int], Reference]:
    """What `image:7` leads to within the article."""
    return {
        ("image", one["number"]): Reference(
            _address(document, one), one["alt"] or UNSAID, width=one["width"], height=one["height"]
        )
        for one in document.get("images", [])
    }


def of_events(document: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The picture of an event, as its row in the article shows it."""
    return {
        one["event"]: one | {"address": _address(document, one)}
        for one in document.get("images", [])
        if one["event"]
    }


def _address(document: dict[str, Any], one: dict[str, Any]) -> str:
    """Of a twin beside its page, whatever the address of that: it names no incident, and no secret."""
    if document.get("audience"):
        return f"images/{name_of(one['digest'], one['kind'])}"
    return reverse("publication:image", args=[document["ref"], one["digest"], SUFFIXES[one["kind"]]])


def name_of(digest: str, kind: str) -> str:
    return f"{digest}.{SUFFIXES[kind]}"


# --- the files -------------------------------------------------------------------------------------


def show(incident: Incident, digest: str) -> Image | None:
    """The picture whose file this is, whether it still stands in the draft or not."""
    found = incident.images.filter(digest=digest).exclude(file="").select_related("incident")
    return found.order_by("removed_at", "number").first()


def is_published(revisions: Iterable[Revision] | Any, digest: str) -> bool:
    """Whether one of these revisions shows the picture."""
    return revisions.filter(content__images__contains=[{"digest": digest}]).exists()


def unpublished(now: datetime) -> Iterator[Image]:
    """Pictures that were taken out long enough ago and that no revision shows: their files may go."""
    removed = Image.objects.filter(removed_at__lte=now - KEPT).exclude(file="").select_related("incident")
    for image in removed.iterator(chunk_size=100):
        if not is_published(Revision.objects.filter(incident=image.incident), image.digest):
            yield image


def behind(published: Revision | Twin, address: str) -> Image | None:
    """The picture at an address of the article, if it is one that this text names."""
    found = ADDRESS.fullmatch(address)
    if found is None or found["ref"] not in (None, published.incident.ref):
        return None
    named = {one["digest"] for one in published.content.get("images", [])}
    return show(published.incident, found["digest"]) if found["digest"] in named else None


def inside(published: Revision | Twin) -> str:
    """The article with its pictures in it, for a page that stands by itself."""

    def put(match: re.Match) -> str:
        image = behind(published, match["address"])
        if image is None:
            return match[0]
        with image.file.open("rb") as file:
            return f"{match['before']}data:{image.kind};base64,{base64.b64encode(file.read()).decode()}{match['after']}"

    return SOURCE.sub(put, published.html)


def troubles() -> Iterator[str]:
    """Pictures of everything published whose files are not what was published, one by one."""
    rows = Revision.objects.order_by("incident", "number")
    for ref, number, named in rows.values_list("incident__ref", "number", "content__images").iterator(
        chunk_size=100
    ):
        for one in named or []:
            images = Image.objects.filter(incident__ref=ref, digest=one["digest"]).exclude(file="")
            if trouble := _trouble(images.first(), one["digest"]):
                yield f"{ref}: picture {one['number']} of revision {number} is {trouble}."


def _trouble(image: Image | None, digest: str) -> str:
    try:
        if image is None:
            return "missing"
        with image.file.open("rb") as file:
            return (
                "" if file_digest(file, "sha256").hexdigest() == digest else "not the one that was published"
            )
    except OSError:
        return "missing"
