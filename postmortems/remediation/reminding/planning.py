"""From the rules to rows that say who is to be reminded. Each item is looked at when its next moment comes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.remediation.models import Item, Reminder, TeamChannel
from postmortems.remediation.reminding import rules

log = logging.getLogger(__name__)
AT_ONCE = 500  # items in one sweep; the next one goes on


def plan_due(*, now: datetime) -> int:
    """Look at every item whose moment has come; how many that were."""
    ids = list(
        Item.objects.filter(remind_at__lte=now).order_by("remind_at").values_list("pk", flat=True)[:AT_ONCE]
    )
    return sum(_planned(item_id, now) for item_id in ids)


def _planned(item_id: int, now: datetime) -> bool:
    try:
        return plan(item_id, now=now)
    except Exception:  # one item must not keep the others from being looked at
        log.exception("An item could not be looked at for reminders.")
        Item.objects.filter(pk=item_id).update(remind_at=now + timedelta(hours=1))
        return False


def plan(item_id: int, *, now: datetime) -> bool:
    """Write what one item calls for today, and when to look again. False when somebody else is at it."""
    with transaction.atomic():
        item = (
            Item.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("incident", "owner")
            .filter(pk=item_id, remind_at__lte=now)
            .first()
        )
        if item is None:
            return False
        zone = zone_of(item)
        promise, today = promise_of(item), now.astimezone(zone).date()
        rows = [row for one in rules.due(promise, today) for row in _rows(item, one, now)]
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
        next_day = rules.next_day(promise, today)
        at = datetime.combine(next_day, time(), zone).astimezone(UTC) if next_day else None
        Item.objects.filter(pk=item.pk).update(remind_at=at)
    return True


def zone_of(item: Item) -> ZoneInfo:
    return item.owner.tz if item.owner else ZoneInfo("UTC")


def promise_of(item: Item) -> rules.Promise:
    zone = zone_of(item)
    return rules.Promise(
        status=item.status,
        due_on=item.due_on,
        dated_on=item.dated_at.astimezone(zone).date() if item.dated_at else None,
        done_on=item.done_at.astimezone(UTC).date() if item.done_at else None,
    )


def _rows(item: Item, one: rules.Due, now: datetime) -> list[Reminder]:
    given = {"item": item, "rule": one.rule.name, "due_on": one.counted_from, "made_at": now}
    if one.rule.to == rules.OWNER:
        people = _answerable(item, with_lead=one.rule is rules.VERIFY)
        return [Reminder(person=person, **given) for person in people]
    if one.rule.to == rules.TEAM:
        channels = TeamChannel.objects.filter(team=item.team_id) if item.team_id else []
        return [
            *(Reminder(person=person, **given) for person in _team(item)),
            *(Reminder(channel=channel, **given) for channel in channels),
        ]
    return [Reminder(person=person, **given) for person in _readers(item)]


def _answerable(item: Item, *, with_lead: bool = False) -> list[User]:
    """The owner; the lead reviewer where there is none, and beside them where somebody has to look."""
    owner = [item.owner] if item.owner and item.owner.is_active else []
    if owner and not with_lead:
        return owner
    return owner + [person for person in _leads(item) if person not in owner]


def _leads(item: Item) -> list[User]:
    return list(
        User.objects.active().filter(circles__incident=item.incident_id, circles__role="lead").distinct()
    )


def _team(item: Item) -> list[User]:
    """The others of the team; the lead reviewer where there are none."""
    others: Iterable[User] = []
    if item.team_id:
        others = User.objects.active().filter(teams=item.team_id).exclude(pk=item.owner_id)
    return list(others) or [person for person in _leads(item) if person.pk != item.owner_id]


def _readers(item: Item) -> list[User]:
    """Who wants to hear what is long overdue anywhere, and may read this one."""
    wants = Q(hearing__of_all=True) | Q(role="administrator", hearing__of_all=None)
    return [
        person
        for person in User.objects.active().filter(wants)
        if Item.objects.visible_to(person).filter(pk=item.pk).exists()
    ]
