"""What is counted ahead, so that a line of a million events opens like one of a thousand.

Per source: how many shown events lie in each minute, hour and day (`Density`), and which actors and kinds
are most frequent (`Source.tally`). Whoever changes events of a source says so in the same transaction:
storing sets `Source.counted` to false, and so does `stale`; who reads counts anew what is not counted, or
a worker did before. Everything here can be made anew from the events at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.db import connection, transaction
from django.db.models import Q, Sum

from postmortems.incidents.models import Incident
from timelines.models import Density, Event, Import, Source

MINUTE, HOUR, DAY = Density.Level.MINUTE, Density.Level.HOUR, Density.Level.DAY
MOST = 30  # actors, and kinds
MINUTES_AT_MOST = timedelta(days=7)  # of a stretch that is counted by minutes; longer ones by hours

_SHOWN = "not hidden and not deleted and (pinned or not noise)"
_MINUTES = f"""
    insert into timelines_density (source_id, level, begins, events, people)
    select source_id, 60, date_bin('1 minute', at, 'epoch'), count(*), count(*) filter (where actor_kind = 'person')
    from timelines_event where source_id = %s and {_SHOWN} group by 1, 3
"""  # noqa: S608 the names are constants of this module
_COARSER = """
    insert into timelines_density (source_id, level, begins, events, people)
    select source_id, %(to)s, date_bin(%(size)s, begins, 'epoch'), sum(events), sum(people)
    from timelines_density where source_id = %(source)s and level = %(of)s group by 1, 3
"""
_TALLY = """
    update timelines_source set tally = jsonb_build_object(
        'actors', (select coalesce(jsonb_agg(jsonb_build_array(actor, n)), '[]') from (
            select actor, count(*) as n from timelines_event
            where source_id = %(source)s and actor <> '' and not noise group by 1 order by n desc, actor limit %(most)s) found),
        'kinds', (select coalesce(jsonb_agg(jsonb_build_array(kind, n)), '[]') from (
            select kind, count(*) as n from timelines_event
            where source_id = %(source)s and not noise group by 1 order by n desc, kind limit %(most)s) found)
    ), counted = true where id = %(source)s
"""


def recount(source: Source) -> None:
    """Count a source anew, after an import or a change of its clock. One at a time for each source."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select from timelines_source where id = %s for update", [source.pk])
        Density.objects.filter(source=source).delete()
        cursor.execute(_MINUTES, [source.pk])
        for of, to in ((MINUTE, HOUR), (HOUR, DAY)):
            size = timedelta(seconds=to)
            cursor.execute(_COARSER, {"source": source.pk, "of": int(of), "to": int(to), "size": size})
        cursor.execute(_TALLY, {"source": source.pk, "most": MOST})


def stale(*sources: int) -> None:
    """Say that the events of these sources changed."""
    Source.objects.filter(pk__in=sources).update(counted=False)


def counted(incident: Incident) -> list[Source]:
    """The sources of an incident, with their counts up to date; one that is being read shows its last ones."""
    sources = list(incident.sources.all())
    behind = [source for source in sources if not source.counted]
    if behind:
        reading = set(
            Import.objects.filter(source__in=behind, state=Import.State.RUNNING).values_list(
                "source", flat=True
            )
        )
        for source in behind:
            if source.pk not in reading:
                recount(source)
        sources = list(incident.sources.all())
    return sources


def move(event: Event, by: int) -> None:
    """One event of a source came into the line (`by` = 1) or left it (-1)."""
    people = by if event.actor_kind == "person" else 0
    rows = [
        (event.source_id, int(level), floor(event.at, level), max(by, 0), max(people, 0), by, people)
        for level in Density.Level
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_MOVE, rows)


_MOVE = """
    insert into timelines_density as d (source_id, level, begins, events, people) values (%s, %s, %s, %s, %s)
    on conflict (source_id, level, begins) do update set
        events = greatest(d.events + %s, 0), people = greatest(d.people + %s, 0)
"""


def floor(at: datetime, seconds: int) -> datetime:
    """The beginning of the bin of `seconds` in which an instant lies, counted from 1970 in UTC."""
    whole = int(at.timestamp() // seconds) * seconds
    return datetime.fromtimestamp(whole, UTC)


# --- asking ----------------------------------------------------------------------------------------


def count(incident: Incident, sources: Iterable[Source], start: datetime | None, end: datetime | None) -> int:
    """Shown events of some sources from `start` to `end`, both included: bins inside, events at the two edges."""
    density = Density.objects.filter(source__in=sources)
    if start is None and end is None:
        return _sum(density.filter(level=DAY))
    long = start is None or end is None or end - start > MINUTES_AT_MOST
    level = HOUR if long else MINUTE
    step = timedelta(seconds=level)
    inner, outer = start and floor(start + step, level), end and floor(end, level)
    events = incident.events.shown().filter(source__in=sources)
    if inner and outer and inner >= outer:
        return events.filter(at__range=(start, end)).count()
    found = density.filter(level=level)
    edges = Q(pk=None)
    if start:
        found = found.filter(begins__gte=inner)
        edges |= Q(at__gte=start, at__lt=inner)
    if end:
        found = found.filter(begins__lt=outer)
        edges |= Q(at__gte=outer, at__lte=end)
    return _sum(found) + events.filter(edges).count()


def _sum(found) -> int:
    return found.aggregate(n=Sum("events"))["n"] or 0


def bins(
    sources: Iterable[int], seconds: int, start: datetime | None, end: datetime | None
) -> dict[int, list[tuple[datetime, int]]]:
    """Counts per source and bin of `seconds`, which must be a whole number of minutes."""
    level = max(level for level in Density.Level if seconds % level == 0)
    found = Density.objects.filter(source__in=sources, level=level, events__gt=0)
    if start:
        found = found.filter(begins__gte=floor(start, level))
    if end:
        found = found.filter(begins__lte=end)
    counted: dict[int, Counter[datetime]] = {}
    for source, begins, events in found.order_by("begins").values_list("source", "begins", "events"):
        counted.setdefault(source, Counter())[floor(begins, seconds)] += events
    return {source: sorted(counts.items()) for source, counts in counted.items()}


def facets(sources: Iterable[Source]) -> dict[str, list[tuple[str, int]]]:
    """The most frequent actors and kinds of some sources together."""
    found = {}
    for name in ("actors", "kinds"):
        counts: Counter[str] = Counter()
        for source in sources:
            counts.update(dict(source.tally.get(name, ())))
        found[name] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST]
    return found


def silences(
    incident: Incident, begin: datetime, end: datetime, least: timedelta
) -> list[tuple[datetime, datetime]]:
    """Stretches of `least` and more between `begin` and `end` in which no person left any evidence, to the event.

    Nothing where there is no evidence of people at all: then nothing is missing from it, it is missing.
    """
    peopled = Density.objects.filter(
        source__incident=incident, level=MINUTE, people__gt=0, begins__gte=floor(begin, 60), begins__lte=end
    )
    minutes = list(peopled.order_by("begins").values_list("begins", flat=True).distinct())
    if not minutes:
        return []
    step = timedelta(minutes=1)
    apart = [(one, two) for one, two in pairwise(minutes) if two + step - one >= least]
    near = {minutes[0], minutes[-1], *(minute for pair in apart for minute in pair)}
    first, last = _edges(incident, near)
    stretches = [
        (begin, first[minutes[0]]),
        *((last[one], first[two]) for one, two in apart),
        (last[minutes[-1]], end),
    ]
    return [(one, two) for one, two in stretches if two - one >= least]


def _edges(incident: Incident, minutes: set[datetime]) -> tuple[dict, dict]:
    """The first and the last event of a person in each of these minutes."""
    with connection.cursor() as cursor:
        cursor.execute(_EDGES, {"incident": incident.pk, "minutes": sorted(minutes)})
        rows = cursor.fetchall()
    return {minute: first for minute, first, _ in rows}, {minute: last for minute, _, last in rows}


_EDGES = f"""
    select minute, coalesce(first, minute), coalesce(last, minute) from unnest(%(minutes)s::timestamptz[]) as minute, lateral (
        select min(at) as first, max(at) as last from timelines_event
        where incident_id = %(incident)s and at >= minute and at < minute + interval '1 minute'
            and actor_kind = 'person' and {_SHOWN}
    ) found
"""  # noqa: S608 the names are constants of this module
