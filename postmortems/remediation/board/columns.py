"""The board: what one person, or one team, has under way, in a column for each step.

A card costs little, as a team may have very many: it is read as the few values it shows, and what can be done with it
is told once for its column. A column shows the most urgent and says how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from postmortems.accounts.models import Team, User
from postmortems.remediation.models import UNDONE_STATUSES, Item
from postmortems.remediation.models.items import ItemQuerySet
from postmortems.remediation.way import NEXT, ORDER, asks_why

SIZE = 20  # cards of a column; the rest is a link to the list
COUNTED = 200  # beyond this a number helps nobody, and costs
LATELY = timedelta(days=30)  # for so long what was verified is still there to be glad about
LOOKED_AT = (
    200  # it is looked for among so many with the last dates: over the years a team verifies thousands
)


@dataclass(frozen=True, slots=True)
class Card:
    pk: int
    name: str  # incident and number
    address: str
    what: str
    owner: str
    owner_left: bool
    due: str
    settles: str  # until which day; empty for what has settled
    late: bool
    may_change: bool


@dataclass(frozen=True)
class Column:
    status: str
    cards: list[Card]
    count: int  # of all there are, up to COUNTED + 1

    @property
    def name(self) -> str:
        return Item.Status(self.status).label

    @property
    def counted(self) -> str:
        return f"more than {COUNTED}" if self.count > COUNTED else str(self.count)

    @property
    def more(self) -> bool:
        return self.count > len(self.cards)

    @property
    def leads_to(self) -> str:
        """The steps its cards can take; a mark at those that ask for a reason."""
        return " ".join(f"{to}{'!' if asks_why(self.status, to) else ''}" for to in NEXT[self.status])


def columns(user: User, *, team: Team | None, today: date, now: datetime) -> list[Column]:
    """Of a team what the reader may see; without one the reader's own."""
    seen = Item.objects.visible_to(user).filter(team=team) if team else Item.objects.filter(owner=user)
    rows = {status: list(_values(_of(seen, status, now))) for status in ORDER}
    shown = [row["pk"] for found in rows.values() for row in found[:SIZE]]
    own = set(Item.objects.changeable_by(user).filter(pk__in=shown).values_list("pk", flat=True))
    return [
        Column(
            status,
            [_card(row, own, today, now) for row in found[:SIZE]],
            len(found) if len(found) <= SIZE else _of(seen, status, now)[: COUNTED + 1].count(),
        )
        for status, found in rows.items()
    ]


def _of(items: ItemQuerySet, status: str, now: datetime) -> ItemQuerySet:
    """In the order of an index, which a count, too, follows only so far as it counts."""
    items = items.filter(status=status)
    if status == "verified":
        last = list(items.order_by("-by_when", "-pk").values_list("pk", flat=True)[:LOOKED_AT])
        lately = Item.objects.filter(pk__in=last, verified_at__gt=now - LATELY)
        return lately.order_by("-verified_at", "-pk")
    return items.order_by("by_when", "pk")


def _values(items: ItemQuerySet):
    return items.values(
        "pk", "number", "what", "status", "due_on", "decide_from",
        "incident__ref", "owner__name", "owner__email", "owner__is_active",
    )[: SIZE + 1]  # fmt: skip


def _card(row: dict, own: set[int], today: date, now: datetime) -> Card:
    ref, number, due_on, decide_from = row["incident__ref"], row["number"], row["due_on"], row["decide_from"]
    settles = row["status"] == "parked" and decide_from and now < decide_from
    return Card(
        pk=row["pk"], name=f"{ref} R{number}", address=reverse("remediation:item", args=[ref, number]), what=row["what"],
        owner=row["owner__name"] or row["owner__email"] or "", owner_left=row["owner__is_active"] is False,
        due=f"{due_on:%-d %b %Y}" if due_on else "no date",
        settles=f"{timezone.localtime(decide_from):%-d %b}" if settles else "",
        late=row["status"] in UNDONE_STATUSES and due_on is not None and due_on < today, may_change=row["pk"] in own,
    )  # fmt: skip
