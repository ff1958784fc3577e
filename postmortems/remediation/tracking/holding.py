"""Who works on what, and what a tracker that is away does to it.

A row is held for a few minutes in a transaction of its own, and none is open while a tracker is asked. A worker that
dies leaves the row held until the minutes are over; then the next one takes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from postmortems.remediation.models import Tracked, Tracker
from postmortems.remediation.tracking.asking import Away

LEASE = timedelta(minutes=4)  # longer than the requests of one look may take together
LONGEST_PAUSE = timedelta(minutes=30)
FIRST_PAUSE = timedelta(seconds=30)
NOW_AND_THEN = timedelta(days=1)  # what is deleted or moved away stands in no list of changes
SELDOM = timedelta(days=7)  # the same of an item that is over


def take(pk: int, *, now: datetime) -> Tracked | None:
    """A row that is due, for whoever gets it; None where it is not due, somebody else's, or its tracker rests."""
    ready = Tracker.objects.filter(active=True).filter(Q(paused_until=None) | Q(paused_until__lte=now))
    free = Tracked.objects.filter(Q(held_until=None) | Q(held_until__lte=now), pk=pk, look_at__lte=now)
    if not free.filter(tracker__in=ready).update(held_until=now + LEASE):
        return None
    return Tracked.objects.select_related("tracker", "item__incident").get(pk=pk)


def let_go(tracked: Tracked, *, next_at: datetime | None) -> None:
    """Give the row back. Where somebody asked for a look meanwhile, that stays asked for."""
    mine = Tracked.objects.filter(pk=tracked.pk, held_until=tracked.held_until)
    mine.filter(look_at=tracked.look_at).update(look_at=next_at)
    mine.update(held_until=None)


def pause(tries: int) -> timedelta:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries, 10))


def is_away(tracker: Tracker, away: Away, *, now: datetime) -> None:
    """Nothing is asked of it for a while, longer each time."""
    known = Tracker.objects.get(pk=tracker.pk)
    until = now + (away.wait or pause(known.tries))
    Tracker.objects.filter(pk=tracker.pk).update(
        away_since=known.away_since or now, trouble=str(away)[:300], tries=F("tries") + 1, paused_until=until
    )


def has_answered(tracker: Tracker, *, now: datetime) -> None:
    Tracker.objects.filter(pk=tracker.pk).update(
        answered_at=now, away_since=None, trouble="", tries=0, paused_until=None
    )
