"""What one month taught: of unrestricted write-ups alone, the same for every reader, and about nobody.

A month in which nothing was published and no promise had its day has nothing to tell: what has been open for long
is no news of that month.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from postmortems.accounts.models import User
from postmortems.archive.leading import asking, fixing, reckoning
from postmortems.archive.models import Card, Recommendation
from postmortems.archive.recalling import months
from postmortems.archive.searching.related import related

SHOWN = 12  # write-ups
OLDEST = 5  # promises
WORDS = 5

PROMISED = f"""
with promises as ({fixing.PROMISES})
select fares, count(*) as n from promises where day >= %(first)s and day < %(after)s and fares <> 'ahead' group by 1
"""  # noqa: S608 of our own parts alone
LONGEST_OPEN = f"""
with promises as ({fixing.PROMISES})
select incident_id, incident.ref, promises.number, promises.what, promises.day
from promises join incidents_incident incident on incident.id = promises.incident_id
where promises.status in ('accepted', 'in_progress') and promises.day < %(today)s
order by promises.day, promises.id limit %(oldest)s
"""  # noqa: S608 of our own parts alone


@dataclass(frozen=True)
class Told:
    """A write-up in a line."""

    incident: int
    ref: str
    title: str
    because: str = ""


@dataclass(frozen=True)
class Month:
    first: date
    published: tuple[Told, ...]  # the newest of them
    count: int  # all of them
    promised: dict[str, int]  # kept, late, overdue, dropped: promises whose day lay in the month
    open: tuple[dict[str, Any], ...]  # the promises longest past their day
    words: tuple[dict[str, Any], ...]  # that came back in it
    again: Told | None  # worth reading again

    @property
    def happened(self) -> bool:
        return bool(self.count or sum(self.promised.values()))

    @property
    def due(self) -> int:
        return sum(self.promised.values())

    @property
    def names(self) -> list[int]:
        """The incidents of the write-ups that it tells of."""
        again = [self.again.incident] if self.again else []
        return sorted({one.incident for one in self.published} | {one["incident"] for one in self.open} | {*again})  # fmt: skip

    def of(self, still_open: Collection[int]) -> Month:
        """Without what may not be read any more."""
        return replace(
            self,
            published=tuple(one for one in self.published if one.incident in still_open),
            open=tuple(one for one in self.open if one["incident"] in still_open),
            again=self.again if self.again and self.again.incident in still_open else None,
        )


def told_of(first: date, *, now: datetime, reader: User) -> Month:
    """`reader` is one of those it is for; what they alone may open is left out."""
    after = months.after(first)
    asked = {
        "now": now, "today": now.date(), "first": first, "after": after, "oldest": OLDEST,
    }  # fmt: skip
    cards = (
        Card.objects.for_everybody()
        .filter(first_published_at__gte=months.midnight(first), first_published_at__lt=months.midnight(after))
        .select_related("incident").defer("search").order_by("-first_published_at", "-pk")
    )  # fmt: skip
    published = list(cards[:SHOWN])
    return Month(
        first=first,
        published=tuple(_told(card) for card in published),
        count=cards.count(),
        promised={row["fares"]: row["n"] for row in asking.rows(PROMISED, asked)},
        open=tuple(
            {
                "incident": row["incident_id"], "ref": row["ref"], "number": row["number"], "what": row["what"],
                "day": row["day"],
            }
            for row in asking.rows(LONGEST_OPEN, asked)
        ),
        words=_words(first, after, now),
        again=_again(first, published, reader),
    )  # fmt: skip


def _told(card: Card, because: str = "") -> Told:
    return Told(card.pk, card.incident.ref, card.title, because)


def _words(first: date, after: date, now: datetime) -> tuple[dict[str, Any], ...]:
    """Those of the page on what recurs that were met again in an incident of the month."""
    themes = reckoning.standing(now)[1]["recurs"]["themes"]
    met = [theme for theme in themes if first.isoformat() <= theme["last"] < after.isoformat()]
    return tuple(met[:WORDS])


def _again(first: date, published: list[Card], reader: User) -> Told | None:
    """One of the reading list, month by month another; without one, an older one that resembles what was published."""
    seen = Card.objects.for_everybody().filter(first_published_at__lt=months.midnight(first))
    listed = list(
        Recommendation.objects.filter(incident__in=seen.values("pk")).order_by("pk").values_list("incident", "because")
    )  # fmt: skip
    if listed:
        incident, because = listed[months.number(first) % len(listed)]
        return _told(Card.objects.select_related("incident").defer("search").get(pk=incident), because)
    for card in published:
        for other in related(reader, card):
            if not other.restricted and other.first_published_at < months.midnight(first):
                return _told(other, f"it resembles “{card.title}”")
    return None
