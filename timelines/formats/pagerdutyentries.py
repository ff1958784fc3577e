"""What PagerDuty's log entries say, and the words for its acts in REST and in webhooks of any version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import clean, compact, get
from timelines.formats.moments import stamp
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
    # the same acts as webhooks of version 3 name them
    "annotated": "note", "unacknowledged": "acknowledgement timed out", "delegated": "handed over", "reassigned": "assigned",
    "priority_updated": "priority changed", "responder.added": "responders asked", "responder.replied": "responder answered",
    "status_update_published": "status update", "conference_bridge.updated": "conference bridge changed",
    "custom_field_values.updated": "field changed", "service_updated": "service changed", "workflow.started": "workflow started",
    "workflow.completed": "workflow completed", "incident_type.changed": "type changed",
}  # fmt: skip


def about(incident: Any) -> dict[str, Any]:
    return {
        "incident": get(incident, "id", default=""),
        "number": get(incident, "incident_number", default=get(incident, "number", default="")),
    }


def link(thing: Any) -> str:
    link = get(thing, "html_url", default="")
    return link if isinstance(link, str) else ""


def who(agent: Any) -> dict[str, Any]:
    kind = str(get(agent, "type", default=""))
    person = kind.startswith("user") or (not kind and bool(get(agent, "email")))
    return {
        "actor": clean(get(agent, "summary", default=get(agent, "name", default="")))
        or ("PagerDuty" if not person else "unknown"),
        "actor_id": str(get(agent, "id", default="")),
        "actor_kind": "person" if person else "system",
    }


def log_entry(entry: dict, where: str) -> Iterator[Record | Skipped]:
    kind = str(entry.get("type") or "").removesuffix("_reference").removesuffix("_log_entry")
    word = WORDS.get(kind, kind.replace("_", " "))
    title = clean(entry.get("summary") or get(entry, "channel", "summary") or word)
    channel = entry.get("channel")
    note = clean(get(channel, "content") or entry.get("note") or get(channel, "details", "body"))
    incident = clean(get(entry, "incident", "summary"))
    text = f"{title}: {note}" if note and note not in title else title
    yield Record(
        external_id=f"log_entry/{entry['id']}",
        text=f"{text} – {incident}" if incident and incident not in text else text,
        kind=f"page {word}",
        place=clean(get(entry, "service", "summary")),
        link=link(entry),
        where=where,
        raw=compact(entry),
        noise=kind in NOISE,
        extra={
            "type": entry.get("type"),
            "incident": get(entry, "incident", "id", default=""),
            "channel": get(channel, "type", default=""),
            "assignees": [clean(get(person, "summary")) for person in entry.get("assignees") or []],
        },
        **stamp(entry.get("created_at")),
        **who(entry.get("agent")),
    )
