"""What a reader asks of the timeline, as it stands in the address of a page, an export, a saved view."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from postmortems.incidents.models import Incident
from timelines.merging.people import aliases_of, seen_by
from timelines.models import Event, Person
from timelines.words import Words, asking

SHOWS = ("pinned", "all")
NAMES = ("q", "source", "actor", "person", "saw", "kind", "phase", "show", "from", "to", "whole")


@dataclass(frozen=True)
class Asked:
    """What the reader asked to see; anything unreadable in an address is simply not asked."""

    q: str = ""
    source: int | None = None
    actor: str = ""
    person: int | None = (
        None  # of timelines.models.Person: what they did, or with `saw` what they could have seen
    )
    saw: bool = False
    kind: str = ""
    phase: str = ""
    show: str = ""
    start: datetime | None = None
    end: datetime | None = None
    whole: bool = False
    asked_for: dict[str, str] = field(default_factory=dict, compare=False)  # the same, as an address says it

    @classmethod
    def of(cls, data) -> Asked:
        start, end = instant(data.get("from", "")), instant(data.get("to", ""))
        if start and end and end < start:
            start, end = end, start
        return cls(
            q=data.get("q", "").strip().replace("\x00", "")[:200],
            source=_number(data.get("source", "")),
            actor=data.get("actor", "").replace("\x00", "")[:200],
            person=_number(data.get("person", "")),
            saw=data.get("saw") == "1",
            kind=data.get("kind", "").replace("\x00", "")[:60],
            phase=data.get("phase", "") if data.get("phase", "") in Event.Phase.values else "",
            show=data.get("show", "") if data.get("show", "") in SHOWS else "",
            start=start,
            end=end,
            whole=data.get("whole") == "1",
            asked_for={name: data[name] for name in NAMES if data.get(name)},
        )

    @property
    def any(self) -> bool:
        return self.filters or bool(self.start or self.end or self.whole)

    @property
    def counted_ahead(self) -> bool:
        """Whether the tally of each source answers it: nothing but a source and a stretch of time is asked for."""
        return not any((self.q, self.actor, self.person, self.kind, self.phase, self.show))

    @property
    def filters(self) -> bool:
        return any((self.q, self.source, self.actor, self.person, self.kind, self.phase, self.show))

    def address(self, incident: Incident, **changes) -> str:
        """The timeline under the same question with `changes`; an empty value takes a part away."""
        return address(
            incident, **{name: value for name, value in (self.asked_for | changes).items() if value}
        )

    def events(self, incident: Incident) -> QuerySet[Event]:
        """The events of an incident that are asked for."""
        events = incident.events.all()
        if self.show == "pinned":
            events = events.pinned()
        elif self.show != "all":
            events = events.shown()
        if self.source:
            events = events.filter(source=self.source)
        if self.actor:
            events = events.filter(actor=self.actor)
        if self.person:
            events = events.filter(self._of_person(incident))
        if self.kind:
            events = events.filter(kind=self.kind)
        if self.phase:
            events = events.filter(phase=self.phase)
        if self.q:
            events = events.alias(words=Words()).filter(asking(self.q))
        if self.start:
            events = events.filter(at__gte=self.start)
        if self.end:
            events = events.filter(at__lte=self.end)
        return events

    def _of_person(self, incident: Incident) -> Q:
        person = Person.objects.filter(pk=self.person).prefetch_related("aliases").first()
        if person is None:
            return Q(pk=None)
        return seen_by(person, incident) if self.saw else aliases_of(person)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def address(incident: Incident, **query) -> str:
    return reverse("timelines:timeline", args=[incident.ref]) + (f"?{urlencode(query)}" if query else "")
