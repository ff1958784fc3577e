"""Statuspage: the public API of version 2, the managing API, and webhooks; also pages that speak its shape.

Source: Atlassian's documentation of Statuspage's status API and webhooks. An incident is a list of updates,
each known by its id and shown at `display_at`, which may be set back: the moment it was entered is kept
beside it. A webhook repeats every update of its incident. Instatus and Better Stack send the same shape.
One incident a line with `updates` of `at`, `status`, `message`, as people gather from feeds, is read too: its
updates have no id and are (incident, moment, status), counted from the oldest where that is not enough.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.customers import message
from timelines.formats.documents import Found, found, guarded, one, records, under
from timelines.formats.hypertext import plain
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped

KEYS = ("incidents", "scheduled_maintenances", "incident_updates")
SUMMARY = ("components", "status", "summary")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"incident_updates"' in head:
        return "its incidents have updates as Statuspage writes them (incident_updates)"
    if b'"component_update"' in head and b'"old_status"' in head:
        return "it is a webhook of Statuspage about a component"
    if b'"maintenance_updates"' in head and b'"page"' in head:
        return "it is a webhook of a status page about maintenance"
    if b'"status_sequence"' in head or (b'"downtime_start"' in head and b'"updates"' in head):
        return "it holds incidents of a status page with their updates, one a line"
    if b'"scheduled_maintenances"' in head and b'"page"' in head:
        return "it is a summary of a status page (scheduled_maintenances)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(found(bundle, KEYS), lambda element: _thing(element, context))


def _thing(element: Found, context: Context) -> Iterator[Record | Skipped]:
    thing, where = element.value, element.where
    page = _page(thing if not element.key else element.page)
    if isinstance(thing.get("component_update"), dict):
        yield _component(thing, where, page)
    elif isinstance(thing.get("incident"), dict):
        yield from _incident(thing["incident"], under(where, "incident"), page, context)
    elif isinstance(thing.get("maintenance"), dict):
        yield from _incident(thing["maintenance"], under(where, "maintenance"), page, context)
    elif element.key == "incident_updates" and "incident_id" in thing:
        yield _update(thing, {"id": thing["incident_id"], **_about(element.page)}, where, page, context)
    elif isinstance(thing.get("updates"), list) and "incident_updates" not in thing:
        yield from _gathered(thing, where, context)
    elif "id" in thing and ("name" in thing or "incident_updates" in thing):
        yield from _incident(thing, where, page, context)
    elif "components" in thing and "status" in thing and "page" in thing:
        return  # a summary in which nothing happens
    else:
        raise BadTime("This is no incident, maintenance or component of a status page.")


def _about(page: dict) -> dict:
    """What stands beside the updates of one incident given alone."""
    return {name: page[name] for name in ("name", "impact", "shortlink", "backfilled") if name in page}


def _page(thing: dict) -> str:
    page = thing.get("page")
    name = get(page, "name")
    address = get(page, "url", default="")
    return clean(name) if name else urlsplit(address).hostname or "" if isinstance(address, str) else ""


def _incident(incident: dict, where: str, page: str, context: Context) -> Iterator[Record | Skipped]:
    updates = _named(
        incident.get("incident_updates") or incident.get("maintenance_updates") or [], incident, context
    )
    for number, update in enumerate(updates):
        place = under(where, "incident_updates", number)
        yield from one(place, _update, update, incident, place, page, context)
    if incident.get("scheduled_for"):
        yield from one(where, _window, incident, where, page, context)
    if not updates and not incident.get("scheduled_for"):
        when = incident.get("started_at") or incident.get("created_at")
        yield message(
            key=f"incident/{incident['id']}", status=incident.get("status") or "", body="", title=incident.get("name") or "",
            when=stamp(when, context.zone), page=page, where=where, raw=compact(incident), link=_link(incident), extra=_extra(incident),
        )  # fmt: skip


def _named(updates: list, incident: dict, context: Context) -> list:
    """Updates as they stand, newest first; one that was stripped of its id is given one that stays."""
    seen: Counter[str] = Counter()
    named = []
    for update in reversed(updates):
        if isinstance(update, dict) and not update.get("id"):
            with contextlib.suppress(BadTime):
                moment = stamp(update.get("display_at") or update.get("created_at"), context.zone)
                update = {
                    **update,
                    "id": update_key(incident.get("id"), moment, clean(update.get("status")), seen),
                }
        named.append(update)
    return named[::-1]


def _link(incident: dict) -> str:
    link = incident.get("shortlink") or incident.get("url") or ""
    return link if isinstance(link, str) else ""


def _extra(incident: dict) -> dict[str, Any]:
    extra = {
        "incident": str(incident.get("id") or ""),
        "title": clean(incident.get("name") or incident.get("title")),
    }
    return extra | {name: incident[name] for name in ("impact", "backfilled") if incident.get(name)}


def _update(update: dict, incident: dict, where: str, page: str, context: Context) -> Record:
    shown = stamp(update.get("display_at") or update.get("created_at"), context.zone)
    extra = _extra(incident) | {"status": update.get("status") or ""}
    if update.get("created_at"):
        entered = stamp(update["created_at"], context.zone)["at"]
        if abs((entered - shown["at"]).total_seconds()) >= 60:
            extra["entered"] = entered.isoformat()
    if changes := [
        _change(component)
        for component in update.get("affected_components") or []
        if isinstance(component, dict)
    ]:
        extra["components"] = changes
    edited = update.get("updated_at")
    body = update.get("body") or update.get("markdown") or update.get("message") or ""
    return message(
        key=f"update/{update['id']}", status=update.get("status") or incident.get("status") or "", body=_words(body),
        title=incident.get("name") or "", when=shown, page=page, where=where, raw=compact(update), link=_link(incident),
        revised=stamp(edited, context.zone)["at"] if edited else None, extra=extra,
    )  # fmt: skip


def _words(body: Any) -> str:
    """Bodies are HTML, or Markdown, which reads well as it is but for its entities."""
    body = body if isinstance(body, str) else clean(body)
    return plain(body) if "</" in body or "<br" in body else unescape(body)


def _change(component: dict) -> str:
    name, old, new = (clean(component.get(key)) for key in ("name", "old_status", "new_status"))
    return f"{name}: {new}" if old == new or not old else f"{name}: {old} → {new}"


def _window(incident: dict, where: str, page: str, context: Context) -> Record:
    """The time that was announced for maintenance; when it really was is told by its updates."""
    until = incident.get("scheduled_until")
    return Record(
        external_id=f"incident/{incident['id']}/window", text=f"Maintenance announced for this time: {clean(incident.get('name'))}",
        kind="maintenance", until=stamp(until, context.zone)["at"] if until else None, actor=page or "Status page", actor_kind="system",
        place=page, link=_link(incident), where=where, raw=compact(incident), extra=_extra(incident), **stamp(incident["scheduled_for"], context.zone),
    )  # fmt: skip


def _component(hook: dict, where: str, page: str) -> Record:
    update, component = hook["component_update"], hook.get("component") or {}
    name = clean(get(component, "name", default="A component"))
    return Record(
        external_id=f"component_update/{update['id']}", text=_change({"name": name, **update}), kind="component status",
        actor=page or "Status page", actor_kind="system", place=page, where=where, raw=compact(hook),
        extra={"component": update.get("component_id") or get(component, "id", default="")}, **stamp(update.get("created_at")),
    )  # fmt: skip


def _gathered(incident: dict, where: str, context: Context) -> Iterator[Record | Skipped]:
    """An incident whose updates are a plain list of moment, status and message."""
    link = _link(incident)
    page = (urlsplit(link).hostname or "") if link else ""
    updates = [
        (number, update) for number, update in enumerate(incident["updates"]) if isinstance(update, dict)
    ]
    key = incident.get("id") or incident.get("entry_id") or link

    def when(update: dict) -> dict[str, Any]:
        return stamp(update.get("at") or update.get("display_at") or update.get("created_at"), context.zone)

    seen: Counter[str] = Counter()
    for number, update in sorted(updates, key=lambda pair: str(pair[1].get("at") or "")):
        place = under(where, "updates", number)

        def make(update: dict = update, place: str = place, number: int = number) -> Iterator[Record]:
            moment = when(update)
            own = update_key(key, moment, clean(update.get("status")), seen)
            yield message(
                key=own, status=clean(update.get("status")), body=clean(update.get("message") or update.get("body")),
                title=clean(incident.get("title") or incident.get("name")), when=moment, page=page, where=place,
                raw=compact({"incident": str(key), **update}), link=link, order=number, extra=_extra(incident) | {"status": update.get("status") or ""},
            )  # fmt: skip

        yield from guarded(place, make)


def update_key(incident: Any, moment: dict[str, Any], status: str, seen: Counter[str]) -> str:
    """(incident, moment, status), numbered from the second on; call it from the oldest update to the newest."""
    key = f"{incident}/{moment['at']:%Y-%m-%dT%H:%M:%S}/{status.lower()}"
    seen[key] += 1
    return key if seen[key] == 1 else f"{key}/{seen[key]}"


FORMAT = Format(
    key="statuspage",
    label="Statuspage",
    about="Incidents, maintenance and updates from Statuspage's API, or its webhooks",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
