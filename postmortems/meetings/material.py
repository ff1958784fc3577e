"""From rows to what an agenda is made of. Reads only, in a constant number of queries."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from postmortems.incidents.models import Incident
from postmortems.meetings.agenda import Material, Stop
from postmortems.remediation.models import Item
from postmortems.writeup.commenting import threads
from timelines.merging import questions
from timelines.models import Event, Hypothesis
from timelines.story.phases import Stretch
from timelines.story.told import phases_of

PINNED = 200  # moments that are looked at


def of(incident: Incident) -> Material:
    items = list(incident.items.exclude(status=Item.Status.DROPPED))
    return Material(
        stops=tuple(_stops(incident)),
        themes=tuple(str(condition) for condition in incident.conditions.all()),
        questions=tuple(open_questions(incident)),
        done=tuple(
            f"{item} ({item.get_status_display().lower()})" for item in items if item.status not in ("parked", "proposed")
        ),
        parked=tuple(str(item) for item in items if item.status == Item.Status.PARKED),
    )  # fmt: skip


def open_questions(incident: Incident) -> list[str]:
    """What somebody asked and nobody answered, silences of the evidence, beliefs of which nobody knows what became of
    them, and what is said about the draft."""
    asked = incident.questions.filter(closed_at=None).values_list("text", flat=True)
    silences = [_silence(gap.begin, gap.end, ZoneInfo(incident.zone)) for gap in questions.offered(incident)]
    beliefs = incident.hypotheses.filter(outcome=Hypothesis.Outcome.OPEN).values_list("sentence", flat=True)
    became = (f"What became of the belief “{sentence}”?" for sentence in beliefs)
    return [*asked, *silences, *became, *threads.questions(incident)]


def _silence(begin: datetime, end: datetime, zone: ZoneInfo) -> str:
    since, until = begin.astimezone(zone), end.astimezone(zone)
    return f"What happened between {since:%H:%M} and {until:%H:%M} {zone.key}, of which nobody left evidence?"


def _stops(incident: Incident) -> list[Stop]:
    """The pinned moments by phase; those before the first phase, and all where no phase is marked, by themselves."""
    zone = ZoneInfo(incident.zone)
    pinned = list(incident.events.pinned().in_order().defer("extra")[:PINNED])
    phases = phases_of(incident)
    before = [event for event in pinned if not phases or event.at < phases[0].start]
    stops = [
        Stop(_heading(phase, zone), _moments(_during(pinned, phases, place), zone))
        for place, phase in enumerate(phases)
    ]
    if before:
        stops.insert(
            0,
            Stop(
                "Before that" if phases else "From the first sign to the end of impact",
                _moments(before, zone),
            ),
        )
    return stops  # fmt: skip


def _heading(phase: Stretch, zone: ZoneInfo) -> str:
    return f"{Event.Phase(phase.phase).label}, from {phase.start.astimezone(zone):%H:%M} {zone.key}"


def _during(pinned: list[Event], phases: list[Stretch], place: int) -> list[Event]:
    """Up to the next beginning, so that phases that overlap tell no moment twice."""
    following = phases[place + 1].start if place + 1 < len(phases) else None
    return [
        event
        for event in pinned
        if phases[place].start <= event.at and (following is None or event.at < following)
    ]


def _moments(events: list[Event], zone: ZoneInfo) -> tuple[str, ...]:
    return tuple(f"{_clock(event, zone)} {event}" for event in events)


def _clock(event: Event, zone: ZoneInfo) -> str:
    """No more precise than its source."""
    at = event.at.astimezone(zone)
    if event.precision == "day":
        return f"{at:%-d %b}"
    return f"~{at:%H:%M}" if event.certainty == "approximate" or event.precision == "hour" else f"{at:%H:%M}"
