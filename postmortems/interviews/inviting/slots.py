"""Times at which a conversation could be instead, by the planner's own rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from postmortems.interviews.models import Interview
from postmortems.interviews.scheduling import schedule

MINUTES = schedule.MINUTES
SHOWN = 40  # on a telephone, more than that is no choice but a burden
NOTICE = timedelta(hours=2)  # for the other one, who has to learn of it


def fitting(interview: Interview, *, now: datetime) -> list[datetime]:
    """Every start that fits both: inside their hours, no holiday, nothing else then, rested, within the window.

    The time it has now is among them if it fits. None while the incident is not resolved, for then there is no window.
    """
    house = schedule.house(interview.incident, now=now + NOTICE, hosts=[interview.interviewer])
    if house is None:
        return []
    bounds, _ = house.bounds(interview)
    if not bounds.starts:
        return []
    return bounds.fitting(
        schedule.key_of(interview.participant), schedule.key_of_user(interview.interviewer_id)
    )


def offered(
    starts: list[datetime],
    *,
    zone: tzinfo = UTC,
    at_most: int = SHOWN,
    apart: timedelta = timedelta(minutes=30),
) -> list[datetime]:
    """A choice of them to show: half an hour apart, and of no day more than its share when there are too many."""
    thinned: list[datetime] = []
    for start in starts:
        if not thinned or start - thinned[-1] >= apart:
            thinned.append(start)
    days: dict[date, list[datetime]] = {}
    for start in thinned:
        days.setdefault(start.astimezone(zone).date(), []).append(start)
    share = max(map(len, days.values()), default=0)
    while share > 1 and sum(min(len(day), share) for day in days.values()) > at_most:
        share -= 1
    chosen = [start for day in days.values() for start in _spread(day, share)]
    return sorted(chosen)[:at_most]


def _spread(starts: list[datetime], count: int) -> list[datetime]:
    """So many of them, from the first to the last, as evenly as their number allows."""
    if len(starts) <= count:
        return starts
    if count == 1:
        return starts[:1]
    return [starts[round(number * (len(starts) - 1) / (count - 1))] for number in range(count)]
