"""Status pages of other makers: Cachet, Instatus, Sorry™, Google Cloud and Workspace.

Source: the makers' documentation of their public APIs. Every update is one record, known by its id where it
has one, otherwise by incident, moment and status. Cachet before version 3 writes the time of its
application's zone without saying which: it is asked for. An incident's own begin and end, where the page
states them, are one more record, as they are often set later than anything was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, get
from timelines.formats.documents import Found, found, records
from timelines.formats.records import Record, Skipped
from timelines.formats.statusincidents import Incident, Said

KEYS = ("data", "notices", "activeIncidents", "activeMaintenances", "incidents")
CACHET = {0: "scheduled", 1: "investigating", 2: "identified", 3: "watching", 4: "fixed"}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'human_status"' in head and (b'"component_id"' in head or b'"occurred_at"' in head):
        return "it holds incidents of Cachet (human_status)"
    if b'"attributes"' in head and b'"human"' in head and b'"incidents"' in head:
        return "it holds incidents of Cachet, version 3"
    if b'"external_desc"' in head and b'"most_recent_update"' in head:
        return "it holds incidents of Google's status dashboard (external_desc)"
    if b'"activeIncidents"' in head or b'"activeMaintenances"' in head:
        return "it is a summary of Instatus (activeIncidents)"
    if b'"updates"' in head and b'"started"' in head and (b'"messageHtml"' in head or b'"notify"' in head):
        return "it holds incidents of Instatus (updates with “started”)"
    if b'"timeline_state"' in head or (b'"notices"' in head and b'"began_at"' in head):
        return "it holds notices of Sorry™ (began_at)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(found(bundle, KEYS), lambda element: _thing(element, context))


def _thing(element: Found, context: Context) -> Iterator[Record | Skipped]:
    thing = element.value
    for inner in ("notice", "incident", "data"):
        if isinstance(thing.get(inner), dict):
            thing = thing[inner]
    if isinstance(thing.get("attributes"), dict):
        thing = {"id": thing.get("id"), **thing["attributes"]}
    if _is_quiet(thing):
        return
    incident = _maker(thing)(thing)
    page = clean(get(element.page, "page", "name")) or incident.page
    yield from incident.told(thing, element.where, page, context)


def _is_quiet(thing: dict) -> bool:
    """A page on which nothing is the matter."""
    return "page" in thing and set(thing) <= {"page", "components", "activeIncidents", "activeMaintenances"}


def _maker(thing: dict) -> Callable[[dict], Incident]:
    if "begin" in thing and "external_desc" in thing:
        return _google
    if any(name in thing for name in ("human_status", "latest_human_status", "component_id")):
        return _cachet
    if isinstance(thing.get("status"), dict):
        return _cachet
    if "subject" in thing or "timeline_state" in thing:
        return _sorry
    if "started" in thing or "start" in thing:
        return _instatus
    raise BadTime("This is no incident of Cachet, Instatus, Sorry™ or Google's dashboard.")


def _link(thing: dict, *names: str) -> str:
    named = (thing.get(name) for name in names)
    return next((it for it in named if isinstance(it, str) and it.startswith(("https://", "http://"))), "")


def _updates(thing: dict) -> list[tuple[tuple, dict]]:
    """The updates of an incident with their place in it."""
    values = thing["updates"] if isinstance(thing.get("updates"), list) else []
    return [(("updates", n), value) for n, value in enumerate(values) if isinstance(value, dict)]


# --- Cachet: the first message of an incident stands on the incident itself ------------------------------


def _cachet(thing: dict) -> Incident:
    key, updates = clean(thing["id"]), _updates(thing)
    # The incident's own status is its latest; with updates, the first message came before all of them.
    status = "investigating" if updates and not thing.get("scheduled_at") else _cachet_status(thing)
    first = Said(
        raw={name: value for name, value in thing.items() if name != "updates"},
        when=_cachet_time(thing, "occurred_at", "occurred", "scheduled_at", "created_at", "created"),
        status=status,
        body=thing.get("message"),
        id=f"incident-{key}",
    )
    later = [
        Said(
            raw=update,
            when=_cachet_time(update, "created_at", "created"),
            status=_cachet_status(update),
            body=update.get("message"),
            path=path,
            id=clean(update.get("id")),
        )
        for path, update in updates
    ]
    return Incident(f"incident/{key}", clean(thing.get("name")), [first, *later], _link(thing, "permalink"))


def _cachet_status(value: dict) -> str:
    """A number up to version 2; version 3 wraps it."""
    status = value.get("status")
    if isinstance(status, dict):
        return clean(status.get("human"))
    number = int(status) if str(status).isdigit() else None
    return CACHET.get(number, clean(value.get("human_status")))


def _cachet_time(value: dict, *names: str) -> Any:
    for name in names:
        written = value.get(name)
        written = written.get("string") if isinstance(written, dict) else written
        if written:
            return written
    return None


# --- Instatus, Sorry™, Google ------------------------------------------------------------------------------


def _instatus(thing: dict) -> Incident:
    key = clean(thing.get("id") or thing.get("url") or thing.get("name"))
    begun, ended, status = (
        thing.get("started") or thing.get("start"),
        thing.get("resolved"),
        thing.get("status"),
    )
    told = [
        Said(
            raw=update,
            when=update.get("started") or update.get("createdAt"),
            status=clean(update.get("status")),
            body=update.get("message") or update.get("messageHtml"),
            path=path,
            id=clean(update.get("id")),
            edited=update.get("updatedAt"),
        )
        for path, update in _updates(thing)
    ]
    return Incident(
        id=key,
        title=clean(thing.get("name")),
        said=told or [Said(thing, begun, clean(status), "", id=f"incident-{key}")],
        link=_link(thing, "url"),
        impact=clean(thing.get("impact")),
        begin=begun if ended else None,
        end=ended,
    )


def _sorry(thing: dict) -> Incident:
    key, ended = clean(thing["id"]), thing.get("ended_at")
    told = [
        Said(
            raw=update,
            when=update.get("created_at"),
            status=clean(update.get("state") or "update"),
            body=update.get("content") or update.get("body"),
            path=path,
            id=clean(update.get("id")),
            edited=update.get("updated_at"),
        )
        for path, update in _updates(thing)
    ]
    begun, status = thing.get("began_at"), clean(thing.get("state"))
    alone = Said(thing, thing.get("created_at") or begun, status, thing.get("synopsis"), id=f"notice-{key}")
    return Incident(
        id=key,
        title=clean(thing.get("subject")),
        said=told or [alone],
        link=_link(thing, "url", "link"),
        impact=clean(thing.get("type")),
        begin=begun if ended else None,
        end=ended,
    )


def _google(thing: dict) -> Incident:
    """`most_recent_update` repeats one of the updates."""
    latest = thing.get("most_recent_update")
    updates = _updates(thing) or ([(("most_recent_update",), latest)] if isinstance(latest, dict) else [])
    told = [
        Said(
            raw=update,
            when=update.get("when") or update.get("created"),
            status=clean(update.get("status")).replace("_", " ").lower(),
            body=update.get("text"),
            path=path,
            edited=update.get("modified"),
            extra={"locations": _titles(update.get("affected_locations"))},
        )
        for path, update in updates
    ]
    return Incident(
        id=clean(thing.get("id") or thing.get("number")),
        title=clean(thing.get("external_desc")),
        said=told,
        link=_link(thing, "uri"),
        page=clean(thing.get("service_name")),
        impact=clean(thing.get("status_impact") or thing.get("severity")),
        begin=thing.get("begin"),
        end=thing.get("end"),
    )


def _titles(values: Any) -> list[str]:
    return [clean(get(value, "title")) for value in values or []][:50]


FORMAT = Format(
    key="status-json",
    label="Cachet, Instatus, Sorry™ or Google status",
    about="Incidents with their updates from the API of a status page",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
