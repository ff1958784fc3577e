"""What a revision is made of: one JSON document, from which page, PDF and export are made.

    title, ref, severity, services, teams, tags, zone, restricted
    times        name → instant
    durations    [{name, state, seconds, why}]
    people       [{id, role, name}]              who took part
    texts        key → Markdown                  of the sections that say something
    sections     [{key, r, title}]               of those texts, in order, as they were called
    events       [{id, at, until, precision, certainty, source, lane, actor, kind, text, caption, phase}]
    conditions   [{number, kind, helped, sentence, made_sense, events: [id]}]
    items        [{number, type, what, detail, how_we_know, owner, team, due_on, status, dropped_reason, conditions: [n]}]
    impact       [{what, number, unit, unknown_because}]    the number as it is written, or null
    none_needed  why nothing follows, or empty
    images       [{number, digest, kind, width, height, alt, event}]    the SHA-256 of the file; the event it is evidence for
    meeting      {held_on, came} or null         the last one held; how many came, and nobody's name
    phases       [{name, start, end}]            of the picture
    picture      SVG
    published    {number, at, by, change_note, approved_by: [{name, at}]}    added when it is published, and sealed with it

Instants are ISO 8601 in UTC. What is private (notes, jot-notes, hidden events) is not read here at all.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from postmortems.incidents.models import Incident
from postmortems.meetings.models import Meeting
from postmortems.publication import citations, pictures
from postmortems.remediation.models import Item, NoneNeeded
from postmortems.writeup.templating.outline import sections_of
from timelines import drawing, picture
from timelines.models import Event

FORMAT = 1


def stamp(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def of(incident: Incident) -> dict[str, Any]:
    """The document as the drafts stand now, in a constant number of queries."""
    pinned = list(incident.events.pinned().select_related("source").defer("extra", "raw").in_order())
    shown = {event.pk for event in pinned}
    conditions = list(incident.conditions.select_related("kind").prefetch_related("events__source"))
    items = list(incident.items.for_list())
    sections = sections_of(incident)
    texts = sections.written({section.key: section.text for section in incident.sections.all()})
    every_text = [*texts.values(), *(c.made_sense for c in conditions), *(item.detail for item in items)]
    rested_on = [event for condition in conditions for event in condition.events.all() if not event.hidden]
    cited = {
        event.pk: event
        for event in [*rested_on, *citations.cited_events(incident, every_text)]
        if event.pk not in shown
    }
    phases = drawing.phases(incident) if pinned else []
    events = sorted([*pinned, *cited.values()], key=lambda event: (event.at, event.sequence, event.pk))
    return {
        "format": FORMAT,
        "ref": incident.ref,
        "title": incident.title,
        "severity": {"name": incident.severity.name, "rank": incident.severity.rank, "sentence": incident.severity.sentence},
        "services": [service.name for service in incident.services.all()],
        "teams": [team.name for team in incident.teams.all()],
        "tags": incident.tags,
        "zone": incident.zone,
        "times": {name: stamp(at) for name, at in incident.times.items()},
        "durations": [
            {"name": d.name, "state": d.state, "seconds": d.value.total_seconds() if d.value is not None else None, "why": d.why, "definition": d.definition}
            for d in incident.durations
        ],
        "people": [{"id": p.pk, "role": p.role, "name": p.name} for p in incident.participants.all()],
        "texts": texts,
        "sections": [{"key": one.key, "r": one.r, "title": one.title} for one in sections.texts if one.key in texts],
        "events": [_event(event) for event in events],
        "conditions": [
            {
                "number": c.number, "kind": c.kind.name, "helped": c.kind.helped, "sentence": c.sentence, "made_sense": c.made_sense,
                "events": [event.pk for event in c.events.all() if not event.hidden],
            }
            for c in conditions
        ],
        "items": [_item(item) for item in items],
        "impact": [
            {"what": f.what, "number": f.written, "unit": f.unit, "unknown_because": f.unknown_because}
            for f in incident.impact_figures.all()
        ],
        "none_needed": NoneNeeded.objects.filter(incident=incident).values_list("why", flat=True).first() or "",
        "images": pictures.of(incident, every_text, [event.pk for event in events]),
        "meeting": _meeting(incident),
        "phases": [{"name": one.name, "start": stamp(one.start), "end": stamp(one.end)} for one in phases],
        "picture": _picture(incident, pinned, phases),
    }  # fmt: skip


def published(
    document: dict[str, Any], *, number: int, at: datetime, by: str, change_note: str, approved_by: list[dict]
) -> dict[str, Any]:
    """A draft as a revision holds it: with what is said of its publication, so that the seal is over that, too."""
    told = {
        "number": number,
        "at": stamp(at),
        "by": by,
        "change_note": change_note,
        "approved_by": approved_by,
    }
    return document | {"published": told}


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.pk, "at": stamp(event.at), "until": stamp(event.until), "precision": event.precision,
        "certainty": event.certainty, "source": event.source.name, "lane": event.source.lane, "actor": event.actor,
        "kind": event.kind, "text": event.text, "caption": event.caption, "phase": event.phase,
    }  # fmt: skip


def _item(item: Item) -> dict[str, Any]:
    return {
        "number": item.number, "type": item.get_type_display(), "what": item.what, "detail": item.detail,
        "how_we_know": item.how_we_know, "owner": str(item.owner) if item.owner else "", "team": str(item.team) if item.team else "",
        "due_on": item.due_on.isoformat() if item.due_on else None, "status": item.get_status_display(),
        "dropped_reason": item.dropped_reason, "conditions": [c.number for c in item.conditions.all()],
    }  # fmt: skip


def _meeting(incident: Incident) -> dict[str, Any] | None:
    held = (
        incident.meetings.filter(state=Meeting.State.HELD)
        .annotate(number=Count("attendances", filter=Q(attendances__came=True)))
        .order_by("starts_at")
        .last()
    )
    if held is None:
        return None
    day = held.starts_at.astimezone(ZoneInfo(incident.zone)).date()
    return {"held_on": day.isoformat(), "came": held.number}


def _picture(incident: Incident, pinned: list[Event], phases: list[picture.Phase]) -> str:
    """The same picture as on the timeline, of the pinned events, without addresses of our own pages."""
    if not pinned:
        return ""
    sources = {event.source_id: event.source for event in pinned}
    made = picture.Picture(
        title=f"Timeline of {incident.ref}",
        lanes=[picture.Lane(key=s.pk, name=s.name, kind=s.format, colour=s.lane) for s in sorted(sources.values(), key=lambda s: (s.lane, s.pk))],
        marks=[
            picture.Mark(
                at=e.at, until=e.until, lane=e.source_id, text=e.text[:160], caption=e.caption, pinned=len(pinned) <= 60, kind=e.kind,
                certainty="approximate" if e.certainty == "approximate" else "exact", precision=e.precision, id=e.pk,
            )
            for e in pinned
        ],
        phases=phases,
        moments=picture.moments_of(incident.times),
    )  # fmt: skip
    return picture.draw(made, width=960, zone=ZoneInfo(incident.zone))
