"""Timelines in documents: write-ups, wiki pages, meeting notes, recollections typed or pasted.

Reads Markdown and plain text, the tables of wikis and spreadsheets, and HTML. See `outlines` for the forms,
`proseentries` for what is an entry, `vague` for the times, `prosetimes` for what is carried over, `zonelabels` for
zones. An entry is known by its time as written, its text, and a running number where both are equal: a corrected
wording is another entry.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator

from timelines.formats.base import (
    DOCUMENT_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    clean,
    decode,
)
from timelines.formats.hypertext import plain
from timelines.formats.outlines import Block, blocks
from timelines.formats.proseentries import TIMELINE, Entry, entries
from timelines.formats.prosetimes import Anchor, Telling, Told, anchor
from timelines.formats.records import Record, Skipped
from timelines.formats.vague import Stamp
from timelines.formats.worddocs import DOCUMENT, outlined

SUFFIXES = (".md", ".markdown", ".mdown", ".txt", ".text", ".wiki", ".mediawiki", ".adoc", ".asciidoc", ".rst", ".org", ".html", ".htm", "")  # fmt: skip
SMALL = DOCUMENT_LIMIT // 8  # bytes; prose is never longer, and takes many times its size while it is read
TEXT_LIMIT = 8000
TAG = re.compile(r"<(/?)(t[dhr]|p|div|br|li|ul|ol|h[1-6])\b[^<>]{0,1000}>", re.I)
LINK = re.compile(
    r"!?\[([^\[\]]{0,500})\]\((?:<([^<>\n]{1,1000})>|([^()\s]{1,1000}(?:\([^()\s]{0,300}\)[^()\s]{0,500})?))(?:\s\"[^\"\n]{0,200}\")?\)"
)
BREAK = re.compile(r"<br\s{0,3}/?>", re.I)
WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]{1,300}\|)?([^\[\]|]{1,300})\]\]")
CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,2000})(?<!`)\1(?!`)")
FENCE = re.compile(r"\s*(?:```|~~~)\s*[\w+-]{0,20}\s*")
STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,500}?)(?<=\S)\1")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if DOCUMENT in bundle.names:
        return "it is a document of Word"
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if b"\x00" in head or start[:1] in (b"{", b"[", b"<") and not _is_html(start):
        return None
    if not all(
        "." not in _last(name) or f".{_last(name).rsplit('.', 1)[-1].lower()}" in SUFFIXES
        for name in bundle.names[:50]
    ):
        return None
    text = _text(head)
    found = blocks(text)
    timeline = any(block.kind in ("heading", "title") and TIMELINE.search(block.text) for block in found)
    told = [entry for entry in entries(found) if isinstance(entry, Entry) and entry.stamp]
    if timeline and told:
        return "it has a section called timeline, with entries that begin with a time"
    clocked = sum(1 for entry in told if entry.stamp.clock)
    lines = sum(1 for block in found if block.kind != "blank")
    if clocked >= 2 and _is_written(bundle, found) and clocked * 12 >= lines:
        return f"{clocked} of its lines begin with a time, as in notes that people write"
    if len(bundle.names) > 1 and timeline:
        return "its documents have a section called timeline"
    return None


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _is_html(start: bytes) -> bool:
    return (
        start[:200]
        .lower()
        .startswith((b"<!doctype html", b"<html", b"<table", b"<h1", b"<h2", b"<div", b"<body", b"<p>"))
    )


def _is_written(bundle: Bundle, found: list[Block]) -> bool:
    """By a person and not by a program: marked up as such, or pasted, or without seconds and levels."""
    if bundle.names[0].lower().endswith((".md", ".markdown", ".wiki", ".adoc", ".rst", ".org")):
        return True
    marked = sum(1 for block in found if block.kind in ("heading", "item", "row", "title"))
    told = [
        entry for entry in entries(found) if isinstance(entry, Entry) and entry.stamp and entry.stamp.clock
    ]
    human = sum(
        1
        for e in told
        if e.stamp.clock.precision in ("minute", "hour") and (e.pasted or not e.stamp.day or e.stamp.rough)
    )
    return human * 2 >= len(told) or marked * 2 >= sum(1 for block in found if block.kind != "blank")


def _text(raw: bytes) -> str:
    text = decode(raw)
    if not _is_html(raw.lstrip(b"\xef\xbb\xbf \r\n\t")):
        return text
    return plain(_outlined(text)).replace(
        "&", "&amp;"
    )  # decoded once, and once more with the marks of Markdown


def _outlined(page: str) -> str:
    """HTML whose headings and rows are marked as in Markdown, and whose cells stand on one line."""
    out: list[str] = []
    last, depth = 0, 0
    for match in TAG.finditer(page):
        closing, name = bool(match[1]), match[2].lower()
        out.append(page[last : match.start()].replace("\n", " ") if depth else page[last : match.start()])
        last = match.end()
        if name in ("td", "th"):
            depth = 0 if closing else 1
        if depth and name not in ("td", "th"):
            out.append(" ")
            continue
        out.append(match[0])
        if not closing and name == "tr":
            out.append("| ")
        elif not closing and name[0] == "h":
            out.append("#" * int(name[1]) + " ")
    return "".join([*out, page[last:]])


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    seen: dict[str, int] = {}
    if DOCUMENT in bundle.names:
        text = outlined(_raw(bundle, DOCUMENT, 8 * SMALL).decode("utf-8", "replace"))
        yield from _timeline(text, bundle.name, context, seen)
        return
    for name in bundle.names:
        try:
            yield from _document(bundle, name, context, seen)
        except Unreadable as error:
            if len(bundle.names) == 1 or hasattr(error, "asks_for"):
                raise
            yield Skipped(name, str(error))


def _document(
    bundle: Bundle, name: str, context: Context, seen: dict[str, int]
) -> Iterator[Record | Skipped]:
    yield from _timeline(_text(_raw(bundle, name, SMALL)), name, context, seen)


def _raw(bundle: Bundle, name: str, limit: int) -> bytes:
    with bundle.open(name) as file:
        raw = file.read(limit + 1)
    if len(raw) > limit:
        raise Unreadable(
            f"{name} is larger than {limit // 1024 // 1024} MB, which no document is. Cut out its timeline."
        )
    return raw


def _timeline(text: str, name: str, context: Context, seen: dict[str, int]) -> Iterator[Record | Skipped]:
    found = blocks(text)
    told = entries(found)
    if not any(isinstance(entry, Entry) for entry in told):
        raise Unreadable(
            f"No timeline was found in {name}: no table, list or headings whose entries begin with a time such as 10:45."
        )
    title = next((block.text for block in found if block.kind in ("heading", "title")), "")
    yield from _records(told, name, title, anchor(_last(name), text.splitlines()[:60]), context, seen)


def _records(
    told: list[Entry | Stamp], name: str, title: str, anchored: Anchor, context: Context, seen: dict[str, int]
) -> Iterator[Record | Skipped]:
    telling = Telling(told, anchored, context)
    doubts: dict[str, int] = {}
    results: list[Record | Skipped] = []
    for order, entry in enumerate(told):
        where = f"{name}:{entry.number}" if isinstance(entry, Entry) else name
        try:
            if isinstance(entry, Stamp):
                telling.carry(entry)
                continue
            if entry.trouble:
                raise BadTime(entry.trouble)
            placed = telling.place(entry)
            results.append(_record(entry, placed, where, title, order, seen))
            if placed.doubt:
                doubts[placed.doubt] = doubts.get(placed.doubt, 0) + 1
        except BadTime as error:
            results.append(Skipped(where, str(error)))
    yield from results  # only when nothing had to be asked
    for doubt, count in list(doubts.items())[:5]:
        yield Skipped(
            name, f"{doubt} That concerns {count} {'entry' if count == 1 else 'entries'}, which were read."
        )


def _record(entry: Entry, told: Told, where: str, title: str, order: int, seen: dict[str, int]) -> Record:
    text = "\n".join(_unmarked(line) for line in entry.lines if not FENCE.fullmatch(line)).strip("\n")
    text = clean(text)[:TEXT_LIMIT] or "(nothing is written beside this time)"
    digest = hashlib.sha256(f"{told.naive.isoformat()}/{told.precision}\n{text}".encode()).hexdigest()[:32]
    seen[digest] = seen.get(digest, 0) + 1
    extra = {"section": clean(entry.section)[:200]} if entry.section else {}
    if told.doubt:
        extra["doubt"] = told.doubt
    actor = clean(_unmarked(entry.actor))[:200]
    return Record(
        at=told.at,
        until=told.until,
        external_id=digest if seen[digest] == 1 else f"{digest}/{seen[digest]}",
        text=text,
        kind="message" if entry.pasted else "note",
        precision=told.precision,
        certainty=told.certainty,
        written=entry.stamp.written,
        zone=told.zone,
        actor=actor,
        actor_id=actor,
        actor_kind="person" if actor else "",
        place=clean(title)[:300],
        where=where,
        raw="\n".join(line for line in entry.raw if line).encode("utf-8", "replace"),
        order=order,
        extra=extra,
    )


def _unmarked(text: str) -> str:
    """A line without the marks of Markdown and wikis; links keep their address, entities are decoded once."""
    if not text:
        return ""
    text = LINK.sub(_link, text[:20_000])
    text = BREAK.sub("\n", text) if "<" in text else text
    text = WIKI_LINK.sub(r"\1", text)
    text = STRONG.sub(r"\2", text)
    text = CODE.sub(r"\2", text) if "`" in text else text
    if text.count("**") % 2:
        text = text.replace("**", "")  # its other half stood around the time
    return html.unescape(text) if "&" in text else text


def _link(match: re.Match) -> str:
    address = match[2] or match[3]
    return f"{match[1]} ({address})" if match[1] and match[1] != address else address


FORMAT = Format(
    key="prose",
    label="Document with a timeline",
    about="A write-up, wiki page or notes in Markdown, plain text, HTML or Word: tables, lists or headings that begin with a time",
    sniff=sniff,
    read=read,
    asks=("zone", "day", "year", "mapping"),
)
