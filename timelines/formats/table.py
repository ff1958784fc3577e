"""Tables of any tool: CSV, TSV, JSON arrays, pages and JSON Lines, with a mapping of columns.

A mapping names the columns: `time` or `start`, `date` where the clock stands in a column of its own, `end`, `text`,
`actor`, `kind`, `id`, `place`, `link`; and says `dates` ("dmy" or "mdy") where no row shows whether day or month comes
first. What is not said is guessed from the header, and the guess is shown; without a column that can be the time it is
asked for; in a table under a header a column whose values are moments can be it, whatever it is called. Unknown values (empty, ?, \\N, NULL) are nothing.

A row is known by its id; where one id stands on several rows (one incident, many updates) by id, moment and content;
without an id by its content, and equal rows are told apart by a running number.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from timelines.formats import tabletimes
from timelines.formats.base import BadTime, Bundle, Context, Format, NeedsAnswer, Unreadable, clean, decode
from timelines.formats.moments import day_order, placed
from timelines.formats.records import Record, Skipped
from timelines.formats.tablerows import MARKS, Row, flat, header_of, rows

ROLES = ("time", "date", "end", "text", "actor", "kind", "id", "place", "link")
GUESSES: dict[str, tuple[str, ...]] = {
    "time": (
        "time", "timestamp", "@timestamp", "ts", "at", "date", "datetime", "occurred_at", "started_at", "start", "start_time",
        "downtime_start", "event_time", "eventtime", "created_at", "created", "when", "sys_updated_at", "sys_created_on",
        "opened_at", "begin", "from", "date_time", "datetime_utc", "time_stamp", "last_seen", "lastseen", "age", "zeit", "zeitpunkt",
        "uhrzeit", "datum", "fecha", "hora", "heure",
    ),
    "date": ("date", "day", "datum", "fecha"),
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
NOTHING = {"", "?", "\\N", "NULL", "null", "None", "N/A", "n/a"}
FIRST = 500  # rows looked at before the first is told: columns, order of dates, whether ids repeat
SHOWN = 40  # lines that tell whether a column holds moments
NEARLY = 0.6  # of its values: a row may be broken, a cell empty
WRITTEN_DAY = re.compile(r"\d[-/. ]\w{1,9}[-/. ]\d")
EQUAL = 500_000  # rows whose content is remembered to tell equal ones apart


def sniff(bundle: Bundle, head: bytes) -> str | None:
    codec = MARKS.get(head[:2])
    if codec:
        head = head[2 : len(head) - len(head) % 2].decode(codec, "replace").encode("utf-8", "replace")
    if len(bundle.names) > 1 or b"\x00" in head[:1024]:
        return None
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] in (b"{", b"["):
        columns = _first_object(start)
        mapping = guess(columns) if columns else {}
        if "time" in mapping and "text" in mapping:
            return f"its records have a time (“{mapping['time']}”) and a text (“{mapping['text']}”)"
        return None
    text = decode(start[:32_000])
    columns, separator = header_of(text)
    if len(columns) >= 2 and "time" in guess(columns):
        return f"its first line names columns, among them a time (“{guess(columns)['time']}”)"
    if column := of_moments(columns, _below(text, columns, separator)):
        return f"its first line names columns, and “{column}” holds times"
    return None


def _below(text: str, columns: list[str], separator: str) -> list[dict[str, str]]:
    """The rows that follow the header at once; none where a line is of another width, as prose has them."""
    if len(columns) < 2:
        return []
    found: list[dict[str, str]] = []
    cells = csv.reader(text.splitlines(), delimiter=separator)
    try:
        begun = False
        for row in islice(cells, SHOWN):
            if begun and row:
                if len(row) != len(columns):
                    return []
                found.append(dict(zip(columns, row, strict=True)))
            begun = begun or [cell.strip() for cell in row] == columns
    except csv.Error:
        return []
    return found


def of_moments(columns: list[str], rows: list[dict[str, Any]]) -> str:
    """The first column of which nearly every value is a moment with its day; none where a header is one itself."""
    if any(_is_moment(column) for column in columns):
        return ""
    for column in columns:
        values = [value for row in rows if (value := row.get(column)) not in (None, "")]
        if values and sum(map(_is_moment, values)) >= max(NEARLY * len(values), len(rows) / 2):
            return column
    return ""


def _is_moment(value: Any) -> bool:
    """Written as one: a number alone may be anything."""
    if not isinstance(value, str) or len(value) > 60 or not WRITTEN_DAY.search(value):
        return False
    for order in ("dmy", "mdy"):
        try:
            placed(value.strip(), ZoneInfo("UTC"), order)
        except (BadTime, NeedsAnswer):
            continue
        return True
    return False


def _first_object(start: bytes) -> list[str]:
    if start[:1] == b"[":
        start = start[1:].lstrip()
    try:
        found = orjson.loads(start.split(b"\n", 1)[0].rstrip(b",\r"))
    except orjson.JSONDecodeError:
        keys = re.findall(rb'"([A-Za-z_@][\w@ -]{0,60})"\s*:', start[:8192])
        return list(dict.fromkeys(key.decode() for key in keys))
    return list(flat(found)) if isinstance(found, dict) else []


def guess(columns: list[str]) -> dict[str, str]:
    """The likely column for each role, by its name; one column serves one role."""
    by_name: dict[str, str] = {}
    for column in columns:
        plain = _plain(column)
        for name in (plain, plain.rpartition(".")[2]):
            by_name.setdefault(name, column)
    found: dict[str, str] = {}
    for role in ROLES:
        for name in GUESSES[role]:
            if name in by_name and by_name[name] not in found.values():
                found[role] = by_name[name]
                break
    if "date" in found and _plain(found.get("time", "")) not in (
        "time",
        "clock",
        "uhrzeit",
        "hora",
        "heure",
        "zeit",
    ):
        del found["date"]  # the time is whole, and the date another one
    return found


def _plain(column: str) -> str:
    """A column's name without its zone: “Start Time (UTC)” is start_time."""
    name = re.sub(r"\([^()]{0,40}\)|\[[^\[\]]{0,40}\]", " ", column[:200]).strip()
    name = re.sub(r"[\s-]+", "_", name.lower())
    return re.sub(r"_?(?:in_)?(?:utc|gmt|local)$", "", name) or name


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        found = rows(bundle, name)
        first = list(islice(found, FIRST))
        known = [row for row in first if isinstance(row, Row)]
        if not known:
            yield from first
            for row in found:
                if isinstance(row, Row):
                    known, first = [row], [row]
                    break
                yield row
        if not known:
            raise Unreadable(f"{name} has a header at most: there are no rows in it.")
        table = Table(_mapping(known, context, name), known, context)
        for number, row in enumerate(chain(first, found)):
            if isinstance(row, Skipped):
                yield row
                continue
            try:
                yield table.record(row, number)
            except BadTime as error:
                yield Skipped(row.where, str(error))


def _mapping(known: list[Row], context: Context, name: str) -> dict[str, str]:
    columns = list(dict.fromkeys(column for row in known for column in row.values))
    said = {role: column for role, column in context.mapping.items() if column}
    if "start" in said:
        said["time"] = said.pop("start")
    guessed = {role: column for role, column in guess(columns).items() if column not in said.values()}
    mapping = guessed | said
    if "time" not in mapping:
        free = [column for column in columns if column not in mapping.values()]
        if column := of_moments(free, [row.values for row in known]):
            mapping["time"] = column
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


class Table:
    """One file's rows, told by a mapping."""

    def __init__(self, mapping: dict[str, str], known: list[Row], context: Context) -> None:
        self.mapping, self.context = mapping, context
        days = mapping.get("date") or mapping["time"]
        self.order = mapping.get("dates", "") or day_order(_whole(row, days) for row in known)
        self.repeats = _repeats(mapping, known)
        self.equal: dict[str, int] = {}

    def value(self, row: Row, role: str) -> Any:
        found = row.values.get(self.mapping[role]) if role in self.mapping else None
        return None if isinstance(found, str) and found.strip() in NOTHING else found

    def moment(self, row: Row, role: str) -> tabletimes.Told:
        return tabletimes.read(
            self.value(row, role), self.mapping[role], self.value(row, "date"), self.context, self.order
        )

    def record(self, row: Row, number: int) -> Record:
        told = self.moment(row, "time")
        until = None
        if self.value(row, "end") is not None:
            until = self.moment(row, "end").at
            if until < told.at:
                raise BadTime(
                    f"The row ends ({self.value(row, 'end')}) before it begins ({self.value(row, 'time')})."
                )
        actor, link = clean(self.value(row, "actor"))[:200], str(self.value(row, "link") or "")
        return Record(
            at=told.at,
            until=until,
            external_id=self.key(row, told),
            text=self.text(row),
            kind=clean(self.value(row, "kind")).lower()[:60] or "row",
            precision=told.precision,
            nanoseconds=told.nanoseconds,
            certainty=told.certainty,
            written=clean(self.value(row, "time"))[:120],
            zone=told.zone,
            actor=actor,
            actor_id=actor,
            place=clean(self.value(row, "place"))[:300],
            link=link if link.startswith(("http://", "https://")) else "",
            where=row.where,
            raw=row.raw,
            order=number,
            extra={"columns": {name: _shown(value) for name, value in row.values.items() if name}},
        )

    def text(self, row: Row) -> str:
        """The column of the text; where it is empty, all columns."""
        if text := clean(self.value(row, "text")):
            return text
        times = {self.mapping.get(role) for role in ("time", "date")}
        said = ((name, clean(value)) for name, value in row.values.items() if name not in times)
        return ", ".join(f"{name}: {value}" for name, value in said if value not in NOTHING)[:2000]

    def key(self, row: Row, told: tabletimes.Told) -> str:
        identity = clean(self.value(row, "id"))
        digest = hashlib.sha256(row.raw).hexdigest()[:32]
        if identity:
            return f"{identity}/{told.at.isoformat()}/{digest[:8]}" if self.repeats else identity
        if len(self.equal) >= EQUAL:
            self.equal.clear()
        count = self.equal[digest] = self.equal.get(digest, 0) + 1
        return digest if count == 1 else f"{digest}/{count}"


def _whole(row: Row, column: str) -> Any:
    """The value as `day_order` reads it: a date without a clock is one too."""
    value = row.values.get(column)
    return value.strip() if isinstance(value, str) else value


def _shown(value: Any) -> Any:
    return value if isinstance(value, (int, float, bool)) else clean(value)[:500]


def _repeats(mapping: dict[str, str], known: list[Row]) -> bool:
    """Whether one id stands for many rows: by the name of its column, or because rows of other times share it."""
    column = mapping.get("id", "")
    if not column:
        return False
    if column.strip().lower() in ("number", "incident_id", "key", "incident"):
        return True
    times: dict[Any, Any] = {}
    for row in known:
        identity = row.values.get(column)
        if identity in (None, "") or isinstance(identity, (dict, list)):
            continue
        if times.setdefault(identity, row.values.get(mapping["time"])) != row.values.get(mapping["time"]):
            return True
    return False


FORMAT = Format(
    key="table",
    label="CSV / JSON table",
    about="Any table with a time column: CSV, TSV, JSON or JSON Lines, with your own columns",
    sniff=sniff,
    read=read,
    asks=("mapping", "zone", "day", "captured"),
)
