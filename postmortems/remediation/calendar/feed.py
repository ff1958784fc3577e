"""The dates somebody promised as a calendar to subscribe to: a whole day each, that takes no time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from postmortems.calendars import ics
from postmortems.remediation.models import UNDONE_STATUSES, Item, ItemCalendar

BACK = timedelta(days=60)
MOST = 1000


def address_of(key: ItemCalendar) -> str:
    return settings.SITE_URL + reverse("remediation:calendar", args=[key.key])


def key_of(text: str) -> ItemCalendar | None:
    """The key an address was made with, unless it was renewed or taken back, or the account is closed."""
    found = ItemCalendar.objects.select_related("user").filter(key=text).first()
    return found if found and found.user.is_active else None


def calendar(key: ItemCalendar, *, now: datetime) -> bytes:
    mine = Q(owner=key.user)
    if key.with_teams:
        mine |= Q(team__in=list(key.user.teams.values_list("pk", flat=True)))
    items = Item.objects.filter(
        mine, status__in=UNDONE_STATUSES, due_on__gte=(now - BACK).date()
    ).select_related("incident")
    return ics.feed("Remediation items", [_listed(item) for item in items.order_by("by_when", "pk")[:MOST]])


def _listed(item: Item) -> ics.Listed:
    """Of a restricted incident the number alone: calendars are looked at over shoulders."""
    what = "" if item.incident.restricted else f": {item.what}"
    due_on: date = min(item.due_on, date.max - timedelta(days=1))
    return ics.Listed(
        uid=f"item-{item.pk}@{urlsplit(settings.SITE_URL).hostname}",
        start=due_on,
        end=due_on + timedelta(days=1),
        summary=f"Due: R{item.number} of {item.incident.ref}{what}",
        changed_at=item.dated_at or item.created_at,
        url=settings.SITE_URL + reverse("remediation:item", args=[item.incident.ref, item.number]),
        sequence=item.version,
        free=True,
    )
