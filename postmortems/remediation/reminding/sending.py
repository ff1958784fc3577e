"""From waiting reminders to one letter or one message a day for each reader.

1. A reader is written to at a decent hour of theirs (calendars.decent), not before the hour they chose, and once a
   day or once a week.
2. What is no longer true by then is passed over, and of several rules about one item the one that says most goes out.
3. Rows, letter and message are written in one transaction: a worker that dies in it has sent nothing, and the next
   one finds the same rows waiting.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.calendars.decent import Reader, is_decent
from postmortems.notices.models import ChatMessage, Letter
from postmortems.remediation.models import Hearing, Item, Reminder, TeamChannel
from postmortems.remediation.reminding import letters, rules
from postmortems.remediation.reminding.planning import promise_of

State = Reminder.State
log = logging.getLogger(__name__)


def send_due(*, now: datetime) -> None:
    """Write to everybody for whom something waits and whose hour has come."""
    waiting = Reminder.objects.filter(state=State.WAITING)
    people = (
        waiting.filter(person__isnull=False).order_by("person").values_list("person", flat=True).distinct()
    )
    places = (
        waiting.filter(channel__isnull=False).order_by("channel").values_list("channel", flat=True).distinct()
    )
    for send, numbers in ((send_to_person, people), (send_to_channel, places)):
        for pk in list(numbers):
            try:
                send(pk, now=now)
            except (
                Exception
            ):  # what is wrong with one reader's keeps nothing from the others; it waits, and is seen
                log.exception("Reminders could not be written; they wait for the next time.")


def send_to_person(user_id: int, *, now: datetime) -> Letter | None:
    person = User.objects.select_related("hearing").get(pk=user_id)
    hearing = getattr(person, "hearing", None) or Hearing(user=person)
    if person.is_active and hearing.how != Hearing.How.NEVER and not _is_time(person, hearing, now):
        return None
    with transaction.atomic():
        rows = _taken(person=user_id)
        if not person.is_active:
            return _pass_over(rows)
        true = _true([row for row in rows if _wanted(row, hearing)])
        visible = set(Item.objects.visible_to(person).filter(pk__in=[r.item_id for r in true]).values_list("pk", flat=True))  # fmt: skip
        true = [row for row in true if row.item_id in visible]
        _pass_over([row for row in rows if row not in true])
        if not true:
            return None
        letter = letters.digest(person, true, now=now)
        _sent(true, now, letter=letter)
        return letter


def send_to_channel(channel_id: int, *, now: datetime) -> ChatMessage | None:
    place = TeamChannel.objects.select_related("channel", "team").get(pk=channel_id)
    reader = Reader(zone=place.zone)
    midnight = datetime.combine(now.astimezone(reader.tz).date(), time(), reader.tz)
    if not is_decent(now, reader) or _since(midnight, channel=place):
        return None
    with transaction.atomic():
        rows = _taken(channel=channel_id)
        true = [row for row in _true(rows) if row.item.team_id == place.team_id]
        _pass_over([row for row in rows if row not in true])
        if not true:
            return None
        message = letters.chat_digest(place, true, now=now)
        _sent(true, now, message=message)
        return message


# --- when --------------------------------------------------------------------------------------------


def _is_time(person: User, hearing: Hearing, now: datetime) -> bool:
    reader = person.reader
    local = now.astimezone(reader.tz)
    if local.hour < hearing.hour or not is_decent(now, reader):
        return False
    first = local.date()
    if hearing.how == Hearing.How.WEEKLY:
        first -= timedelta(days=first.weekday())
    return not _since(_midnight(first, reader.tz), person=person)


def _midnight(day, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _since(at: datetime, **reader) -> bool:
    return Reminder.objects.filter(state=State.SENT, sent_at__gte=at, **reader).exists()


# --- which -------------------------------------------------------------------------------------------


def _taken(**reader) -> list[Reminder]:
    """What waits for one reader, held with its items until the transaction ends.

    What somebody else holds is left for the next time: another worker's rows, and an item that is changing right
    now. Who changes an item afterwards finds the letter written and takes it back (recalling).
    """
    return list(
        Reminder.objects.select_for_update(of=("self", "item"), skip_locked=True)
        .filter(state=State.WAITING, **reader)
        .select_related("item__incident", "item__owner", "item__team")
        .order_by("due_on", "item", "pk")
    )


def _wanted(row: Reminder, hearing: Hearing) -> bool:
    if hearing.how == Hearing.How.NEVER:
        return False
    off = {"before": not hearing.ahead, "team": not hearing.of_teams, "leadership": hearing.of_all is False}
    return not off.get(row.rule, False)


def _true(rows: Iterable[Reminder]) -> list[Reminder]:
    """Those that still hold; of one item, the one that says most."""
    of_item: dict[int, list[Reminder]] = defaultdict(list)
    for row in rows:
        if rules.still_holds(row.rule, row.due_on, promise_of(row.item)):
            of_item[row.item_id].append(row)
    return [max(standing, key=lambda row: rules.ORDER[row.rule]) for standing in of_item.values()]


def _pass_over(rows: Sequence[Reminder]) -> None:
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.PASSED)


def _sent(rows: Sequence[Reminder], now: datetime, **by_what) -> None:
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.SENT, sent_at=now, **by_what)
