from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.remediation.models import ItemCalendar


def make_item_calendar(*, by: User, with_teams: bool, now: datetime) -> ItemCalendar:
    """A secret address for one's own dates; an earlier one stops working."""
    with transaction.atomic():
        key, made = ItemCalendar.objects.update_or_create(
            user=by, defaults={"key": secrets.token_urlsafe(32), "made_at": now, "with_teams": with_teams}
        )
        sentence = "made a calendar of items" if made else "renewed the address of their calendar of items"
        record(by=by, verb="item_calendar.made", subject=by.email, sentence=sentence)
    return key


def remove_item_calendar(*, by: User) -> None:
    with transaction.atomic():
        ItemCalendar.objects.filter(user=by).delete()
        record(
            by=by,
            verb="item_calendar.removed",
            subject=by.email,
            sentence="took their calendar of items back",
        )
