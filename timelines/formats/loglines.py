"""What readers of logs share: entries of several lines, ids by content, and the words for severity.

An id is the digest of an entry's first line and its place, so an entry that was cut off and the whole one are the same;
equal lines get a running number, so that both are kept; a line that borrows the time of another counts as equal only at the same time.
Numbers are remembered for the last LATELY distinct lines, which bounds memory: equal lines further apart than
that in one file would become one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from timelines.formats.base import BadTime, clean, decode, too_long
from timelines.formats.records import Record, Skipped

LATELY = 200_000
ENTRY_LIMIT = 64 * 1024  # bytes of one entry
EMPTY = "(empty line)"
SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug")
WORDS = {
    "emergency": ("emergency", "emerg", "panic", "dpanic"),
    "alert": ("alert",),
    "critical": ("critical", "crit", "fatal", "ftl", "f", "c", "disaster"),
    "error": ("error", "err", "eror", "severe", "e", "fail", "failure"),
    "warning": ("warning", "warn", "wrn", "w"),
    "notice": ("notice", "note", "n", "config", "system", "success"),
    "informational": ("informational", "information", "info", "inf", "i", "log", "default"),
    "debug": ("debug", "dbg", "d", "debug1", "debug2", "debug3", "debug4", "debug5", "fine"),
    "trace": ("trace", "trc", "verbose", "vrb", "v", "finer", "finest", "silly", "t"),
}
NAMED = {word: severity for severity, words in WORDS.items() for word in words}
FOLLOWS = re.compile(r"\s|at |Caused by\b|Traceback\b|\.\.\. \d|[})\]]")


@dataclass(slots=True, frozen=True)
class More:
    """A line that has a time and yet belongs to the entry before, which it is said to by `text`."""

    text: str


Make = Callable[[str, bytes, str], "Record | Skipped | More | None"]


def severity(word: object) -> str:
    """The severity a level's name stands for, "" for none that is known."""
    return NAMED.get(word.strip().lower(), "") if isinstance(word, str) else ""


def by_tens(level: int) -> str:
    """The severity of a level as pino and bunyan count it: 10 trace … 60 fatal."""
    steps = (
        (60, "critical"),
        (50, "error"),
        (40, "warning"),
        (30, "informational"),
        (20, "debug"),
        (1, "trace"),
    )
    return next((name for least, name in steps if level >= least), "")


def rotation(name: str) -> tuple[int, str]:
    """audit.log.2 was written before audit.log.1, and that before audit.log."""
    match = re.search(r"\.(\d{1,6})(?:\.gz)?$", name)
    return (-int(match[1]) if match else 0, name)


class Naming:
    """Gives the entries of one file their ids and their order."""

    def __init__(self) -> None:
        self.count = 0
        self.equal: dict[bytes, int] = {}

    def name(self, record: Record, first: bytes) -> Record:
        digest = hashlib.sha256(first).digest()[:16]
        seen = self.equal.pop(digest, 0) + 1
        self.equal[digest] = seen
        if len(self.equal) > LATELY:
            del self.equal[next(iter(self.equal))]
        self.count += 1
        record.order = self.count
        if not record.text:  # a blank line, as programs write between paragraphs
            record.text, record.noise = EMPTY, True
        record.external_id = digest.hex() if seen == 1 else f"{digest.hex()}/{seen}"
        return record


class Entry:
    """A record that may still grow by lines that have no time of their own."""

    def __init__(self, record: Record, naming: Naming) -> None:
        borrowed = "" if record.written else record.at.isoformat()
        self.record = naming.name(record, f"{borrowed}{record.place}".encode() + record.raw)
        self.texts, self.raws = [record.text], [record.raw]
        self.size, self.left_out = len(record.raw), 0

    def add(self, text: str, raw: bytes) -> None:
        if self.size > ENTRY_LIMIT:
            self.left_out += 1
            return
        self.texts.append(clean_end(text))
        self.raws.append(raw)
        self.size += len(raw) + 1

    def end(self) -> Iterator[Record | Skipped]:
        if len(self.raws) > 1:
            self.record.text = "\n".join(self.texts).strip()
            self.record.raw = b"\n".join(self.raws)
        yield self.record
        if self.left_out:
            yield Skipped(
                self.record.where,
                f"This entry goes on for {self.left_out:,} more lines, beyond {ENTRY_LIMIT // 1024} kB; they are left out.",
            )


def clean_end(text: str) -> str:
    """Clean, with the blanks kept that indent it."""
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    return indent + clean(text)


def entries(
    numbered: Iterable[tuple[int, bytes | None]], name: str, make: Make, *, apart: bool = False
) -> Iterator[Record | Skipped]:
    """The entries of one file. `make` gives None for a line without a time, which belongs to the entry before.

    `apart` is for files where every entry is one line: there a line without a time is joined only where it
    looks like the rest of something, such as a stack trace; else it becomes an event at the time of the entry
    before, marked as derived.
    """
    naming, entry = Naming(), None
    for number, raw in numbered:
        where = f"{name}:{number}"
        if raw is None:
            yield too_long(where)
            continue
        if not raw.strip():
            continue
        text = decode(raw)
        try:
            found = make(text, raw, where)
        except BadTime as error:
            found = Skipped(where, str(error))
        if isinstance(found, Skipped):
            yield found
        elif isinstance(found, More) and entry:
            entry.add(found.text, raw)
        elif entry is None and not isinstance(found, Record):
            yield Skipped(
                where, f"This line belongs to one before it, which is not in the file: {clean(text)[:80]!r}."
            )
        elif found is None and (not apart or FOLLOWS.match(text)):
            entry.add(text, raw)
        else:
            following = found if isinstance(found, Record) else untimed(text, raw, where, entry.record)
            if entry:
                yield from entry.end()
            entry = Entry(following, naming)
    if entry:
        yield from entry.end()


def untimed(text: str, raw: bytes, where: str, before: Record) -> Record:
    """A line by itself that states no time: at the time of the entry before it."""
    return Record(
        at=before.at, external_id="", text=clean(text), kind="log", precision=before.precision, certainty="derived",
        nanoseconds=before.nanoseconds, zone=before.zone, actor_kind="system", place=before.place, where=where, raw=raw,
    )  # fmt: skip
