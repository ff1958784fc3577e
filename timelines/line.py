"""The timeline as a list: how much there is under a question, and pages of it by key. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from datetime import UTC, datetime, timedelta

from django.db.models import Count, DateTimeField, DurationField, F, Func, Q, QuerySet, Value

from postmortems.incidents.models import Incident
from timelines import picture, tally
from timelines.asked import Asked, instant
from timelines.models import Event, Source

PAGE = 50
RARE = 10_000  # matching events that are sooner sorted than looked for along the line
MUCH_WIDER = 3  # times the incident: evidence of a year is not shown as one line by default


@dataclass(frozen=True)
class Span:
    """What is there to see under a question: how many, from when to when, and how they lie in between.

    `bins` are counts per source and `seconds`; they are left out where every event has a mark of its own,
    and where `tally` has them.
    """

    count: int
    first: datetime | None
    last: datetime | None
    seconds: int = 0
    bins: tally.Bins = field(default_factory=dict)

    @classmethod
    def of(cls, incident: Incident, asked: Asked, sources: list[Source]) -> Span:
        """Nothing is counted twice: what was not counted ahead is counted in one pass, bin by bin."""
        if asked.counted_ahead and not (asked.source or asked.start or asked.end):
            return cls(*tally.whole(incident))
        if asked.counted_ahead:
            wanted = [source for source in sources if asked.source in (None, source.pk)]
            count = tally.count(incident, wanted, asked.start, asked.end)
            return cls(count, *_ends(asked.events(incident)))
        first, last = tally.ends(incident)
        first, last = asked.start or first, asked.end or last
        if first is None or last is None:
            return cls(0, None, None)
        seconds = picture.bins(first, last)
        bins = bins_of(asked.events(incident), seconds)
        return cls(sum(n for found in bins.values() for _, n in found), first, last, seconds, bins)


def _ends(events: QuerySet[Event]) -> tuple[datetime | None, datetime | None]:
    """The first instant and the last one, ends included; each is a step along an index."""
    first = events.order_by("at").values_list("at", flat=True).first()
    last = events.order_by("-at").values_list("at", flat=True).first()
    until = events.order_by("-until").exclude(until=None).values_list("until", flat=True).first()
    return first, max(filter(None, (last, until)), default=None)


def bins_of(events: QuerySet[Event], seconds: int) -> tally.Bins:
    found: tally.Bins = {}
    rows = (
        events.annotate(bin=Bin(seconds))
        .values_list("source", "bin").annotate(n=Count("pk")).order_by("source", "bin")
    )  # fmt: skip
    for source, begins, count in rows:
        found.setdefault(source, []).append((begins, count))
    return found


class Bin(Func):
    """The beginning of the bin of `seconds` in which an event lies, counted from 1970 in UTC.

    date_bin rather than an epoch cut in SQL: half the time, and no session's time zone in between.
    """

    function = "date_bin"
    output_field = DateTimeField()

    def __init__(self, seconds: float) -> None:
        super().__init__(Value(timedelta(seconds=seconds)), F("at"), Value(datetime(1970, 1, 1, tzinfo=UTC)))


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


def page(events: QuerySet[Event], *, after: str = "", before: str = "", rare: bool = False) -> Page:
    """`PAGE` events from a key on, in order. A key is `<instant>~<sequence>~<id>`, or an instant alone: from then on.

    What is no key is ignored. `rare` says that few events have the words: they are found first and put in order
    then; else the planner may walk the whole line in search of them.
    """
    ordered = events.defer("extra", "digest", "link").in_order()
    if rare:
        moment = F("at") + Value(timedelta(0), output_field=DurationField())
        ordered = ordered.alias(moment=moment).order_by("moment", "sequence", "pk")
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
