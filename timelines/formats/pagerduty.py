"""PagerDuty: log entries, incidents, notes, status updates, alerts, changes; webhooks version 3, 2 and 1.

Source: PagerDuty's published API schema and developer documentation. Log entries tell what happened;
an incident tells its present state only, so its acknowledgements and assignments carry their own times
and nothing else is made up from it. Where log entries come inside of an incident, those that say the same
act at the same moment as the incident does are left to it. Log entries have one id in REST and in webhooks
of version 2; an event of version 3 has an id of its own, so it is another telling of the same act.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, any_time, clean, compact, get
from timelines.formats.documents import Found, found, guarded, one, records, under
from timelines.formats.records import Record, Skipped

KEYS = ("messages", "log_entries", "incidents", "notes", "status_updates", "alerts", "change_events")
NOISE = {"notify", "delegate_notify"}
WORDS = {
    "trigger": "triggered", "acknowledge": "acknowledged", "unacknowledge": "acknowledgement timed out",
    "resolve": "resolved", "escalate": "escalated", "assign": "assigned", "annotate": "note", "notify": "notified",
    "snooze": "snoozed", "delegate": "handed over", "exhaust_escalation_path": "nobody left to escalate to",
    "reach_ack_limit": "acknowledgement limit reached", "reach_trigger_limit": "trigger limit reached",
    "repeat_escalation_path": "escalation repeated", "urgency_change": "urgency changed",
    "field_value_change": "field changed", "custom_field_value_change": "field changed",
    "priority_change": "priority changed", "add_responders": "responders asked", "responder_accept": "responder accepted",
    # the same acts as webhooks of version 3 name them
    "annotated": "note", "unacknowledged": "acknowledgement timed out", "delegated": "handed over", "reassigned": "assigned",
    "priority_updated": "priority changed", "responder.added": "responders asked", "responder.replied": "responder answered",
    "status_update_published": "status update", "conference_bridge.updated": "conference bridge changed",
    "custom_field_values.updated": "field changed", "service_updated": "service changed", "workflow.started": "workflow started",
    "workflow.completed": "workflow completed", "incident_type.changed": "type changed",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b"_log_entry" in head or (b'"log_entries"' in head and b"pagerduty" in head.lower()):
        return "it holds PagerDuty log entries"
    if b'"incident_number"' in head and (
        b'"escalation_policy"' in head or b'"incident_key"' in head or b'"urgency"' in head
    ):
        return "it holds PagerDuty incidents (incident_number)"
    if (
        b'"event_type"' in head
        and b'"occurred_at"' in head
        and (b'"resource_type"' in head or b'"incident.' in head)
    ):
        return "it is a PagerDuty webhook (event_type, occurred_at)"
    if b'"messages"' in head and b'"incident.' in head:
        return "it is a PagerDuty webhook of version 2"
    if b"pagerduty.com/" in head and any(f'"{key}"'.encode() in head for key in KEYS[3:]):
        return "it holds notes, status updates, alerts or changes of PagerDuty"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    more = ""
    for element in found(bundle, KEYS):
        if isinstance(element, Found) and element.page.get("more") is True:
            more = element.where.partition("#")[0]
        yield from records([element], _thing)
    if more:
        yield Skipped(more, "This is one page of several (“more” is true): fetch the following pages too.")


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, where = element.value, element.where
    kind = str(thing.get("type") or "")
    if isinstance(thing.get("event"), dict):
        yield from _webhook(thing["event"], under(where, "event"))
    elif "event_type" in thing and "occurred_at" in thing:
        yield from _webhook(thing, where)
    elif element.key == "messages":
        yield from _message(thing, where)
    elif isinstance(thing.get("log_entry"), dict):
        yield from _entry(thing["log_entry"], under(where, "log_entry"))
    elif isinstance(thing.get("incident"), dict) and "incident_number" in thing["incident"]:
        yield from _incident(thing["incident"], under(where, "incident"))
    elif "incident_number" in thing:
        yield from _incident(thing, where)
    elif kind.endswith(("_log_entry", "_log_entry_reference")) or element.key == "log_entries":
        yield from _entry(thing, where)
    elif element.key in ("notes", "status_updates") or "content" in thing:
        yield _note(thing, where, element.key)
    elif element.key == "alerts" or kind == "alert":
        yield _alert(thing, where)
    elif element.key == "change_events" or kind == "change_event":
        yield _change(thing, where)
    elif any(thing.get(key) == [] for key in KEYS):
        return
    else:
        raise BadTime("This is no log entry, incident, note, alert, change or webhook of PagerDuty.")


def _message(message: dict, where: str) -> Iterator[Record | Skipped]:
    """One message of a webhook of version 2 or 1: its log entries, or the act alone where it brings none."""
    entries = message.get("log_entries")
    if isinstance(entries, list) and entries:
        for number, entry in enumerate(entries):
            place = under(where, "log_entries", number)
            yield from guarded(place, _entry, entry, place)
        return
    act = str(message.get("event") or message.get("type") or "").removeprefix("incident.")
    if not act:
        raise BadTime("The message names no event.")
    incident = message.get("incident") or get(message, "data", "incident", default={})
    when = message.get("created_on") or get(incident, "last_status_change_on")
    moment = any_time(when)
    word = WORDS.get(act, act.replace("_", " "))
    title = clean(
        get(incident, "title")
        or get(incident, "trigger_summary_data", "subject")
        or get(incident, "summary")
        or ""
    )
    yield Record(
        at=moment.at, external_id=f"message/{message['id']}", text=f"{word}: {title}" if title else word, kind=f"page {word}",
        precision=moment.precision, written=str(when), zone=moment.zone, place=clean(get(incident, "service", "summary", default=get(incident, "service", "name", default=""))),
        link=_link(incident), where=where, raw=compact(message), extra=_about(incident),
        **_who(get(incident, "last_status_change_by")),
    )  # fmt: skip


def _about(incident: Any) -> dict[str, Any]:
    return {
        "incident": get(incident, "id", default=""),
        "number": get(incident, "incident_number", default=get(incident, "number", default="")),
    }


def _link(thing: Any) -> str:
    link = get(thing, "html_url", default="")
    return link if isinstance(link, str) else ""


def _who(agent: Any) -> dict[str, Any]:
    kind = str(get(agent, "type", default=""))
    person = kind.startswith("user") or (not kind and bool(get(agent, "email")))
    return {
        "actor": clean(get(agent, "summary", default=get(agent, "name", default="")))
        or ("PagerDuty" if not person else "unknown"),
        "actor_id": str(get(agent, "id", default="")),
        "actor_kind": "person" if person else "system",
    }


def _entry(entry: dict, where: str) -> Iterator[Record | Skipped]:
    kind = str(entry.get("type") or "").removesuffix("_reference").removesuffix("_log_entry")
    moment = any_time(entry.get("created_at"))
    title = clean(
        entry.get("summary") or get(entry, "channel", "summary") or WORDS.get(kind, kind.replace("_", " "))
    )
    note = clean(
        get(entry, "channel", "content")
        or entry.get("note")
        or get(entry, "channel", "details", "body")
        or ""
    )
    incident = clean(get(entry, "incident", "summary", default=""))
    text = f"{title}: {note}" if note and note not in title else title
    if incident and incident not in text:
        text = f"{text} – {incident}"
    yield Record(
        at=moment.at,
        external_id=f"log_entry/{entry['id']}",
        text=text,
        kind=f"page {WORDS.get(kind, kind.replace('_', ' '))}",
        precision=moment.precision,
        written=str(entry["created_at"]),
        zone=moment.zone,
        place=clean(get(entry, "service", "summary", default="")),
        link=_link(entry),
        where=where,
        raw=compact(entry),
        noise=kind in NOISE,
        extra={
            "type": entry.get("type"),
            "incident": get(entry, "incident", "id", default=""),
            "channel": get(entry, "channel", "type", default=""),
            "assignees": [clean(get(a, "summary", default="")) for a in entry.get("assignees") or []],
        },
        **_who(entry.get("agent")),
    )


def _incident(incident: dict, where: str) -> Iterator[Record | Skipped]:
    """The incident as it stands, and the log entries it brings that say more than that."""
    told: set[tuple[str, Any]] = set()
    for record_ in _state(incident, where):
        if isinstance(record_, Record):
            told.add((record_.kind, record_.at))
        yield record_
    for number, entry in enumerate(incident.get("log_entries") or []):
        place = under(where, "log_entries", number)
        if not isinstance(entry, dict) or "created_at" not in entry:
            continue  # a reference to an entry is none
        for record_ in guarded(place, _entry, entry, place):
            if isinstance(record_, Skipped) or (record_.kind, record_.at) not in told:
                yield record_


def _state(incident: dict, where: str) -> Iterator[Record | Skipped]:
    number, title = (
        incident.get("incident_number", ""),
        clean(incident.get("title") or incident.get("summary") or ""),
    )
    common: dict[str, Any] = {
        "place": clean(get(incident, "service", "summary", default="")),
        "link": _link(incident),
        "where": where,
        "raw": compact(
            {key: value for key, value in incident.items() if key not in ("log_entries", "alerts")}
        ),
        "extra": _about(incident) | {"status": incident.get("status"), "urgency": incident.get("urgency")},
    }

    def record(word: str, when: Any, key: str, said: str, who: dict, order: int) -> Record:
        moment = any_time(when)
        return Record(
            at=moment.at, external_id=f"incident/{incident['id']}/{key.replace('@', moment.at.isoformat())}", text=f"#{number} {said}: {title}",
            kind=f"page {word}", precision=moment.precision, written=str(when), zone=moment.zone, order=order, **common, **who,
        )  # fmt: skip

    nobody = {"actor": "PagerDuty", "actor_kind": "system"}
    yield record("triggered", incident.get("created_at"), "triggered", "triggered", nobody, 0)
    for name, person, word, by in (
        ("assignments", "assignee", "assigned", "to"),
        ("acknowledgements", "acknowledger", "acknowledged", "by"),
    ):
        for place, entry in enumerate(incident.get(name) or []):
            who = _who(get(entry, person))
            key, said = f"{word}/{who['actor_id']}/@", f"{word} {by} {who['actor']}"
            yield from one(under(where, name, place), record, word, get(entry, "at"), key, said, who, 1)
    when = incident.get("resolved_at") or incident.get("last_status_change_at")
    if incident.get("status") == "resolved" and when:
        merged = clean(get(incident, "resolve_reason", "incident", "summary", default=""))
        said = f"merged into {merged}" if merged else "resolved"
        yield record("resolved", when, "resolved", said, _who(incident.get("last_status_change_by")), 2)


def _webhook(event: dict, where: str) -> Iterator[Record | Skipped]:
    moment = any_time(event.get("occurred_at"))
    data = event["data"] if isinstance(event.get("data"), dict) else {}
    act = str(event.get("event_type") or "").removeprefix("incident.")
    incident = data["incident"] if isinstance(data.get("incident"), dict) else data
    word = WORDS.get(act, act.replace("_", " ").replace(".", " ")) or "event"
    if act == "responder.replied" and isinstance(data.get("state"), str):
        word = f"responder {clean(data['state'])}"
    title = clean(get(incident, "title") or get(incident, "summary") or "")
    named = next(
        (said for name in NAMED.get(act, ()) if (said := clean(get(data, name, "summary", default="")))), ""
    )
    words = clean(data.get("content") or data.get("message") or data.get("conference_url") or "")
    said = ": ".join(part for part in (named, words) if part)
    yield Record(
        at=moment.at, external_id=f"event/{event['id']}", text=": ".join(part for part in (word, said) if part) + (f" – {title}" if title and said else f": {title}" if title else ""),
        kind="page note" if word == "note" else f"page {word}", precision=moment.precision, written=str(event["occurred_at"]), zone=moment.zone,
        place=clean(get(data, "service", "summary", default=get(incident, "service", "summary", default=""))),
        link=_link(data) or _link(incident), where=where, raw=compact(event), noise=act.startswith(("pagey.", "service")),
        extra=_about(incident) | {"title": title} | ({"details_omitted": True} if event.get("details_omitted") or data.get("details_omitted") else {}),
        **_who(event.get("agent")),
    )  # fmt: skip


NAMED = {
    "priority_updated": ("priority",),
    "responder.added": ("user", "escalation_policy"),
    "responder.replied": ("user", "escalation_policy"),
    "workflow.started": ("incident_workflow",),
    "workflow.completed": ("incident_workflow",),
}


def _note(note: dict, where: str, key: str) -> Record:
    """A note of an incident, or an update for its stakeholders."""
    update = key == "status_updates" or "message" in note
    moment = any_time(note.get("created_at"))
    return Record(
        at=moment.at, external_id=f"{'status_update' if update else 'note'}/{note['id']}", text=clean(note.get("content") or note.get("message")) or "(without words)",
        kind="page status update" if update else "page note", precision=moment.precision, written=str(note["created_at"]), zone=moment.zone,
        where=where, raw=compact(note), extra={"incident": get(note, "incident", "id", default="")}, **_who(note.get("user") or note.get("sender")),
    )  # fmt: skip


def _alert(alert: dict, where: str) -> Record:
    moment = any_time(alert.get("created_at"))
    return Record(
        at=moment.at, external_id=f"alert/{alert['id']}", text=clean(alert.get("summary")) or "alert", kind="alert firing",
        precision=moment.precision, written=str(alert["created_at"]), zone=moment.zone, actor="PagerDuty", actor_kind="system",
        place=clean(get(alert, "service", "summary", default="")), link=_link(alert), where=where, raw=compact(alert),
        extra={"incident": get(alert, "incident", "id", default=""), "status": alert.get("status"), "severity": alert.get("severity"), "key": alert.get("alert_key")},
    )  # fmt: skip


def _change(change: dict, where: str) -> Record:
    when = change.get("timestamp") or change.get("created_at")
    moment = any_time(when)
    services = [clean(get(service, "summary", default="")) for service in change.get("services") or []]
    links = [get(link, "href", default="") for link in change.get("links") or []]
    return Record(
        at=moment.at, external_id=f"change/{change['id']}", text=clean(change.get("summary")) or "a change", kind="change", precision=moment.precision,
        written=str(when), zone=moment.zone, actor=clean(change.get("source") or "PagerDuty"), actor_kind="system", place=", ".join(filter(None, services)),
        link=next((link for link in links if isinstance(link, str)), ""), where=where, raw=compact(change), extra={"details": change.get("custom_details")},
    )  # fmt: skip


FORMAT = Format(
    key="pagerduty",
    label="PagerDuty",
    about="Log entries, incidents, notes, alerts or changes from the API, or webhooks of any version",
    sniff=sniff,
    read=read,
)
