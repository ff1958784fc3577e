"""A year after a write-up was first published: whom to tell, and what became of what it promised.

Told are its circle, the teams and item owners of its incident, and who follows what it carries; once each, within a
month of the day, all that is due for one reader in one letter, and at most one such letter a week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from postmortems.accounts.models import User
from postmortems.archive.models import Card, ToldItem
from postmortems.archive.searching.related import related
from postmortems.remediation.models import Item

MOST = 8  # write-ups told in one letter
DUE = """
with due as (
    select incident_id, facets, restricted from archive_card
    where first_published_at + interval '1 year' between %(now)s - interval '1 month' and %(now)s
), readers as (
    select due.incident_id, place.user_id as reader from due join incidents_circlemember place using (incident_id)
    union select due.incident_id, mine.user_id from due join incidents_incident_teams named using (incident_id)
        join accounts_team_members mine on mine.team_id = named.team_id where not due.restricted
    union select due.incident_id, item.owner_id from due join remediation_item item using (incident_id)
        where not due.restricted and item.owner_id is not null
    union select due.incident_id, followed.user_id from due join archive_subscription followed on followed.facet = any(due.facets)
        where not due.restricted and followed.user_id is not null and followed.how <> 'never'
)
select reader, array_agg(incident_id) from readers join accounts_user person on person.id = reader
left join archive_recalling chosen on chosen.user_id = reader
where person.is_active and coalesce(chosen.anniversaries, true) and not exists (
    select from archive_recalled told where told.user_id = reader and told.incident_id = readers.incident_id)
group by reader order by reader
"""
HELD = {
    "yes": "verified, and it held",
    "partly": "verified, and it held in part",
    "no": "verified, and it did not hold",
    "untested": "verified; nothing has tested it yet",
}


@dataclass(frozen=True)
class Promise:
    number: int
    what: str
    now: str  # what became of it


@dataclass(frozen=True)
class Year:
    """A write-up of a year ago. Of a restricted one its reference alone travels by mail."""

    incident: int
    ref: str
    title: str
    published_on: date
    restricted: bool
    promises: tuple[Promise, ...]
    standing: str
    since: str  # the title of a later one that resembles it
    since_ref: str


def due(now: datetime) -> dict[int, list[int]]:
    """Readers, each with the incidents they have to be told of."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now})
        return dict(cursor.fetchall())


def told_of(incidents: Collection[int], reader: User, today: date) -> list[Year]:
    """Of these, what this reader may open; the oldest first."""
    cards = list(
        Card.objects.visible_to(reader).filter(pk__in=incidents).select_related("incident").defer("search")
        .order_by("first_published_at", "pk")
    )  # fmt: skip
    promises = _promises([card.pk for card in cards[:MOST]], today)
    return [
        _year(card, promises[card.pk], reader if number < MOST else None) for number, card in enumerate(cards)
    ]


def _year(card: Card, promises: Sequence[tuple[Promise, str]], reader: User | None) -> Year:
    later = _since(card, reader) if reader and not card.restricted else None
    return Year(
        incident=card.pk,
        ref=card.incident.ref,
        title="" if card.restricted else card.title,
        published_on=card.first_published_at.date(),
        restricted=card.restricted,
        promises=() if card.restricted else tuple(promise for promise, _ in promises),
        standing=_standing([status for _, status in promises]),
        since=later.title if later else "",
        since_ref=later.incident.ref if later else "",
    )


def _since(card: Card, reader: User) -> Card | None:
    """The nearest of those that happened after it was published."""
    return next(
        (
            one
            for one in related(reader, card)
            if one.happened_at > card.first_published_at and not one.restricted
        ),
        None,
    )


def _promises(incidents: list[int], today: date) -> dict[int, list[tuple[Promise, str]]]:
    items = {
        (item.incident_id, item.number): item
        for item in Item.objects.filter(incident__in=incidents).select_related("effect")
    }
    found: dict[int, list[tuple[Promise, str]]] = defaultdict(list)
    for told in ToldItem.objects.filter(card__in=incidents).order_by("card", "number"):
        item = items.get((told.card_id, told.number))
        found[told.card_id].append(
            (Promise(told.number, told.what, became(item, today)), item.status if item else "")
        )
    return found


def became(item: Item | None, today: date) -> str:
    """How an item stands, in a few words."""
    if item is None:
        return "no longer kept"
    if item.status == "verified":
        effect = getattr(item, "effect", None)
        return HELD[effect.held] if effect else "verified"
    if item.status == "done":
        return "done; nobody has looked at it yet"
    if item.status in ("accepted", "in_progress"):
        day = item.promised_on or item.due_on
        return f"not done yet, promised for {day.day} {day:%B %Y}" if day and day < today else "not done yet"
    return "dropped, with a reason" if item.status == "dropped" else "never decided on"


def _standing(statuses: list[str]) -> str:
    """“4 items: 2 verified, 1 done, 1 not done.”"""
    groups = (
        ("verified", ("verified",)), ("done", ("done",)), ("not done", ("accepted", "in_progress")), ("dropped", ("dropped",)),
        ("never decided on", ("parked", "proposed")), ("no longer kept", ("",)),
    )  # fmt: skip
    counts = [(name, sum(status in of for status in statuses)) for name, of in groups]
    told = ", ".join(f"{n} {name}" for name, n in counts if n)
    items = "1 item" if len(statuses) == 1 else f"{len(statuses)} items"
    return f"{items}: {told}." if told else "It promised nothing."
