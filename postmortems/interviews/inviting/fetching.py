"""Reading the calendar that somebody named, for when they are busy and for nothing else.

1. The address is sealed in the row and opened here alone; logs, tasks and the audit trail have the number of the row.
2. Read every few hours; after trouble, at growing distances up to a day. Before a plan it is asked for again.
3. Only stretches are kept, from yesterday to as far as conversations are planned. Titles are never stored.
4. Trouble is one sentence for its owner. What was read before stays until something newer is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.calendars.hours import ZoneError, zone_called
from postmortems.calendars.ics import CalendarError, read_busy
from postmortems.incidents.models import Participant
from postmortems.interviews.models import BusyCalendar
from postmortems.web import outward
from postmortems.web.later import queue_after_commit
from postmortems.web.sealed import Unopened, unseal

EVERY = timedelta(hours=4)
STALE = timedelta(minutes=20)  # before a plan
BACK, AHEAD = timedelta(days=1), timedelta(days=60)
MOST_STRETCHES = 2_000
HOLD = timedelta(minutes=5)  # for which a worker has a calendar to itself

Fetch = Callable[[str], bytes]


def read(calendar_id: int, *, now: datetime, fetch: Fetch = outward.fetch) -> None:
    """Read one calendar that is due; nothing when another worker has it or it was read a moment ago."""
    calendar = _claim(calendar_id, now)
    if calendar is None:
        return
    try:
        data = fetch(unseal(calendar.address))
        busy = read_busy(data, now - BACK, now + AHEAD, _zone(calendar)).busy
    except (outward.NotFetched, CalendarError) as trouble:
        _in_trouble(calendar, str(trouble), now)
    except Unopened:
        _in_trouble(calendar, "The address can no longer be read. Please enter it again.", now)
    else:
        kept = [[begin.isoformat(), end.isoformat()] for begin, end in busy[:MOST_STRETCHES]]
        _unchanged(calendar).update(busy=kept, read_at=now, trouble="", next_read_at=now + EVERY)


def _claim(calendar_id: int, now: datetime) -> BusyCalendar | None:
    """The calendar, put off for as long as reading it may take: a second worker then finds it is not due."""
    due = BusyCalendar.objects.filter(pk=calendar_id, next_read_at__lte=now)
    if not due.update(next_read_at=now + HOLD):
        return None
    return BusyCalendar.objects.select_related("user", "participant").filter(pk=calendar_id).first()


def _unchanged(calendar: BusyCalendar):
    """The row, as long as its owner has not named another address while this one was read."""
    return BusyCalendar.objects.filter(pk=calendar.pk, address=bytes(calendar.address))


def _in_trouble(calendar: BusyCalendar, sentence: str, now: datetime) -> None:
    """The longer ago it was read, the longer until the next try: half an hour at first, a day in the end."""
    since = now - calendar.read_at if calendar.read_at else EVERY
    wait = min(timedelta(days=1), max(timedelta(minutes=30), since))
    _unchanged(calendar).update(trouble=sentence[:300], next_read_at=now + wait)


def _zone(calendar: BusyCalendar) -> ZoneInfo:
    """For appointments that have no zone of their own."""
    owner = calendar.user or calendar.participant
    try:
        return zone_called(owner.zone)
    except ZoneError:
        return ZoneInfo("UTC")


def due(*, now: datetime) -> list[int]:
    """The calendars to read now, the longest waiting first."""
    ready = BusyCalendar.objects.filter(next_read_at__lte=now).filter(_is_asked_for())
    return list(ready.order_by("next_read_at").values_list("pk", flat=True)[:50])


def _is_asked_for() -> Q:
    """Of somebody who is still here: a closed account's calendar is nobody's business any more."""
    return Q(user__is_active=True) | Q(participant__isnull=False)


def freshen(
    users: Iterable[User], participants: Iterable[Participant], *, now: datetime, patience: float = 3.0
) -> int:
    """Have the calendars of these people read once more before a plan, those that were not read just now.

    Waits for the workers, `patience` seconds at most, and answers how many are still missing: what those said
    before counts then.
    """
    asked = _ask_again(users, participants, now)
    pending = BusyCalendar.objects.filter(pk__in=asked, next_read_at__lt=now + 2 * HOLD)
    end = time.monotonic() + patience
    while asked and (left := pending.count()):
        if time.monotonic() >= end:
            return left
        time.sleep(0.1)
    return 0


def _ask_again(users: Iterable[User], participants: Iterable[Participant], now: datetime) -> list[int]:
    from postmortems.interviews.inviting.tasks import read_calendar

    people = list(participants)
    accounts = {user.pk for user in users} | {one.user_id for one in people if one.user_id}
    owned = Q(user__in=accounts) | Q(participant__in=[one.pk for one in people if not one.user_id])
    stale = BusyCalendar.objects.filter(owned, Q(read_at=None) | Q(read_at__lt=now - STALE))
    asked = []
    with transaction.atomic():
        for pk in stale.values_list("pk", flat=True):
            if BusyCalendar.objects.filter(pk=pk, next_read_at__gt=now + HOLD).update(next_read_at=now):
                queue_after_commit(read_calendar, pk)
                asked.append(pk)
    return asked
