"""The regular look at what changed at a tracker, for what its webhook did not tell.

It asks for what changed since the last time, by the tracker's own clock, a page at a time, and only takes note of
which issues of ours are among it: what became of them is read when each is looked at.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Q

from postmortems.remediation.models import Tracked, Tracker
from postmortems.remediation.tracking import holding, knocking
from postmortems.remediation.tracking.asking import Away, Gone, Trouble
from postmortems.remediation.tracking.looking import project_is_there
from postmortems.remediation.tracking.vendors import Vendor, vendor_of
from postmortems.remediation.tracking.vendors.paging import Changed

EVERY = timedelta(minutes=5)
LEASE = timedelta(minutes=12)
WALK = 600.0  # seconds for thirty pages at most
log = logging.getLogger(__name__)


def due_trackers(*, now: datetime) -> list[int]:
    resting = Q(paused_until__gt=now)
    return list(
        Tracker.objects.filter(active=True, check_at__lte=now).exclude(resting).values_list("pk", flat=True)
    )


def check(pk: int, *, now: datetime) -> int | None:
    """How many issues of ours are to be looked at; None where it is not time, or somebody else does it."""
    free = Tracker.objects.filter(
        Q(held_until=None) | Q(held_until__lte=now), pk=pk, active=True, check_at__lte=now
    )
    free = free.filter(Q(paused_until=None) | Q(paused_until__lte=now))
    if not free.update(held_until=now + LEASE):
        return None
    tracker, found = Tracker.objects.get(pk=pk), 0
    try:
        if tracker.issues.exclude(key="").exists():
            vendor: Any = vendor_of(tracker, now=now)
            vendor.ask = replace(vendor.ask, until=time.monotonic() + WALK)
            found = _walk(tracker, vendor, now)
            holding.has_answered(tracker, now=now)
    except Trouble as trouble:
        away = trouble if isinstance(trouble, Away) else Away(str(trouble))
        holding.is_away(tracker, away, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("What changed at tracker %s could not be read.", pk)
    finally:
        Tracker.objects.filter(pk=pk, held_until=tracker.held_until).update(
            held_until=None, check_at=now + EVERY
        )
    return found


def _walk(tracker: Tracker, vendor: Vendor, now: datetime) -> int:
    """Where it stops half-way it goes on from there the next time: how far it came is kept after each page."""
    since = tracker.seen_until or tracker.made_at
    found = 0
    try:
        for rows, etag in vendor.changed(since, tracker.etag):
            news = _news(tracker, rows)
            found += knocking.changed_there(tracker=tracker, keys=news, now=now) if news else 0
            last = max((at for _, at in rows), default=since)
            # the mark belongs to the question: it is good while the same is asked
            Tracker.objects.filter(pk=tracker.pk).update(
                seen_until=max(last, since), etag=etag if last == since else ""
            )
    except Gone:
        project_is_there(vendor)
        raise
    return found


def _news(tracker: Tracker, rows: Changed) -> list[str]:
    """Those of ours that changed since we saw them, or in the very second in which we did."""
    known = dict(
        Tracked.objects.filter(tracker=tracker, key__in=[key for key, _ in rows]).values_list(
            "key", "seen_at"
        )
    )
    return [key for key, at in rows if key in known and (known[key] is None or at >= known[key])]
