"""Whose effect is to be looked at: done for as many days as the severity's policy says, and nobody has said yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from postmortems.accounts.models import User
from postmortems.remediation.models import Item

MOST = 20


def due_from(item: Item) -> datetime | None:
    """When to look; None for what is not done, or where the policy asks for no look."""
    days = item.incident.severity.effect_days
    return item.done_at + timedelta(days=days) if item.done_at and days is not None else None


def to_look_at(user: User, *, now: datetime) -> list[Item]:
    """Those the person owns, or their teams do, the longest done first."""
    teams = list(user.teams.values_list("pk", flat=True))
    items = (
        Item.objects.filter(Q(owner=user) | Q(team__in=teams), status__in=("done", "verified"), effect=None)
        .exclude(incident__severity__effect_days=None)
        .filter(done_at__lte=now - timedelta(days=1) * F("incident__severity__effect_days"))
    )
    return list(items.for_list().order_by("done_at", "pk")[:MOST])
