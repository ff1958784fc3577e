"""Status pages by their feed (Atom, RSS) or as their page reads (“Posted 2 years ago. Aug 31, 2023 - 22:11 PDT”).

Source: RFC 4287, RSS 2.0, and the content that Statuspage and Instatus put into their feeds: the updates of an
incident, newest first, each with day, minute and the page's zone, but no year. The year is the last one in
which the newest update is not after the entry's own time, and goes back where the months go forward; such
times are derived. A zone's abbreviation is believed where it means one zone; where it may mean several, the
person is asked, and what the person said counts instead of any abbreviation but UTC.
An update has no id: it is (incident, moment, status), counted from the oldest where that is not enough.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlsplit

from timelines.formats.base import (
    DOCUMENT_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    clean,
    decode,
    in_range,
)
from timelines.formats.customers import STATUSES, message
from timelines.formats.documents import files, guarded
from timelines.formats.hypertext import plain
from timelines.formats.moments import month, no_zone, offset, stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.statuspage import update_key
from timelines.formats.xmlnodes import Node, nodes

DAY = re.compile(
    r"(?P<month>[^\W\d]{3,9})\.? +(?P<day>\d{1,2}) ?,(?: (?P<year>\d{4}) -)? *(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"(?: ?(?P<half>[AaPp][Mm]))?(?: - (?:[^\W\d]{3,9} +\d{1,2}, )?\d{1,2}:\d\d)? *(?P<zone>[A-Z]{2,5}(?:[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d(?::?\d\d)?)\.?"
)
POSTED = re.compile(
    r"Posted(?:\s+(?:about |over |almost )?\w{1,12} (?:second|minute|hour|day|week|month|year)s?\s+ago\.?)?\s+(?=[^\W\d]{3,9}\.? +\d{1,2},)"
)
SAID = re.compile(r"(?P<status>[A-Za-z][A-Za-z ]{2,24}?)(?: *[-–] +| *[-–]$)(?P<body>.*)")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2000].lower()
    feed = b"<feed" in start or b"<rss" in start or b"<rdf:rdf" in start
    if feed and (b"data-var=" in head or b"incident" in head.lower() or b"status" in start):
        return "it is the feed of a status page"
    text = decode(head)
    text = plain(text) if start.startswith((b"<!doctype html", b"<html")) else text
    days = (DAY.match(text, posted.end()) for posted in POSTED.finditer(text))
    if any(day and day["year"] for day in days):
        return "its updates end in “Posted” and a date, as a status page shows them"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _file(bundle, name, context))


def _file(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    with bundle.open(name) as file:
        head = file.peek(1 << 12)[:4096].lower()
        if b"<feed" in head or b"<rss" in head or b"<rdf" in head:
            yield from _feed(file, name, context)
            return
        if bundle.size(name) > DOCUMENT_LIMIT:
            raise Unreadable(f"{name} is larger than 32 MB; no status page is.")
        yield from _page(decode(file.read()), name, context)


# --- feeds -----------------------------------------------------------------------------------------


def _feed(file: Any, name: str, context: Context) -> Iterator[Record | Skipped]:
    number = 0
    for number, node in enumerate(nodes(file, name, {"entry", "item"}), 1):
        where = f"{name}#entry {number}"
        yield from guarded(where, _entry, node, where, context)
    if not number:
        yield Skipped(name, "The feed has no entries.")


def _entry(node: Node, where: str, context: Context) -> Iterator[Record | Skipped]:
    link = _link(node)
    key = node.words("id") or node.words("guid") or node.words("about") or link
    published = (
        node.words("published") or node.words("pubDate") or node.words("date") or node.words("updated")
    )
    updated = node.words("updated")
    content = next(
        (c for c in node.children if c.name in ("content", "encoded", "description", "summary") and _text(c)),
        None,
    )
    entry = Entry(
        key=_incident(key), title=plain(node.words("title")), link=link, host=urlsplit(link).hostname or "", where=where,
        words=plain(_text(content)) if content else "", context=context,
    )  # fmt: skip
    anchor = (
        max(_when(value, context)["at"] for value in (published, updated) if value) if published else None
    )
    updates = list(entry.updates(entry.words))
    if updates:
        yield from entry.told(updates, anchor)
    else:
        yield entry.whole(_when(published, context), _when(updated, context)["at"] if updated else None)


def _text(node: Node) -> str:
    """Text of a feed's content; Atom's `type="xhtml"` holds nodes instead, which are written as HTML again."""
    if not node.children:
        return node.text
    return "".join(
        escape(part) if isinstance(part, str) else f"<{part.name}>{_inner(part)}</{part.name}>"
        for part in node.parts
    )


def _inner(node: Node) -> str:
    return _text(node) if node.children else escape(node.text)


def _link(node: Node) -> str:
    links = node.all("link")
    chosen = next(
        (n for n in links if n.attributes.get("rel", "alternate") == "alternate"), links[0] if links else None
    )
    address = (chosen.attributes.get("href") or chosen.text.strip()) if chosen else ""
    return address if address.startswith(("http://", "https://")) else ""


def _incident(key: str) -> str:
    """`tag:host,2005:Incident/18825532` → the number; any other id as it is."""
    found = re.fullmatch(r"tag:[^:]{1,253}:[A-Za-z]+/(\w{1,40})", key)
    return found[1] if found else key


def _when(written: str, context: Context) -> dict[str, Any]:
    """ISO 8601, or RFC 822 with a numeric offset or the name of a zone."""
    head, _, last = written.strip().rpartition(" ")
    minutes = offset(last) if re.fullmatch(r"[A-Za-z]{1,5}", last) else None
    if minutes is None:
        return stamp(written, context.zone)
    sign = "-" if minutes < 0 else "+"
    return stamp(f"{head} {sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}") | {
        "written": written,
        "zone": last,
    }


# --- pages -----------------------------------------------------------------------------------------


def _page(text: str, name: str, context: Context) -> Iterator[Record | Skipped]:
    """The words above each “Posted”: the status alone on its line, then what was said."""
    title = ""
    if re.match(r"\s*<(?:!doctype|html)", text, re.I):
        found = re.search(r"<title>([^<]{0,400})", text)
        title = plain(found[1]) if found else ""
        text = plain(text)
    title = title.split(" - ", 1)[-1]
    entry = Entry(key=title or "page", title=title, link="", host="", where=name, words=text, context=context)
    updates: list[Update] = []
    end = 0
    for posted in POSTED.finditer(text):
        day = DAY.match(text, posted.end())
        if day:
            updates.append(_above(text[end : posted.start()], day))
            end = day.end()
    if not updates:
        raise Unreadable(f"{name} holds no update that ends in “Posted” and a date.")
    yield from entry.told(updates, None)


def _above(text: str, day: re.Match) -> Update:
    kept = [line.strip() for line in text.strip().split("\n") if line.strip()]
    places = [n for n, line in enumerate(kept) if line.lower() in STATUSES]
    at = places[-1] if places else None
    if at is None:
        return Update(day, "Update", "\n".join(kept[-1:]))
    return Update(day, kept[at], "\n".join(kept[at + 1 :]))


# --- what both have in common ------------------------------------------------------------------------


class Update:
    def __init__(self, day: re.Match, status: str, body: str) -> None:
        self.day, self.status, self.body = day, status, body


class Entry:
    def __init__(
        self, *, key: str, title: str, link: str, host: str, where: str, words: str, context: Context
    ) -> None:
        self.key, self.title, self.link, self.host, self.where = key, title, link, host, where
        self.words, self.context = words, context

    def updates(self, words: str) -> Iterator[Update]:
        """A line that is a day and a time, then “Status - what was said”."""
        day, said = None, []
        for line in words.split("\n"):
            found = DAY.fullmatch(line.strip())
            if found:
                if day and said:
                    yield self._said(day, said)
                day, said = found, []
            elif day:
                said.append(line)
        if day and said:
            yield self._said(day, said)

    def _said(self, day: re.Match, lines: list[str]) -> Update:
        found = SAID.fullmatch(lines[0].strip())
        if found:
            return Update(day, found["status"], "\n".join([found["body"], *lines[1:]]).strip())
        return Update(day, "Update", "\n".join(lines))

    def told(self, updates: list[Update], anchor: datetime | None) -> Iterator[Record | Skipped]:
        """The updates from the oldest to the newest. They stand newest first, also on the page."""
        moments: list[tuple[int, Update, dict[str, Any]]] = []
        newer = anchor + timedelta(days=1) if anchor else None
        for number, update in enumerate(updates):
            try:
                when = self._moment(update.day, newer)
            except BadTime as error:
                yield Skipped(f"{self.where}, update {number + 1}", str(error))
                continue
            newer = when["at"] + timedelta(days=1) if anchor else None
            moments.append((number, update, when))
        seen: Counter[str] = Counter()
        for number, update, when in reversed(moments):
            yield message(
                key=update_key(self.key, when, clean(update.status), seen), status=update.status, body=update.body,
                title=self.title, when=when, page=self.host, where=f"{self.where}, update {number + 1}",
                raw=f"{update.day[0]}\n{update.status} - {update.body}".encode("utf-8", "replace"), link=self.link, order=-number,
                extra={"incident": self.key, "title": self.title, "status": update.status.lower()},
            )  # fmt: skip

    def whole(self, when: dict[str, Any], revised: datetime | None) -> Record:
        """An entry that is one message: it has no updates of its own."""
        key = self.key or hashlib.sha256(f"{self.title}{when['at']}".encode()).hexdigest()[:32]
        return message(
            key=f"entry/{key}", status="", body=self.words, title=self.title, when=when, page=self.host, where=self.where,
            raw=f"{self.title}\n{self.words}".encode("utf-8", "replace"), link=self.link, revised=revised, extra={"incident": self.key},
        )  # fmt: skip

    def _moment(self, day: re.Match, newest: datetime | None) -> dict[str, Any]:
        number, hour = month(day["month"]), int(day["hour"])
        if day["half"]:
            hour = hour % 12 + (12 if day["half"].lower() == "pm" else 0)
        year = int(day["year"]) if day["year"] else newest.year if newest else None
        if year is None:
            raise BadTime(f"{day[0]!r} has no year, and the entry has no time of its own.")
        try:
            naive = datetime(year, number, int(day["day"]), hour, int(day["minute"]), int(day["second"] or 0))
        except ValueError:
            if day["year"] or (number, int(day["day"])) != (2, 29):
                raise BadTime(f"{day[0]!r} is not a time.") from None
            naive = datetime(year - year % 4, 2, 29, hour, int(day["minute"]), int(day["second"] or 0))
        at, certainty = self._placed(naive, day["zone"])
        if not day["year"] and newest and at > newest:
            back = 4 if (number, int(day["day"])) == (2, 29) else 1
            at = self._placed(naive.replace(year=naive.year - back), day["zone"])[0]
        return {
            "at": in_range(at), "precision": "second" if day["second"] else "minute", "nanoseconds": 0, "written": day[0],
            "zone": day["zone"], "certainty": "derived" if not day["year"] else certainty,
        }  # fmt: skip

    def _placed(self, naive: datetime, zone: str) -> tuple[datetime, str]:
        minutes = offset(zone)
        if self.context.zone and zone.upper() not in ("UTC", "GMT"):
            return naive.replace(tzinfo=self.context.zone).astimezone(UTC), "assumed zone"
        if minutes is None:
            raise no_zone(f"{naive:%H:%M} {zone}")
        return naive.replace(tzinfo=UTC) - timedelta(minutes=minutes), "exact"


FORMAT = Format(
    key="status-feed",
    label="Status page feed",
    about="The Atom or RSS history of a status page, or the page itself as text or HTML",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
