"""PagerDuty: log entries, incidents, notes, status updates, alerts, changes; webhooks version 3, 2 and 1.

Source: PagerDuty's published API schema and developer documentation. Log entries tell what happened;
an incident tells its present state only, so its acknowledgements and assignments carry their own times
and nothing else is made up from it. Where log entries come inside of an incident, those that say the same
act at the same moment as the incident does are left to it. Log entries have one id in REST and in webhooks
of version 2; an event of version 3 has an id of its own, so it is another telling of the same act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.documents import Found, Pages, found, guarded, one, records, under
from timelines.formats.moments import stamp
from timelines.formats.pagerdutyentries import about, link, log_entry, who
from timelines.formats.pagerdutyhooks import message, webhook
from timelines.formats.records import Record, Skipped

OWN = re.compile(rb'"(?:self|html_url)"\s*:\s*"https://[\w.-]{1,80}pagerduty\.com/')
KEYS = ("messages", "log_entries", "incidents", "notes", "status_updates", "alerts", "change_events")


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
    if OWN.search(head) and any(f'"{key}"'.encode() in head for key in KEYS[3:]):
        return "it holds notes, status updates, alerts or changes of PagerDuty"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    pages = Pages()
    for element in found(bundle, KEYS):
        if isinstance(element, Found) and "more" in element.page:
            pages.see(element.page["more"] is True)
        yield from records([element], _thing)
    yield from pages.note(bundle.name, "“more” is true")


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, where = element.value, element.where
    kind = str(thing.get("type") or "")
    if isinstance(thing.get("event"), dict):
        yield webhook(thing["event"], under(where, "event"))
    elif "event_type" in thing and "occurred_at" in thing:
        yield webhook(thing, where)
    elif element.key == "messages":
        yield from message(thing, where)
    elif isinstance(thing.get("log_entry"), dict):
        yield from log_entry(thing["log_entry"], under(where, "log_entry"))
    elif isinstance(thing.get("incident"), dict) and "incident_number" in thing["incident"]:
        yield from _incident(thing["incident"], under(where, "incident"))
    elif "incident_number" in thing:
        yield from _incident(thing, where)
    elif kind.endswith(("_log_entry", "_log_entry_reference")) or element.key == "log_entries":
        yield from log_entry(thing, where)
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
        for record_ in guarded(place, log_entry, entry, place):
            if isinstance(record_, Skipped) or (record_.kind, record_.at) not in told:
                yield record_


def _state(incident: dict, where: str) -> Iterator[Record | Skipped]:
    number, title = (
        incident.get("incident_number", ""),
        clean(incident.get("title") or incident.get("summary")),
    )
    body = {key: value for key, value in incident.items() if key not in ("log_entries", "alerts")}
    common: dict[str, Any] = {
        "place": clean(get(incident, "service", "summary")),
        "link": link(incident),
        "where": where,
        "raw": compact(body),
        "extra": about(incident) | {"status": incident.get("status"), "urgency": incident.get("urgency")},
    }

    def act(word: str, when: Any, key: str, said: str, by: dict[str, Any], order: int) -> Record:
        moment = stamp(when)
        own = key.replace("@", moment["at"].isoformat())
        return Record(
            external_id=f"incident/{incident['id']}/{own}", text=f"#{number} {said}: {title}", kind=f"page {word}", order=order,
            **moment, **common, **by,
        )  # fmt: skip

    yield act("triggered", incident.get("created_at"), "triggered", "triggered", who(None), 0)
    for name, person, word, preposition in (
        ("assignments", "assignee", "assigned", "to"),
        ("acknowledgements", "acknowledger", "acknowledged", "by"),
    ):
        for place, entry in enumerate(incident.get(name) or []):
            by = who(get(entry, person))
            key, said = f"{word}/{by['actor_id']}/@", f"{word} {preposition} {by['actor']}"
            yield from one(under(where, name, place), act, word, get(entry, "at"), key, said, by, 1)
    when = incident.get("resolved_at") or incident.get("last_status_change_at")
    if incident.get("status") == "resolved" and when:
        merged = clean(get(incident, "resolve_reason", "incident", "summary"))
        said = f"merged into {merged}" if merged else "resolved"
        yield act("resolved", when, "resolved", said, who(incident.get("last_status_change_by")), 2)


def _note(note: dict, where: str, key: str) -> Record:
    """A note of an incident, or an update for its stakeholders."""
    update = key == "status_updates" or "message" in note
    return Record(
        external_id=f"{'status_update' if update else 'note'}/{note['id']}",
        text=clean(note.get("content") or note.get("message")) or "(without words)",
        kind="page status update" if update else "page note",
        where=where,
        raw=compact(note),
        extra={"incident": get(note, "incident", "id", default="")},
        **stamp(note.get("created_at")),
        **who(note.get("user") or note.get("sender")),
    )


def _alert(alert: dict, where: str) -> Record:
    extra = {name: alert.get(name) for name in ("status", "severity", "alert_key")}
    return Record(
        external_id=f"alert/{alert['id']}",
        text=clean(alert.get("summary")) or "alert",
        kind="alert firing",
        place=clean(get(alert, "service", "summary")),
        link=link(alert),
        where=where,
        raw=compact(alert),
        extra=extra | {"incident": get(alert, "incident", "id", default="")},
        **stamp(alert.get("created_at")),
        **who(None),
    )


def _change(change: dict, where: str) -> Record:
    """A deploy or another change that was sent to PagerDuty."""
    services = [clean(get(service, "summary")) for service in change.get("services") or []]
    links = [get(it, "href") for it in change.get("links") or []]
    return Record(
        external_id=f"change/{change['id']}",
        text=clean(change.get("summary")) or "a change",
        kind="change",
        place=", ".join(name for name in services if name),
        link=next((it for it in links if isinstance(it, str)), ""),
        where=where,
        raw=compact(change),
        extra={"details": change.get("custom_details")},
        **stamp(change.get("timestamp") or change.get("created_at")),
        **who(None) | {"actor": clean(change.get("source")) or "PagerDuty"},
    )


FORMAT = Format(
    key="pagerduty",
    label="PagerDuty",
    about="Log entries, incidents, notes, alerts or changes from the API, or webhooks of any version",
    sniff=sniff,
    read=read,
)
