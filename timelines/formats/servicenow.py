"""ServiceNow: tickets of the Table API or of an export, their audit and their journal.

Source: ServiceNow's documentation of the Table API, of `sysparm_display_value`, of exports and of the audit and
journal tables. A record is an edition of a ticket at `sys_updated_on`, known by number and `sys_mod_count`;
it says what held then. Facts that came later (who resolved it, when) are repeated on earlier rows of a log and
are not read from there: a ticket that stands alone tells its resolution and closing, a row of a log does not.
Raw times are UTC without saying so; displayed ones are in the zone and the manner of the person who exported,
which are asked for. Raw and displayed values are told apart by the state, which is a number when raw.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from timelines.formats.base import Bundle, Context, Format, Unreadable, clean, compact, get
from timelines.formats.documents import Found, Only, begins, files, found, guarded, records
from timelines.formats.moments import day_order
from timelines.formats.records import Record, Skipped
from timelines.formats.servicenow_rows import Reader, Seen, told
from timelines.formats.tabular import Row, header, rows
from timelines.formats.xmlnodes import Node, nodes

KEYS = {"number", "sys_id", "element", "documentkey"}
LOOKED_AT = 5000  # rows, for one whose date shows whether the day comes first


def sniff(bundle: Bundle, head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"[", b"<"):
        if (
            b"sys_updated_on" in head
            or b"sys_created_on" in head
            or (b'"sys_id"' in head and b'"result"' in head)
        ):
            return "its records have the columns of ServiceNow (sys_id, sys_updated_on)"
        return None
    names = {name.casefold() for name in header(head)}
    if any(name.startswith("sys_") for name in names) and names & KEYS:
        return "its columns are those of ServiceNow (number, sys_…)"
    if {"number", "opened"} <= names and names & {"short description", "assignment group"}:
        return "its columns are those of a list in ServiceNow (Number, Opened)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    seen = Seen()
    yield from files(bundle, lambda name: _file(bundle, name, context, seen))


def _file(bundle: Bundle, name: str, context: Context, seen: Seen) -> Iterator[Record | Skipped]:
    start = begins(bundle, name)
    if start in (b"{", b"["):
        elements = found(Only(bundle, name), ("result", "records"))
        yield from records(elements, lambda element: _element(element, context, seen))
    else:
        yield from (_xml if start == b"<" else _csv)(bundle, name, context, seen)


def _element(element: Found, context: Context, seen: Seen) -> Iterator[Record | Skipped]:
    """One of a list, or the one record of `GET …/incident/{sys_id}`."""
    value = element.value
    record = value["result"] if isinstance(value.get("result"), dict) else value
    yield from told(_flat(record), element.where, context, compact(record), seen)


# --- from rows to values -------------------------------------------------------------------------------


def _flat(record: dict) -> dict[str, str]:
    """{"display_value", "value"} pairs give the value for times and ids, what people see for everything else."""
    flat = {}
    for name, value in record.items():
        if isinstance(value, dict):
            raw, shown = clean(value.get("value")), clean(value.get("display_value"))
            timed = name.endswith(("_at", "_on")) or name in ("documentkey", "element_id", "sys_id")
            flat[name] = raw if timed and raw else shown or raw
            flat[f"{name} raw"] = raw
        else:
            flat[name] = clean(value)
    return flat


def _xml(bundle: Bundle, name: str, context: Context, seen: Seen) -> Iterator[Record | Skipped]:
    """`<unload><incident>…`, or a plain list of records; text is raw, `display_value` what people see."""
    number = 0
    tables = {
        "incident",
        "problem",
        "change_request",
        "task",
        "sc_task",
        "sc_req_item",
        "sys_audit",
        "sys_journal_field",
        "sys_history_line",
    }
    with bundle.open(name) as file:
        for number, node in enumerate(nodes(file, name, tables), 1):
            where = f"{name}#record {number}"
            values = {child.name: _value(child) for child in node.children}
            yield from guarded(where, told, _flat(values), where, context, compact(values), seen)
    if not number:
        raise Unreadable(f"{name} is XML without records of ServiceNow.")


def _value(node: Node) -> dict[str, str]:
    return {"value": node.text.strip(), "display_value": node.attributes.get("display_value", "")}


def _csv(bundle: Bundle, name: str, context: Context, seen: Seen) -> Iterator[Record | Skipped]:
    with bundle.open(name) as file:
        looked = (row for row in islice(rows(file, name), LOOKED_AT) if isinstance(row, Row))
        order = str(get(context.mapping, "dates", default="")) or day_order(
            cell for row in looked for cell in row.cells
        )
    count = 0
    with bundle.open(name) as file:
        for row in rows(file, name):
            if isinstance(row, Skipped):
                yield row
                continue
            count += 1
            values = {
                column.casefold(): clean(cell) for column, cell in zip(row.columns, row.cells, strict=False)
            }
            reader = Reader(context.zone, order)
            yield from guarded(row.where, told, values, row.where, context, row.raw, seen, reader)
    if not count:
        raise Unreadable(f"{name} has a header at most: there are no rows in it.")


FORMAT = Format(
    key="servicenow",
    label="ServiceNow",
    about="Tickets, audit and journal from the Table API, or a CSV or XML export",
    sniff=sniff,
    read=read,
    asks=("zone", "mapping"),
)
