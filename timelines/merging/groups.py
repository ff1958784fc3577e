"""Moments that several sources saw: how a group stands on the line, and what may be one. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When

from postmortems.incidents.models import Incident
from timelines.merging import comparing
from timelines.merging.traces import EXACT
from timelines.models import Comparison, Event, EventQuerySet, Group, NotTheSame

ROUGH = (
    "minute",
    "hour",
    "day",
)  # after all that know the second: what a source writes beyond it is often a counter
SHOWN = 200  # refusals that a page lists


def folded(events: EventQuerySet) -> EventQuerySet:
    """Without the events that stand under another one of their group. Of the line as a whole: under a filter by
    source, person, kind or words every source's own event is wanted, so leave it away there.

    The leading event of a group is the pinned one, else one that knows the second, else the earliest, of those that
    are shown. It is asked for the few events that have a group alone; an event without one costs a look at its column.
    """
    leading = in_group(Event.objects.shown().filter(group=OuterRef("group"))).values("pk")[:1]
    return events.filter(Q(group=None) | Q(pk=Subquery(leading)))


def in_group(events: EventQuerySet) -> EventQuerySet:
    """The events of one group, the leading one first."""
    rough = (When(precision=name, then=Value(place)) for place, name in enumerate(ROUGH, 1))
    rank = Case(*rough, default=Value(0))
    return events.order_by(F("pinned").desc(), rank, "at", "id")


def followers_of(events: Iterable[Event]) -> dict[int, list[Event]]:
    """By the number of the group, its shown events beyond these, with their sources; one query, or none."""
    events = list(events)
    groups = {event.group_id for event in events} - {None}
    if not groups:
        return {}
    found: dict[int, list[Event]] = {}
    others = Event.objects.shown().filter(group__in=groups).exclude(pk__in=[event.pk for event in events])
    for event in others.select_related("source").defer("extra").in_order():
        found.setdefault(event.group_id, []).append(event)
    return found


# --- what may be one -------------------------------------------------------------------------------


@dataclass
class Proposed:
    """Events that may be one moment; those of `group` were said to be one before."""

    events: list[Event]
    why: list[str]
    weight: int
    group: int | None

    @property
    def ids(self) -> str:
        return "-".join(str(event.pk) for event in self.events)

    @property
    def certain(self) -> bool:
        return self.weight >= EXACT


def proposed(comparison: Comparison, incident: Incident) -> list[dict]:
    """What a comparison found and nobody answered yet."""
    refused = comparing.refused(incident)
    ids = {event for one in comparison.same for event in one["events"]}
    groups = dict(incident.events.filter(pk__in=ids, hidden=False, deleted=False).values_list("pk", "group"))
    return [open for one in comparison.same if (open := _open(one, groups, refused))]


def _open(one: dict, groups: dict[int, int | None], refused: set[frozenset[int]]) -> dict | None:
    events = [event for event in one["events"] if event in groups]
    held = {groups[event] for event in events}
    together = held - {None}
    if len(events) < 2 or len(together) > 1 or held == together:
        return None
    if any(pair <= set(events) for pair in refused):
        return None
    return {"events": events, "why": one["why"], "weight": one["weight"], "group": next(iter(together), None)}


def with_events(found: list[dict], incident: Incident) -> list[Proposed]:
    """The same with its events, for a page; one query."""
    ids = [event for one in found for event in one["events"]]
    events = incident.events.select_related("source").defer("extra").in_bulk(ids)
    return [
        Proposed(
            [events[pk] for pk in one["events"] if pk in events], one["why"], one["weight"], one["group"]
        )
        for one in found
    ]


def made(incident: Incident):
    """The groups that people made, newest first."""
    return Group.objects.filter(incident=incident).select_related("by").order_by("-made_at", "-pk")


def give_events(groups: list[Group]) -> list[Group]:
    """Each group with its events, the leading one first; one query."""
    by_group: dict[int, list[Event]] = {}
    for event in in_group(Event.objects.filter(group__in=groups)).select_related("source").defer("extra"):
        by_group.setdefault(event.group_id, []).append(event)
    for group in groups:
        group.members = by_group.get(group.pk, [])
        group.sources = dict.fromkeys(event.source for event in group.members)
    return groups


def said_apart(incident: Incident) -> list[list[Event]]:
    """Events that somebody said to be several moments, as they were asked about together."""
    pairs = (
        NotTheSame.objects.filter(incident=incident, group=None)
        .order_by("-pk")
        .values_list("one", "other")[: SHOWN * 10]
    )
    together: dict[int, set[int]] = {}
    for one, other in pairs:
        joined = together.get(one, {one}) | together.get(other, {other})
        for event in joined:
            together[event] = joined
    sets = {frozenset(joined) for joined in together.values()}
    events = incident.events.select_related("source").defer("extra").in_bulk(list(together))
    found = [sorted((events[pk] for pk in ids if pk in events), key=lambda e: (e.at, e.pk)) for ids in sets]
    return sorted((one for one in found if len(one) > 1), key=lambda one: (one[0].at, one[0].pk))[:SHOWN]
