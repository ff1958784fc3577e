"""What a row of ServiceNow tells, once its cells have names: a ticket, an entry of its audit, of its journal."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from timelines.formats.base import BadTime, Context, compact, get
from timelines.formats.documents import guarded, one
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped

UTC_ZONE = ZoneInfo("UTC")
NOTHING = {"", "?", "null", "none", "unknown", "(empty)"}
REMEMBERED = 200_000  # tickets whose opening was told already
STATES = {
    "1": "new",
    "2": "in progress",
    "3": "on hold",
    "6": "resolved",
    "7": "closed",
    "8": "canceled",
}  # of incidents
NAMES = {  # what an export calls a column, by the column's own name
    "number": ("number",),
    "id": ("sys_id",),
    "state": ("incident_state", "state"),
    "text": ("short_description", "short description"),
    "opened": ("opened_at", "opened", "sys_created_on", "created", "sys_created_at"),
    "opener": ("opened_by", "opened by", "caller_id", "caller", "sys_created_by"),
    "updated": ("sys_updated_on", "sys_updated_at", "updated"),
    "updater": ("sys_updated_by", "updated by"),
    "resolved": ("resolved_at", "resolved"),
    "resolver": ("resolved_by", "resolved by"),
    "closed": ("closed_at", "closed"),
    "closer": ("closed_by", "closed by"),
    "priority": ("priority",),
    "group": ("assignment_group", "assignment group"),
    "assignee": ("assigned_to", "assigned to"),
    "edition": ("sys_mod_count", "updates"),
    "place": ("cmdb_ci", "configuration item", "business_service", "service"),
}
KINDS = {
    "state": "ticket status changed", "incident_state": "ticket status changed", "assigned_to": "ticket assigned",
    "priority": "ticket priority changed",
}  # fmt: skip
ENTRY = re.compile(
    r"^(\S{6,12} \S{5,8}(?: [AaPp][Mm])?) - (.{1,120}) \((Work notes|Additional comments|Comments)\)$"
)


@dataclass(frozen=True)
class Reader:
    """How times of one file are read: in which zone, in which order, and how sure that is."""

    zone: ZoneInfo | None
    order: str = ""
    certainty: str = "assumed zone"
    shown: ZoneInfo | None = None  # the zone of displayed text beside raw values

    def when(self, value: str) -> dict[str, Any]:
        moment = stamp(value, self.zone, self.order)
        return moment | {"certainty": "exact"} if self.certainty == "exact" else moment


class Seen:
    """Ids that were told already, as far as memory should go."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def first(self, key: str) -> bool:
        if key in self.ids:
            return False
        if len(self.ids) < REMEMBERED:
            self.ids.add(key)
        return True


def told(
    values: dict[str, str], where: str, context: Context, raw: bytes, seen: Seen, reader: Reader | None = None
) -> Iterator[Record | Skipped]:
    if "element" in values and "value" in values:
        yield _journal(values, where, raw, reader or _raw(context))
    elif "fieldname" in values or ("field" in values and "update_time" in values):
        yield _audit(values, where, raw, reader or _raw(context))
    elif _of(values, "number") or _of(values, "id"):
        yield from _ticket(
            values,
            where,
            raw,
            reader or _reader(values, context),
            seen,
            alone=reader is None or not _of(values, "edition"),
        )
    else:
        raise BadTime("This is no ticket, audit entry or journal entry of ServiceNow.")


def _raw(context: Context) -> Reader:
    return Reader(context.zone or UTC_ZONE)


def _reader(values: dict[str, str], context: Context) -> Reader:
    """Raw values are UTC. Displayed ones are in the zone of who exported them."""
    state = values.get("state raw", values.get("incident_state", values.get("state", "")))
    if state.lstrip("-").isdigit():
        return Reader(UTC_ZONE, certainty="exact", shown=context.zone)
    if not state:
        return _raw(context)
    return Reader(context.zone, str(get(context.mapping, "dates", default="")))


def _of(values: dict[str, str], name: str) -> str:
    for column in NAMES[name]:
        value = values.get(column, "")
        if value.casefold() not in NOTHING:
            return value
    return ""


def _ticket(
    values: dict[str, str], where: str, raw: bytes, reader: Reader, seen: Seen, *, alone: bool
) -> Iterator[Record | Skipped]:
    number = _of(values, "number") or _of(values, "id")
    title = _of(values, "text")
    state = _of(values, "state")
    state = STATES.get(state, state) if number.startswith("INC") else state
    facts = {name: _of(values, name) for name in ("priority", "group", "assignee")}
    extra = {"number": number, "state": state} | {name: value for name, value in facts.items() if value}
    common: dict[str, Any] = {"place": _of(values, "place"), "where": where}

    def act(kind: str, key: str, when: str, by: str, text: str, order: int, body: bytes) -> Record:
        moment = reader.when(when)
        return Record(
            external_id=f"{number}/{key}".replace("@", moment["at"].isoformat()),
            text=f"{number} {text}" + (f": {title}" if title else ""), kind=kind, raw=body, order=order,
            extra=extra if key.startswith("edition") else {"number": number}, **common, **moment, **_who(by),
        )  # fmt: skip

    opened, opener = _of(values, "opened"), _of(values, "opener")
    if opened and seen.first(f"{number}/opened"):
        body = compact({"number": number, "opened": opened, "by": opener, "text": title})
        yield from one(where, act, "ticket opened", "opened", opened, opener, "opened", 0, body)
    if updated := _of(values, "updated"):
        what = ", ".join(part for part in (state or "updated", *facts.values()) if part)
        # A row of a log is the ticket as it became; of one that stands alone this is only its last change.
        kind = "ticket updated" if alone or not state else f"ticket {state.lower()}"
        # Two rows may carry one count, where two people saved at a time.
        key = f"edition/{_of(values, 'edition')}/@"
        said = f"updated: {what}" if alone else what
        yield from one(where, act, kind, key, updated, _of(values, "updater"), said, 1, raw)
    for order, (name, person) in enumerate((("resolved", "resolver"), ("closed", "closer")), 2):
        when, by = _of(values, name), _of(values, person)
        if alone and when:
            body = compact({"number": number, name: when, "by": by, "text": title})
            yield from one(where, act, f"ticket {name}", name, when, by, name, order, body)
    displayed = reader if reader.certainty != "exact" else Reader(reader.shown, reader.order)
    for name in ("work_notes", "comments", "comments_and_work_notes"):
        yield from guarded(where, _entries, values.get(name, ""), number, where, displayed)


def _entries(text: str, number: str, where: str, reader: Reader) -> Iterator[Record]:
    """The displayed journal of a ticket: `2021-01-25 11:09:27 - Ann (Work notes)`, then what was written."""
    begun: re.Match | None = None
    said: list[str] = []
    seen: Counter[str] = Counter()
    for line in [*text.split("\n"), None]:
        found_ = ENTRY.match(line.strip()) if line is not None and len(line) < 200 else None
        if (found_ or line is None) and begun:
            written = "\n".join(said).strip()
            key = hashlib.sha256(f"{begun[0]}\n{written}".encode("utf-8", "replace")).hexdigest()[:24]
            seen[key] += 1
            key = f"{key}/{seen[key]}" if seen[key] > 1 else key
            yield Record(
                external_id=f"{number}/journal/{key}", text=f"{number}: {written}", kind="comment", where=where,
                raw=f"{begun[0]}\n{written}".encode("utf-8", "replace"),
                extra={"number": number, "public": begun[3] != "Work notes"}, **reader.when(begun[1]), **_who(begun[2]),
            )  # fmt: skip
        if found_:
            begun, said = found_, []
        elif line is not None:
            said.append(line)


def _audit(values: dict[str, str], where: str, raw: bytes, reader: Reader) -> Record:
    field = values.get("fieldname") or values.get("field") or values.get("label", "")
    old, new = (values.get(a) or values.get(b, "") for a, b in (("oldvalue", "old"), ("newvalue", "new")))
    by = values.get("user") or values.get("user_name") or values.get("sys_created_by", "")
    return Record(
        external_id=f"audit/{_key(values, raw)}",
        text=f"{field}: {old} → {new}" if old and new else f"{field}: {new or f'{old} removed'}",
        kind=KINDS.get(field, "ticket changed"),
        where=where,
        raw=raw,
        noise=field.startswith("sys_"),
        extra={"ticket": values.get("documentkey", ""), "table": values.get("tablename", "")},
        **reader.when(values.get("sys_created_on") or values.get("update_time", "")),
        **_who(by),
    )


def _journal(values: dict[str, str], where: str, raw: bytes, reader: Reader) -> Record:
    return Record(
        external_id=f"journal/{_key(values, raw)}",
        text=values["value"] or "(a comment without words)",
        kind="comment",
        where=where,
        raw=raw,
        extra={"ticket": values.get("element_id", ""), "public": values["element"] == "comments"},
        **reader.when(values.get("sys_created_on", "")),
        **_who(values.get("sys_created_by", "")),
    )


def _key(values: dict[str, str], raw: bytes) -> str:
    return values.get("sys_id") or hashlib.sha256(raw).hexdigest()[:32]


def _who(name: str) -> dict[str, str]:
    nobody = name.casefold() in NOTHING or name in ("system", "guest")
    return {
        "actor": "ServiceNow" if nobody else name,
        "actor_id": "" if nobody else name,
        "actor_kind": "system" if nobody else "person",
    }
