"""The timeline as a list: how much there is under a question, and pages of it by key. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from postmortems.incidents.models import Incident
from timelines import tally
from timelines.asked import Asked, instant
from timelines.models import Event, Source

PAGE = 50
MUCH_WIDER = 6  # times the incident: evidence of a year is not shown as one line by default


@dataclass(frozen=True)
class Span:
    """What is there to see under a question: how many, from when to when."""

    count: int
    first: datetime | None
    last: datetime | None

    @classmethod
    def of(cls, incident: Incident, asked: Asked, sources: list[Source]) -> Span:
        """Without filters nothing is counted that was not counted ahead, and the ends are steps along an index."""
        if asked.counted_ahead and not (asked.source or asked.start or asked.end):
            return cls(*tally.whole(incident))
        events = asked.narrow(incident.events.all())
        if not asked.counted_ahead or asked.source:
            found = events.aggregate(first=Min("at"), last=Max("at"), end=Max("until"), n=Count("pk"))
            return cls(found["n"], found["first"], _later(found["last"], found["end"]))
        count = tally.count(incident, sources, asked.start, asked.end)
        first = events.order_by("at").values_list("at", flat=True).first()
        last = events.order_by("-at").values_list("at", flat=True).first()
        end = events.order_by("-until").exclude(until=None).values_list("until", flat=True).first()
        return cls(count, first, _later(last, end))


def _later(*ends: datetime | None) -> datetime | None:
    return max(filter(None, ends), default=None)


def focus(incident: Incident, asked: Asked, sources: list[Source]) -> tuple[Asked, Span, Span | None]:
    """What to show, its span, and the span of everything where that is more.

    Evidence of a year around an incident of an hour is shown from a little before the incident to a
    little after it, unless the reader asked for something, or nothing lies there.
    """
    span = Span.of(incident, asked, sources)
    times = [at for at in incident.times.values() if at]
    if asked.any or span.count == 0 or len(times) < 2:
        return asked, span, None
    began, ended = min(times), max(times)
    around = max(ended - began, timedelta(hours=1))
    if span.last - span.first <= MUCH_WIDER * around:
        return asked, span, None
    nearer = with_changes(asked, start=began - around, end=ended + around)
    inside = Span.of(incident, nearer, sources)
    return (nearer, inside, span) if inside.count else (asked, span, None)


@dataclass(frozen=True)
class Page:
    """A stretch of the line, by key: `before` and `after` are the keys to go on with, or empty."""

    events: list[Event]
    before: str
    after: str


def page(events: QuerySet[Event], *, after: str = "", before: str = "") -> Page:
    """`PAGE` events from a key on, in order. A key is `<instant>~<sequence>~<id>`, or an instant alone: from then on.

    What is no key is ignored.
    """
    ordered = events.defer("extra", "digest", "link").in_order()
    backwards = bool(before)
    key = _key(before or after)
    if key:
        ordered = ordered.filter(_beyond(*key, backwards=backwards))
    found = list((ordered.reverse() if backwards else ordered)[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
    return Page(
        events=found,
        before=_key_of(found[0]) if found and (more if backwards else bool(key)) else "",
        after=_key_of(found[-1]) if found and (more or backwards) else "",
    )


def _beyond(at: datetime, sequence: int, pk: int, *, backwards: bool) -> Q:
    """Past a key. The bound on `at` alone comes first, because an index can walk it."""
    way = "lt" if backwards else "gt"
    return Q(**{f"at__{way}e": at}) & (
        Q(**{f"at__{way}": at})
        | Q(at=at, **{f"sequence__{way}": sequence})
        | Q(at=at, sequence=sequence, **{f"pk__{way}": pk})
    )


def _key_of(event: Event) -> str:
    return f"{event.at.astimezone(UTC).isoformat()}~{event.sequence}~{event.pk}"


def _key(text: str) -> tuple[datetime, int, int] | None:
    at, *order = text.split("~")
    found = instant(at)
    if found is None:
        return None
    if not order:
        return found, -(2**63), 0
    try:
        sequence, pk = (int(part) for part in order)
    except ValueError:
        return None
    return (found, sequence, pk) if abs(sequence) < 2**63 and 0 <= pk < 2**63 else None
