"""Finding write-ups: one statement that matches, counts, ranks and shows.

1. Who may see a card is decided first; counts and facets are made of the same rows as the list.
2. Every match is counted and every facet with it, but only the newest `RANKED` matches are weighed against each
   other: weighing all of a word that stands in most write-ups takes a second at a hundred thousand of them.
3. Matches are made before they are sorted, whatever the planner thinks of the word: walking the archive by date
   until a rare word turns up is the dearer by seventy times.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Sum

from postmortems.accounts.models import User
from postmortems.archive.models import Card, CardQuerySet, Tally
from postmortems.archive.searching.asked import Asked

RANKED = 2000
SIZE = 20
VALUES = 60  # of one facet

BY_RANK = "ts_rank(card.search, websearch_to_tsquery('english', %(words)s), 1) desc,"
FIND = """
with hits as materialized ({hits}),
newest as (select incident_id from hits order by published_at desc, incident_id desc limit %(ranked)s),
shown as (
    select card.incident_id, row_number() over (order by {rank} card.published_at desc, card.incident_id desc) as place
    from newest join archive_card card using (incident_id) order by place limit %(size)s offset %(offset)s
),
counted as (select facet, count(*) as n from hits, unnest(facets) facet group by facet),
most as (
    select facet, n, row_number() over (partition by split_part(facet, ':', 1) order by n desc, facet) as place from counted
)
select (select coalesce(json_agg(incident_id order by place), '[]') from shown),
    (select coalesce(json_object_agg(facet, n), '{{}}') from most where place <= %(values)s)
"""


@dataclass
class Found:
    total: int = 0
    shown: list[int] = field(default_factory=list)  # keys of the cards of this page, in order
    counts: dict[str, int] = field(default_factory=dict)  # facet → cards

    @property
    def within(self) -> int:
        """How many can be paged through, best first."""
        return min(self.total, RANKED)


def find(user: User, asked: Asked) -> Found:
    if not asked.anything:
        return _everything(user, asked)
    ranked = bool(asked.words) and not asked.newest
    found = _find(hits(user, asked), asked, ranked)
    if not found.shown and found.total and asked.page > 1:
        last = -(-(found.within if ranked else found.total) // SIZE)
        found = _find(hits(user, asked), Asked(asked.words, asked.chosen, asked.newest, last), ranked)
    return found


def hits(user: User, asked: Asked) -> CardQuerySet:
    """The cards that match, of those this reader may see."""
    cards = Card.objects.visible_to(user)
    if asked.chosen:
        cards = cards.filter(facets__contains=asked.facets())
    if asked.words:
        cards = cards.filter(search=SearchQuery(asked.words, search_type="websearch", config="english"))
    return cards.order_by()


def _find(cards: CardQuerySet, asked: Asked, ranked: bool) -> Found:
    rows = cards.values_list("incident_id", "published_at", "facets")
    inner, given = rows.query.sql_with_params()
    names = {f"hit{number}": value for number, value in enumerate(given)}
    asks = {
        **names, "words": asked.words, "ranked": RANKED if ranked else asked.page * SIZE, "size": SIZE,
        "offset": (asked.page - 1) * SIZE, "values": VALUES,
    }  # fmt: skip
    statement = FIND.format(
        hits=inner % tuple(f"%({name})s" for name in names), rank=BY_RANK if ranked else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, asks)
        shown, counts = (_loaded(value) for value in cursor.fetchone())
    return Found(total=counts.get("all:", 0), shown=shown, counts=counts)


def _loaded(value):
    return json.loads(value) if isinstance(value, str) else value


def _everything(user: User, asked: Asked) -> Found:
    """The archive unasked: counts from the ledger, and the reader's own circles beside it."""
    counts = {
        row["facet"]: row["sum"]
        for row in Tally.objects.values("facet").annotate(sum=Sum("n")).filter(sum__gt=0)
    }
    for facets in Card.objects.of_ones_circles(user).values_list("facets", flat=True):
        for facet in facets:
            counts[facet] = counts.get(facet, 0) + 1
    total = counts.get("all:", 0)
    page = max(1, min(asked.page, -(-total // SIZE)))
    cards = Card.objects.visible_to(user).newest().values_list("pk", flat=True)
    return Found(total=total, shown=list(cards[(page - 1) * SIZE : page * SIZE]), counts=counts)
