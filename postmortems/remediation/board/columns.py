"""The board: what one person, or one team, has under way, in a column for each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from postmortems.accounts.models import Team, User
from postmortems.remediation.models import Item
from postmortems.remediation.models.items import ItemQuerySet
from postmortems.remediation.way import NEXT, ORDER, asks_why

SIZE = 30  # cards of a column; the rest is a link to the list
LATELY = timedelta(days=30)  # for so long what was verified is still there to be glad about


@dataclass(frozen=True)
class Card:
    item: Item
    may_change: bool
    late: bool
    settles: bool

    @property
    def moves(self) -> list[tuple[str, str, str]]:
        """Where it can go: status, name, and what a step without a reason would be told."""
        return [
            (status, Item.Status(status).label, asks_why(self.item.status, status))
            for status in NEXT[self.item.status]
        ]


@dataclass(frozen=True)
class Column:
    status: str
    name: str
    cards: list[Card]
    more: bool


def columns(user: User, *, team: Team | None, today: date, now: datetime) -> list[Column]:
    """Of a team what the reader may see; without one the reader's own."""
    seen = Item.objects.visible_to(user).filter(team=team) if team else Item.objects.filter(owner=user)
    rows = {status: list(_of(seen, status, now)) for status in ORDER}
    shown = [item.pk for found in rows.values() for item in found[:SIZE]]
    own = set(Item.objects.changeable_by(user).filter(pk__in=shown).values_list("pk", flat=True))
    return [
        Column(
            status,
            Item.Status(status).label,
            [
                Card(item, item.pk in own, item.is_overdue(today), item.is_settling(now))
                for item in rows[status][:SIZE]
            ],
            len(rows[status]) > SIZE,
        )
        for status in ORDER
    ]


def _of(items: ItemQuerySet, status: str, now: datetime) -> ItemQuerySet:
    items = items.filter(status=status).for_list()
    if status == "verified":
        return items.filter(verified_at__gt=now - LATELY).order_by("-verified_at", "-pk")[: SIZE + 1]
    return items.order_by("by_when", "pk")[: SIZE + 1]
