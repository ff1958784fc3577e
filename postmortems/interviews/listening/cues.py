"""What lies beside the notes: the events in which a person appears, what stood around them, what was decided. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Left

from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.listening import decisions
from postmortems.interviews.listening.bank import Question as Banked
from postmortems.interviews.listening.stamps import Span
from postmortems.interviews.models import Interview, Question
from timelines.merging.people import addressed_to, aliases_of
from timelines.models import Event, Hypothesis, Intervention, Person

PAGE = 60  # cues at a time
LOOKED_AT = 5_000  # events of a person that are looked through for decisions
POINTS = 60
AROUND = 40  # hypotheses, interventions and open questions each


@dataclass
class Cue:
    """One row beside the notes: an event, or what stood around it."""

    at: datetime
    what: str  # event, hypothesis, intervention, question
    text: str
    event: Event | None = None
    until: datetime | None = None
    aside: str = ""  # what became of an idea, what followed a step
    mentioned: bool = False  # they are named in it rather than speaking
    pk: int = 0
    stamp: str = ""  # what its time would be in the notes


@dataclass
class Cues:
    rows: list[Cue]
    page: int = 1
    more: bool = False
    known: bool = True  # whether the evidence has them by any name


@dataclass
class Point:
    """A decision point of this person, with the questions that fit it and those that were asked about it."""

    key: str
    kind: str
    at: datetime
    text: str
    name: str  # "the command at 02:14"
    field: str  # event, hypothesis, intervention: what a question is about
    pk: int
    asked: list[Question] = field(default_factory=list)
    prepared: list[Question] = field(default_factory=list)
    fitting: list[Banked] = field(default_factory=list)
    pinned: bool = False

    @property
    def value(self) -> str:
        return f"{self.field}-{self.pk}"


def persons_of(participant: Participant) -> list[Person]:
    """Whom the evidence was mapped to: by account, else by the very name."""
    by = Q(user=participant.user_id) if participant.user_id else Q(user=None, name__iexact=participant.name)
    return list(Person.objects.filter(by).select_related("user").prefetch_related("aliases")[:5])


def did(participant: Participant, persons: Iterable[Person]) -> Q:
    """Events whose actor is this participant, by their name, by what they are known as, or as somebody said."""
    names = [participant.name, *participant.known_as]
    found = Q(actor__in=names) | Q(actor_id__in=[name for name in names if name])
    for person in persons:
        found |= aliases_of(person)
    return found


def appears(participant: Participant, persons: Iterable[Person]) -> Q:
    """What they did, and what names them or was addressed to them."""
    found = did(participant, persons)
    if " " in participant.name.strip():
        found |= Q(text__icontains=participant.name.strip())
    for name in participant.known_as:
        found |= Q(text__icontains=f"@{name}")
    for person in persons:
        found |= addressed_to(person)
    return found


def around(incident: Incident) -> tuple[datetime | None, datetime | None]:
    """When the incident was, as far as somebody wrote it down."""
    times = sorted(at for at in incident.times.values() if at)
    return (times[0], times[-1]) if times else (None, None)


def span_of(incident: Incident) -> Span:
    """The clock and the night that the stamps of a conversation are about."""
    return Span(ZoneInfo(incident.zone), *around(incident))


def names_of(incident: Incident) -> list[str]:
    """Of whom no question makes somebody to blame."""
    return list(incident.participants.values_list("name", flat=True)[:200])


def cues(interview: Interview, persons: list[Person], page: int = 1) -> Cues:
    """A page of them in the order of time."""
    participant, incident = interview.participant, interview.incident
    found = incident.events.shown().filter(appears(participant, persons))
    skipped = (page - 1) * PAGE
    events = list(
        found.select_related("source").defer("extra", "raw").in_order()[skipped : skipped + PAGE + 1]
    )
    more, events = len(events) > PAGE, events[:PAGE]
    own = incident.events.filter(did(participant, persons), pk__in=[event.pk for event in events])
    mine = set(own.values_list("pk", flat=True))
    rows = [Cue(event.at, "event", str(event), event, mentioned=event.pk not in mine, pk=event.pk) for event in events]  # fmt: skip
    first = events[0].at if page > 1 and events else None
    rows += _beside(incident, first, events[-1].at if more else None)
    return Cues(sorted(rows, key=lambda row: row.at), page, more, bool(events) or page > 1)


def _beside(incident: Incident, first: datetime | None, last: datetime | None) -> list[Cue]:
    """What was believed, tried and left open, in that stretch of time."""
    within = (Q(begins_at__gte=first) if first else Q()) & (Q(begins_at__lte=last) if last else Q())
    rows = [
        Cue(one.begins_at, "hypothesis", one.sentence, until=one.ends_at, aside=one.became or one.get_outcome_display(), pk=one.pk)
        for one in incident.hypotheses.filter(within)[:AROUND]
    ]  # fmt: skip
    rows += [
        Cue(one.begins_at, "intervention", one.sentence, until=one.ends_at, aside=one.seen or one.get_effect_display(), pk=one.pk)
        for one in incident.interventions.filter(within)[:AROUND]
    ]  # fmt: skip
    rows += [
        Cue(one.begins_at, "question", one.text, until=one.ends_at, pk=one.pk)
        for one in incident.questions.filter(within, closed_at=None).exclude(begins_at=None)[:AROUND]
    ]
    return rows


def points(interview: Interview, persons: list[Person], questions: Iterable[Question]) -> list[Point]:
    """The decision points of this person in the order of time, each with what was asked about it."""
    incident, participant = interview.incident, interview.participant
    zone = ZoneInfo(incident.zone)
    found = _points_of_events(incident, did(participant, persons))
    found += _points_of_story(participant)
    found = sorted(found, key=lambda point: point.at)[:POINTS]
    several_days = len({point.at.astimezone(zone).date() for point in found}) > 1
    by_point: dict[str, list[Question]] = {}
    for question in questions:
        by_point.setdefault(point_of_question(question), []).append(question)
    turns: dict[str, int] = {}
    for point in found:
        local = point.at.astimezone(zone)
        point.name = f"{decisions.POINTS[point.kind].name} at {local:%H:%M}" + (
            f" on {local:%-d %B}" if several_days else ""
        )
        about = by_point.get(point.value, [])
        point.asked = [one for one in about if one.asked_at]
        point.prepared = [one for one in about if not one.asked_at]
        taken = {one.text for one in about}
        turn = turns[point.kind] = turns.get(point.kind, -1) + 1
        point.fitting = [one for one in decisions.fitting(point.kind, turn) if one.ask not in taken]
    return found  # fmt: skip


def point_of_question(question: Question) -> str:
    for name in ("event", "hypothesis", "intervention"):
        if pk := getattr(question, f"{name}_id"):
            return f"{name}-{pk}"
    return ""


def _points_of_events(incident: Incident, own: Q) -> list[Point]:
    rows = (
        incident.events.shown()
        .filter(own)
        .annotate(start=Left("text", decisions.READ))
        .in_order()
        .values_list("pk", "at", "kind", "start", "caption", "pinned")[:LOOKED_AT]
    )
    found = []
    for pk, at, kind, text, caption, pinned in rows:
        if key := decisions.point_of(kind, text, pinned=pinned):
            found.append(Point(f"event-{pk}", key, at, caption or text, "", "event", pk, pinned=pinned))
    return spread(found)


APART = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60, 240)]


def spread(found: list[Point], most: int = POINTS) -> list[Point]:
    """As many as a list holds, over the whole time: what is pinned first, of others alike none soon after another."""
    kept = found
    for apart in APART:
        kept, last = [], {}
        for point in found:
            if point.pinned or point.kind not in last or point.at - last[point.kind] >= apart:
                last[point.kind] = point.at
                kept.append(point)
        if len(kept) <= most:
            break
    order = list(decisions.POINTS)
    return sorted(kept, key=lambda point: (not point.pinned, order.index(point.kind), point.at))[:most]


def _points_of_story(participant: Participant) -> list[Point]:
    """What they believed and what they tried, where somebody wrote down that it was they."""
    found = []
    for model, name in ((Hypothesis, "hypothesis"), (Intervention, "intervention")):
        theirs = model.objects.filter(incident=participant.incident_id, participants=participant)
        for one in theirs[:AROUND]:
            found.append(Point(f"{name}-{one.pk}", name, one.begins_at, one.sentence, "", name, one.pk))
    return found
