"""Timelines of incident tools: incident.io, FireHydrant, Rootly, Better Stack, Grafana Incident, Splunk On-Call, AWS Incident Manager.

Source: the makers' documentation of their APIs. All tell a list of entries with an id, a moment, a person and words;
all distinguish when something happened from when it was written down, and an entry that was written later says
so in `extra.noted`. A tool that states which moments an incident had (detected, mitigated, resolved) gives one
record for each. Entries that a tool leaves out of its answer (“Skipping 123 timeline events”) are told as skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, get
from timelines.formats.documents import Found, found, guarded, one, records, under
from timelines.formats.incidententries import edited, entry, link, words
from timelines.formats.records import Record, Skipped

KEYS = (
    "data", "incident_updates", "incidents", "eventSummaries", "activityItems", "events", "milestones", "transitions",
)  # fmt: skip
MOMENTS = (
    "started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at", "closed_at", "cancelled_at",
)  # fmt: skip
PHASES = {
    "triggered": "page triggered", "acknowledged": "page acknowledged", "resolved": "page resolved", "rerouted": "page assigned",
}  # fmt: skip
NOTES = ("note", "event_note", "general_update")
PEOPLE = ("user", "firehydrant_user", "slack_user")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"incident_updates"' in head and (b'"new_incident_status"' in head or b'"updater"' in head):
        return "it holds updates of incident.io (new_incident_status)"
    if b'"incident_timestamp_values"' in head or re.search(rb'"p\w{5,6}_incident\.incident_', head):
        return "it holds incidents of incident.io (incident_timestamp_values)"
    if b'"timeline_item"' in head or (b'"cause"' in head and re.search(rb'"type"\s*:\s*"incident"', head)):
        return "it is a timeline of Better Stack"
    if re.search(rb'"type"\s*:\s*"incident_events?"', head):
        return "it is a timeline of Rootly (incident_events)"
    if b'"occurred_at"' in head and b'"visibility"' in head and b'"author"' in head:
        return "it is a timeline of FireHydrant (occurred_at, visibility)"
    if b'"milestones"' in head and b'"occurred_at"' in head:
        return "it holds an incident of FireHydrant with its milestones"
    if b'"eventSummaries"' in head or (b'"incidentRecordArn"' in head and b'"eventTime"' in head):
        return "it is a timeline of AWS Incident Manager"
    if b'"transitions"' in head and b'"incidentNumber"' in head:
        return "it holds incidents of Splunk On-Call (incidentNumber, transitions)"
    if b'"activityItemID"' in head:
        return "it is a timeline of Grafana Incident (activityItemID)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(found(bundle, KEYS), _thing)


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing = element.value if element.key else _unwrapped(element.value)
    for belongs, tell in DIALECTS:
        if belongs(thing):
            yield from tell(thing, element.where)
            return
    raise BadTime("This is no entry of an incident’s timeline that is known here.")


def _unwrapped(thing: dict) -> dict:
    """`{"incident": …}`, `{"event": …}`, and incident.io's webhooks, which name the event and put it under its name."""
    for name in ("incident", "event", "data", str(thing.get("event_type"))):
        if isinstance(thing.get(name), dict) and "id" not in thing and "new_status" not in thing:
            thing = thing[name]
    return thing


# --- incident.io ---------------------------------------------------------------------------------------


def _update(update: dict, where: str) -> Iterator[Record]:
    named = (("status", "new_incident_status"), ("severity", "new_severity"))
    changes = [
        f"{what} {clean(get(update, name, 'name'))}" for what, name in named if get(update, name, "name")
    ]
    person = get(update, "updater", "user")
    other = get(update, "updater", "api_key", "name", default=get(update, "updater", "workflow", "name"))
    yield entry(
        update, where, key=f"update/{update['id']}", when=update.get("created_at"), kind="incident update",
        text=": ".join(part for part in (", ".join(changes), words(update.get("message"))) if part),
        actor=get(person, "name", default=other), actor_id=get(person, "id", default=""), person=person is not None,
        extra={"incident": clean(update.get("incident_id"))},
    )  # fmt: skip


def _status_hook(hook: dict, where: str) -> Iterator[Record]:
    """A webhook about a status has no moment but the incident's last change."""
    incident, status = hook.get("incident"), clean(get(hook, "new_status", "name", default=""))
    when = get(incident, "updated_at")
    yield entry(
        hook, where, key=f"incident/{get(incident, 'id', default='')}/{status}/{when}", when=when, kind="incident update",
        text=": ".join(part for part in (f"status {status}", words(hook.get("message"))) if part),
        actor="incident.io", person=False, extra={"incident": clean(get(incident, "id"))},
    )  # fmt: skip


def _incident(incident: dict, where: str) -> Iterator[Record | Skipped]:
    title = f"{clean(incident.get('reference'))} {clean(incident.get('name'))}".strip()
    told: dict[str, Any] = {
        "place": clean(incident.get("reference")),
        "link": link(incident, "permalink"),
        "extra": {"incident": clean(incident["id"])},
    }
    key, creator = f"incident/{incident['id']}", get(incident, "creator", "user", "name", default="")
    yield from one(
        where, entry, incident, where, key=f"{key}/created", when=incident.get("created_at"), kind="incident opened",
        text=f"{title} opened", actor=creator, **told,
    )  # fmt: skip
    for number, stated in enumerate(incident.get("incident_timestamp_values") or []):
        name, when = clean(get(stated, "incident_timestamp", "name")), get(stated, "value", "value")
        if when:
            place = under(where, "incident_timestamp_values", number)
            own = get(stated, "incident_timestamp", "id", default=name)
            yield from one(
                place, entry, stated, place, key=f"{key}/{own}", when=when, kind=f"incident {name}", text=f"{title}: {name}",
                actor="incident.io", person=False, **told,
            )  # fmt: skip


# --- JSON:API: Rootly and Better Stack --------------------------------------------------------------------


def _rootly(thing: dict, where: str) -> Iterator[Record]:
    said = thing["attributes"]
    yield entry(
        thing, where, key=f"event/{thing['id']}", when=said.get("occurred_at") or said.get("created_at"), noted=said.get("created_at"),
        text=words(said.get("event")), kind=said.get("kind") or "timeline entry", revised=edited(said.get("updated_at")),
        actor=said.get("user_display_name") or get(said, "user", "full_name"), extra={"visibility": clean(said.get("visibility"))},
    )  # fmt: skip


def _better_stack(thing: dict, where: str) -> Iterator[Record | Skipped]:
    item = thing["attributes"]
    kind, data = clean(item.get("item_type")), item.get("data")
    if kind in ("timeline_truncated", "timeline_trucated"):  # the documentation writes both
        said = words(data) or "it does not say how many"
        yield Skipped(where, f"Better Stack left entries out at {clean(item.get('at'))}: {said}.")
        return
    user = get(data, "content", "user", default=get(data, "user"))
    name = (
        clean(get(user, "name"))
        or " ".join(clean(get(user, part)) for part in ("first_name", "last_name")).strip()
    )
    said = dict.fromkeys(part for part in (words(get(data, "title")), words(get(data, "content"))) if part)
    yield entry(
        thing, where, key=f"timeline/{thing['id']}", when=item.get("at"), text=": ".join(said), extra={"type": kind},
        kind="comment" if kind == "comment" else "timeline entry",
        actor=name or get(user, "email", default="Better Stack"), actor_id=get(user, "id", default=""), person=isinstance(user, dict),
    )  # fmt: skip


def _stated(thing: dict, where: str) -> Iterator[Record | Skipped]:
    """An incident that states its moments."""
    said = thing["attributes"]
    title = words(said.get("title") or said.get("name") or said.get("cause"))
    moments = [name for name in MOMENTS if said.get(name)]
    if not moments:
        raise BadTime("This incident states none of its moments.")
    for name in moments:
        what = name.removesuffix("_at")
        by = said.get(f"{what}_by")
        by = get(by, "name", default=get(by, "data", "attributes", "name")) if isinstance(by, dict) else by
        yield from one(
            where, entry, thing, where, key=f"incident/{thing['id']}/{what}", when=said[name], kind=f"incident {what}",
            text=f"{title}: {what}" if title else what, actor=by, person=bool(by), link=link(said, "url", "origin_url"),
        )  # fmt: skip


# --- FireHydrant -------------------------------------------------------------------------------------------


def _firehydrant(thing: dict, where: str) -> Iterator[Record]:
    author, data = thing.get("author") or thing.get("created_by"), thing.get("data")
    kind = clean(thing.get("type") or "timeline entry")
    milestone = words(get(data, "milestone", default=get(data, "type")))
    yield entry(
        thing, where, key=f"event/{thing['id']}", when=thing.get("occurred_at") or thing.get("created_at"), noted=thing.get("created_at"),
        text=words(data) or milestone or clean(thing.get("context")) or kind.replace("_", " "),
        kind="comment" if kind in NOTES else kind, actor=get(author, "name"), actor_id=get(author, "id", default=""),
        person=get(author, "type", default="user") in PEOPLE,
        extra={"incident": clean(thing.get("incident_id")), "visibility": clean(thing.get("visibility"))},
    )  # fmt: skip


def _milestones(incident: dict, where: str) -> Iterator[Record | Skipped]:
    for number, stone in enumerate(incident["milestones"]):
        place = under(where, "milestones", number)
        yield from guarded(place, _milestone, stone, place, words(incident.get("name")))


def _milestone(stone: dict, where: str, title: str = "") -> Iterator[Record]:
    what = clean(stone.get("type") or stone.get("slug"))
    key = stone.get("id") or f"{what}/{stone.get('occurred_at')}"
    yield entry(
        stone, where, key=f"milestone/{key}", when=stone.get("occurred_at"), noted=stone.get("created_at"), kind=f"incident {what}",
        text=f"{title}: {what}" if title else what, actor="FireHydrant", person=False,
    )  # fmt: skip


# --- Splunk On-Call, AWS, Grafana ----------------------------------------------------------------------------


def _on_call(incident: dict, where: str) -> Iterator[Record | Skipped]:
    number = clean(incident["incidentNumber"])
    about = clean(incident.get("entityDisplayName") or incident.get("service") or incident.get("host"))
    told = {
        "place": clean(incident.get("host") or incident.get("service")),
        "link": link(incident, "incidentLink"),
    }
    steps = incident.get("transitions") or [{"name": "triggered", "at": incident.get("startTime")}]
    for place, step in enumerate(steps):
        at, name = under(where, "transitions", place), clean(get(step, "name"))
        said = f": {clean(get(step, 'message'))}" if get(step, "message") else ""
        by = get(step, "by")
        yield from one(
            at, entry, step, at, key=f"incident/{number}/{name}/{get(step, 'at', default='')}", when=get(step, "at"),
            kind=PHASES.get(name.lower(), f"page {name}"), text=f"#{number} {name}{said}" + (f" – {about}" if about else ""),
            actor=by or "Splunk On-Call", person=bool(get(step, "manually", default=bool(by))), **told,
        )  # fmt: skip


def _aws(event: dict, where: str) -> Iterator[Record]:
    kind = clean(event.get("eventType"))
    yield entry(
        event, where, key=f"event/{event['eventId']}", when=event["eventTime"], text=words(event.get("eventData")) or kind, kind=kind,
        actor="AWS Incident Manager", person=False, place=clean(event.get("incidentRecordArn")).rpartition(":")[2],
        revised=edited(event.get("eventUpdatedTime")),
    )  # fmt: skip


def _grafana(item: dict, where: str) -> Iterator[Record]:
    kind, user, noted = clean(item.get("activityKind")), item.get("user"), item.get("createdTime")
    yield entry(
        item, where, key=f"activity/{item['activityItemID']}", when=item.get("eventTime") or noted, noted=noted,
        text=words(item.get("body")) or kind, kind="comment" if kind == "userNote" else "timeline entry",
        actor=get(user, "name", default="Grafana Incident"), actor_id=get(user, "userID", default=""), person=isinstance(user, dict),
        link=link(item, "url"), extra={"type": kind, "incident": clean(item.get("incidentID"))},
    )  # fmt: skip


def _typed(*names: str) -> Callable[[dict], bool]:
    return lambda thing: thing.get("type") in names and isinstance(thing.get("attributes"), dict)


def _has(*names: str) -> Callable[[dict], bool]:
    return lambda thing: all(name in thing for name in names)


DIALECTS: tuple[tuple[Callable[[dict], bool], Callable[[dict, str], Iterator[Record | Skipped]]], ...] = (
    (_has("incidentNumber"), _on_call),
    (_has("eventId", "eventTime"), _aws),
    (_has("activityItemID"), _grafana),
    (_has("new_status", "incident"), _status_hook),
    (_has("updater"), _update),
    (_has("new_incident_status"), _update),
    (_has("incident_timestamp_values"), _incident),
    (_typed("timeline_item"), _better_stack),
    (_typed("incident_event", "incident_events"), _rootly),
    (_typed("incident", "incidents"), _stated),
    (lambda thing: isinstance(thing.get("milestones"), list), _milestones),
    (_has("occurred_at", "visibility"), _firehydrant),
    (_has("occurred_at", "author"), _firehydrant),
    (_has("occurred_at", "type"), _milestone),
    (_has("occurred_at", "slug"), _milestone),
)


FORMAT = Format(
    key="incident-timeline",
    label="Timeline of an incident tool",
    about="incident.io, FireHydrant, Rootly, Better Stack, Grafana Incident, Splunk On-Call or AWS Incident Manager",
    sniff=sniff,
    read=read,
)
