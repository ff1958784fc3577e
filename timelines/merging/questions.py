"""What the evidence leaves open: questions that were asked, and silences that may become one. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from postmortems.incidents.models import Incident
from timelines import tally
from timelines.merging.gaps import LEAST, Gap, question, unasked

OFFERED = 40


@dataclass(frozen=True)
class Offered:
    """A silence as a question that nobody asked yet."""

    begin: datetime
    end: datetime
    text: str


def offered(incident: Incident) -> list[Offered]:
    """The silences of the incident that no question is about, in order of time."""
    asked = incident.questions.exclude(Q(begins_at=None) | Q(ends_at=None)).values_list(
        "begins_at", "ends_at"
    )
    zone = ZoneInfo(incident.zone)
    gaps = unasked(silences(incident), asked)[:OFFERED]
    return [Offered(gap.begin, gap.end, question(gap, zone)) for gap in gaps]


def silences(incident: Incident) -> list[Gap]:
    """Stretches of the incident itself, from its first sign to its end, in which nobody left evidence."""
    begin, end = incident.impact_began_at or incident.detected_at, incident.resolved_at
    if not begin or not end or end - begin < LEAST:
        return []
    return [Gap(*stretch) for stretch in tally.silences(tally.counted(incident), begin, end, LEAST)]
