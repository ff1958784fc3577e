"""What the timeline page shows: filtered events by key, and the picture of them. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Extract, Floor
from django.urls import reverse

from postmortems.incidents.models import Incident
from timelines import picture
from timelines.models import Event

PAGE = 60
FEW = 400  # events up to which each has its own mark
GAP = timedelta(minutes=15)


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

    @classmethod
    def of(cls, data) -> Asked:
        source = data.get("source", "")
        return cls(
            q=data.get("q", "").strip().replace("\x00", "")[:200],
            source=int(source) if source.isascii() and source.isdigit() and len(source) < 18 else None,
            actor=data.get("actor", "").replace("\x00", "")[:200],
            kind=data.get("kind", "").replace("\x00", "")[:60],
            phase=data.get("phase", "").replace("\x00", "")[:10],
            show=data.get("show", "")[:10],
            start=instant(data.get("from", "")),
            end=instant(data.get("to", "")),
        )

    @property
    def any(self) -> bool:
        return any((self.q, self.source, self.actor, self.kind, self.phase, self.show, self.start, self.end))

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
    """`PAGE` events from a key on, in order. A key is `<instant>~<sequence>~<id>`; what is no key is ignored."""
    ordered = events.select_related("source").defer("extra", "raw").in_order()
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


def _key(text: str):
    try:
        at, sequence, pk = text.split("~")
        found = instant(at)
        return [found, int(sequence), int(pk)] if found else None
    except ValueError:
        return None


def facets(incident: Incident) -> dict:
    """What there is to filter by: the thirty most frequent actors and kinds."""
    events = incident.events.filter(noise=False)
    return {
        "actors": list(
            events.exclude(actor="").values_list("actor").annotate(n=Count("pk")).order_by("-n", "actor")[:30]
        ),
        "kinds": list(events.values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")[:30]),
    }


def draw(incident: Incident, asked: Asked, *, zone, width: int = 1120) -> tuple[str, list]:
    """The picture of what is asked for, as SVG, and the rows of the table behind it."""
    made = picture_of(incident, asked)
    return picture.draw(made, width=width, zone=zone), picture.table(made, zone=zone)


def picture_of(incident: Incident, asked: Asked) -> picture.Picture:
    events = asked.narrow(incident.events.all())
    span = events.aggregate(first=Min("at"), last=Max("at"), last_end=Max("until"), count=Count("pk"))
    sources = list(incident.sources.all())
    start, end = (
        asked.start or span["first"],
        asked.end or max(filter(None, (span["last"], span["last_end"])), default=None),
    )
    lanes, marks = [], []
    if span["count"] <= FEW:
        lanes = [_lane(source) for source in sources]
        marks = [_mark(incident, event) for event in events.in_order().defer("extra")]
        present = {mark.lane for mark in marks}
        lanes = [lane for lane in lanes if lane.key in present] or lanes[:1]
    else:
        seconds = picture.bins(start, end, 1120)
        counted: dict[int, list] = {}
        rows = (
            events.annotate(bin=Floor(Extract("at", "epoch") / seconds) * seconds)
            .values_list("source", "bin").annotate(n=Count("pk")).order_by("source", "bin")
        )  # fmt: skip
        for source, begins, count in rows:
            counted.setdefault(source, []).append((datetime.fromtimestamp(float(begins), UTC), count))
        lanes = [_lane(source, counted[source.pk], seconds) for source in sources if source.pk in counted]
        marks = [
            _mark(incident, event) for event in events.filter(pinned=True).in_order().defer("extra")[:FEW]
        ]
    instants = [mark.at for mark in marks] if span["count"] <= FEW else []
    return picture.Picture(
        title=f"Timeline of {incident.ref}",
        lanes=lanes,
        marks=marks,
        phases=phases(incident),
        moments=picture.moments_of(incident.times),
        gaps=_gaps(incident, instants),
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
    return picture.Mark(
        at=event.at, until=event.until, lane=event.source_id, text=event.text[:160], caption=event.caption, pinned=event.pinned,
        kind=event.kind, certainty="approximate" if event.certainty == "approximate" else "exact", precision=event.precision, id=event.pk,
        href=reverse("timelines:event", args=[incident.ref, event.pk]),
    )  # fmt: skip


def phases(incident: Incident) -> list[picture.Phase]:
    """Each phase runs from the event that is marked with it to the next marked one, or to the end of impact."""
    marked = list(
        incident.events.exclude(phase="").filter(hidden=False).in_order().only("at", "phase", "sequence")
    )
    found = []
    for here, following in zip_longest(marked, marked[1:]):
        end = following.at if following else incident.resolved_at
        if end is None or end > here.at:
            found.append(picture.Phase(name=here.get_phase_display(), start=here.at, end=end))
    return found


def _gaps(incident: Incident, instants: list[datetime]) -> list[picture.Gap]:
    """Silences inside the incident itself; before and after it silence means nothing."""
    begin, end = incident.impact_began_at or incident.detected_at, incident.resolved_at
    if not instants or not begin or not end or end <= begin:
        return []
    inside = [at for at in instants if begin <= at <= end]
    return list(picture.silences([begin, *inside, end], at_least=GAP))


def address(incident: Incident, **query) -> str:
    return reverse("timelines:timeline", args=[incident.ref]) + (f"?{urlencode(query)}" if query else "")
