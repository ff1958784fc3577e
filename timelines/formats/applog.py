"""Logs of programs in plain text: a stamp at the beginning of a line, most often a level, then words.

The stamps are those of Apache's and nginx's error logs, log4j, logback, java.util.logging, Python, Ruby, PHP, Go, .NET, Rust,
Tomcat, Redis, Elasticsearch, Kafka, Spark and OpenStack, and any other of the forms in `stamps`. A line without a
stamp goes on with the entry before it, as stack traces do. Where stamps state no zone it is asked for; where they
state a time of day alone, the day is, unless the file's name has it. An id is the content of the entry's first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from timelines.formats.base import Bundle, Context, Format, clean, decode, lines
from timelines.formats.loglines import NAMED, entries, rotation
from timelines.formats.records import Record, Skipped
from timelines.formats.stamps import TIME_OF_DAY, Clock

# What may stand before the stamp: a bracket; Ruby's letter; Redis' process and role; the name of a file or service.
PREFIX = re.compile(
    r"(?:(?P<letter>[DIWEFAUV]), |\d{1,7}:[A-Z] |(?P<place>[\w./:@-]{1,160})(?: {0,40}\| ?| |: ?))?[\[(]?"
)
LEVEL = re.compile(
    r"\b(TRACE|FINEST|FINER|FINE|DEBUG|INFO|INFORMATION|NOTICE|CONFIG|WARN|WARNING|ERROR|SEVERE|CRITICAL|CRIT|FATAL|ALERT|EMERG|EMERGENCY|PANIC"
    r"|DBG|INF|WRN|ERR|FTL|VRB)\b"
    r"|[\[<(](?:[\w.-]{1,40}:)?(trace\d?|debug|info|notice|warn|warning|error|err|crit|critical|fatal|alert|emerg)[\])>]"
    r"|^[\s,:|\[<(-]{0,6}((?i:trace|debug|info|information|notice|warn|warning|error|critical|fatal))\b"
    r"|^\s{0,3}(?:\d{1,7}\s+\d{1,7}\s)?([VDIWEF])(?= [A-Z])"
)
WITHIN = 160  # characters after the stamp in which a level is looked for
NO_LOG = re.compile(
    r"\s*(?:[,;|\t]|<[^>\s]{1,40}>|[-–—]{1,3}>?\s+(?![A-Za-z.]{0,40} - )|\*)"
)  # a table, a chat, a list


def sniff(bundle: Bundle, head: bytes) -> str | None:
    """Half of the lines that have a stamp have a level; or nearly all lines have a stamp and are of no other kind."""
    sample = [
        decode(line) for line in head[: 1 << 15].splitlines()[:60] if line.strip() and line[:1] not in b"\t {"
    ]
    clock = Clock(Context(), of_lines=True)
    begun = [(line, begins(line, clock)) for line in sample[:40]]
    found = [(line, begin) for line, begin in begun if begin]
    cells = sum(line[begin[1] : begin[1] + 1] in (",", ";", "\t", "|") for line, begin in found)
    if not found or (not begun[0][1] and cells * 2 > len(found)):
        return None  # rows of a table, below a line that names its columns
    levels = sum(bool(level_of(line, begin[1], begin[2])) for line, begin in found)
    if levels * 2 >= len(found) and len(found) >= len(begun) * 0.3:
        return f"{levels} of its first {len(begun)} lines begin with a time and a level"
    other = clock.form == TIME_OF_DAY or any(NO_LOG.match(line, begin[1]) for line, begin in found)
    rare = (
        0.3
        if begun[0][1] and bundle.name.lower().removesuffix(".gz").endswith((".log", ".out", ".err"))
        else 0.8
    )
    if len(found) >= max(2, len(begun) * rare) and (not other or cells == len(begun)):
        return f"{len(found)} of its first {len(begun)} lines begin with a time"
    return None


def begins(line: str, clock: Clock) -> tuple[re.Match, int, str, str] | None:
    """The stamp at a line's beginning, where it ends, Ruby's letter, and the name before it."""
    if match := clock.find(line):
        return match, match.end(), "", ""
    prefix = PREFIX.match(line)
    if prefix.end() and (match := clock.find(line, prefix.end())):
        return match, match.end(), prefix["letter"] or "", prefix["place"] or ""
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in sorted(bundle.names, key=rotation):
        clock = Clock(context, name, of_lines=True)
        with bundle.open(name) as file:
            yield from entries(
                lines(file), name, lambda text, raw, where, clock=clock: _entry(text, raw, where, clock)
            )


def _entry(text: str, raw: bytes, where: str, clock: Clock) -> Record | None:
    begin = begins(text, clock)
    if begin is None:
        return None
    match, end, letter, place = begin
    level = level_of(text, end, letter)
    rest = text[end:].lstrip("])").lstrip(" \t-–|:,")
    return Record(
        external_id="", text=clean(rest) or clean(text), kind="log", actor_kind="system", place=clean(place)[:300], where=where, raw=raw,
        noise=level in ("debug", "trace"), extra={"severity": level} if level else {}, **clock.fields(match),
    )  # fmt: skip


def level_of(text: str, end: int, letter: str = "") -> str:
    if letter:
        return NAMED.get(letter.lower(), "")
    found = LEVEL.search(text[end : end + WITHIN])
    return (
        NAMED.get(next(part for part in found.groups() if part).lower().rstrip("12345678"), "")
        if found
        else ""
    )


FORMAT = Format(
    key="applog",
    label="Program log",
    about="Lines that begin with a time: Apache and nginx error logs, log4j, logback, Python, .NET, Go, OpenStack and others",
    sniff=sniff,
    read=read,
    asks=("zone", "day", "year"),
)
