"""The tables of events that kubectl prints: get events in its forms, events, and the end of describe.

Columns begin where their heading does, and where a row does not keep to that (a watch prints them as they
come) they are two blanks apart. An age is rounded by kubectl, so the moment is approximate and as fine as
the age was written: "45s" to the second, "44m" to the minute, "5h" to the hour.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    NeedsAnswer,
    Unreadable,
    clean,
    decode,
    in_range,
    iso,
    lines,
    too_long,
)
from timelines.formats.changes import some
from timelines.formats.records import Precision, Record, Skipped

COLUMNS = (
    "NAMESPACE", "LAST SEEN", "LASTSEEN", "FIRST SEEN", "FIRSTSEEN", "COUNT", "NAME", "KIND", "SUBOBJECT", "TYPE", "REASON",
    "SOURCE", "OBJECT", "MESSAGE", "AGE", "FROM", "SUBOBJECTPATH",
)  # fmt: skip
HEADING = re.compile(rf"(?:^|(?<=\s))(?:{'|'.join(sorted(COLUMNS, key=len, reverse=True))})(?=\s|$)", re.I)
UNITS = {"y": 365 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
FINE: dict[str, Precision] = {"y": "day", "d": "day", "h": "hour", "m": "minute", "s": "second"}
AGE = re.compile(r"(?:\d{1,6}[ydhms]){1,5}")
SEEN = re.compile(
    rf"(?P<last>{AGE.pattern})(?:\s+\(x(?P<count>\d{{1,9}})(?:\s+over\s+(?P<over>{AGE.pattern}))?\))?"
)
ABOUT = re.compile(r"(Name|Namespace):\s+(\S+)")
WIDEST = 40  # columns of one heading
LONGEST = 64 * 1024  # characters of a message over several lines


def is_table(head: bytes) -> bool:
    """Whether one of the first lines is the heading of such a table; one that a document quotes is none."""
    lines = decode(head[:32_768]).splitlines()[:400]
    if any(line.startswith(("# ", "## ", "```")) for line in lines):
        return False
    return any(columns(line[:2000]) for line in lines)


def columns(line: str) -> list[tuple[str, int]]:
    """The columns of a heading and where they begin; none where the line is no heading."""
    if "REASON" not in line and "Reason" not in line:
        return []
    found = [(match[0].upper().replace(" ", ""), match.start()) for match in HEADING.finditer(line)][:WIDEST]
    names = {name for name, _ in found}
    whole = "".join(line.split()).upper() == "".join(name for name, _ in found)
    return found if whole and "REASON" in names and names & {"LASTSEEN", "AGE"} else []


@dataclass
class Table:
    columns: list[tuple[str, int]]
    about: dict[str, str]  # the object that kubectl describe tells of

    def row(self, line: str) -> dict[str, str]:
        """The cells by their column; none where the line is no row."""
        line = line.expandtabs() if "\t" in line else line
        starts = [start for _, start in self.columns]
        for cells in (
            self._aligned(line, starts),
            re.split(r"\s{2,}", line.strip(), maxsplit=len(starts) - 1),
        ):
            row = dict(zip((name for name, _ in self.columns), cells, strict=False))
            if is_age(row.get("LASTSEEN") or row.get("AGE") or ""):
                return row
        return {}

    def _aligned(self, line: str, starts: list[int]) -> list[str]:
        for start in starts:
            if 0 < start < len(line) and line[start - 1] != " ":
                return []
        return [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]


def is_age(text: str) -> bool:
    return (
        bool(SEEN.fullmatch(text)) or text in ("<unknown>", "<invalid>") or text[:4].isdigit() and "T" in text
    )


def rows(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    """The records of every table in the file; what stands around them is counted, not read."""
    reading = Rows(name, context)
    with bundle.open(name) as file:
        for number, raw in lines(file):
            if raw is None:
                yield too_long(f"{name}:{number}")
            else:
                yield from reading.line(number, decode(raw), raw)
    yield from reading.rest()


@dataclass
class Rows:
    name: str
    context: Context
    table: Table | None = None
    about: dict[str, str] = field(default_factory=dict)
    pending: Record | None = None
    apart: bool = False  # a blank line has been since the last row
    beside: int = 0
    found: int = 0
    numbers: dict[str, int] = field(default_factory=dict)

    def line(self, number: int, text: str, raw: bytes) -> Iterator[Record | Skipped]:
        where = f"{self.name}:{number}"
        if not text.strip():
            self.apart = True
            return
        if heading := columns(text[:2000].expandtabs()):
            yield from self._done()
            self.table, self.apart = Table(heading, self.about), False
            return
        row = self.table.row(text) if self.table else {}
        if row:
            yield from self._done()
            yield from self._begin(row, raw, where)
        elif self.pending is not None and not self.apart:
            self._goes_on(text, raw)
        elif not set(text) <= set(" -"):
            self._beside(text)

    def _begin(self, row: dict[str, str], raw: bytes, where: str) -> Iterator[Skipped]:
        self.apart, self.found = False, self.found + 1
        try:
            self.pending = record(row, self.table.about, self.context, raw, where, self.numbers)
        except BadTime as error:
            yield Skipped(where, str(error))

    def _goes_on(self, text: str, raw: bytes) -> None:
        """A message of several lines; the rule below the heading of describe is none."""
        if len(self.pending.raw) < LONGEST:
            self.pending.text = f"{self.pending.text}\n{clean(text)}"
            self.pending.raw += b"\n" + raw

    def _beside(self, text: str) -> None:
        self.beside += 1
        if match := ABOUT.match(text):
            if match[1] == "Name":
                self.about = {}
            self.about = self.about | {match[1]: match[2]}

    def _done(self) -> Iterator[Record]:
        if self.pending is not None:
            yield self.pending
        self.pending = None

    def rest(self) -> Iterator[Record | Skipped]:
        yield from self._done()
        if self.table is None:
            raise Unreadable(
                f"{self.name} is neither JSON nor a table of kubectl get events. Save the events with: kubectl get events -A -o json"
            )
        if self.beside:
            yield Skipped(
                self.name,
                f"{self.beside} line{'s' if self.beside > 1 else ''} beside the tables of events were left out.",
            )


def record(
    row: dict[str, str], about: dict[str, str], context: Context, raw: bytes, where: str, numbers: dict[str, int]
) -> Record:  # fmt: skip
    """One row. Raises BadTime for an unknown age, NeedsAnswer where nobody said when the table was printed."""
    seen = row.get("LASTSEEN") or row.get("AGE") or ""
    at, until, precision, count = _span(seen, row, context)
    space = row.get("NAMESPACE") or about.get("Namespace", "")
    named = row.get("OBJECT") or "/".join(part for part in (row.get("KIND"), row.get("NAME")) if part)
    thing = clean(named or about.get("Name", ""))
    reason, said = clean(row.get("REASON")) or "event", clean(row.get("MESSAGE"))
    source = clean(row.get("SOURCE") or row.get("FROM")).split(",")[0]
    return Record(
        at=at, until=until if until > at else None,
        external_id=_key((space, thing, reason, said), at, precision, numbers),
        text=(f"{reason}: {said}" if said else reason) + (f" (×{count})" if count > 1 else ""),
        kind=f"cluster {'warning' if row.get('TYPE') == 'Warning' else 'event'}", precision=precision,
        certainty="exact" if seen[:4].isdigit() and "T" in seen else "approximate", written=seen, zone="",
        actor=source or "Kubernetes", actor_id=source or "kubernetes", actor_kind="system", place="/".join(part for part in (space, thing) if part),
        where=where, raw=raw, extra=some(reason=reason, type=row.get("TYPE"), count=count, namespace=space, object=thing),
    )  # fmt: skip


def _span(seen: str, row: dict[str, str], context: Context) -> tuple[datetime, datetime, Precision, int]:
    if seen[:4].isdigit() and "T" in seen:
        moment = iso(seen)
        return moment.at, moment.at, moment.precision, 1
    match = SEEN.fullmatch(seen)
    if not match:
        raise BadTime(f"kubectl did not know how long ago this was ({seen[:20]}).")
    if context.captured is None:
        raise NeedsAnswer(
            "captured", f"This table says how long ago things were (“{seen[:40]}”). When was it printed?"
        )
    first = match["over"] or row.get("FIRSTSEEN") or ""
    longest = first if AGE.fullmatch(first) else match["last"]
    count = match["count"] or row.get("COUNT") or "1"
    begin, end = ago(longest, context.captured), ago(match["last"], context.captured)
    return begin, max(begin, end), FINE[longest[-1]], int(count) if count.isdigit() and len(count) < 10 else 1


def ago(age: str, captured: datetime) -> datetime:
    """`3m14s` before a moment. Raises BadTime where that is out of range."""
    seconds = sum(int(part[:-1]) * UNITS[part[-1]] for part in re.findall(r"\d+[ydhms]", age))
    try:
        return in_range((captured - timedelta(seconds=seconds)).astimezone(UTC))
    except OverflowError as error:
        raise BadTime(f"“{age}” before the table was printed is outside 1990–2100.") from error


def _key(words: tuple[str, ...], at: datetime, precision: str, numbers: dict[str, int]) -> str:
    """By what was said of what, and the hour (the day, where the age is coarser) in which it began."""
    hour = f"{at:%Y-%m-%dT%H}" if precision in ("second", "minute", "millisecond") else f"{at:%Y-%m-%d}"
    digest = hashlib.sha256("\0".join((*words, hour)).encode("utf-8", "replace")).hexdigest()[:32]
    numbers[digest] = numbers.get(digest, 0) + 1
    return f"row/{digest}" if numbers[digest] == 1 else f"row/{digest}/{numbers[digest]}"
