"""Which twins stand where: found by address, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import ExtractYear

from postmortems.markdown import to_text
from postmortems.publication.models import Audience, Printing, Twin, Withdrawal

NEWEST = 50
SUMMARY = 240  # characters


class Gone(Exception):
    """It was withdrawn; `withdrawal` tells why, unless all of the incident's were, for a reason that is not for outsiders."""

    def __init__(self, at: datetime, reason: str, newest: Twin | None) -> None:
        super().__init__()
        self.at, self.reason, self.newest = at, reason, newest  # newest: what stands at this address


@dataclass(frozen=True)
class Told:
    """A row of a list."""

    key: str
    title: str
    number: int
    published_at: datetime
    summary: str
    digest: str


def find(audience: str, key: str, number: int | None = None) -> Twin | None:
    """The twin at an address, the newest without a number. Raises Gone."""
    there = (
        Twin.objects.filter(audience=audience, key=key)
        .select_related("incident", "revision", "printing")
        .defer("words", "revision__content", "revision__html", "revision__words")
    )
    newest = there.standing().order_by("-number").first()
    if newest is not None and number in (None, newest.number):
        return newest
    twin = (there.filter(number=number) if number else there.order_by("-number")).first()
    if twin is None or there.standing().filter(pk=twin.pk).exists():
        return twin
    raise _gone(twin, newest)


def _gone(twin: Twin, newest: Twin | None) -> Gone:
    """The reason is one that was written for outsiders: that of a revision is for people in the house alone."""
    own = Q(twin__incident=twin.incident, twin__audience=twin.audience, twin__number__gte=twin.number)
    of_revision = Q(revision__incident=twin.incident, revision__number__gte=twin.revision.number)
    found = sorted(
        Withdrawal.objects.filter(own | of_revision), key=lambda one: (one.twin_id is None, one.at, one.pk)
    )
    return Gone(min(one.at for one in found), found[0].reason if found[0].twin_id else "", newest)


def earlier(twin: Twin) -> list[Twin]:
    """Those before it at the same address that are read still, newest first."""
    there = Twin.objects.standing().filter(key=twin.key, number__lt=twin.number)
    return list(there.only("number", "published_at", "audience", "key").order_by("-number"))


def listed(*, year: int | None = None) -> list[Told]:
    """The newest public ones, or all that were published in a year."""
    found = _public().order_by("-published_at", "-pk")
    found = found.filter(published_at__year=year) if year else found[:NEWEST]
    rows = found.annotate(summary=KT("content__texts__summary")).values_list(
        "key", "title", "number", "published_at", "summary", "digest"
    )
    return [
        Told(key, title, number, at, short(summary or ""), digest)
        for key, title, number, at, summary, digest in rows
    ]


def years() -> list[tuple[int, int]]:
    """In which years how many were published, newest first."""
    counted = _public().order_by().annotate(year=ExtractYear("published_at")).values_list("year")
    return sorted(counted.annotate(Count("pk")), reverse=True)


def _public() -> QuerySet[Twin]:
    """The newest of each address that stands."""
    standing = Twin.objects.filter(audience=Audience.PUBLIC).standing()
    return Twin.objects.filter(pk__in=standing.order_by("key", "-number").distinct("key").values("pk"))


def short(markdown: str) -> str:
    line = " ".join(to_text(markdown).split())
    return line if len(line) <= SUMMARY else line[:SUMMARY].rsplit(" ", 1)[0] + " …"


def printed(twin: Twin) -> Printing | None:
    """Its PDF, once it is set."""
    printing = getattr(twin, "printing", None)
    return printing if printing is not None and printing.state == Printing.State.DONE else None
