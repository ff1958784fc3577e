"""What a reader asks of the list of items, as it stands in the address of a page, a file, a saved view."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery

from postmortems.accounts.models import Team, User
from postmortems.remediation.lists.standing import SOON
from postmortems.remediation.models import Item
from postmortems.remediation.models.items import ItemQuerySet

NAMES = ("show", "team", "owner", "type", "q")
SHOWS = {
    "open": "Open",
    "overdue": "Overdue",
    "soon": "Due within a week",
    "unowned": "Without an owner",
    "undated": "Without a date",
    "unsettled": "To be settled with a tracker",
    **dict(Item.Status.choices),
    "everything": "All there ever were",
}
MATCHES = 2000  # of a word that stands in very many items, so many are looked through; the page says so


@dataclass(frozen=True)
class Asked:
    """Anything unreadable in an address is simply not asked."""

    show: str = "open"
    team: str = ""  # a slug, or "mine" for all teams of the reader
    owner: str = ""  # "me", "nobody", or a number
    type: str = ""
    q: str = ""
    asked_for: dict[str, str] = field(default_factory=dict, compare=False)  # the same, as an address says it

    @classmethod
    def of(cls, data) -> Asked:
        said = {name: str(data.get(name, "")).replace("\x00", "").strip()[:200] for name in NAMES}
        if said["show"] not in SHOWS or said["show"] == "open":
            said["show"] = ""
        if said["type"] not in Item.Type.values:
            said["type"] = ""
        if said["owner"] not in ("me", "nobody") and not _is_number(said["owner"]):
            said["owner"] = ""
        kept = {name: value for name, value in said.items() if value}
        return cls(**{**kept, "show": said["show"] or "open"}, asked_for=kept)

    @property
    def any(self) -> bool:
        return bool(self.asked_for)

    @property
    def address(self) -> str:
        return urlencode(self.asked_for)

    def items(self, user: User, today: date) -> ItemQuerySet:
        """The items that are asked for and that this reader may see, in no order."""
        items = self._shown(Item.objects.visible_to(user), today)
        if self.type:
            items = items.filter(type=self.type)
        if self.team == "mine":
            items = items.filter(team__in=list(user.teams.values_list("pk", flat=True)))
        elif self.team:
            items = items.filter(
                team=Team.objects.filter(slug=self.team).values_list("pk", flat=True).first() or 0
            )
        if self.owner:
            owner = {"me": user.pk, "nobody": None}.get(self.owner, self.owner)
            items = items.filter(owner=owner)
        if self.q:
            items = items.filter(pk__in=self.matches)
        return items

    def _shown(self, items: ItemQuerySet, today: date) -> ItemQuerySet:
        if self.show in Item.Status.values:
            return items.filter(status=self.show)
        return {
            "overdue": lambda: items.overdue(today),
            "soon": lambda: items.due_between(today, today + SOON),
            "unowned": items.unowned,
            "undated": lambda: items.open().filter(
                due_on=None, by_when=date.max
            ),  # which an index begins with
            "unsettled": items.unsettled,
            "everything": lambda: items,
        }.get(self.show, items.open)()

    @cached_property
    def matches(self) -> list[int]:
        """Items that hold the words, looked up before anything else: a planner that walks the dates and reads every
        text on its way takes a hundred times as long for a rare word.
        """
        query = SearchQuery(self.q, search_type="websearch", config="english")
        found = Item.objects.matching(query).order_by().values_list("pk", flat=True)
        return list(found[:MATCHES])

    @property
    def capped(self) -> bool:
        return bool(self.q) and len(self.matches) >= MATCHES


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
