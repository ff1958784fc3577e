"""Tables of any tool: CSV, TSV, JSON arrays and JSON Lines, with a mapping of columns.

A mapping names the columns: `time` or `start`, `end`, `text`, `actor`, `kind`, `id`, `place`, `link`; and
says `dates` ("ymd", "dmy" or "mdy") where dates are written with the day or month first. What is not
said is guessed from the header, and the guess is shown; without a column that can be the time it is
asked for. Unknown values (empty, ?, \\N, NULL) are nothing.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Moment,
    NeedsAnswer,
    Unreadable,
    any_time,
    aware,
    clean,
    compact,
    decode,
    elements,
    in_range,
    lines,
    too_long,
)
from timelines.formats.records import Record, Skipped

ROLES = ("time", "end", "text", "actor", "kind", "id", "place", "link")
GUESSES: dict[str, tuple[str, ...]] = {
    "time": (
        "time", "timestamp", "@timestamp", "ts", "at", "date", "datetime", "occurred_at", "started_at", "start", "start_time",
        "downtime_start", "event_time", "eventtime", "created_at", "created", "when", "sys_updated_at", "sys_created_on",
        "opened_at", "begin", "from",
    ),
    "end": ("end", "ended_at", "end_time", "until", "downtime_end", "finish", "finished_at", "stop", "to"),
    "text": (
        "text", "message", "msg", "description", "summary", "title", "event", "body", "content", "note", "subject", "details",
        "short_description", "incident_state", "name", "what",
    ),
    "actor": ("actor", "user", "author", "who", "source", "owner", "username", "user_name", "by", "sys_updated_by", "sender", "assigned_to"),
    "kind": ("kind", "type", "event_type", "category", "level", "severity", "status", "impact"),
    "id": ("uuid", "event_id", "id", "uid", "guid", "key", "incident_id", "number"),
    "place": ("place", "channel", "host", "service", "component", "resource", "hostname"),
    "link": ("link", "url", "href", "permalink"),
}  # fmt: skip
ROW_LINES, ROW_SIZE = 1000, 1_000_000  # what one row may hold, in lines and characters
NOTHING = {"", "?", "\\N", "NULL", "null", "None", "N/A", "n/a"}
WRITTEN = re.compile(
    r"(\d{1,4})[-/.](\d{1,2}|[A-Za-z]{3})[-/.](\d{1,4})[T ,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?\s*(Z|UTC|[+-]\d\d:?\d\d)?$"
)
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if len(bundle.names) > 1 or b"\x00" in head[:1024]:
        return None
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] in (b"{", b"["):
        columns = _first_object(start)
        mapping = guess(columns) if columns else {}
        if "time" in mapping and "text" in mapping:
            return f"its records have a time (“{mapping['time']}”) and a text (“{mapping['text']}”)"
        return None
    line = decode(start.split(b"\n", 1)[0]).rstrip("\r")
    separator = _separator(line)
    columns = _cells(line, separator) if separator else []
    if len(columns) >= 2 and "time" in guess(columns):
        return f"its first line names columns, among them a time (“{guess(columns)['time']}”)"
    return None


def _first_object(start: bytes) -> list[str]:
    if start[:1] == b"[":
        start = start[1:].lstrip()
    try:
        found = orjson.loads(start.split(b"\n", 1)[0].rstrip(b",\r"))
    except orjson.JSONDecodeError:
        keys = re.findall(rb'"([A-Za-z_@][\w@ -]{0,60})"\s*:', start[:8192])
        return [key.decode() for key in keys]
    return list(found) if isinstance(found, dict) else []


def guess(columns: list[str]) -> dict[str, str]:
    """The likely column for each role, by its name; one column serves one role."""
    by_name = {re.sub(r"[\s-]+", "_", column.strip().lower()): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for role in ROLES:
        for name in GUESSES[role]:
            if name in by_name and by_name[name] not in found.values():
                found[role] = by_name[name]
                break
    return found


def _cells(line: str, separator: str) -> list[str]:
    """The names of a header; a line that is none gives none."""
    try:
        return next(csv.reader(line.splitlines() or [""], delimiter=separator), [])
    except csv.Error:
        return []


def _separator(line: str) -> str:
    counts = {separator: line.count(separator) for separator in "\t,;|"}
    best = max(counts, key=lambda separator: counts[separator])
    return best if counts[best] else ""


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        rows = _rows(bundle, name)
        mapping: dict[str, str] | None = None
        for number, row in enumerate(rows):
            if isinstance(row, Skipped):
                yield row
                continue
            where, values, raw = row
            if mapping is None:
                mapping = _mapping(list(values), context, name)
            try:
                yield _record(values, raw, where, mapping, context, number)
            except BadTime as error:
                yield Skipped(where, str(error))
        if mapping is None:
            raise Unreadable(f"{name} has a header at most: there are no rows in it.")


def _mapping(columns: list[str], context: Context, name: str) -> dict[str, str]:
    mapping = guess(columns) | {role: column for role, column in context.mapping.items() if column}
    if "start" in mapping:
        mapping["time"] = mapping.pop("start")
    for role in ROLES:
        if role in mapping and mapping[role] not in columns:
            raise NeedsAnswer(
                "mapping",
                f"{name} has no column “{mapping[role]}”. Its columns are: {', '.join(columns)[:400]}.",
            )
    if "time" not in mapping:
        raise NeedsAnswer(
            "mapping", f"Which column of {name} holds the time? Its columns are: {', '.join(columns)[:400]}."
        )
    return mapping


def _rows(bundle: Bundle, name: str) -> Iterator[tuple[str, dict[str, Any], bytes] | Skipped]:
    with bundle.open(name) as file:
        head = file.peek(1 << 16).lstrip(b"\xef\xbb\xbf \r\n\t")
        if head[:1] == b"[":
            for number, row in enumerate(elements(file, bundle.size(name), name)):
                yield (
                    (f"{name}#/{number}", row, compact(row))
                    if isinstance(row, dict)
                    else Skipped(f"{name}#/{number}", "This is no record.")
                )
        elif head[:1] == b"{":
            yield from _json_lines(lines(file), name)
        else:
            yield from _csv(lines(file), name)


def _json_lines(numbered, name: str) -> Iterator[tuple[str, dict[str, Any], bytes] | Skipped]:
    for number, raw in numbered:
        where = f"{name}:{number}"
        if raw is None:
            yield too_long(where)
        elif raw.strip():
            try:
                row = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
            except orjson.JSONDecodeError as error:
                yield Skipped(where, f"This line is not JSON: {error.msg}.")
                continue
            yield (
                (where, row, raw)
                if isinstance(row, dict)
                else Skipped(where, "This line is JSON, but no record.")
            )


def _csv(numbered, name: str) -> Iterator[tuple[str, dict[str, Any], bytes] | Skipped]:
    """Rows of a separated table; a quoted value may run over lines. The raw record is the row's own lines."""
    columns: list[str] = []
    separator = ","
    held: list[str] = []
    begun = 0
    for number, raw in numbered:
        if raw is None:
            yield too_long(f"{name}:{number}")
            held = []
            continue
        text = decode(raw)
        if not held:
            if not text.strip():
                continue
            begun = number
        held.append(text)
        whole = "\n".join(held)
        if '"' in whole and separator != "\t" and _unclosed(whole, separator):
            if len(held) < ROW_LINES and len(whole) < ROW_SIZE:
                continue
            yield Skipped(
                f"{name}:{begun}",
                f"A quotation mark opened here is not closed by line {number}: {len(held)} lines are left out.",
            )
            held = []
            continue
        held = []
        if not columns:
            separator = _separator(whole) or ","
            columns = [column.strip() for column in _cells(whole, separator)]
            continue
        quoting = csv.QUOTE_NONE if separator == "\t" and whole.count('"') % 2 else csv.QUOTE_MINIMAL
        try:
            cells = next(csv.reader(_split(whole), delimiter=separator, quoting=quoting))
        except (csv.Error, StopIteration) as error:
            yield Skipped(f"{name}:{begun}", f"This row cannot be taken apart: {error}.")
            continue
        if len(cells) > len(columns) or not any(cell.strip() for cell in cells):
            yield Skipped(f"{name}:{begun}", f"This row has {len(cells)} cells for {len(columns)} columns.")
            continue
        yield f"{name}:{begun}", dict(zip(columns, cells, strict=False)), whole.encode()
    if held:
        yield Skipped(f"{name}:{begun}", "A quotation mark is never closed from here on.")


def _split(whole: str) -> list[str]:
    """Lines for the csv module: at newlines alone, for other separators of lines are text in a cell."""
    return [f"{line}\n" for line in whole.split("\n")]


def _unclosed(whole: str, separator: str) -> bool:
    """Whether the row ends inside a quoted value; a mark inside a bare value, as in 5" disk, opens none."""
    try:
        for _ in csv.reader(_split(whole), delimiter=separator, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _record(
    values: dict[str, Any], raw: bytes, where: str, mapping: dict[str, str], context: Context, number: int
) -> Record:
    def value(role: str) -> Any:
        found = values.get(mapping[role]) if role in mapping else None
        return None if isinstance(found, str) and found.strip() in NOTHING else found

    moment = _moment(value("time"), mapping, context)
    until = None
    if value("end") is not None:
        until = _moment(value("end"), mapping, context).at
        if until < moment.at:
            raise BadTime(f"The row ends ({value('end')}) before it begins ({value('time')}).")
    text = clean(value("text"))
    if not text:
        text = ", ".join(
            f"{k}: {clean(v)}" for k, v in values.items() if clean(v) not in NOTHING and k != mapping["time"]
        )[:2000]
    identity = value("id")
    digest = hashlib.sha256(raw).hexdigest()[:32]
    # An id that stands on several rows (one incident, many updates) is told apart by the moment.
    key = (
        f"{identity}/{moment.at.isoformat()}/{digest[:8]}"
        if identity is not None and _repeats(mapping)
        else str(digest if identity is None else identity)
    )
    return Record(
        at=moment.at,
        until=until,
        external_id=key,
        text=text,
        kind=clean(value("kind")).lower()[:60] or "row",
        precision=moment.precision,
        nanoseconds=moment.nanoseconds,
        certainty="exact" if moment.zone else "assumed zone",
        written=str(value("time")),
        zone=moment.zone,
        actor=clean(value("actor"))[:200],
        actor_id=clean(value("actor"))[:200],
        place=clean(value("place"))[:300],
        link=str(value("link") or "") if str(value("link") or "").startswith(("http://", "https://")) else "",
        where=where,
        raw=raw,
        order=number,
        extra={
            "columns": {
                k: clean(v)[:500] if not isinstance(v, (int, float, bool)) else v
                for k, v in values.items()
                if k
            }
        },
    )


def _repeats(mapping: dict[str, str]) -> bool:
    return mapping.get("id", "").strip().lower() in ("number", "incident_id", "key", "incident")


def _moment(value: Any, mapping: dict[str, str], context: Context) -> Moment:
    if value is None or value == "":
        raise BadTime("The row has no time.")
    try:
        return any_time(value, context.zone)
    except BadTime as error:
        if str(error) == "The time has no zone.":
            raise NeedsAnswer(
                "zone", f"Times such as {str(value)[:40]!r} state no zone. Which zone are they in?"
            ) from error
        match = WRITTEN.match(value.strip()) if isinstance(value, str) else None
        if not match:
            raise
        return _written(match, value, mapping.get("dates", ""), context)


def _written(match: re.Match, value: str, dates: str, context: Context) -> Moment:
    """`29/2/2016 01:16`, `27-Feb-2016 1:16 PM`: day first, month first or year first, as the mapping says."""
    first, second, third = match.group(1, 2, 3)
    if len(first) == 4:
        year, month, day = first, second, third
    elif not second.isdigit():
        day, month, year = first, second, third
    else:
        if not dates and int(first) <= 12 and int(second) <= 12 and first != second:
            raise NeedsAnswer(
                "mapping",
                f"Is {value[:30]!r} written with the day or the month first? Say so under “dates”: dmy or mdy.",
            )
        month_first = dates == "mdy" or (not dates and int(second) > 12)
        month, day, year = (first, second, third) if month_first else (second, first, third)
    hour = int(match[4])
    if match[8]:
        hour = hour % 12 + (12 if match[8].lower() == "pm" else 0)
    try:
        naive = datetime(
            int(year) + (2000 if len(year) == 2 else 0),
            int(month) if month.isdigit() else MONTHS.get(month.lower(), 0),
            int(day),
            hour,
            int(match[5]),
            int(match[6] or 0),
            int((match[7] or "").ljust(6, "0")[:6] or 0),
        )
    except ValueError as error:
        raise BadTime(f"{value!r} is not a time: {error}.") from error
    if not match[9] and context.zone is None:
        raise NeedsAnswer("zone", f"Times such as {value[:40]!r} state no zone. Which zone are they in?")
    try:
        at = in_range(aware(naive, match[9] or "", context.zone))
    except OverflowError as error:
        raise BadTime(f"The time {value!r} is outside 1990–2100.") from error
    return Moment(at, "second" if match[6] else "minute", match[9] or "")


FORMAT = Format(
    key="table",
    label="CSV / JSON table",
    about="Any table with a time column: CSV, TSV, JSON or JSON Lines, with your own columns",
    sniff=sniff,
    read=read,
    asks=("mapping", "zone"),
)
