"""Laying the sources of an incident side by side, and keeping what was found in `Comparison`.

The names are those of all evidence. Clocks and moments seen twice are looked for around the incident, in at most
`LOOKED_AT` events of a source and `IN_ALL` of all; a source that has more is named. A small incident is compared when its page is opened,
a large one by a worker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import combinations

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.functions import Left
from django.utils import timezone

from postmortems.incidents.models import Incident
from postmortems.web.later import queue_after_commit
from timelines import tally
from timelines.merging import clocks, same, traces
from timelines.merging.clocks import Offset, Traced, Verdict
from timelines.models import Comparison, NotTheSame, Source

RULES = 2  # counted up when the rules change, so that everything is compared anew
AROUND = timedelta(hours=1)
LOOKED_AT, IN_ALL = 20_000, 60_000  # events of one source, and of all of them, so that a worker stays small
AT_ONCE = 5_000  # events of an incident
NAMES, PROPOSALS, PAIRS = 500, 500, 12  # that are kept
LOCK = 0x5EC0  # beside the incident's number, so that one is compared once at a time


def current(incident: Incident) -> tuple[Comparison, bool]:
    """What was found, and whether it is of the evidence as it is now; if not, a worker is asked to look again."""
    kept = Comparison.objects.filter(incident=incident).first()
    basis, events = _basis(incident)
    if kept is not None and kept.basis == basis:
        return kept, True
    if events <= AT_ONCE:
        made = compare(incident)
        return made or kept or Comparison(incident=incident), made is not None
    ask(incident, basis)
    return kept or Comparison(incident=incident), False


def anew(incident: Incident) -> tuple[Comparison, bool]:
    """What is found when everything that was answered is left aside, though the evidence is the same."""
    Comparison.objects.filter(incident=incident).update(basis="")
    return current(incident)


def ask(incident: Incident, basis: str) -> None:
    """Once a minute at most for the same evidence, however often a page asks."""
    from timelines.tasks import compare_sources

    if cache.add(f"comparing/{incident.pk}/{basis}", True, 60):
        queue_after_commit(compare_sources, incident.pk)


def compare(incident: Incident) -> Comparison | None:
    """Compare what is not compared yet; nothing when another process is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK, incident.pk])
        if not cursor.fetchone()[0]:
            return None
        basis, _ = _basis(incident)
        kept = Comparison.objects.filter(incident=incident, basis=basis).first()
        return kept or _look(incident, basis)


def _look(incident: Incident, basis: str) -> Comparison:
    sources = {source.pk: source for source in incident.sources.all()}
    begin, end = around(incident)
    moments, cut = _moments(incident, sources, begin, end)
    names, further = _names(incident)
    shown = set(_shown(incident, moments, begin, end))
    found = same.propose(
        (moment for told in moments.values() for moment in told if moment.id in shown),
        refused=refused(incident),
        held=dict(incident.events.exclude(group=None).values_list("pk", "group")),
    )
    return Comparison.objects.update_or_create(
        incident=incident,
        defaults={
            "basis": basis,
            "names": names,
            "further_names": further,
            "clocks": _clocks(moments, sources),
            "same": [{"events": one.events, "why": one.why, "weight": one.weight} for one in found[:PROPOSALS]],
            "further_same": max(len(found) - PROPOSALS, 0),
            "cut": cut,
            "begin": begin,
            "end": end,
            "made_at": timezone.now(),
        },
    )[0]  # fmt: skip


def _basis(incident: Incident) -> tuple[str, int]:
    """What the comparison depends on, as a digest, and how many events there are: what is counted ahead tells both."""
    sources = [(one.pk, one.count_stamp, one.clock_offset, one.zone) for one in tally.counted(incident)]
    count, _, _ = tally.whole(incident)
    return hashlib.sha256(repr((RULES, sources, around(incident))).encode()).hexdigest(), count


def around(incident: Incident) -> tuple[datetime | None, datetime | None]:
    """From an hour before the incident to an hour after it; open where nobody knows."""
    times = [at for at in incident.times.values() if at]
    begin = min(times) - AROUND if times else None
    return begin, incident.resolved_at + AROUND if incident.resolved_at else None


def refused(incident: Incident) -> set[frozenset[int]]:
    return {
        frozenset(pair) for pair in NotTheSame.objects.filter(incident=incident).values_list("one", "other")
    }


# --- events, as far as they can be compared --------------------------------------------------------


def _moments(
    incident: Incident, sources: dict[int, Source], begin: datetime | None, end: datetime | None
) -> tuple[dict[int, list[traces.Moment]], list[str]]:
    """Of every source, from as far around the incident as clocks can be apart; nearer where that is too much."""
    far = timedelta(seconds=clocks.FARTHEST)
    wide = begin and begin - far, end and end + far
    found: dict[int, list[traces.Moment]] = {}
    cut = []
    most = min(LOOKED_AT, IN_ALL // max(len(sources), 1))
    for source in sources.values():
        if source.format in clocks.REMEMBERED:
            continue
        rows = _rows(incident, source, *wide, most)
        if len(rows) > most and begin:
            rows = _rows(incident, source, begin, end, most)
        if len(rows) > most:
            cut.append(source.name)
        found[source.pk] = [_moment(source, row) for row in rows[:most]]
    return found, cut


_COLUMNS = ("pk", "at", "precision", "external_id", "kind", "actor_kind", "said", "link", "extra")


def _rows(
    incident: Incident, source: Source, begin: datetime | None, end: datetime | None, most: int
) -> list[tuple]:
    events = within(incident.events.filter(source=source, noise=False, deleted=False), begin, end)
    return list(events.in_order().annotate(said=Left("text", traces.READ)).values_list(*_COLUMNS)[: most + 1])


def within(events, begin: datetime | None, end: datetime | None):
    if begin:
        events = events.filter(at__gte=begin)
    return events.filter(at__lte=end) if end else events


def _moment(source: Source, row: tuple) -> traces.Moment:
    told = dict(zip(_COLUMNS, row, strict=True))
    return traces.read(
        id=told.pop("pk"), source=source.pk, format=source.format, at=told.pop("at").timestamp(), text=told.pop("said"), **told
    )  # fmt: skip


def _shown(
    incident: Incident, moments: dict[int, list], begin: datetime | None, end: datetime | None
) -> Iterable[int]:
    """Of the events at hand those around the incident that nobody hid."""
    low = begin.timestamp() if begin else float("-inf")
    high = end.timestamp() if end else float("inf")
    hidden = set(
        within(incident.events.filter(hidden=True), begin, end).values_list("pk", flat=True)[:LOOKED_AT]
    )
    for told in moments.values():
        yield from (moment.id for moment in told if low <= moment.at <= high and moment.id not in hidden)


# --- clocks ----------------------------------------------------------------------------------------


def _clocks(moments: dict[int, list[traces.Moment]], sources: dict[int, Source]) -> list[dict]:
    """What every two sources tell about one another's clock, disagreements first."""
    traced = {pk: Traced.of(told) for pk, told in moments.items()}
    found = [
        (*pair, offset)
        for pair in _couples(sources, traced)
        if (offset := clocks.offset(*(traced[pk] for pk in pair)))
    ]
    said = [
        (one, other, *clocks.verdict(offset, hears=_hears(sources, one, other)))
        for one, other, offset in found
    ]
    trusted = {pk: clocks.trust(source.format) for pk, source in sources.items()}
    off = clocks.astray(((one, other, verdict) for one, other, verdict, _ in said), trusted)
    kept = [
        _relation(
            offset,
            one,
            other,
            verdict,
            shift,
            other if verdict is Verdict.DELAY else off.get((one, other), other),
        )
        for (_, _, offset), (one, other, verdict, shift) in zip(found, said, strict=True)
    ]
    return sorted(
        kept, key=lambda told: (told["verdict"] == Verdict.AGREE, -told["count"], told["one"], told["other"])
    )


def _couples(sources: dict[int, Source], traced: dict) -> Iterable[tuple[int, int]]:
    """Every two sources once: first who says it, then who hears of it; first the better clock, then the other."""

    def order(pk: int) -> tuple:
        format = sources[pk].format
        return format in clocks.HEARING, -clocks.trust(format), pk

    return combinations(sorted(traced, key=order), 2)


def _hears(sources: dict[int, Source], one: int, other: int) -> bool:
    return sources[other].format in clocks.HEARING and sources[one].format not in clocks.HEARING


def _relation(offset: Offset, one: int, other: int, verdict: Verdict, shift: float, off: int) -> dict:
    def told(pairs) -> list[dict]:
        return [
            {"one": p.one, "other": p.other, "trace": p.trace[:120], "apart": round(p.apart, 6)}
            for p in pairs[:PAIRS]
        ]

    return {
        "one": one, "other": other, "off": off, "verdict": str(verdict), "apart": round(offset.apart, 6), "spread": round(offset.spread, 6),
        "shift": shift, "count": len(offset.pairs), "pairs": told(offset.pairs), "outliers": told(offset.outliers),
    }  # fmt: skip


# --- names -----------------------------------------------------------------------------------------


def _names(incident: Incident) -> tuple[list[dict], int]:
    """Every name of the evidence by its format and id: people before machines, frequent ones first; and how many more."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"incident": incident.pk, "most": NAMES * 4})
        rows = cursor.fetchall()
    found: dict[tuple[str, str, str], dict] = {}
    for format, actor_id, actor, kind, count, example, _ in rows:
        name = found.setdefault(
            (format, actor_id, "" if actor_id else actor),
            {
                "format": format,
                "actor_id": actor_id,
                "actors": [],
                "kind": kind,
                "count": 0,
                "example": example,
            },
        )
        name["count"] += count
        if actor and actor not in name["actors"]:
            name["actors"].append(actor)
    beyond = rows[0][-1] - len(rows) if rows else 0
    return list(found.values())[:NAMES], beyond + max(len(found) - NAMES, 0)


_NAMED = """
    select s.format, e.actor_id, e.actor, e.actor_kind, count(*) as n, coalesce(min(e.id) filter (where not e.noise), min(e.id)),
        count(*) over ()
    from timelines_event e join timelines_source s on s.id = e.source_id
    where e.incident_id = %(incident)s and not e.deleted and (e.actor <> '' or e.actor_id <> '')
    group by 1, 2, 3, 4
    order by e.actor_kind = 'person' desc, e.actor_kind = '' desc, n desc, 1, 2, 3
    limit %(most)s
"""
