"""Opsgenie and Jira Service Management operations: webhooks, alerts, incidents, their logs, notes and timelines.

Source: Atlassian's documentation of Opsgenie's REST API and of its webhook. Numbers since 1970 are read by
their size, as one alert has `createdAt` in milliseconds and `updatedAt` in nanoseconds. An act of a webhook
has no id of its own: it is (alert, action, updatedAt); an escalation states no time and asks when it came. An
entry of a log or of notes is known by its `offset`, which counts in nanoseconds; the alert it is of stands in no
entry, so two equal entries at the same nanosecond are one. What an alert's `report` tells is counted from its
creation, and so marked as derived.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, NeedsAnswer, clean, compact, get
from timelines.formats.documents import Found, Pages, found, one, records
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped

KEYS = ("data.entries", "data", "entries", "alerts", "incidents")
ACTIONS = {
    "create": "triggered", "acknowledge": "acknowledged", "unacknowledge": "unacknowledged", "close": "resolved",
    "addnote": "note", "assignownership": "assigned", "assign": "assigned", "takeownership": "assigned",
    "addteam": "responders added", "addrecipient": "responders added", "addresponder": "responders added",
    "escalate": "escalated", "escalatetonext": "escalated", "escalatenext": "escalated", "escalatenotify": "escalated",
    "snooze": "snoozed", "snoozeended": "snooze ended", "delete": "deleted", "reopen": "reopened",
    "updatepriority": "priority changed", "updatemessage": "message changed", "updatedescription": "description changed",
    "addtags": "tags added", "removetags": "tags removed", "adddetails": "details added", "removedetails": "details removed",
    "customaction": "action", "executecustomaction": "action", "resolve": "resolved",
}  # fmt: skip
NOISE = {"tags added", "tags removed", "details added", "details removed"}
OFFSET = re.compile(rb'"offset"\s*:\s*"\d{13}_\d{16,22}"')
VIEWED = ("viewed on", "alert seen", "seen on", "notification", "notify")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"integrationId"' in head and b'"alertId"' in head and b'"action"' in head:
        return "it is a webhook of Opsgenie (alertId, integrationId, action)"
    if b'"tinyId"' in head and (
        b'"alias"' in head or b'"impactStartDate"' in head or b'"impactedServices"' in head
    ):
        return "it holds alerts or incidents of Opsgenie (tinyId)"
    if OFFSET.search(head) and (b'"log"' in head or b'"note"' in head):
        return "it holds logs or notes of Opsgenie (offset)"
    if b'"entries"' in head and b'"eventTime"' in head and b'"lastEdit"' in head:
        return "it holds an incident's timeline of Opsgenie"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    pages = Pages()
    for element in found(bundle, KEYS):
        if isinstance(element, Found) and element.page:
            pages.see(get(element.page, "paging", "next", default=get(element.page, "data", "nextOffset")))
        yield from records([element], lambda e: _thing(e, context))
    yield from pages.note(bundle.name, "“paging.next”")


def _thing(element: Found, context: Context) -> Iterator[Record | Skipped]:
    thing = element.value
    if "action" in thing and (
        isinstance(thing.get("alert"), dict) or isinstance(thing.get("incident"), dict)
    ):
        yield _act(thing, element.where, context, alone=element.alone)
    elif isinstance(thing.get("data"), dict) and not element.key:
        yield from _thing(Found(thing["data"], element.where), context)
    elif "eventTime" in thing:
        yield _timeline_entry(thing, element.where)
    elif "log" in thing or ("note" in thing and "offset" in thing):
        yield _log(thing, element.where)
    elif "impactStartDate" in thing or "impactedServices" in thing:
        yield from _incident(thing, element.where)
    elif "tinyId" in thing or "alias" in thing:
        yield from _alert(thing, element.where)
    else:
        raise BadTime("This is no webhook, alert, incident, log entry, note or timeline entry of Opsgenie.")


def _who(name: Any, key: Any = "", *, system: bool = False) -> dict[str, str]:
    name = clean(name)
    nobody = system or name.lower() in ("", "system", "opsgenie")
    return {
        "actor": name or "Opsgenie",
        "actor_id": clean(key) or ("" if nobody else name),
        "actor_kind": "system" if nobody else "person",
    }


def _act(hook: dict, where: str, context: Context, *, alone: bool) -> Record:
    """One webhook: an action on an alert or incident. An escalation names the alert alone, without any time."""
    thing = hook.get("alert") or hook["incident"]
    key = str(thing.get("alertId") or thing.get("incidentId") or thing["id"])
    action = clean(hook["action"])
    when = thing.get("updatedAt") or thing.get("createdAt")
    what = ACTIONS.get(action.lower().replace(" ", "").replace("_", ""), "action")
    said = clean(thing.get("note") or "")
    about = clean(thing.get("message") or "")
    moment = _moment(when, action, context, alone=alone)
    to = ""
    if what in ("assigned", "escalated", "responders added"):
        notified = get(hook, "escalationNotify", "name", default="")
        to = clean(thing.get("owner") or thing.get("recipient") or notified)
    words = action if what == "action" else what
    head = f"{words} to {to}" if to else words
    return Record(
        external_id=f"alert/{key}/{action}/{when or moment['at'].isoformat()}",
        text=": ".join(part for part in (head, said) if part) + (f" – {about}" if about else ""),
        kind="page note" if what == "note" else f"page {what}",
        place=clean(thing.get("entity") or thing.get("source") or ""),
        where=where,
        raw=compact(hook),
        noise=what in NOISE,
        extra=_about(thing) | {"alert": key, "action": action, "integration": clean(hook.get("integrationName") or "")},
        **moment,
        **_who(thing.get("username"), thing.get("userId"), system=not thing.get("userId") and not thing.get("username")),
    )  # fmt: skip


def _moment(when: Any, action: str, context: Context, *, alone: bool) -> dict[str, Any]:
    if when:
        return stamp(when)
    if context.captured:
        return {"at": context.captured, "precision": "minute", "certainty": "derived"}
    if alone:
        raise NeedsAnswer(
            "captured", f"This webhook of Opsgenie ({action}) states no time. When was it received?"
        )
    raise BadTime(f"This webhook ({action}) states no time.")


def _about(thing: dict) -> dict[str, Any]:
    names = ("tinyId", "alias", "priority", "status", "tags", "owner", "count", "impactedServices")
    return {name: thing[name] for name in names if thing.get(name) not in (None, "", [])}


def _alert(alert: dict, where: str) -> Iterator[Record | Skipped]:
    """The alert as it stands: its creation, and of its report how long after it what happened."""
    key, title = str(alert["id"]), clean(alert.get("message") or alert.get("alias"))
    begun = stamp(alert.get("createdAt"))
    common: dict[str, Any] = {
        "place": clean(alert.get("entity") or alert.get("source") or ""),
        "where": where,
        "raw": compact(alert),
        "extra": _about(alert) | {"alert": key},
    }
    yield Record(
        external_id=f"alert/{key}/created", text=f"triggered: {title}", kind="page triggered", **begun, **common,
        **_who(get(alert, "integration", "name", default=""), get(alert, "integration", "id", default=""), system=True),
    )  # fmt: skip
    for order, (name, by, what) in enumerate(
        (("ackTime", "acknowledgedBy", "acknowledged"), ("closeTime", "closedBy", "resolved")), 1
    ):
        after = get(alert, "report", name)
        if isinstance(after, (int, float)) and not isinstance(after, bool) and 0 < after < 10**12:
            then = {"at": begun["at"] + timedelta(milliseconds=after), "certainty": "derived"}
            written = f"{alert['createdAt']} + {after} ms"
            yield Record(
                external_id=f"alert/{key}/{what}", text=f"{what}: {title}", kind=f"page {what}", order=order, **common,
                **begun | then | {"written": written}, **_who(get(alert, "report", by)),
            )  # fmt: skip


def _incident(incident: dict, where: str) -> Iterator[Record | Skipped]:
    """The incident as it stands: when it was opened, and when its impact began and ended, where that was set."""
    key, title = str(incident["id"]), clean(incident.get("message"))
    number = clean(incident.get("tinyId") or "")
    link = get(incident, "links", "web", default="")
    common: dict[str, Any] = {
        "link": link if isinstance(link, str) else "",
        "where": where,
        "raw": compact(incident),
        "extra": _about(incident) | {"incident": key},
    }
    shown = f"#{number} " if number else ""

    def act(what: str, when: Any, order: int) -> Record:
        begins = order == 0
        return Record(
            external_id=f"incident/{key}/{'created' if begins else what}", text=f"{shown}{what}: {title}", kind="incident opened" if begins else what,
            order=order, **stamp(when), **common, **_who("", system=True),
        )  # fmt: skip

    yield act("opened", incident.get("createdAt"), 0)
    for order, (name, what) in enumerate(
        (("impactStartDate", "impact began"), ("impactEndDate", "impact ended")), 1
    ):
        if incident.get(name):
            yield from one(where, act, what, incident[name], order)


def _log(entry: dict, where: str) -> Record:
    """An entry of an alert's or incident's log, or one of its notes."""
    note = "log" not in entry
    said = clean(entry["note"] if note else entry["log"])
    owner = clean(entry.get("owner") or "")
    offset = clean(entry.get("offset") or entry.get("createdAt"))
    return Record(
        external_id=f"{'note' if note else 'log'}/{offset}/{hashlib.sha256(f'{owner}/{said}'.encode()).hexdigest()[:8]}",
        text=said or "(without words)",
        kind="page note" if note else "page log",
        where=where,
        raw=compact(entry),
        noise=not note and (said.lower().startswith(VIEWED)),
        extra={"type": clean(entry.get("type") or "note")},
        **stamp(entry.get("createdAt")),
        **_who(owner, system=clean(entry.get("type")).lower() == "system"),
    )


def _timeline_entry(entry: dict, where: str) -> Record:
    title, said = (
        clean(
            get(entry, name, "content", default=entry.get(name) if isinstance(entry.get(name), str) else "")
        )
        for name in ("title", "description")
    )
    edited = get(entry, "lastEdit", "editTime", default=get(entry, "lastEdit", "time"))
    return Record(
        external_id=f"timeline/{entry['id']}",
        text=": ".join(part for part in (title, said) if part) or clean(entry.get("type")),
        kind=clean(entry.get("type") or "timeline entry").replace("_", " ").replace("-", " ").lower(),
        where=where,
        raw=compact(entry),
        noise=bool(entry.get("hidden")),
        revised=stamp(edited)["at"] if edited else None,
        extra={"group": entry.get("group")},
        **stamp(entry["eventTime"]),
        **_who(get(entry, "actor", "name", default=""), get(entry, "actor", "id", default=""), system=get(entry, "actor", "type") == "system"),
    )  # fmt: skip


FORMAT = Format(
    key="opsgenie",
    label="Opsgenie",
    about="Webhooks, alerts, incidents, logs, notes and timelines of Opsgenie or Jira Service Management",
    sniff=sniff,
    read=read,
    asks=("captured",),
)
