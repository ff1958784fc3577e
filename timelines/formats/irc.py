"""IRC logs in the dialects of `ircline`.

Lines state a moment, a day without its year, or a time of day alone. The day comes from a header (“Day
changed”, “Log opened”, “BEGIN LOGGING AT”, “Session Start”), else from the file's name, else it is asked for; the
year likewise. A clock that falls by more than two hours has passed midnight, and what follows is marked as
derived – but not in a file named for one day. An hour that summer time gives twice is read in the order of
the lines. Zones are never stated beside such times, and asked for.

A line has no id: it is its channel (where the file's name or its beginning tells it), its time and words,
and its number among equal ones of that day.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date

from timelines.formats import chat, clocks, ircline
from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    clean,
    decode,
    lines,
    too_long,
)
from timelines.formats.records import Record, Skipped

ENDS = (".log", ".txt", ".weechatlog", ".irclog", ".html", ".htm", "")
CHANNEL = re.compile(
    r"(?P<name>##?[^/\s]+?)(?:[._-]?\d{4}[-_.]?\d\d[-_.]?\d\d)?(?:\.(?:log|txt|weechatlog|irclog|html?))?(?:/|$)",
    re.I,
)
LOOKED_AT = 80  # lines
NOISE = {"join", "leave", "rename", "mode", "system", "notice", "topic"}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    for start in chat.heads(bundle, head, ENDS):
        if reason := _reason(start):
            return reason
    return None


def _reason(start: bytes) -> str | None:
    text = [line for line in decode(start).split("\n")[:LOOKED_AT] if line.strip()]
    if len(text) > 1 and len(start) >= chat.HEAD:
        text = text[:-1]
    known = sure = tabbed = plain = 0
    for line in text:
        line = ircline.shown(line.rstrip("\r"))[:2000]
        if ircline.HEADER.match(line) and clocks.dated(line):
            known, sure = (
                known + 1,
                sure + line.startswith(("**** ", "--- Log opened", "--- Day changed", "Session Start:")),
            )
            continue
        if (found := _told(line)) is None:
            continue
        known, sure, plain = known + 1, sure + found.is_sure, plain + (found.kind == "message")
        tabbed += not found.is_sure and "\t" in line
    if known < 0.6 * len(text) or not known:
        return None
    if sure >= 0.1 * known or (tabbed == known == plain):
        return f"{known} of its first {len(text)} lines are those of an IRC log"
    return None


def _told(line: str) -> ircline.Said | None:
    try:
        stamp = ircline.stamp(line)
    except BadTime:
        return None
    return ircline.said(stamp.rest) if stamp else None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    names = [
        name
        for name in bundle.names
        if len(bundle.names) == 1 or name.lower().endswith(ENDS[:-1]) or "." not in name.rsplit("/", 1)[-1]
    ]
    for name in names:
        yield from _file(bundle, name, clocks.Days(name, context))


def _file(bundle: Bundle, name: str, days: clocks.Days) -> Iterator[Record | Skipped]:
    named = CHANNEL.search(name)
    place = named["name"] if named else ""
    equal: dict[str, int] = {}
    today: date | None = None
    with bundle.open(name) as file:
        for number, raw in lines(file):
            where = f"{name}:{number}"
            if raw is None:
                yield too_long(where)
                continue
            line = ircline.shown(decode(raw))
            if not line.strip():
                continue
            place = place or ircline.channel(line)
            if ircline.HEADER.match(line) and (day := clocks.dated(line)):
                days.stated(day)
                continue
            try:
                record = _line(line, days, place)
            except BadTime as error:
                yield Skipped(where, str(error))
                continue
            if record is None:
                if not line.startswith("Session Ident"):
                    yield Skipped(where, f"This is no line of an IRC log: {clean(line)[:80]!r}.")
                continue
            if days.day != today:
                equal, today = {}, days.day
            record.raw, record.where, record.order = raw, where, number
            yield _counted(record, equal)


def _counted(record: Record, equal: dict[str, int]) -> Record:
    count = equal[record.external_id] = equal.get(record.external_id, 0) + 1
    if count > 1:
        record.external_id = f"{record.external_id}/{count}"
    return record


def _line(line: str, days: clocks.Days, place: str) -> Record | None:
    stamp = ircline.stamp(line)
    if stamp is None:
        return None
    moment, certainty = days.place(stamp)
    told = ircline.said(stamp.rest) or ircline.Said("system", "", stamp.rest)
    text = clean(told.text)
    if not text and told.kind != "message":
        return None
    written = f"{moment.at.isoformat()} {place}\n{stamp.rest.strip()}"
    extra = {"action": True} if told.is_action else {}
    if mark := ircline.decision(text):
        extra["mark"] = mark
    return Record(
        at=moment.at,
        external_id=hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:32],
        text=text,
        kind=told.kind,
        precision=moment.precision,
        nanoseconds=moment.nanoseconds,
        certainty=certainty,
        written=stamp.written,
        zone=moment.zone,
        actor=clean(told.nick),
        actor_id=clean(told.nick),
        actor_kind="person" if told.nick and told.kind != "notice" else "system",
        place=place,
        noise=told.kind in NOISE,
        extra=extra,
    )


FORMAT = Format(
    key="irc",
    label="IRC log",
    about="Logs of irssi, WeeChat, HexChat, ZNC, mIRC, eggdrop, supybot and their like, one or many",
    sniff=sniff,
    read=read,
    asks=("zone", "day", "year"),
)
