"""The archive as a folder of pages: read from a disk, with search, without a server.

    index.html                       the newest, and the search
    years/2026.html                  every write-up of a year
    INC-2026-0015/index.html         the newest revision; r1.html, r1.pdf, r1.json: each revision
    index/…  style.css  search.js    what the pages need

The JSON documents are checked by `check_archive FOLDER`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files import File
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from postmortems.archive.exporting.index import TITLE, Index, weights
from postmortems.archive.models import Card
from postmortems.incidents.models import Incident
from postmortems.markdown import to_text
from postmortems.publication.models import Printing, Revision
from postmortems.publication.reading import alone
from postmortems.publication.reading.document import document_of, tombstone_of, written
from postmortems.publication.withdrawing.covering import of_revision

NEWEST = 50
BLOCK = 200  # documents in a file of the list that the search loads
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Told:
    """A row of a list."""

    ref: str
    title: str
    day: str
    year: int
    severity: str
    services: str
    summary: str


def write(
    folder: Path,
    cards: Iterable[Card],
    withdrawn: Iterable[Incident] = (),
    *,
    progress: Progress = lambda count: None,
) -> dict[str, int]:
    """Everything of `cards`, newest first, into `folder`, which is new; of `withdrawn` that they were, and why.

    How many write-ups, revisions and PDFs, PDFs that are not set yet, and withdrawn revisions.
    """
    folder.mkdir(parents=True)
    counts = {"writeups": 0, "revisions": 0, "pdfs": 0, "waiting": 0, "withdrawn": 0}
    index, listed = Index(folder / "index"), _Listed(folder)
    for number, card in enumerate(cards):
        told = _writeup(folder, card, counts)
        listed.add(told)
        document = card.revision.content
        index.add(number, weights(_parts(told, document, card.revision.words)))
        counts["writeups"] += 1
        progress(number + 1)
    for incident in withdrawn:
        _withdrawn(folder, incident, counts)
    index.finish()
    listed.finish()
    (folder / "style.css").write_text("\n".join(map(alone.style, alone.STYLES)), encoding="utf-8")
    (folder / "search.js").write_text(_script("archive_site.js"), encoding="utf-8")
    return counts


def _writeup(folder: Path, card: Card, counts: dict[str, int]) -> Told:
    own = folder / card.incident.ref
    own.mkdir()
    for revision in _revisions(card.incident):
        if revision.is_withdrawn:
            _tombstone(own, revision, newest=False, counts=counts)
        else:
            _revision(own, revision, newest=revision.pk == card.revision_id, counts=counts)
    document = card.revision.content
    return Told(
        ref=card.incident.ref, title=card.title, day=card.happened_at.strftime("%Y-%m-%d"), year=card.happened_at.year,
        severity=document["severity"]["name"], services=", ".join(document["services"]),
        summary=_short(to_text(document["texts"].get("summary", ""))),
    )  # fmt: skip


def _withdrawn(folder: Path, incident: Incident, counts: dict[str, int]) -> None:
    """A write-up of which nothing stands any more: its addresses say so, and no list names it."""
    own = folder / incident.ref
    own.mkdir()
    *earlier, last = _revisions(incident)
    for revision in earlier:
        _tombstone(own, revision, newest=False, counts=counts)
    _tombstone(own, last, newest=True, counts=counts)


def _revisions(incident: Incident) -> Iterable[Revision]:
    withdrawn = Revision.objects.withdrawn().filter(pk=OuterRef("pk"))
    found = incident.revisions.annotate(is_withdrawn=Exists(withdrawn)).order_by("number")
    return found.select_related("incident", "published_by", "printing")


def _tombstone(own: Path, revision: Revision, *, newest: bool, counts: dict[str, int]) -> None:
    withdrawal = of_revision(revision)
    told = {
        "revision": revision,
        "withdrawal": withdrawal,
        "style_at": "../style.css",
        "home": "../index.html",
    }
    page = render_to_string("publication/withdrawn_alone.html", told)
    for name in (f"r{revision.number}", "index") if newest else (f"r{revision.number}",):
        (own / f"{name}.html").write_text(page, encoding="utf-8")
    (own / f"r{revision.number}.json").write_bytes(written(tombstone_of(revision, withdrawal)))
    counts["withdrawn"] += 1


def _revision(own: Path, revision: Revision, *, newest: bool, counts: dict[str, int]) -> None:
    name = f"r{revision.number}"
    page = alone.page(
        revision, style_at="../style.css", beside=(f"{name}.pdf", f"{name}.json"), home="../index.html"
    )
    (own / f"{name}.html").write_text(page, encoding="utf-8")
    if newest:
        (own / "index.html").write_text(page, encoding="utf-8")
    (own / f"{name}.json").write_bytes(written(document_of(revision)))
    counts["revisions"] += 1
    printing = getattr(revision, "printing", None)
    if printing is None or printing.state != Printing.State.DONE:
        counts["waiting"] += 1
        return
    with printing.file.open("rb") as source, (own / f"{name}.pdf").open("wb") as to:
        for chunk in File(source).chunks():
            to.write(chunk)
    counts["pdfs"] += 1


def _parts(told: Told, document: dict, words: str) -> Iterator[tuple[int, str]]:
    yield TITLE, f"{told.ref} {told.title}"
    yield TITLE, " ".join([told.severity, *document["services"], *document["teams"], *document["tags"]])
    yield 2, " ".join(one["sentence"] for one in document["conditions"])
    yield 2, " ".join(event["caption"] for event in document["events"])
    yield 1, words


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 240 else line[:240].rsplit(" ", 1)[0] + " …"


class _Listed:
    """The lists: in blocks for the search, by year, and the newest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.block: list[list[str]] = []
        self.blocks = 0
        self.newest: list[Told] = []
        self.years: dict[int, int] = defaultdict(int)
        (folder / "years").mkdir()

    def add(self, told: Told) -> None:
        self.block.append([told.ref, told.title, told.day, told.severity, told.services, told.summary])
        if len(self.block) == BLOCK:
            self._flush()
        if len(self.newest) < NEWEST:
            self.newest.append(told)
        self.years[told.year] += 1
        with (self.folder / "years" / f"{told.year}.rows").open("a", encoding="utf-8") as to:
            to.write(render_to_string("archive/site/row.html", {"one": told, "up": "../"}))

    def _flush(self) -> None:
        told = json.dumps(self.block, ensure_ascii=True, separators=(",", ":"))
        path = self.folder / "index" / f"list-{self.blocks}.js"
        path.write_text(f"listed({self.blocks},{told});\n", encoding="utf-8")
        self.block, self.blocks = [], self.blocks + 1

    def finish(self) -> None:
        if self.block:
            self._flush()
        about = {
            "organisation": settings.ORGANISATION,
            "years": sorted(self.years.items(), reverse=True),
            "block": BLOCK,
        }
        page = render_to_string("archive/site/index.html", about | {"newest": self.newest})
        (self.folder / "index.html").write_text(page, encoding="utf-8")
        for year in self.years:
            rows = self.folder / "years" / f"{year}.rows"
            with (
                rows.open(encoding="utf-8") as source,
                rows.with_suffix(".html").open("w", encoding="utf-8") as to,
            ):
                head, _, foot = render_to_string("archive/site/year.html", about | {"year": year}).partition(
                    "<!-- rows -->"
                )
                to.write(head)
                while part := "".join(islice(source, 1000)):
                    to.write(part)
                to.write(foot)
            rows.unlink()


def _script(name: str) -> str:
    found = finders.find(f"js/{name}") or Path(settings.STATIC_ROOT) / "js" / name
    return Path(found).read_text(encoding="utf-8")
