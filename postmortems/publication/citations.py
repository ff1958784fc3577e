"""Citations of a document (`publication.content`): what they lead to within its own article, and how it is said there.

Everything comes from the document, so that an article stays what it was though the event behind it changes. What is
cited is part of the document: `cited_events` are published with the timeline even where nobody pinned them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from postmortems.incidents.models import Incident
from postmortems.markdown import Refer, Reference
from postmortems.publication import pictures
from postmortems.writeup.citing import saying
from postmortems.writeup.citing.grammar import citations_of
from timelines.models import Event


def cited_events(incident: Incident, texts: Iterable[str]) -> list[Event]:
    """Events that the texts cite, without those that somebody hid; at most one query."""
    numbers = {number for text in texts for kind, number in citations_of(text) if kind == "event"}
    if not numbers:
        return []
    return list(
        incident.events.filter(pk__in=numbers, hidden=False).select_related("source").defer("extra", "raw")
    )


def within(document: dict[str, Any]) -> Refer:
    """Anchors of the article: rows of the timeline, conditions, items. A role is words alone, and never a name."""
    zone = ZoneInfo(document["zone"])
    found: dict[tuple[str, int], Reference] = pictures.references(document)
    for event in document["events"]:
        moment = _moment(event)
        found["event", event["id"]] = Reference(
            f"#event-{event['id']}", saying.in_words(moment, zone), saying.as_note(moment, zone)
        )
    for one in document["conditions"]:
        note = f"{one['kind']}\n{one['sentence']}"
        found["condition", one["number"]] = Reference(
            f"#condition-{one['number']}", f"C{one['number']}", note
        )
    for item in document["items"]:
        note = f"{item['type']}, {item['status'].lower()}\n{item['what']}"
        found["item", item["number"]] = Reference(f"#item-{item['number']}", f"R{item['number']}", note)
    for person in document["people"]:
        if "id" in person:  # documents from before there were citations have none
            names = saying.names_of(person["name"], person["role"])
            found["role", person["id"]] = Reference("", saying.of_role(person["role"]), names=names)
    return lambda kind, number: found.get((kind, number))


def _moment(event: dict[str, Any]) -> saying.Moment:
    at = datetime.fromisoformat(event["at"])
    return saying.Moment(
        at,
        event["precision"],
        event["certainty"],
        event["source"],
        event["actor"],
        event["text"],
        event["caption"],
    )
