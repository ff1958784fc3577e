"""Status pages of other makers: Cachet, Instatus, Sorry™, Google Cloud and Workspace.

Source: the makers' documentation of their public APIs. Every update is one record, known by its id where it
has one, otherwise by incident, moment and status. Cachet before version 3 writes the time of its
application's zone without saying which: it is asked for. An incident's own begin and end, where the page
states both, are one more record, as they are often set later than anything was said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.customers import message
from timelines.formats.documents import Found, found, guarded, one, records, under
from timelines.formats.hypertext import plain
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.statuspage import update_key

KEYS = ("data", "notices", "activeIncidents", "activeMaintenances", "incidents")
CACHET = {0: "scheduled", 1: "investigating", 2: "identified", 3: "watching", 4: "fixed"}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"human_status"' in head or (b'"latest_human_status"' in head and b'"data"' in head):
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
    thing, where = element.value, element.where
    page = clean(get(element.page, "page", "name", default=""))
    for inner in ("notice", "incident", "data"):
        if isinstance(thing.get(inner), dict):
            thing = thing[inner]
    if isinstance(thing.get("attributes"), dict):
        thing = {"id": thing.get("id"), **thing["attributes"]}
    if "begin" in thing and "external_desc" in thing:
        incident = _google(thing)
    elif (
        "human_status" in thing
        or "latest_human_status" in thing
        or "component_id" in thing
        or isinstance(thing.get("status"), dict)
    ):
        incident = _cachet(thing)
    elif "subject" in thing or "timeline_state" in thing:
        incident = _sorry(thing)
    elif "started" in thing or "start" in thing:
        incident = _instatus(thing)
    elif "activeIncidents" in thing or (
        "page" in thing and set(thing) <= {"page", "components", "activeIncidents", "activeMaintenances"}
    ):
        return  # a page on which nothing is the matter
    else:
        raise BadTime("This is no incident of Cachet, Instatus, Sorry™ or Google's dashboard.")
    yield from _told(incident, thing, where, page or incident["page"], context)


def _told(
    incident: dict[str, Any], thing: dict, where: str, page: str, context: Context
) -> Iterator[Record | Skipped]:
    seen: Counter[str] = Counter()
    extra = {"incident": incident["id"], "title": incident["title"]}
    if incident.get("impact"):
        extra["impact"] = incident["impact"]
    updates = [u for u in incident["updates"] if isinstance(u["raw"], dict)]
    for update in sorted(updates, key=lambda u: str(u["when"])):
        place = under(where, *update["path"])

        def make(update: dict = update, place: str = place) -> Iterator[Record]:
            when = stamp(update["when"], context.zone)
            key = (
                f"update/{update['id']}"
                if update["id"]
                else update_key(incident["id"], when, update["status"], seen)
            )
            revised = stamp(update["edited"], context.zone)["at"] if update.get("edited") else None
            yield message(
                key=key, status=update["status"], body=update["body"], title=incident["title"], when=when, page=page, where=place,
                raw=compact({"incident": incident["id"], **update["raw"]}), link=incident["link"], revised=revised, extra=extra | update.get("extra", {}),
            )  # fmt: skip

        yield from guarded(place, make)
    if incident.get("begin"):
        yield from one(where, _window, incident, thing, where, page, extra, context)


def _window(incident: dict, thing: dict, where: str, page: str, extra: dict, context: Context) -> Record:
    end = incident.get("end")
    return Record(
        external_id=f"incident/{incident['id']}/window", text=f"Impact as the status page states it: {incident['title']}", kind="impact",
        until=stamp(end, context.zone)["at"] if end else None, actor=page or "Status page", actor_kind="system", place=page,
        link=incident["link"], where=where, raw=compact(thing), extra=extra, **stamp(incident["begin"], context.zone),
    )  # fmt: skip


def _update(
    raw: Any, path: tuple, *, id: Any = "", when: Any, status: Any, body: Any, **more: Any
) -> dict[str, Any]:
    return {
        "raw": raw,
        "path": path,
        "id": clean(id),
        "when": when,
        "status": clean(status),
        "body": _words(body),
        **more,
    }


def _words(body: Any) -> str:
    body = body if isinstance(body, str) else clean(body)
    return plain(body) if "</" in body or "<br" in body else body


def _link(thing: dict, *names: str) -> str:
    found = (thing.get(name) for name in names)
    return next(
        (link for link in found if isinstance(link, str) and link.startswith(("https://", "http://"))), ""
    )


def _dicts(values: Any) -> list[tuple[int, dict]]:
    return [
        (n, value)
        for n, value in enumerate(values if isinstance(values, list) else [])
        if isinstance(value, dict)
    ]


def _cachet(thing: dict) -> dict[str, Any]:
    """The first message of an incident stands on the incident itself; version 3 wraps its times and statuses."""

    def state(value: dict) -> str:
        status = value.get("status")
        if isinstance(status, dict):
            return clean(status.get("human"))
        number = int(status) if str(status).isdigit() else None
        return (
            clean(value.get("human_status"))
            if number is None
            else CACHET.get(number, clean(value.get("human_status")))
        )

    def time(value: dict, *names: str) -> Any:
        for name in names:
            found = value.get(name)
            found = found.get("string") if isinstance(found, dict) else found
            if found:
                return found
        return None

    key = clean(thing["id"])
    updates = _dicts(thing.get("updates"))
    # The incident's own status is its latest; with updates, the first message came before all of them.
    first = "investigating" if updates and not thing.get("scheduled_at") else state(thing)
    return {
        "id": f"incident/{key}", "title": clean(thing.get("name")), "link": _link(thing, "permalink"), "page": "",
        "updates": [
            _update({k: v for k, v in thing.items() if k != "updates"}, (), id=f"incident-{key}", when=time(thing, "occurred_at", "occurred", "scheduled_at", "created_at", "created"), status=first, body=thing.get("message")),
            *(
                _update(u, ("updates", n), id=u.get("id"), when=time(u, "created_at", "created"), status=state(u), body=u.get("message"))
                for n, u in updates
            ),
        ],
    }  # fmt: skip


def _instatus(thing: dict) -> dict[str, Any]:
    key = clean(thing.get("id") or thing.get("url") or thing.get("name"))
    updates = _dicts(thing.get("updates"))
    begun = thing.get("started") or thing.get("start")
    told = [
        _update(u, ("updates", n), id=u.get("id"), when=u.get("started") or u.get("createdAt"), status=u.get("status"), body=u.get("message") or u.get("messageHtml"), edited=u.get("updatedAt"))
        for n, u in updates
    ]  # fmt: skip
    if not told:
        told = [_update(thing, (), id=f"incident-{key}", when=begun, status=thing.get("status"), body="")]
    return {
        "id": key, "title": clean(thing.get("name")), "link": _link(thing, "url"), "page": "", "updates": told, "impact": thing.get("impact"),
        "begin": begun if thing.get("resolved") else None, "end": thing.get("resolved"),
    }  # fmt: skip


def _sorry(thing: dict) -> dict[str, Any]:
    key = clean(thing["id"])
    updates = _dicts(thing.get("updates"))
    told = [
        _update(u, ("updates", n), id=u.get("id"), when=u.get("created_at"), status=u.get("state") or "update", body=u.get("content") or u.get("body"), edited=u.get("updated_at"))
        for n, u in updates
    ]  # fmt: skip
    if not told:
        told = [
            _update(
                thing,
                (),
                id=f"notice-{key}",
                when=thing.get("created_at") or thing.get("began_at"),
                status=thing.get("state"),
                body=thing.get("synopsis"),
            )
        ]
    return {
        "id": key, "title": clean(thing.get("subject")), "link": _link(thing, "url", "link"), "page": "", "updates": told,
        "begin": thing.get("began_at") if thing.get("ended_at") else None, "end": thing.get("ended_at"), "impact": thing.get("type"),
    }  # fmt: skip


def _google(thing: dict) -> dict[str, Any]:
    """`most_recent_update` repeats one of the updates."""
    updates = _dicts(thing.get("updates"))
    if not updates and isinstance(thing.get("most_recent_update"), dict):
        updates = [(0, thing["most_recent_update"])]
    places = [clean(get(place, "title", default="")) for place in thing.get("affected_products") or []]
    return {
        "id": clean(thing.get("id") or thing.get("number")), "title": clean(thing.get("external_desc")), "link": _link(thing, "uri"), "page": clean(thing.get("service_name")),
        "begin": thing.get("begin"), "end": thing.get("end"), "impact": thing.get("status_impact") or thing.get("severity"),
        "updates": [
            _update(u, ("updates", n), when=u.get("when") or u.get("created"), status=str(u.get("status") or "").replace("_", " ").lower(), body=u.get("text"), edited=u.get("modified"),
                    extra={"locations": [clean(get(place, "title", default="")) for place in u.get("affected_locations") or []], "products": places[:50]})
            for n, u in updates
        ],
    }  # fmt: skip


FORMAT = Format(
    key="status-json",
    label="Cachet, Instatus, Sorry™ or Google status",
    about="Incidents with their updates from the API of a status page",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
