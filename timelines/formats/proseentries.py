"""The entries of the timelines in a document: what begins with a time, in whichever form the document has.

1. Where the document has a section called timeline, only such sections are read; else all of it, if at least two
   entries with a clock's time are found.
2. In a section with headings that begin with a time, those are the entries; all below them is their text.
3. Otherwise rows of tables, list items and lines that begin with a time are entries; what follows without one
   belongs to the entry before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from timelines.formats.base import BadTime
from timelines.formats.outlines import Block
from timelines.formats.prosetables import Columns, cell, from_header, from_row, told, when
from timelines.formats.vague import Stamp, alone, leading
from timelines.formats.zonelabels import BESIDE_TIME, statement

TIMELINE = re.compile(
    r"(?i)\b(?:time\s?-?line|chronology|chronologie|sequence of events|(?:event|incident) (?:log|history)|log of events|zeit(?:leiste|strahl|licher)|"
    r"zeitlicher (?:ab|ver)lauf|ablauf|cronolog[ií]a|l[ií]nea (?:de|del) tiempo|linha do tempo|tidslinje|tijdlijn|what happened when)\b"
)
PASTED = re.compile(
    r"(?P<name>[^\W\d_][^|:<>\[\]#*\t]{0,48}?)\s{0,3}(?:\s(?P<app>APP|BOT)\s)?\s{0,3}(?:\s|\[)(?P<time>\d{1,2}:\d\d(?:\s?[AaPp][Mm])?)\]?$"
)
SENTENCE = re.compile(
    r"(?<=[.!?])\s{1,3}(?=(?:Then |So )?(?:"
    r"(?:[Aa]t|[Aa]round|[Aa]bout|[Bb]y|[Ss]hortly (?:after|before)|[Jj]ust (?:after|before)|[Uu]m|[Gg]egen|~)\s?(?:about |around |ca\.? )?\d{1,2}(?:[:.]\d\d|\s?[ap]m)"
    r"|(?:At )?(?:[Aa]round|[Aa]bout|ca\.?) \d{1,2}(?![\d:.%]| (?:%|hosts|minutes|hours|users|people|percent|pods|times)))"
    r")"
)
SPEAKER = re.compile(r"<(?P<name>[^<>\n]{1,60})>\s+(?P<text>\S.*)", re.S)
BODY = 400  # lines of one entry
WRAPPED = 45  # characters of a line that may go on in the next


@dataclass(slots=True)
class Entry:
    stamp: Stamp | None
    number: int
    lines: list[str]  # what it tells
    raw: list[str]
    zone: str = ""  # the zone stated for it by its section, table or document
    section: str = ""
    trouble: str = ""  # why it has no time
    actor: str = ""
    end: Stamp | None = None
    pasted: bool = False

    def add(self, block: Block) -> None:
        if len(self.raw) < BODY:
            self.lines.append(block.text)
            self.raw.append(block.text)


@dataclass(slots=True)
class Section:
    title: str
    blocks: list[Block]
    zone: str = ""


def entries(found: list[Block]) -> list[Entry | Stamp]:
    """Entries in their order, and between them dates that stand alone and hold for those that follow."""
    everywhere = _zone_of(found)
    told_in = [entry for section in sections(found) for entry in _section(section, everywhere)]
    if any(isinstance(entry, Entry) for entry in told_in):
        return told_in
    whole = _section(Section("", found), everywhere)
    clocked = [entry for entry in whole if isinstance(entry, Entry) and (entry.trouble or entry.stamp.clock)]
    if len([entry for entry in clocked if not entry.trouble]) < 2:
        return []
    return [entry for entry in whole if isinstance(entry, Stamp) or entry in clocked]


def sections(found: list[Block]) -> Iterator[Section]:
    """Runs of blocks below a heading called timeline, up to the next heading that is no date and not below it."""
    kinds = {
        block.kind for block in found if block.kind in ("heading", "title") and TIMELINE.search(block.text)
    }
    wanted = ("heading",) if "heading" in kinds else ("heading", "title")
    held: Section | None = None
    level = 0
    for block in found:
        if block.kind in wanted:
            if TIMELINE.search(block.text):
                if held is not None:
                    yield held
                held, level = (
                    Section(block.text, [], statement(block.text) or _beside(block.text)),
                    block.level,
                )
                continue
            if held is not None and block.level <= level and _stamp(block.text) is None:
                yield held
                held = None
        if held is not None:
            held.blocks.append(block)
    if held is not None:
        yield held


def _zone_of(found: list[Block]) -> str:
    """What the document says of its times as a whole, wherever it says so."""
    for block in found:
        short = block.kind not in ("code", "blank") and len(block.text) < 300
        if short and (zone := statement(block.text)):
            return zone
    return ""


def _beside(text: str) -> str:
    match = BESIDE_TIME.search(text[:120])
    return match["zone"] if match else ""


def _stamp(text: str) -> Stamp | None:
    try:
        found = leading(text)
    except BadTime:
        return None
    return found[0] if found else None


def _section(section: Section, everywhere: str) -> list[Entry | Stamp]:
    reader = _Headed if _has_headings(section) else _Listed
    return list(reader(section, section.zone or everywhere).entries())


def _has_headings(section: Section) -> bool:
    headings = [block for block in section.blocks if block.kind == "heading"]
    stamps = [stamp for block in headings if (stamp := _stamp(block.text))]
    if any(stamp.clock for stamp in stamps):
        return bool(section.title) or sum(1 for stamp in stamps if stamp.clock) >= 2
    if not stamps or not section.title:
        return False
    return not any(_begins(block) for block in section.blocks if block.kind != "heading")


def _begins(block: Block) -> bool:
    """Whether a line, item or row begins with a clock's time."""
    text = " ".join(block.cells[:2]) if block.kind == "row" else block.text
    try:
        found = leading(text) if block.kind in ("row", "item", "line") else None
    except BadTime:
        return True
    return found is not None and found[0].clock is not None


class _Headed:
    """Each heading that begins with a time is an entry; a heading that is a date alone is one where text follows."""

    def __init__(self, section: Section, zone: str) -> None:
        self.section, self.zone = section, zone

    def entries(self) -> Iterator[Entry | Stamp]:
        held: Entry | None = None
        for block in self.section.blocks:
            if block.kind == "heading":
                yield from _worth(held)
                held = self._begin(block)
            elif held is not None:
                held.add(block)
            elif zone := statement(block.text):
                self.zone = zone
        yield from _worth(held)

    def _begin(self, block: Block) -> Entry | None:
        try:
            found = leading(block.text)
        except BadTime as error:
            return Entry(
                None, block.number, [block.text], [block.text], self.zone, self.section.title, str(error)
            )
        if found is None:
            return None
        stamp, rest = found
        return Entry(stamp, block.number, [rest] if rest else [], [block.text], self.zone, self.section.title)


def _worth(entry: Entry | None) -> Iterator[Entry | Stamp]:
    if entry is None:
        return
    tells = any(line.strip() for line in entry.lines)
    if tells or entry.trouble or (entry.stamp and entry.stamp.clock):
        yield entry
    elif entry.stamp:
        yield entry.stamp


def _sentences(found: list[Block]) -> Iterator[Block]:
    """Told in sentences – “At 10:45 it broke. Around 11 we knew why.” –, each that begins with a time is an entry."""
    for block in found:
        if block.kind not in ("line", "item") or len(block.text) > 8000:
            yield block
            continue
        kind, level = block.kind, block.level
        for part in SENTENCE.split(block.text):
            yield Block(kind, block.number, part, level)
            kind = "line"


class _Listed:
    """Rows, items and lines that begin with a time."""

    def __init__(self, section: Section, zone: str) -> None:
        self.section, self.zone = section, zone
        self.held: Entry | None = None
        self.columns: Columns | None = None
        self.table_zone = ""
        self.before: Block | None = None

    def entries(self) -> Iterator[Entry | Stamp]:
        for block in _sentences(self.section.blocks):
            begun = self._row(block) if block.kind == "row" else self._text(block)
            if block.kind not in ("row", "rule"):
                self.columns, self.table_zone = None, ""
            if isinstance(begun, Entry):
                yield from self._end()
                self.held = begun
            elif isinstance(begun, Stamp):
                yield from self._end()
                yield begun
            self.before = block
        yield from self._end()

    def _end(self) -> Iterator[Entry]:
        if self.held is not None:
            yield self.held
        self.held = None

    def _row(self, block: Block) -> Entry | None:
        if self.columns is None or block.is_header:
            header = from_header(block.cells)
            self.columns = header if header.is_timeline and (block.is_header or not _begins(block)) else None
            if self.columns is not None:
                self.table_zone = statement(" ".join(block.cells)) or _beside(" ".join(block.cells))
                self._finish()
                return None
            self.columns = Columns() if block.is_header else from_row(block.cells)
        if not self.columns.is_timeline:
            self._go_on(block)
            return None
        written = when(self.columns, block.cells)
        text = told(self.columns, block.cells)
        if not written.strip(" -–—"):
            self._go_on(block, text)
            return None
        return self._of_row(block, written, text)

    def _of_row(self, block: Block, written: str, text: str) -> Entry:
        entry = Entry(
            None, block.number, [text], [block.text], self.table_zone or self.zone, self.section.title
        )
        entry.actor = cell(self.columns, block.cells, "actor")
        try:
            found = leading(written)
            entry.end = alone(cell(self.columns, block.cells, "end"))
        except BadTime as error:
            entry.trouble = str(error)
            return entry
        if found is None:
            entry.trouble = f"“{written[:60]}” is not a time that can be placed."
        else:
            entry.stamp = found[0]
        return entry

    def _finish(self) -> None:
        """A table that begins ends what was told before it."""
        if self.held is not None:
            self.held.raw += [""] * max(0, BODY - len(self.held.raw))

    def _text(self, block: Block) -> Entry | Stamp | None:
        if block.kind in ("heading", "title", "item", "line"):
            begun = self._pasted(block) or self._begun(block)
            if begun is not None:
                return begun
        if block.kind in ("heading", "title"):
            self.held = self.held if self.held is None else self._closed()
        elif (
            zone := statement(block.text) if block.kind in ("line", "item") and len(block.text) < 120 else ""
        ):
            self.zone = zone
        else:
            self._go_on(block)
        return None

    def _closed(self) -> Entry | None:
        self._finish()
        return self.held

    def _begun(self, block: Block) -> Entry | Stamp | None:
        try:
            found = leading(block.text)
        except BadTime as error:
            return Entry(
                None, block.number, [block.text], [block.text], self.zone, self.section.title, str(error)
            )
        return self._entry(block, *found) if found is not None else None

    def _entry(self, block: Block, stamp: Stamp, rest: str) -> Entry | Stamp | None:
        if stamp.clock is None:
            if not rest.strip(" .*_)]:|") or block.kind in ("heading", "title"):
                return stamp
            return (
                Entry(stamp, block.number, [rest], [block.text], self.zone, self.section.title)
                if block.kind == "item"
                else None
            )
        if block.kind == "line" and rest and self._is_wrapped(block):
            return None
        entry = Entry(
            stamp, block.number, [rest] if rest else [], [block.text], self.zone, self.section.title
        )
        if speaker := SPEAKER.fullmatch(rest):
            entry.actor, entry.lines, entry.pasted = speaker["name"].strip(), [speaker["text"]], True
        return entry

    def _is_wrapped(self, block: Block) -> bool:
        """A line that goes on from the one above may begin with a time by chance."""
        if self.before is None or self.before.kind not in ("line", "item"):
            return False
        above = self.before.text.rstrip()
        deeper = block.text.startswith("  ") and self.held is not None and len(self.held.raw) > 1
        return deeper or (len(above) >= WRAPPED and above[-1:] not in ".!?:;)|")

    def _pasted(self, block: Block) -> Entry | None:
        """A name and a time alone on a line, as chat programs copy messages."""
        match = (
            PASTED.fullmatch(block.text.strip()) if block.kind == "line" and len(block.text) < 90 else None
        )
        if not match or match["name"].lower().rstrip(" ,.") in (
            "at",
            "by",
            "from",
            "until",
            "around",
            "about",
            "since",
            "ca",
            "before",
            "after",
        ):
            return None
        found = _stamp(match["time"])
        if found is None or _stamp(block.text):
            return None
        return Entry(
            found,
            block.number,
            [],
            [block.text],
            self.zone,
            self.section.title,
            actor=match["name"].strip(" -–—"),
            pasted=True,
        )

    def _go_on(self, block: Block, text: str | None = None) -> None:
        if self.held is not None and len(self.held.raw) < BODY:
            self.held.lines.append(block.text if text is None else text)
            self.held.raw.append(block.text)
