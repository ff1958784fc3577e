"""What the timeline page shows: filtered events by key, and the picture of them. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from urllib.parse import urlencode

from django.db.models import Count, DateTimeField, F, Func, Max, Min, Q, QuerySet, Value, Window
from django.db.models.functions import Lag
from django.urls import reverse

from postmortems.incidents.models import Incident
from timelines import picture
from timelines.models import Event

PAGE = 60
FEW = 400  # events up to which each has its own mark
GAP = timedelta(minutes=15)
TOLD = "customer message"
SHOWS = ("pinned", "all")
NAMES = ("q", "source", "actor", "kind", "phase", "show", "from", "to", "whole")
MUCH_WIDER = 6  # times the incident: evidence of a year is not shown as one line by default


@dataclass(frozen=True)
class Asked:
    """What the reader asked to see; anything unreadable in an address is simply not asked."""

    q: str = ""
    source: int | None = None
    actor: str = ""
    kind: str = ""
    phase: str = ""
    show: str = ""
    start: datetime | None = None
    end: datetime | None = None
    whole: bool = False
    asked_for: dict[str, str] = field(default_factory=dict, compare=False)  # the same, as an address says it

    @classmethod
    def of(cls, data) -> Asked:
        source = data.get("source", "")
        start, end = instant(data.get("from", "")), instant(data.get("to", ""))
        if start and end and end < start:
            start, end = end, start
        return cls(
            q=data.get("q", "").strip().replace("\x00", "")[:200],
            source=int(source) if source.isascii() and source.isdigit() and len(source) < 18 else None,
            actor=data.get("actor", "").replace("\x00", "")[:200],
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
    def filters(self) -> bool:
        return any((self.q, self.source, self.actor, self.kind, self.phase, self.show))

    def address(self, incident: Incident, **changes) -> str:
        """The timeline under the same question with `changes`; an empty value takes a part away."""
        return address(
            incident, **{name: value for name, value in (self.asked_for | changes).items() if value}
        )

    def narrow(self, events: QuerySet[Event]) -> QuerySet[Event]:
        if self.show == "pinned":
            events = events.pinned()
        elif self.show != "all":
            events = events.shown()
        if self.source:
            events = events.filter(source=self.source)
        if self.actor:
            events = events.filter(actor=self.actor)
        if self.kind:
            events = events.filter(kind=self.kind)
        if self.phase:
            events = events.filter(phase=self.phase)
        for word in self.q.split():
            events = events.filter(
                Q(text__icontains=word) | Q(caption__icontains=word) | Q(actor__icontains=word)
            )
        if self.start:
            events = events.filter(at__gte=self.start)
        if self.end:
            events = events.filter(at__lte=self.end)
        return events


def instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


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
    ordered = events.select_related("source").defer("extra").in_order()
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


def facets(incident: Incident) -> dict:
    """What there is to filter by: the thirty most frequent actors and kinds."""
    events = incident.events.filter(noise=False)
    return {
        "actors": list(
            events.exclude(actor="").values_list("actor").annotate(n=Count("pk")).order_by("-n", "actor")[:30]
        ),
        "kinds": list(events.values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")[:30]),
    }


@dataclass(frozen=True)
class Span:
    """What is there to see under a question: how many, from when to when."""

    count: int
    first: datetime | None
    last: datetime | None

    @classmethod
    def of(cls, events: QuerySet[Event]) -> Span:
        found = events.aggregate(first=Min("at"), last=Max("at"), end=Max("until"), count=Count("pk"))
        return cls(
            found["count"], found["first"], max(filter(None, (found["last"], found["end"])), default=None)
        )


def focus(incident: Incident, asked: Asked) -> tuple[Asked, Span, Span | None]:
    """What to show, its span, and the span of everything where that is more.

    Evidence of a year around an incident of an hour is shown from a little before the incident to a
    little after it, unless the reader asked for something, or nothing lies there.
    """
    span = Span.of(asked.narrow(incident.events.all()))
    times = [at for at in incident.times.values() if at]
    if asked.any or span.count == 0 or len(times) < 2:
        return asked, span, None
    began, ended = min(times), max(times)
    around = max(ended - began, timedelta(hours=1))
    if span.last - span.first <= MUCH_WIDER * around:
        return asked, span, None
    nearer = with_changes(asked, start=began - around, end=ended + around)
    inside = Span.of(nearer.narrow(incident.events.all()))
    return (nearer, inside, span) if inside.count else (asked, span, None)


def draw(incident: Incident, asked: Asked, span: Span, *, zone) -> tuple[str, str, list[picture.Row]]:
    """The picture of what is asked for, as SVG, wide and narrow, and the rows of the table behind it."""
    made = picture_of(incident, asked, span)

    def zoom(start: datetime, end: datetime) -> str:
        return asked.address(incident, **{"from": start.isoformat(), "to": end.isoformat()}, whole="")

    wide = picture.draw(made, width=1120, zone=zone, zoom=zoom, name="line")
    narrow = picture.draw(made, width=360, zone=zone, zoom=zoom, name="line-narrow")
    return wide, narrow, picture.table(made, zone=zone)


class Bin(Func):
    """The beginning of the bin of `seconds` in which an event lies, counted from 1970 in UTC.

    date_bin rather than an epoch cut in SQL: half the time, and no session's time zone in between.
    """

    function = "date_bin"
    output_field = DateTimeField()

    def __init__(self, seconds: float) -> None:
        super().__init__(Value(timedelta(seconds=seconds)), F("at"), Value(datetime(1970, 1, 1, tzinfo=UTC)))


def picture_of(incident: Incident, asked: Asked, span: Span) -> picture.Picture:
    """Each event as a mark while they are few; counts per bin, by one GROUP BY, when they are many."""
    events = asked.narrow(incident.events.all())
    sources = {source.pk: source for source in incident.sources.all()}
    bins: dict[int, list[tuple[datetime, int]]] = {}
    seconds = 0
    drawn = events.in_order().defer("extra")
    if span.count > FEW:
        seconds = picture.bins(asked.start or span.first, asked.end or span.last, 1120)
        rows = (
            events.annotate(bin=Bin(seconds))
            .values_list("source", "bin").annotate(n=Count("pk")).order_by("source", "bin")
        )  # fmt: skip
        for source, begins, count in rows:
            bins.setdefault(source, []).append((begins, count))
        drawn = drawn.filter(Q(pinned=True) | Q(kind=TOLD))[:FEW]
    found = list(drawn)
    present = set(bins) | {event.source_id for event in found if event.kind != TOLD}
    return picture.Picture(
        title=f"Timeline of {incident.ref}",
        lanes=[
            _lane(source, bins.get(key, ()), seconds) for key, source in sources.items() if key in present
        ],
        marks=[_mark(incident, event) for event in found if event.kind != TOLD],
        messages=[_message(incident, event) for event in found if event.kind == TOLD],
        phases=phases(incident),
        moments=picture.moments_of(incident.times),
        gaps=gaps(incident),
        start=asked.start,
        end=asked.end,
    )


def _lane(source, bins=(), seconds: float = 0) -> picture.Lane:
    return picture.Lane(
        key=source.pk,
        name=source.name,
        kind=source.format,
        colour=source.lane,
        bins=bins,
        bin_seconds=seconds,
    )


def _mark(incident: Incident, event: Event) -> picture.Mark:
    """A recollection's end is the latest it can have been, not how long it took."""
    remembered = event.certainty == "approximate" and event.until is not None
    return picture.Mark(
        at=event.at, until=None if remembered else event.until, early=event.at if remembered else None, late=event.until if remembered else None,
        lane=event.source_id, text=event.text[:160], caption=event.caption, pinned=event.pinned, kind=event.kind,
        certainty="approximate" if event.certainty == "approximate" else "exact", precision=event.precision, id=event.pk,
        href=_href(incident, event),
    )  # fmt: skip


def _message(incident: Incident, event: Event) -> picture.Message:
    return picture.Message(
        at=event.at, text=event.caption or event.text[:160], id=event.pk, href=_href(incident, event)
    )


def _href(incident: Incident, event: Event) -> str:
    return reverse("timelines:event", args=[incident.ref, event.pk])


def phases(incident: Incident) -> list[picture.Phase]:
    """Each phase runs from the event that is marked with it to the next marked one, or to the end of impact."""
    marked = list(
        incident.events.exclude(phase="").filter(hidden=False).in_order().values_list("at", "phase")
    )
    found = []
    for (start, phase), following in zip_longest(marked, marked[1:]):
        end = following[0] if following else incident.resolved_at
        if end is None or end > start:
            found.append(picture.Phase(name=Event.Phase(phase).label, start=start, end=end))
    return found


def gaps(incident: Incident) -> list[picture.Gap]:
    """Silences of a quarter of an hour and more inside the incident; before and after it silence means nothing.

    Whatever is filtered: a gap is one of all evidence together. One query however many events there are.
    """
    begin, end = incident.impact_began_at or incident.detected_at, incident.resolved_at
    if not begin or not end or end - begin < GAP:
        return []
    inside = incident.events.shown().filter(at__range=(begin, end))
    after = Window(Lag("at"), order_by="at")
    broken = list(
        inside.annotate(previous=after)
        .filter(at__gte=F("previous") + GAP)
        .values_list("previous", "at")
        .order_by("at")[:100]
    )
    edges = inside.aggregate(first=Min("at"), last=Max("at"))
    if edges["first"] is None:
        return []
    stretches = [(begin, edges["first"]), *broken, (edges["last"], end)]
    return [picture.Gap(start=one, end=two) for one, two in stretches if two - one >= GAP]


def address(incident: Incident, **query) -> str:
    return reverse("timelines:timeline", args=[incident.ref]) + (f"?{urlencode(query)}" if query else "")
