"""Pages of a long list by key: the next one begins after a row, so that the thousandth costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from postmortems.remediation.models import Item
from postmortems.remediation.models.items import ItemQuerySet

SIZE = 50
COUNTED = 1000  # beyond this a number helps nobody, and costs


@dataclass(frozen=True)
class Page:
    rows: list[Item]
    after: str  # where this page began; empty for the first
    next: str  # where the next one begins; empty on the last
    count: int  # of the whole list, up to COUNTED + 1

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def counted(self) -> str:
        return f"more than {COUNTED:,}" if self.count > COUNTED else f"{self.count:,}"


def page_of(items: ItemQuerySet, after: str, *, size: int = SIZE) -> Page:
    """The rows by date, those without one last, from the row after `after`; from the first when that is no row."""
    ordered = in_order(items)
    place = _place(after)
    began = _after(ordered, *place) if place else ordered
    rows = list(began.for_list()[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    count = len(rows) if not place and not more else items.order_by()[: COUNTED + 1].count()
    return Page(rows, after if place else "", _key(rows[-1]) if more else "", count)


def in_order(items: ItemQuerySet) -> ItemQuerySet:
    return items.order_by("by_when", "pk")


def _after(items: ItemQuerySet, when: date, pk: int) -> ItemQuerySet:
    # the first condition says nothing new; an index can begin there
    return items.filter(Q(by_when__gte=when), Q(by_when__gt=when) | Q(by_when=when, pk__gt=pk))


def _key(item: Item) -> str:
    return f"{item.by_when.isoformat()}.{item.pk}"


def _place(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition(".")
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return when, int(number)
