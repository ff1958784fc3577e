"""The picture of an incident's timeline: from rows to what `timelines.picture` draws. Reads only."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.web.kept import kept
from timelines import line, picture, tally
from timelines.asked import Asked
from timelines.line import Span
from timelines.models import Event, Source
from timelines.story import level
from timelines.story.told import beliefs_of, phases_of, trials_of

FEW = 150  # events up to which each has its own mark
GAP = timedelta(minutes=15)
GAPS = 100
PINS = 300
TOLD = "customer message"
MARKED = (
    "id",
    "at",
    "until",
    "source_id",
    "text",
    "caption",
    "pinned",
    "kind",
    "certainty",
    "precision",
    "sequence",
)
_FILES = [Path(__file__), *sorted(Path(picture.__file__).parent.glob("*.py"))]
CODE = hashlib.sha256(b"".join(file.read_bytes() for file in _FILES)).digest()


def draw(
    incident: Incident, asked: Asked, span: Span, sources: list[Source], has: tally.Has, *, zone: ZoneInfo
) -> tuple[str, str]:
    """The picture of what is asked for, as SVG, wide and narrow.

    Drawing is done once for each content: the same values in the same zone are taken from the cache, unless
    the code that draws them became another.
    """
    made = picture_of(incident, asked, span, sources, has)
    here = asked.address(incident, **{"from": "", "to": "", "whole": ""})

    def zoom(start: datetime, end: datetime) -> str:
        return asked.address(incident, **{"from": start.isoformat(), "to": end.isoformat()}, whole="")

    def both() -> tuple[str, str]:
        return (
            picture.draw(made, width=1120, zone=zone, zoom=zoom, name="line"),
            picture.draw(made, width=360, zone=zone, zoom=zoom, name="line-narrow"),
        )

    return kept("picture", (CODE, made, zone.key, here), both)


def table(
    incident: Incident, asked: Asked, span: Span, sources: list[Source], *, zone: ZoneInfo
) -> list[picture.Row]:
    return picture.table(picture_of(incident, asked, span, sources), zone=zone)


def picture_of(
    incident: Incident, asked: Asked, span: Span, sources: list[Source], has: tally.Has | None = None
) -> picture.Picture:
    """Each event as a mark while they are few; counts per bin when they are many."""
    events, has = asked.events(incident), has or tally.has(incident)
    bins, seconds = {}, 0
    drawn = events.in_order().values_list(*MARKED, named=True)
    if span.count > FEW:
        bins, seconds = span.bins, span.seconds
        if not seconds:
            seconds = picture.bins(asked.start or span.first, asked.end or span.last)
            wanted = [source for source in sources if asked.source in (None, source.pk)]
            bins = _counted(incident, asked, wanted, seconds)
        pinned, told = drawn.filter(pinned=True)[:PINS], drawn.filter(kind=TOLD, pinned=False)[:PINS]
        found = sorted(pinned.union(told, all=True), key=lambda event: (event.at, event.sequence, event.id))
    else:
        found = list(drawn)
    present = set(bins) | {event.source_id for event in found if event.kind != TOLD}
    return picture.Picture(
        title=f"Timeline of {incident.ref}",
        lanes=[_lane(source, bins.get(source.pk, ()), seconds) for source in sources if source.pk in present],
        marks=[_mark(incident, event) for event in found if event.kind != TOLD],
        messages=[_message(incident, event) for event in found if event.kind == TOLD],
        phases=phases(incident) if has.phases else (),
        hypotheses=beliefs_of(incident) if has.hypotheses else (),
        interventions=trials_of(incident) if has.interventions else (),
        series=level.series_of(incident) if has.indicators else None,
        moments=picture.moments_of(incident.times),
        gaps=_gaps(incident, sources),
        start=asked.start or (span.first if asked.filters else None),
        end=asked.end or (span.last if asked.filters else None),
    )


def _counted(incident: Incident, asked: Asked, sources: list[Source], seconds: int) -> tally.Bins:
    """What is counted ahead; of a stretch so short that a bin is less than a minute, the events themselves."""
    if seconds % tally.MINUTE == 0:
        return tally.bins(sources, seconds, asked.start, asked.end)
    return line.bins_of(asked.events(incident), seconds)


def _lane(source, bins=(), seconds: float = 0) -> picture.Lane:
    return picture.Lane(
        key=source.pk,
        name=source.name,
        kind=source.format,
        colour=source.lane,
        bins=bins,
        bin_seconds=seconds,
    )


def _mark(incident: Incident, event) -> picture.Mark:
    """A recollection's end is the latest it can have been, not how long it took."""
    remembered = event.certainty == "approximate" and event.until is not None
    return picture.Mark(
        at=event.at, until=None if remembered else event.until, early=event.at if remembered else None, late=event.until if remembered else None,
        lane=event.source_id, text=event.text[:160], caption=event.caption, pinned=event.pinned, kind=event.kind,
        certainty="approximate" if event.certainty == "approximate" else "exact", precision=event.precision, id=event.id,
        href=_href(incident, event),
    )  # fmt: skip


def _message(incident: Incident, event) -> picture.Message:
    return picture.Message(
        at=event.at, text=event.caption or event.text[:160], id=event.id, href=_href(incident, event)
    )


def _href(incident: Incident, event) -> str:
    return reverse("timelines:event", args=[incident.ref, event.id])


def phases(incident: Incident) -> list[picture.Phase]:
    return [
        picture.Phase(name=Event.Phase(one.phase).label, start=one.start, end=one.end)
        for one in phases_of(incident)
        if one.end is None or one.end > one.start
    ]


def gaps(incident: Incident) -> list[picture.Gap]:
    """A quarter of an hour and more inside the incident without evidence of a person, whatever is filtered.

    Before and after the incident silence means nothing.
    """
    return _gaps(incident, tally.counted(incident))


def _gaps(incident: Incident, sources: list[Source]) -> list[picture.Gap]:
    begin, end = incident.impact_began_at or incident.detected_at, incident.resolved_at
    if not begin or not end or end - begin < GAP:
        return []
    return [picture.Gap(start=one, end=two) for one, two in tally.silences(sources, begin, end, GAP)[:GAPS]]
