"""When a meeting could be: times at which people work and are not busy already. Pure: `since` says from when on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.calendars.hours import Hours, Stretch, joined, parse_hours, working_intervals

QUARTER = timedelta(minutes=15)
MOST = 6  # times that are proposed
A_DAY = 2  # of them on one day


@dataclass(frozen=True)
class Person:
    """Somebody who should be there. A meeting without somebody `needed` is none: who leads it, who takes notes."""

    name: str
    zone: ZoneInfo
    hours: Hours
    holidays: Container[date] = frozenset()
    busy: Sequence[Stretch] = ()
    needed: bool = False


@dataclass(frozen=True)
class Slot:
    """A time, and the names of those who are away or busy then."""

    start: datetime
    end: datetime
    without: tuple[str, ...] = field(default=())


def slots(
    people: Sequence[Person], *, minutes: int, since: datetime, until: datetime, zone: ZoneInfo
) -> list[Slot]:
    """Up to six times that begin between the two instants, on a quarter of an hour of the clock in `zone`.

    1. Whoever is needed is free; everybody counts the same otherwise.
    2. Fewest are missing first, then the earliest.
    3. At most two on one date of `zone`, and none that overlap, so that there is a choice.

    None at which more people are missing than there. In order of time. People's hours must be well-formed.
    """
    length = timedelta(minutes=minutes)
    free = [_Free(person, since, until + length) for person in people]
    found = []
    for start in _quarters(since, until, zone):
        without = [one.person for one in free if not one.holds(start, start + length)]
        if any(person.needed for person in without) or 2 * len(without) > len(people):
            continue
        found.append(Slot(start, start + length, tuple(person.name for person in without)))
    found.sort(key=lambda slot: (len(slot.without), slot.start))
    return sorted(_apart(found, zone), key=lambda slot: slot.start)


class _Free:
    """The stretches in which one person works and is not busy."""

    def __init__(self, person: Person, since: datetime, until: datetime) -> None:
        self.person = person
        busy = joined(person.busy)
        working = working_intervals(parse_hours(person.hours), person.zone, since, until, person.holidays)
        self.stretches = sorted(part for stretch in working for part in _without(stretch, busy))
        self.begins = [begin for begin, _ in self.stretches]

    def holds(self, start: datetime, end: datetime) -> bool:
        # Stretches of one person may overlap where somebody wrote their hours twice; any that holds it will do.
        return any(end <= last for _, last in self.stretches[: bisect_right(self.begins, start)][-4:])


def _without(stretch: Stretch, busy: Iterable[Stretch]) -> Iterable[Stretch]:
    begin, end = stretch
    for first, last in busy:
        if last <= begin or end <= first:
            continue
        if begin < first:
            yield begin, first
        begin = max(begin, last)
    if begin < end:
        yield begin, end


def _quarters(since: datetime, until: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    """Instants at which the clock in `zone` shows a whole quarter; zones with odd offsets have their own."""
    at = since.astimezone(UTC)
    while at <= until:
        local = at.astimezone(zone)
        over = timedelta(minutes=local.minute % 15, seconds=local.second, microseconds=local.microsecond)
        if over:
            at += QUARTER - over
            if at > until:
                return
        yield at
        at += QUARTER


def _apart(slots: Iterable[Slot], zone: ZoneInfo) -> list[Slot]:
    chosen: list[Slot] = []
    for slot in slots:
        day = slot.start.astimezone(zone).date()
        same = [one for one in chosen if one.start.astimezone(zone).date() == day]
        if len(same) < A_DAY and not any(one.start < slot.end and slot.start < one.end for one in chosen):
            chosen.append(slot)
        if len(chosen) == MOST:
            break
    return chosen
