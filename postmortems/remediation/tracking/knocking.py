"""Saying that an item or its issue may have changed, so that a worker compares the two. Cheap, and twice does no harm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from postmortems.remediation.models import Item, Tracked, Tracker
from postmortems.web.later import queue_after_commit


def changed_here(*, item: Item, now: datetime) -> None:
    """Call it in the transaction that changes an item."""
    _look(Tracked.objects.filter(item=item), now)


def changed_there(*, tracker: Tracker, keys: Iterable[str], now: datetime) -> int:
    """How many of the issues are items here."""
    return _look(Tracked.objects.filter(tracker=tracker, key__in=list(keys)), now)


def _look(found, now: datetime) -> int:
    from postmortems.remediation.tracking.tasks import look

    numbers = list(found.values_list("pk", flat=True))
    if numbers:
        Tracked.objects.filter(pk__in=numbers).update(look_at=now)
        for number in numbers:
            queue_after_commit(look, number)
    return len(numbers)
