"""A revision in forms that one can go on working with: Markdown, alone or with its pictures, and Word."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any, BinaryIO

from django.conf import settings

from postmortems.publication import pictures
from postmortems.publication.exporting import markdown, word
from postmortems.publication.models import Revision
from postmortems.publication.printing import preparing, tree
from postmortems.web.kept import kept

FORM = 1  # counted up when a Word file of the same revision becomes another


def name_of(revision: Revision) -> str:
    return f"{revision.incident.ref}-r{revision.number}"


def as_markdown(revision: Revision) -> str:
    return markdown.write(
        revision.content,
        number=revision.number,
        digest=revision.digest,
        published=f"{revision.published_at:%Y-%m-%d}",
    )


def as_folder(revision: Revision) -> bytes:
    """The Markdown and its pictures, as a zip that can be brought in again; the same bytes each time."""
    with zipfile.ZipFile(made := BytesIO(), "w", zipfile.ZIP_DEFLATED) as folder:
        _put(folder, f"{name_of(revision)}.md", as_markdown(revision).encode())
        for one in revision.content.get("images", []):
            if picture := pictures.show(revision.incident, one["digest"]):
                with picture.file.open("rb") as file:
                    _put(folder, f"images/{pictures.name_of(one['digest'], one['kind'])}", file.read())
    return made.getvalue()


def _put(folder: zipfile.ZipFile, name: str, data: bytes) -> None:
    folder.writestr(zipfile.ZipInfo(name, word.DAY), data, zipfile.ZIP_DEFLATED)


def as_word(revision: Revision) -> bytes:
    """Made once a day at most: a long timeline takes a second."""
    return kept("word", (FORM, revision.digest, settings.ORGANISATION), lambda: _word(revision))


def _word(revision: Revision) -> bytes:
    document = revision.content
    drawn = document.get(
        "picture", ""
    )  # Word has no drawing of this kind; all it shows is in the list below it
    article = tree.parse(revision.html.replace(f'<figure class="timeline-figure">{drawn}</figure>', ""))
    preparing.structure(article)
    _lead_home(article)
    ref = revision.incident.ref
    about = word.About(
        title=revision.title, author=settings.ORGANISATION, subject=f"Incident review {ref}, revision {revision.number}",
        keywords=_keywords(document), foot=f"{ref} · revision {revision.number} · {revision.published_at:%-d %B %Y}",
        at=revision.published_at, number=revision.number,
    )  # fmt: skip
    return word.write(article, about, lambda address: _open(revision, address))


def _keywords(document: dict[str, Any]) -> str:
    return ", ".join([*document.get("services", ()), *document.get("tags", ())])


def _lead_home(article: tree.Element) -> None:
    """Addresses within this house are whole ones, as they are read elsewhere."""
    for link in article.iter("a"):
        if re.match(r"/(?!/)", link.get("href", "")):
            link.set("href", settings.SITE_URL + link.get("href", ""))


def _open(revision: Revision, address: str) -> BinaryIO | None:
    picture = pictures.behind(revision, address)
    return picture.file.open("rb") if picture else None
