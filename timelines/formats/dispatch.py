"""Netflix Dispatch: the events of its incidents and cases, as a dump of its table or as its API gives them.

Source: Dispatch's published data model, and PostgreSQL's documentation of COPY for the dump (tabs, `\\N` for
nothing, backslashes for what cannot stand in a line). Times are UTC and do not say so. `started_at` is when
it happened, `created_at` when it was written down; both are kept. A row is known by its uuid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    clean,
    compact,
    decode,
    get,
    lines,
    too_long,
)
from timelines.formats.documents import Only, begins, files, found, one, records
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.tabular import Row, header, rows

UTC_ZONE = ZoneInfo("UTC")
NEEDED = {"uuid", "started_at", "source", "description"}
OTHER_TOOLS = ("Plugin", "Core App")
ESCAPED = re.compile(r"\\(.)", re.S)
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "", "f": " ", "v": " "}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    start = head.lstrip()
    if start[:1] in (b"{", b"["):
        named = all(f'"{name}"'.encode() in head for name in NEEDED)
        own = b'"pinned"' in head or b'"individual' in head or b"Dispatch" in head
        return "its events are those of Dispatch (uuid, started_at, source)" if named and own else None
    if set(header(head)) >= NEEDED:
        return "its columns are those of Dispatch's table of events"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _file(bundle, name))


def _file(bundle: Bundle, name: str) -> Iterator[Record | Skipped]:
    if begins(bundle, name) in (b"{", b"["):
        elements = found(Only(bundle, name), ("events", "items"))
        yield from records(elements, lambda e: iter([_event(e.value, e.where, compact(e.value))]))
    else:
        with bundle.open(name) as file:
            first = file.peek(1 << 16).lstrip().partition(b"\n")[0]
        yield from _table(bundle, name, tabs=b"\t" in first)


def _table(bundle: Bundle, name: str, *, tabs: bool) -> Iterator[Record | Skipped]:
    count = 0
    with bundle.open(name) as file:
        for row in _dump(file, name) if tabs else rows(file, name):
            if isinstance(row, Skipped):
                yield row
                continue
            count += 1
            values = {
                column: cell
                for column, cell in zip(row.columns, row.cells, strict=False)
                if cell not in ("", "\\N")
            }
            yield from one(row.where, _event, values, row.where, row.raw)
    if not count:
        raise Unreadable(f"{name} has a header at most: there are no events in it.")


def _dump(file: Any, name: str) -> Iterator[Row | Skipped]:
    """COPY's text form: a tab always ends a cell, quotation marks mean nothing, one row is one line."""
    columns: list[str] = []
    for number, raw in lines(file):
        where = f"{name}:{number}"
        if raw is None:
            yield too_long(where)
        elif raw.strip() and raw != b"\\.":
            cells = decode(raw).split("\t")
            if not columns:
                columns = [cell.strip() for cell in cells]
            elif len(cells) != len(columns):
                yield Skipped(where, f"This row has {len(cells)} cells for {len(columns)} columns.")
            else:
                yield Row(
                    columns, [cell if cell == "\\N" else _unescaped(cell) for cell in cells], where, raw
                )


def _unescaped(cell: str) -> str:
    return ESCAPED.sub(lambda match: ESCAPES.get(match[1], match[1]), cell) if "\\" in cell else cell


def _event(values: dict[str, Any], where: str, raw: bytes) -> Record:
    happened, noted = values.get("started_at") or values.get("created_at"), values.get("created_at")
    if not happened:
        raise BadTime("The event has no time.")
    moment = stamp(happened, UTC_ZONE) | {"certainty": "exact"}
    source = clean(values.get("source"))
    owner = clean(values.get("owner")) or clean(get(values, "individual", "name", default=""))
    tool = source.endswith(OTHER_TOOLS) or " Plugin" in source or "Core App" in source
    ended = stamp(values["ended_at"], UTC_ZONE)["at"] if values.get("ended_at") else None
    extra: dict[str, Any] = {
        name: values[name] for name in ("incident_id", "case_id", "type", "source") if values.get(name)
    }
    if noted and abs((stamp(noted, UTC_ZONE)["at"] - moment["at"]).total_seconds()) >= 60:
        extra["noted"] = str(noted)
    incident = clean(values.get("incident_id") or values.get("case_id"))
    return Record(
        external_id=clean(values["uuid"]),
        text=clean(values.get("description")) or "(an event without words)",
        kind=clean(values.get("type")).replace("_", " ").lower() or "timeline entry",
        until=ended if ended and ended > moment["at"] else None,
        actor=owner or source or "Dispatch",
        actor_id=clean(values.get("individual_id")) or owner or source,
        actor_kind="person" if owner or not tool else "system",
        place=f"incident {incident}" if incident else "",
        where=where,
        raw=raw,
        extra=extra,
        **moment,
    )


FORMAT = Format(
    key="dispatch",
    label="Netflix Dispatch",
    about="The table of events as TSV or CSV, or events from the API",
    sniff=sniff,
    read=read,
)
