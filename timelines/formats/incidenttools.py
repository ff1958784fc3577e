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

from timelines.formats.adf import text_of
from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.documents import Found, found, guarded, records, under
from timelines.formats.hypertext import plain
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped

KEYS = (
    "data",
    "incident_updates",
    "incidents",
    "eventSummaries",
    "activityItems",
    "events",
    "milestones",
    "transitions",
)
MOMENTS = (
    "started_at",
    "detected_at",
    "acknowledged_at",
    "mitigated_at",
    "resolved_at",
    "closed_at",
    "cancelled_at",
)
PHASES = {
    "triggered": "page triggered",
    "acknowledged": "page acknowledged",
    "resolved": "page resolved",
    "rerouted": "page assigned",
}
TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.I)


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"incident_updates"' in head and (b'"new_incident_status"' in head or b'"updater"' in head):
        return "it holds updates of incident.io (new_incident_status)"
    if b'"incident_timestamp_values"' in head:
        return "it holds incidents of incident.io (incident_timestamp_values)"
    if b'"timeline_item"' in head or (
        b'"incident"' in head and b'"attributes"' in head and b'"cause"' in head
    ):
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
    thing, where = element.value, element.where
    for inner in ("incident", "event", "data"):
        if isinstance(thing.get(inner), dict) and not element.key and "id" not in thing:
            thing = thing[inner]
    for belongs, tell in DIALECTS:
        if belongs(thing):
            yield from tell(thing, where)
            return
    raise BadTime("This is no entry of an incident’s timeline that is known here.")


def _record(
    thing: dict,
    where: str,
    *,
    key: str,
    when: Any,
    noted: Any = None,
    text: str,
    kind: str,
    actor: Any = "",
    actor_id: Any = "",
    person: bool = True,
    **more: Any,
) -> Record:
    moment = stamp(when)
    extra: dict[str, Any] = more.pop("extra", {})
    if noted and abs((stamp(noted)["at"] - moment["at"]).total_seconds()) >= 60:
        extra = extra | {"noted": str(noted)}
    name = clean(actor)
    return Record(
        external_id=key, text=text or "(an entry without words)", kind=clean(kind).replace("_", " ").lower() or "timeline entry", where=where, raw=compact(thing),
        actor=name or "unknown", actor_id=clean(actor_id) or name, actor_kind="person" if person and name else "system", extra=extra, **moment, **more,
    )  # fmt: skip


def _words(value: Any) -> str:
    """Words in whatever wrapping: plain, HTML, Atlassian's document format, or an object with one of the usual names."""
    if isinstance(value, dict):
        if value.get("type") == "doc":
            return text_of(value)
        names = (
            "text",
            "text_content",
            "body",
            "note",
            "message",
            "comment",
            "description",
            "title",
            "summary",
            "content",
            "name",
        )
        return next((said for name in names if (said := _words(value.get(name)))), "")
    said = clean(value) if isinstance(value, (str, int, float)) else ""
    return plain(said) if TAG.search(said) else said


def _link(thing: dict, *names: str) -> str:
    return next(
        (
            thing[name]
            for name in names
            if isinstance(thing.get(name), str) and thing[name].startswith("http")
        ),
        "",
    )


# --- incident.io ---------------------------------------------------------------------------------------


def _incident_io_update(update: dict, where: str) -> Iterator[Record]:
    status, severity = (
        clean(get(update, name, "name", default="")) for name in ("new_incident_status", "new_severity")
    )
    head = ", ".join(
        part
        for part in (f"status {status}" if status else "", f"severity {severity}" if severity else "")
        if part
    )
    person = get(update, "updater", "user")
    other = get(
        update, "updater", "api_key", "name", default=get(update, "updater", "workflow", "name", default="")
    )
    yield _record(
        update, where, key=f"update/{update['id']}", when=update.get("created_at"), kind="incident update",
        text=": ".join(part for part in (head, _words(update.get("message"))) if part),
        actor=get(person, "name", default=other), actor_id=get(person, "id", default=""), person=person is not None,
        extra={"incident": clean(update.get("incident_id"))},
    )  # fmt: skip


def _incident_io(incident: dict, where: str) -> Iterator[Record | Skipped]:
    title = f"{clean(incident.get('reference'))} {clean(incident.get('name'))}".strip()
    told = {
        "place": clean(incident.get("reference")),
        "link": _link(incident, "permalink"),
        "extra": {"incident": clean(incident["id"])},
    }
    creator = get(incident, "creator", "user", "name", default="")
    yield from guarded(where, lambda: iter([_record(incident, where, key=f"incident/{incident['id']}/created", when=incident.get("created_at"), kind="incident opened", text=f"{title} opened", actor=creator, **told)]))  # fmt: skip
    for number, stated in enumerate(incident.get("incident_timestamp_values") or []):
        name, when = (
            clean(get(stated, "incident_timestamp", "name", default="")),
            get(stated, "value", "value"),
        )
        if when:
            place = under(where, "incident_timestamp_values", number)
            key = f"incident/{incident['id']}/{get(stated, 'incident_timestamp', 'id', default=name)}"
            yield from guarded(place, lambda k=key, w=when, n=name, p=place: iter([_record(incident, p, key=k, when=w, kind=f"incident {n}", text=f"{title}: {n}", person=False, actor="incident.io", **told)]))  # fmt: skip


# --- JSON:API: Rootly and Better Stack --------------------------------------------------------------------


def _rootly(entry: dict, where: str) -> Iterator[Record]:
    said = entry["attributes"]
    yield _record(
        entry, where, key=f"event/{entry['id']}", when=said.get("occurred_at") or said.get("created_at"), noted=said.get("created_at"),
        text=_words(said.get("event")), kind=said.get("kind") or "timeline entry", actor=said.get("user_display_name") or get(said, "user", "full_name", default=""),
        revised=stamp(said["updated_at"])["at"] if said.get("updated_at") else None, extra={"visibility": clean(said.get("visibility"))},
    )  # fmt: skip


def _better_stack(entry: dict, where: str) -> Iterator[Record | Skipped]:
    item = entry["attributes"]
    kind, data = clean(item.get("item_type")), item["data"] if isinstance(item.get("data"), dict) else {}
    if kind in ("timeline_truncated", "timeline_trucated"):
        yield Skipped(
            where,
            f"Better Stack left entries out at {clean(item.get('at'))}: {_words(data) or 'it does not say how many'}.",
        )
        return
    content = data["content"] if isinstance(data.get("content"), dict) else {}
    user = next((u for u in (content.get("user"), data.get("user")) if isinstance(u, dict)), {})
    name = clean(
        user.get("name")
        or f"{clean(user.get('first_name'))} {clean(user.get('last_name'))}".strip()
        or user.get("email")
    )
    title, said = _words(data.get("title")), _words(data.get("content"))
    yield _record(
        entry, where, key=f"timeline/{entry['id']}", when=item.get("at"), text=": ".join(dict.fromkeys(part for part in (title, said) if part)),
        kind="comment" if kind == "comment" else "timeline entry", actor=name or "Better Stack", actor_id=user.get("id") or "", person=bool(name), extra={"type": kind},
    )  # fmt: skip


def _stated(entry: dict, where: str) -> Iterator[Record | Skipped]:
    """An incident that states its moments."""
    said = entry["attributes"] if isinstance(entry.get("attributes"), dict) else entry
    title = _words(said.get("title") or said.get("name") or said.get("cause"))
    told = False
    for name in MOMENTS:
        if said.get(name):
            told = True
            word = name.removesuffix("_at")
            by = said.get(f"{word}_by")
            by = (
                get(by, "name", default=get(by, "data", "attributes", "name", default=""))
                if isinstance(by, dict)
                else clean(by)
            )
            yield from guarded(where, lambda w=word, b=by, n=name: iter([_record(entry, where, key=f"incident/{entry['id']}/{w}", when=said[n], kind=f"incident {w}", text=f"{title}: {w}" if title else w, actor=b, person=bool(b), link=_link(said, "url", "origin_url"))]))  # fmt: skip
    if not told:
        raise BadTime("This incident states none of its moments.")


# --- FireHydrant -------------------------------------------------------------------------------------------


def _firehydrant(entry: dict, where: str) -> Iterator[Record]:
    author = entry.get("author") or entry.get("created_by") or {}
    data = entry.get("data") if isinstance(entry.get("data"), dict) else {}
    milestone = _words(get(data, "milestone", default=get(data, "type", default="")))
    kind = clean(entry.get("type") or "timeline entry")
    yield _record(
        entry, where, key=f"event/{entry['id']}", when=entry.get("occurred_at") or entry.get("created_at"), noted=entry.get("created_at"),
        text=_words(data) or milestone or clean(entry.get("context")) or kind.replace("_", " "), kind="comment" if kind in ("note", "event_note", "general_update") else kind,
        actor=get(author, "name", default=""), actor_id=get(author, "id", default=""), person=get(author, "type", default="user") in ("user", "firehydrant_user", "slack_user"),
        extra={"incident": clean(entry.get("incident_id")), "visibility": clean(entry.get("visibility"))},
    )  # fmt: skip


def _milestones(incident: dict, where: str) -> Iterator[Record | Skipped]:
    title = _words(incident.get("name"))
    for number, stone in enumerate(incident.get("milestones") or []):
        place = under(where, "milestones", number)
        yield from guarded(place, lambda s=stone, p=place: _milestone(s, p, title))


def _milestone(stone: dict, where: str, title: str = "") -> Iterator[Record]:
    word = clean(stone.get("type") or stone.get("slug"))
    key = stone.get("id") or f"{word}/{stone.get('occurred_at')}"
    yield _record(
        stone, where, key=f"milestone/{key}", when=stone.get("occurred_at"), noted=stone.get("created_at"), kind=f"incident {word}",
        text=f"{title}: {word}" if title else word, actor="FireHydrant", person=False,
    )  # fmt: skip


# --- Splunk On-Call, AWS, Grafana ----------------------------------------------------------------------------


def _on_call(incident: dict, where: str) -> Iterator[Record | Skipped]:
    number = clean(incident["incidentNumber"])
    about = clean(incident.get("entityDisplayName") or incident.get("service") or incident.get("host"))
    link = _link(incident, "incidentLink")
    for place_, step in enumerate(incident.get("transitions") or []):
        place, name = under(where, "transitions", place_), clean(get(step, "name", default=""))
        key = f"incident/{number}/{name}/{get(step, 'at', default='')}"
        text = (
            f"#{number} {name}"
            + (f": {clean(get(step, 'message', default=''))}" if get(step, "message") else "")
            + (f" – {about}" if about else "")
        )
        manual = get(step, "manually", default=bool(get(step, "by")))
        yield from guarded(place, lambda k=key, s=step, t=text, n=name, p=place, m=manual: iter([_record(s, p, key=k, when=s.get("at"), kind=PHASES.get(n.lower(), f"page {n}"), text=t, actor=s.get("by") or "Splunk On-Call", person=bool(m), place=clean(incident.get("host") or incident.get("service")), link=link)]))  # fmt: skip
    if not incident.get("transitions"):
        yield _record(incident, where, key=f"incident/{number}/triggered", when=incident.get("startTime"), kind="page triggered", text=f"#{number} triggered – {about}", person=False, actor="Splunk On-Call", link=link)  # fmt: skip


def _aws(event: dict, where: str) -> Iterator[Record]:
    changed = event.get("eventUpdatedTime")
    kind = clean(event.get("eventType"))
    yield _record(
        event, where, key=f"event/{event['eventId']}", when=event["eventTime"], text=_words(event.get("eventData")) or kind, kind=kind or "timeline entry",
        actor="AWS Incident Manager", person=False, place=clean(event.get("incidentRecordArn")).rpartition(":")[2], revised=stamp(changed)["at"] if changed else None,
    )  # fmt: skip


def _grafana(item: dict, where: str) -> Iterator[Record]:
    user = item.get("user")
    yield _record(
        item, where, key=f"activity/{item['activityItemID']}", when=item.get("eventTime") or item.get("createdTime"), noted=item.get("createdTime"), text=_words(item.get("body")) or clean(item.get("activityKind")),
        kind="comment" if item.get("activityKind") == "userNote" else "timeline entry", actor=get(user, "name", default="Grafana Incident"), actor_id=get(user, "userID", default=""), person=isinstance(user, dict),
        link=_link(item, "url"), extra={"type": clean(item.get("activityKind")), "incident": clean(item.get("incidentID"))},
    )  # fmt: skip


def _typed(*names: str) -> Callable[[dict], bool]:
    return lambda thing: thing.get("type") in names and isinstance(thing.get("attributes"), dict)


DIALECTS: tuple[tuple[Callable[[dict], bool], Callable[[dict, str], Iterator[Record | Skipped]]], ...] = (
    (lambda thing: "incidentNumber" in thing, _on_call),
    (lambda thing: "eventId" in thing and "eventTime" in thing, _aws),
    (lambda thing: "activityItemID" in thing, _grafana),
    (lambda thing: "new_incident_status" in thing or "updater" in thing, _incident_io_update),
    (lambda thing: "incident_timestamp_values" in thing, _incident_io),
    (_typed("timeline_item"), _better_stack),
    (_typed("incident_event", "incident_events"), _rootly),
    (_typed("incident", "incidents"), _stated),
    (lambda thing: isinstance(thing.get("milestones"), list), _milestones),
    (lambda thing: "occurred_at" in thing and ("visibility" in thing or "author" in thing or "data" in thing), _firehydrant),
    (lambda thing: "occurred_at" in thing and ("type" in thing or "slug" in thing), _milestone),
)  # fmt: skip


FORMAT = Format(
    key="incident-timeline",
    label="Timeline of an incident tool",
    about="incident.io, FireHydrant, Rootly, Better Stack, Grafana Incident, Splunk On-Call or AWS Incident Manager",
    sniff=sniff,
    read=read,
)
