"""PagerDuty's webhooks: events of version 3, messages of versions 2 and 1."""

from __future__ import annotations

from collections.abc import Iterator

from timelines.formats.base import BadTime, clean, compact, get
from timelines.formats.documents import guarded, under
from timelines.formats.moments import stamp
from timelines.formats.pagerdutyentries import WORDS, about, link, log_entry, who
from timelines.formats.records import Record, Skipped

NAMED = {
    "priority_updated": ("priority",),
    "responder.added": ("user", "escalation_policy"),
    "responder.replied": ("user", "escalation_policy"),
    "workflow.started": ("incident_workflow",),
    "workflow.completed": ("incident_workflow",),
}


def message(message: dict, where: str) -> Iterator[Record | Skipped]:
    """One message of a webhook of version 2 or 1: its log entries, or the act alone where it brings none."""
    entries = message.get("log_entries")
    if not isinstance(entries, list) or not entries:
        yield _act(message, where)
        return
    for number, entry in enumerate(entries):
        place = under(where, "log_entries", number)
        yield from guarded(place, log_entry, entry, place)


def _act(message: dict, where: str) -> Record:
    act = str(message.get("event") or message.get("type") or "").removeprefix("incident.")
    if not act:
        raise BadTime("The message names no event.")
    incident = message.get("incident") or get(message, "data", "incident", default={})
    named = get(incident, "title", default=get(incident, "trigger_summary_data", "subject"))
    word, title = WORDS.get(act, act.replace("_", " ")), clean(named or get(incident, "summary"))
    service = get(incident, "service")
    return Record(
        external_id=f"message/{message['id']}",
        text=f"{word}: {title}" if title else word,
        kind=f"page {word}",
        place=clean(get(service, "summary", default=get(service, "name"))),
        link=link(incident),
        where=where,
        raw=compact(message),
        extra=about(incident),
        **stamp(message.get("created_on") or get(incident, "last_status_change_on")),
        **who(get(incident, "last_status_change_by")),
    )


def webhook(event: dict, where: str) -> Record:
    """One event of version 3. What it is about stands in `data`, or is an incident that `data` points to."""
    data = event["data"] if isinstance(event.get("data"), dict) else {}
    act = str(event.get("event_type") or "").removeprefix("incident.")
    incident = data["incident"] if isinstance(data.get("incident"), dict) else data
    word = WORDS.get(act, act.replace("_", " ").replace(".", " ")) or "event"
    if act == "responder.replied" and isinstance(data.get("state"), str):
        word = f"responder {clean(data['state'])}"
    title = clean(get(incident, "title") or get(incident, "summary"))
    named = next((name for role in NAMED.get(act, ()) if (name := clean(get(data, role, "summary")))), "")
    words = clean(data.get("content") or data.get("message") or data.get("conference_url"))
    said = ": ".join(part for part in (word, named, words) if part)
    extra = about(incident) | {"title": title}
    if event.get("details_omitted") or data.get("details_omitted"):
        extra["details_omitted"] = True
    return Record(
        external_id=f"event/{event['id']}",
        text=said + (f"{': ' if said == word else ' – '}{title}" if title else ""),
        kind=f"page {word}",
        place=clean(get(data, "service", "summary", default=get(incident, "service", "summary"))),
        link=link(data) or link(incident),
        where=where,
        raw=compact(event),
        noise=act.startswith(("pagey.", "service")),
        extra=extra,
        **stamp(event.get("occurred_at")),
        **who(event.get("agent")),
    )
