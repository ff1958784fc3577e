"""What was believed, tried and told, for the page and for the picture. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from postmortems.incidents.models import Incident
from timelines import picture
from timelines.models import Event
from timelines.story.phases import Mark, Stretch, stretches

TOLD = "customer message"
SHOWN = 200  # rows of what was known beside what was told
BECAME = {"open": "open", "confirmed": "held", "refuted": "struck", "left": "struck"}
FOLLOWED = {"unknown": "open", "helped": "held", "partly": "held", "none": "struck", "worse": "struck"}


def phases_of(incident: Incident) -> list[Stretch]:
    marked = (
        incident.events.filter(hidden=False)
        .filter(~Q(phase="") | ~Q(ends_phase=""))
        .in_order()
        .values_list("at", "pk", "phase", "ends_phase")
    )
    return stretches([Mark(*row) for row in marked], incident.resolved_at)


def beliefs_of(incident: Incident) -> list[picture.Hypothesis]:
    page = reverse("timelines:story", args=[incident.ref])
    return [
        picture.Hypothesis(
            text=one.sentence, since=one.begins_at, until=one.ends_at, outcome=BECAME[one.outcome],
            became=one.get_outcome_display().lower(), id=f"hypothesis-{one.pk}", href=f"{page}#hypothesis-{one.pk}",
        )
        for one in incident.hypotheses.all()
    ]  # fmt: skip


def trials_of(incident: Incident) -> list[picture.Hypothesis]:
    page = reverse("timelines:story", args=[incident.ref])
    return [
        picture.Hypothesis(
            text=one.sentence, since=one.begins_at, until=one.ends_at or one.begins_at, outcome=FOLLOWED[one.effect],
            became=one.get_effect_display().lower(), id=f"intervention-{one.pk}", href=f"{page}#intervention-{one.pk}",
        )
        for one in incident.interventions.all()
    ]  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """A row of what was told beside what was known: one side of it has words."""

    at: datetime
    told: Event | None = None
    known: str = ""
    href: str = ""
    what: str = ""


def told_and_known(incident: Incident) -> list[Moment]:
    """What customers were told and what people knew by then, in order of time."""
    rows = [
        Moment(event.at, told=event)
        for event in incident.events.filter(kind=TOLD).shown().in_order().defer("extra")[:SHOWN]
    ]
    for one in incident.hypotheses.all():
        rows.append(Moment(one.begins_at, known=one.sentence, what="believed", href=f"#hypothesis-{one.pk}"))
    for event in incident.events.pinned().exclude(kind=TOLD).in_order().defer("extra")[:SHOWN]:
        where = reverse("timelines:event", args=[incident.ref, event.pk])
        rows.append(Moment(event.at, known=str(event), what=event.kind, href=where))
    return sorted(rows, key=lambda row: row.at)


def first_told_after(incident: Incident):
    """How long after detection customers were first told something; None where either is not known."""
    first = incident.events.filter(kind=TOLD).shown().in_order().values_list("at", flat=True).first()
    since = incident.detected_at or incident.impact_began_at
    return first - since if first and since else None
