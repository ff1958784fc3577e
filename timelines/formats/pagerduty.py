"""PagerDuty: log entries, incidents, webhooks version 3 and 2.

Source: PagerDuty's published API schema and developer documentation. Log entries tell what happened;
an incident tells its present state only, so its acknowledgements and assignments carry their own times
and nothing else is made up from it. Entry ids and webhook event ids are different names for one act.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    any_time,
    clean,
    compact,
    each,
    get,
    lines,
    load,
    parse,
)
from timelines.formats.records import Record, Skipped

NOISE = {"notify", "delegate_notify"}
WORDS = {
    "trigger": "triggered", "acknowledge": "acknowledged", "unacknowledge": "acknowledgement timed out",
    "resolve": "resolved", "escalate": "escalated", "assign": "assigned", "annotate": "note", "notify": "notified",
    "snooze": "snoozed", "delegate": "handed over", "exhaust_escalation_path": "nobody left to escalate to",
    "reach_ack_limit": "acknowledgement limit reached", "reach_trigger_limit": "trigger limit reached",
    "repeat_escalation_path": "escalation repeated", "urgency_change": "urgency changed",
    "field_value_change": "field changed", "custom_field_value_change": "field changed",
    "priority_change": "priority changed", "add_responders": "responders asked", "responder_accept": "responder accepted",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"log_entries"' in head or b"_log_entry" in head:
        return "it holds PagerDuty log entries"
    if b'"incidents"' in head and (b'"incident_number"' in head or b'"escalation_policy"' in head):
        return "it holds PagerDuty incidents (incident_number)"
    if b'"event_type"' in head and b'"occurred_at"' in head:
        return "it is a PagerDuty webhook (event_type, occurred_at)"
    if b'"messages"' in head and b'"log_entries"' in head:
        return "it is a PagerDuty webhook of version 2"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        with bundle.open(name) as file:
            head = file.peek(1 << 16)
            if head.lstrip()[:1] == b"{" and b"\n{" in head:
                for number, line in lines(file):
                    if line and line.strip():
                        yield from _document(parse(line, f"{name}:{number}"), f"{name}:{number}")
            else:
                yield from _document(load(file, bundle.size(name), name), name)


def _document(document: Any, where: str) -> Iterator[Record | Skipped]:
    if isinstance(document, list):
        document = (
            {"log_entries": document}
            if document and "incident_number" not in get_first(document)
            else {"incidents": document}
        )
    if not isinstance(document, dict):
        raise Unreadable(f"{where} is JSON, but no PagerDuty export.")
    if isinstance(document.get("event"), dict):
        yield from each([document["event"]], lambda _: f"{where}#/event", _webhook)
    elif isinstance(document.get("messages"), list):
        for number, message in enumerate(document["messages"]):
            entries = get(message, "log_entries", default=[])
            yield from each(entries, lambda n, m=number: f"{where}#/messages/{m}/log_entries/{n}", _entry)
    elif isinstance(document.get("log_entries"), list):
        yield from each(document["log_entries"], lambda n: f"{where}#/log_entries/{n}", _entry)
    elif isinstance(document.get("log_entry"), dict):
        yield from each([document["log_entry"]], lambda _: f"{where}#/log_entry", _entry)
    elif isinstance(document.get("incidents"), list):
        yield from each(document["incidents"], lambda n: f"{where}#/incidents/{n}", _incident)
    elif isinstance(document.get("incident"), dict):
        yield from each([document["incident"]], lambda _: f"{where}#/incident", _incident)
    else:
        raise Unreadable(
            f"{where} is JSON, but holds neither log entries, incidents nor a webhook of PagerDuty."
        )
    if document.get("more") is True:
        yield Skipped(where, "This is one page of several (“more” is true): fetch the following pages too.")


def get_first(records: list) -> dict:
    return records[0] if records and isinstance(records[0], dict) else {}


def _who(agent: Any) -> dict[str, Any]:
    kind = str(get(agent, "type", default=""))
    person = kind.startswith("user")
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
        link=entry.get("html_url") or "",
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
    title = clean(incident.get("title") or incident.get("summary") or "")
    number = incident.get("incident_number", "")
    service = clean(get(incident, "service", "summary", default=""))
    common: dict[str, Any] = {
        "place": service,
        "link": incident.get("html_url") or "",
        "where": where,
        "raw": compact(incident),
    }
    about = {
        "incident": incident["id"],
        "number": number,
        "status": incident.get("status"),
        "urgency": incident.get("urgency"),
    }
    created = any_time(incident.get("created_at"))
    yield Record(
        at=created.at, external_id=f"incident/{incident['id']}/triggered", text=f"#{number} triggered: {title}",
        kind="page triggered", precision=created.precision, written=str(incident["created_at"]), zone=created.zone,
        actor="PagerDuty", actor_kind="system", extra=about, **common,
    )  # fmt: skip
    for name, person, word in (
        ("assignments", "assignee", "assigned"),
        ("acknowledgements", "acknowledger", "acknowledged"),
    ):
        for entry in incident.get(name) or []:
            try:
                moment = any_time(get(entry, "at"))
            except BadTime as error:
                yield Skipped(f"{where}/{name}", str(error))
                continue
            who = _who(get(entry, person))
            preposition = "to" if word == "assigned" else "by"
            yield Record(
                at=moment.at, external_id=f"incident/{incident['id']}/{word}/{who['actor_id']}/{entry['at']}",
                text=f"#{number} {word} {preposition} {who['actor']}: {title}", kind=f"page {word}",
                precision=moment.precision, written=str(entry["at"]), zone=moment.zone, extra=about, order=1, **common, **who,
            )  # fmt: skip
    if incident.get("status") == "resolved" and incident.get("last_status_change_at"):
        moment = any_time(incident["last_status_change_at"])
        yield Record(
            at=moment.at, external_id=f"incident/{incident['id']}/resolved", text=f"#{number} resolved: {title}",
            kind="page resolved", precision=moment.precision, written=str(incident["last_status_change_at"]),
            zone=moment.zone, extra=about, order=2, **common, **_who(incident.get("last_status_change_by")),
        )  # fmt: skip


def _webhook(event: dict, where: str) -> Iterator[Record | Skipped]:
    moment = any_time(event.get("occurred_at"))
    data = event.get("data") or {}
    what = str(event.get("event_type") or "").removeprefix("incident.").replace("_", " ").replace(".", " ")
    incident = data.get("incident") if isinstance(data.get("incident"), dict) else data
    title = clean(
        data.get("content")
        or data.get("title")
        or get(incident, "title")
        or get(incident, "summary")
        or data.get("message")
        or ""
    )
    yield Record(
        at=moment.at,
        external_id=f"event/{event['id']}",
        text=f"{what}: {title}" if title else what,
        kind="page note" if what == "annotated" else f"page {what}",
        precision=moment.precision,
        written=str(event["occurred_at"]),
        zone=moment.zone,
        place=clean(get(data, "service", "summary", default="")),
        link=data.get("html_url") or get(incident, "html_url", default=""),
        where=where,
        raw=compact(event),
        extra={
            "incident": get(incident, "id", default=""),
            "number": get(incident, "number", default=""),
            "title": title,
        },
        **_who(event.get("agent")),
    )


FORMAT = Format(
    key="pagerduty",
    label="PagerDuty",
    about="Log entries or incidents from the API, or webhooks",
    sniff=sniff,
    read=read,
)
