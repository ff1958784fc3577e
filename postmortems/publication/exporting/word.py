"""A published article as a Word file: headings as styles, tables, lists, links and pictures with their words.

Made from the tree of elements that is printed, too (`printing.preparing.structure`), so that it says the same. The same
article gives the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO

import docx
from docx.shared import Mm, Pt, Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from PIL import Image

from postmortems.publication.exporting import wordparts as parts
from postmortems.publication.printing import tables
from postmortems.publication.printing.preparing import FAR
from postmortems.publication.printing.tree import BLOCKS, Element, classes, words
from postmortems.publication.printing.tree import made as made_of

Find = Callable[[str], BinaryIO | None]
HELD = BLOCKS | {"article", "section", "figure", "hr"}
HEADINGS = {"h1": "Title"} | {f"h{level}": f"Heading {level - 1}" for level in range(2, 7)}
TIMELINE, FACTS = (18.0, 82.0), (26.0, 74.0)  # per cent of the width
START = re.compile(r"[0-9]{1,5}")
WIDEST, TALLEST = Mm(160), Mm(200)
PIXEL = 9525  # English Metric Units
LEVELS = 8
DAY = (1980, 1, 1, 0, 0, 0)  # of everything in the archive that a file is: no clock may be seen in it
LOOKS = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "del": "strike", "s": "strike", "code": "code", "sup": "superscript", "sub": "subscript"}  # fmt: skip


@dataclass(frozen=True)
class About:
    """What stands in the properties of the file and at the foot of its pages."""

    title: str
    author: str
    subject: str
    keywords: str
    foot: str
    at: datetime
    number: int


@dataclass
class Point:
    """A point of a list: its sign stands before its first paragraph alone."""

    list: int
    told: bool = False


@dataclass(frozen=True)
class Place:
    """Where words go, and how they look there."""

    where: Any  # the body of the document, or a cell
    style: str = ""
    looks: tuple[str, ...] = ()
    level: int = -1  # of the list one is in
    point: Point | None = None


def write(article: Element, about: About, find: Find = lambda address: None) -> bytes:
    """`find` opens a picture by its address; without it, its words stand there."""
    document = docx.Document()
    parts.looks(document)
    _properties(document, about)
    _foot(document, about)
    _Writer(document, article, find).flow(article, Place(document._body))
    document.save(made := BytesIO())
    return _timeless(made)


def _properties(document: Any, about: About) -> None:
    known = document.core_properties
    known.title, known.author, known.subject = (parts.clean(text)[:255] for text in (about.title, about.author, about.subject))  # fmt: skip
    known.keywords, known.comments, known.last_modified_by = parts.clean(about.keywords)[:255], "", ""
    known.revision, known.language = max(1, about.number), "en"
    known.created = known.modified = about.at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _foot(document: Any, about: About) -> None:
    foot = document.sections[0].footer.paragraphs[0]
    foot.add_run(parts.clean(f"{about.foot}  ·  "))
    parts.field(foot, "PAGE")
    foot.add_run(" / ")
    parts.field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(8.5)


def _timeless(made: BytesIO) -> bytes:
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out := BytesIO(), "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(zipfile.ZipInfo(one.filename, DAY), old.read(one.filename), zipfile.ZIP_DEFLATED)
    return out.getvalue()


class _Writer:
    def __init__(self, document: Any, article: Element, find: Find) -> None:
        self.find = find
        self.lists = parts.Lists(document)
        links = (link.get("href", "") for link in article.iter("a"))
        self.wanted = {address[1:] for address in links if address.startswith("#")}
        self.waiting: list[str] = []  # places that links lead to, for the next paragraph
        self.bookmarks = 0
        self.open: Paragraph | None = None  # the paragraph that goes on
        self.blank = True  # what was said last in it ends with a blank

    # --- blocks

    def flow(self, element: Element, place: Place) -> None:
        """What an element holds: blocks one below the other, and between them paragraphs of words."""
        self._mark(element)
        self._say(element.text, place)
        for child in element:
            if child.tag in HELD:
                self._close()
                self._block(child, place)
            else:
                self._inline(child, place)
            self._say(child.tail, place)
        self._close()

    def _block(self, element: Element, place: Place) -> None:
        tag = str(element.tag)
        if tag in HEADINGS:
            self.flow(element, replace(place, style=HEADINGS[tag]))
        elif tag in ("ul", "ol"):
            self._timeline(element, place) if "line" in classes(element) else self._list(element, place)
        elif tag == "table":
            self._table(element, place)
        elif tag == "pre":
            self._code(element, place)
        elif tag == "hr":
            self._paragraph(place)
        else:
            self.flow(element, replace(place, style="Quote") if tag == "blockquote" else place)

    def _list(self, element: Element, place: Place) -> None:
        level = min(place.level + 1, LEVELS)
        start = element.get("start", "1")
        number = self.lists.begin(
            counted=element.tag == "ol", start=int(start) if START.fullmatch(start) else 1, level=level
        )
        self._mark(element)
        for child in element:
            self.flow(child, replace(place, level=level, point=Point(number)))

    def _code(self, element: Element, place: Place) -> None:
        self._mark(element)
        paragraph = self._paragraph(replace(place, style="Code"))
        for number, line in enumerate(parts.clean("".join(element.itertext())).strip("\n").split("\n")):
            if number:
                paragraph.add_run().add_break()
            paragraph.add_run(line.expandtabs(4))

    # --- tables

    def _timeline(self, element: Element, place: Place) -> None:
        made = parts.table(place.where, TIMELINE, ruled=True)
        self._row(made, place, TIMELINE, [made_of("th", "Time"), made_of("th", "What happened")])
        for point in element:
            at = point[0] if len(point) and point[0].tag == "time" else made_of("time", "")
            if at in point:
                point.text = at.tail
                point.remove(at)
                at.tail = ""
            self._row(made, place, TIMELINE, [at, point])
        self._between(place)

    def _table(self, element: Element, place: Place) -> None:
        groups = [[group] if group.tag == "tr" else group for group in element]
        rows = [row for group in groups for row in group if row.tag == "tr"]
        said = [["".join(cell.itertext()) for cell in row] for row in rows]
        how = tables.setting(said, may_turn=False)
        if how is None:
            return
        facts = "facts" in classes(element)
        columns = max(map(len, rows))
        shares = FACTS if facts and columns == 2 else how.shares or (100 / columns,) * columns
        if (caption := element.find("caption")) is not None:
            self.flow(caption, replace(place, style="Caption"))
        self._mark(element)
        made = parts.table(place.where, shares, ruled=not facts)
        for row, texts in zip(rows, said, strict=True):
            self._row(made, place, shares, list(row), whole=not tables.is_tall(texts))
        self._between(place)

    def _row(self, made: Any, place: Place, shares: Sequence[float], cells: list[Element], *, whole: bool = True) -> None:  # fmt: skip
        head = bool(cells) and all(cell.tag == "th" for cell in cells)
        line = parts.row(made, repeated=head, whole=whole)
        for column, share in enumerate(shares):
            cell = parts.cell(line, place.where, share)
            if column < len(cells):
                bold = ("bold",) if cells[column].tag == "th" else ()
                self.flow(cells[column], Place(cell, looks=bold))
            parts.whole(cell)

    def _between(self, place: Place) -> None:
        """Two tables without a paragraph between them would be one."""
        place.where.add_paragraph().paragraph_format.space_after = Pt(2)

    # --- paragraphs

    def _paragraph(self, place: Place) -> Paragraph:
        made = place.where.add_paragraph(style=place.style or None)
        if place.point and not place.point.told:
            parts.point(made, place.point.list, place.level)
            place.point.told = True
        elif place.level >= 0:
            made.paragraph_format.left_indent = Twips(parts.STEP * (place.level + 1))
        for name in self.waiting:
            self.bookmarks += 1
            parts.bookmark(made, name, self.bookmarks)
        self.waiting = []
        return made

    def _mark(self, element: Element) -> None:
        if (name := element.get("id", "")) in self.wanted and name:
            self.waiting.append(name)

    def _close(self) -> None:
        if self.open is not None:
            if self.blank and (runs := self.open.runs) and runs[-1].text.endswith(" "):
                runs[-1].text = runs[-1].text.rstrip(" ")
            parts.direct(self.open)
        self.open, self.blank = None, True

    # --- what stands in a paragraph

    def _say(self, text: str | None, place: Place, link: Any = None) -> None:
        said = re.sub(r"[ \t\r\n\f]+", " ", parts.clean(text or ""))
        said = said.lstrip(" ") if self.blank else said
        if not said:
            return
        run = self._run(place, link)
        run.text = said
        for look in place.looks:
            _look(run, look)
        self.blank = said.endswith(" ")

    def _run(self, place: Place, link: Any) -> Run:
        if self.open is None:
            self.open = self._paragraph(place)
        if link is None:
            return self.open.add_run()
        element = parts.part("w:r")
        link.append(element)
        run = Run(element, self.open)
        run.style = "Hyperlink"
        return run

    def _inline(self, element: Element, place: Place, link: Any = None) -> None:
        self._mark(element)
        if element.tag == "br" or "evidence" in classes(element) and self.open is not None:
            self._run(place, None).add_break()
            self.blank = True
        if element.tag == "img":
            self._picture(element, place)
            return
        if element.tag == "a" and words(element) and (address := element.get("href", "")):
            if self.open is None:
                self.open = self._paragraph(place)
            link = self._link(address) if link is None else link
        if look := LOOKS.get(str(element.tag)):
            place = replace(place, looks=(*place.looks, look))
        self._say(element.text, place, link)
        for child in element:
            self._inline(child, place, link)
            self._say(child.tail, place, link)

    def _link(self, address: str) -> Any:
        """None where it leads nowhere from here: its words stay."""
        if address.startswith("#") or FAR.match(address):
            return parts.link(self.open, parts.clean(address)[:2000])
        return None

    def _picture(self, element: Element, place: Place) -> None:
        alt = parts.clean(element.get("alt", ""))
        file = self.find(element.get("src", ""))
        picture = _readable(file) if file else None
        if picture is None:
            self._say(f"[{alt}]", place)
            return
        image, width, height = picture
        scale = min(1.0, WIDEST / (width * PIXEL), TALLEST / (height * PIXEL))
        shown = self._run(place, None).add_picture(image, width=round(width * PIXEL * scale))
        shown._inline.docPr.set("descr", alt)
        self.blank = False


def _readable(file: BinaryIO) -> tuple[BytesIO, int, int] | None:
    """A picture in a form that Word knows, and its size in pixels."""
    try:
        with file, Image.open(BytesIO(data := file.read())) as image:
            if image.format in ("PNG", "JPEG", "GIF"):
                return BytesIO(data), image.width, image.height
            image.convert("RGBA").save(made := BytesIO(), "PNG")
            return made, image.width, image.height
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _look(run: Run, look: str) -> None:
    if look == "code":
        run.font.name = "Courier New"
    else:
        setattr(run.font, look, True)
