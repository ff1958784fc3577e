"""What is counted ahead, so that a line of a million events opens like one of a thousand.

Per source: how many shown events lie in each minute, five minutes, hour and day (`Density`), and which actors and kinds
are most frequent (`Source.tally`). Whoever changes events of a source says so in the same transaction:
storing sets `Source.counted` to false, and so does `stale`; who reads counts anew what is not counted, or
a worker did before. Everything here can be made anew from the events at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, Sum

from postmortems.incidents.models import Incident
from postmortems.web.kept import kept
from timelines.formats.base import EARLIEST, LATEST
from timelines.models import Alias, Density, Event, Import, Person, Source

MINUTE, FIVE, HOUR, DAY = Density.Level
COARSER = ((MINUTE, FIVE), (FIVE, HOUR), (HOUR, DAY))
MOST = 30  # actors, and kinds
MINUTES_AT_MOST = timedelta(days=7)  # of a stretch that is counted by minutes; longer ones by hours

_SHOWN = "not hidden and not deleted and (pinned or not noise)"
# A name that somebody said to be a bot's, or a system's, is no person's, whatever its source took it for.
_PERSON = """
    actor_kind = 'person' and not (
        case when actor_id <> '' then actor_id = any(%(bot_ids)s) else actor = any(%(bot_names)s) end
    )
"""
_MINUTES = f"""
    insert into timelines_density (source_id, level, begins, events, people)
    select source_id, 60, date_bin('1 minute', at, 'epoch'), count(*), count(*) filter (where {_PERSON})
    from timelines_event where source_id = %(source)s and {_SHOWN} group by 1, 3
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
    ), counted = true, count_stamp = gen_random_uuid() where id = %(source)s
"""


def recount(source: Source) -> None:
    """Count a source anew, after an import or a change of its clock. One at a time for each source."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select from timelines_source where id = %s for update", [source.pk])
        Density.objects.filter(source=source).delete()
        cursor.execute(_MINUTES, {"source": source.pk} | _bots(source.format))
        for of, to in COARSER:
            size = timedelta(seconds=to)
            cursor.execute(_COARSER, {"source": source.pk, "of": int(of), "to": int(to), "size": size})
        cursor.execute(_TALLY, {"source": source.pk, "most": MOST})


def _bots(format: str) -> dict[str, list[str]]:
    """The ids and the names of this format behind which nobody is; one of its own goes before one for every format."""
    rows = Alias.objects.filter(format__in=(format, "")).order_by("format")
    known = {
        (actor_id, "" if actor_id else actor): kind
        for actor_id, actor, kind in rows.values_list("actor_id", "actor", "person__kind")
    }
    bots = [key for key, kind in known.items() if kind != Person.Kind.PERSON]
    return {"bot_ids": [one for one, _ in bots if one], "bot_names": [name for _, name in bots if name]}


def stale_of(*formats: str) -> None:
    """Say that who is a person changed in sources of these formats; "" is every format."""
    found = Source.objects.filter(counted=True)
    (found if "" in formats else found.filter(format__in=formats)).update(counted=False)


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
    people = by if _is_person(event) else 0
    rows = [
        (event.source_id, int(level), floor(event.at, level), max(by, 0), max(people, 0), by, people)
        for level in Density.Level
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_MOVE, rows)
        cursor.execute(
            "update timelines_source set count_stamp = gen_random_uuid() where id = %s", [event.source_id]
        )


def _is_person(event: Event) -> bool:
    if event.actor_kind != "person":
        return False
    bots = _bots(event.source.format)
    return event.actor_id not in bots["bot_ids"] if event.actor_id else event.actor not in bots["bot_names"]


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


@dataclass(frozen=True)
class Has:
    """Which of the rarer things an incident has at all: asked in one query, so that six need not be asked in vain."""

    groups: bool
    phases: bool
    hypotheses: bool
    interventions: bool
    indicators: bool
    views: bool


def has(incident: Incident) -> Has:
    with connection.cursor() as cursor:
        cursor.execute(_HAS, {"incident": incident.pk})
        return Has(*cursor.fetchone())


_HAS = """
    select
        exists (select from timelines_group where incident_id = %(incident)s),
        exists (select from timelines_event where incident_id = %(incident)s and phase <> '')
            or exists (select from timelines_event where incident_id = %(incident)s and ends_phase <> ''),
        exists (select from timelines_hypothesis where incident_id = %(incident)s),
        exists (select from timelines_intervention where incident_id = %(incident)s),
        exists (select from timelines_indicator where incident_id = %(incident)s and shown),
        exists (select from timelines_savedview where incident_id = %(incident)s)
"""


def whole(incident: Incident) -> tuple[int, datetime | None, datetime | None]:
    """How many events are shown in all, the first instant and the last one: steps along indexes, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, {"incident": incident.pk})
        count, first, last, until = cursor.fetchone()
    return count, first, max(filter(None, (last, until)), default=None)


_WHOLE = f"""
    select
        (select coalesce(sum(events), 0) from timelines_density
            where level = {DAY} and source_id in (select id from timelines_source where incident_id = %(incident)s)),
        (select at from timelines_event where incident_id = %(incident)s and {_SHOWN} order by at limit 1),
        (select at from timelines_event where incident_id = %(incident)s and {_SHOWN} order by at desc limit 1),
        (select until from timelines_event where incident_id = %(incident)s and {_SHOWN} and until is not null
            order by until desc limit 1)
"""  # noqa: S608 the names are constants of this module


def ends(incident: Incident) -> tuple[datetime | None, datetime | None]:
    """The first instant and the last one of all evidence, also of what is hidden."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, {"incident": incident.pk})
        first, last, until = cursor.fetchone()
    return first, max(filter(None, (last, until)), default=None)


_ENDS = """
    select min(at), max(at),
        (select until from timelines_event where incident_id = %(incident)s and until is not null order by until desc limit 1)
    from timelines_event where incident_id = %(incident)s
"""


def count(incident: Incident, sources: Iterable[Source], start: datetime | None, end: datetime | None) -> int:
    """Shown events of some sources from `start` to `end`, both included: bins inside, events at the two edges."""
    long = start is None or end is None or end - start > MINUTES_AT_MOST
    level = HOUR if long else MINUTE
    inner, outer = start and floor(start + timedelta(seconds=level), level), end and floor(end, level)
    events = incident.events.shown().filter(source__in=sources)
    if inner and outer and inner >= outer:
        return events.filter(at__range=(start, end)).count()
    found = Density.objects.filter(source__in=sources, level=level)
    edges = Q(pk=None)
    if start:
        found = found.filter(begins__gte=inner)
        edges |= Q(at__gte=start, at__lt=inner)
    if end:
        found = found.filter(begins__lt=outer)
        edges |= Q(at__gte=outer, at__lte=end)
    return (found.aggregate(n=Sum("events"))["n"] or 0) + events.filter(edges).count()


Bins = dict[int, list[tuple[datetime, int]]]  # of each source: when a bin begins, and how many lie in it


def bins(sources: list[Source], seconds: int, start: datetime | None, end: datetime | None) -> Bins:
    """Counts per source and bin of `seconds`, which must be a whole number of minutes."""
    level = max(level for level in Density.Level if seconds % level == 0)
    begin = floor(start, level) if start else EARLIEST
    size, end = timedelta(seconds=seconds), end or LATEST
    return kept(
        "bins",
        (_stamps(sources), size, begin, end),
        lambda: _bins([source.pk for source in sources], level, size, begin, end),
    )


def _stamps(sources: list[Source]) -> list[bytes]:
    return [source.count_stamp.bytes for source in sources]


def _bins(sources: list[int], level: int, size: timedelta, start: datetime, end: datetime) -> Bins:
    found: Bins = {}
    asked = {"sources": sources, "level": int(level), "size": size, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_BINS, asked)
        for source, begins, events in cursor.fetchall():
            found.setdefault(source, []).append((begins, int(events)))
    return found


_BINS = """
    select source_id, date_bin(%(size)s, begins, 'epoch') as bin, sum(events) from timelines_density
    where source_id = any(%(sources)s) and level = %(level)s and events > 0 and begins >= %(start)s and begins <= %(end)s
    group by 1, 2 order by 1, 2
"""


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
    sources: list[Source], begin: datetime, end: datetime, least: timedelta
) -> list[tuple[datetime, datetime]]:
    """Stretches of `least` and more between `begin` and `end` in which no person left any evidence, to the event.

    Nothing where there is no evidence of people at all: then nothing is missing from it, it is missing.
    """
    about = _stamps(sources), begin, end, least
    return kept("silences", about, lambda: _silences([source.pk for source in sources], begin, end, least))


def _silences(
    sources: list[int], begin: datetime, end: datetime, least: timedelta
) -> list[tuple[datetime, datetime]]:
    asked = {"sources": sources, "begin": floor(begin, FIVE), "end": end, "least": least}
    with connection.cursor() as cursor:
        cursor.execute(_SILENT, asked)
        pairs = cursor.fetchall()
    if not pairs:
        return []
    first, last = _edges(sources, {bin for pair in pairs for bin in pair if bin})
    stretches = [(last[one] if one else begin, first[two] if two else end) for one, two in pairs]
    return [(one, two) for one, two in stretches if two - one >= least]


# Stretches of five minutes with people in them that may lie too far apart; before the first and after the last one stands null.
_SILENT = """
    with bins as (
        select distinct begins from timelines_density
        where source_id = any(%(sources)s) and level = 300 and people > 0 and begins >= %(begin)s and begins <= %(end)s
    ), pairs as (
        select begins as one, lead(begins) over (order by begins) as two from bins
        union all select null, min(begins) from bins having count(*) > 0
    )
    select one, two from pairs
    where two is null or one is null or two + interval '5 minutes' - one >= %(least)s
    order by one nulls first
"""


def _edges(sources: list[int], bins: set[datetime]) -> tuple[dict, dict]:
    """The first and the last event of a person in each of these stretches of five minutes."""
    with connection.cursor() as cursor:
        cursor.execute(_EDGES, {"sources": sources, "begins": sorted(bins)})
        rows = cursor.fetchall()
    return {bin: first for bin, first, _ in rows}, {bin: last for bin, _, last in rows}


_EDGES = f"""
    select begins, coalesce(first, begins), coalesce(last, begins) from unnest(%(begins)s::timestamptz[]) as begins, lateral (
        select min(at) as first, max(at) as last from timelines_event e
        where incident_id in (select incident_id from timelines_source where id = any(%(sources)s))
            and source_id = any(%(sources)s) and at >= begins and at < begins + interval '5 minutes'
            and actor_kind = 'person' and {_SHOWN} and not exists (
                select from timelines_alias a
                join timelines_person p on p.id = a.person_id and p.kind <> 'person'
                join timelines_source s on s.id = e.source_id and a.format in ('', s.format)
                where a.actor_id = e.actor_id and (a.actor_id <> '' or a.actor = e.actor)
            )
    ) found
"""  # noqa: S608 the names are constants of this module
