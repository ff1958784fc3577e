"""Finding write-ups: one statement that matches, counts, ranks and shows; a second one where the matches are many.

1. Who may see a card is decided first; counts and facets are made of the same rows as the list.
2. Every match is counted and every facet with it, but only the newest `RANKED` matches are weighed against each
   other: weighing all of a word that stands in most write-ups takes a second at a hundred thousand of them.
3. Matches are made before they are sorted, whatever the planner thinks of the word: walking the archive by date
   until a rare word turns up is the dearer by seventy times.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Func, Sum, Value

from postmortems.accounts.models import User
from postmortems.archive.models import Card, CardQuerySet, Tally
from postmortems.archive.searching.asked import Asked

RANKED = 1000
SIZE = 20
VALUES = 60  # of one facet

MANY = 5000  # matches, from which on the whole archive is gone through once rather than row by row

BY_RANK = "ts_rank(card.search, archive_asked(%(words)s, %(any_of)s), 1) desc,"
FIND = """
newest as (select incident_id from hits order by published_at desc, incident_id desc limit %(ranked)s),
shown as (
    select card.incident_id, row_number() over (order by {rank} card.published_at desc, card.incident_id desc) as place
    from newest join archive_card card using (incident_id) order by place limit %(size)s offset %(offset)s
),
counted as ({counted}),
most as (
    select facet, n, row_number() over (partition by split_part(facet, ':', 1) order by n desc, facet) as place from counted
)
select (select coalesce(json_agg(incident_id order by place), '[]') from shown),
    (select coalesce(json_object_agg(facet, n), '{{}}') from most where place <= %(values)s),
    (select coalesce(json_agg(lexeme), '[]') from unnest(archive_vector(%(words)s))),
    {many}
"""
# As soon as matches turn out to be many nothing is made of them here.
HITS = """
with first as materialized ({hits} limit %(most)s),
hits as materialized (select * from first where %(most)s is null or (select count(*) from first) < %(most)s),"""
ARE_MANY = "%(most)s is not null and (select count(*) from first) >= %(most)s"
COUNTED = "select facet, count(*) as n from hits, unnest(facets) facet group by facet"

# Many matches are fetched by the index in a function of their own (`archive.keeping`), and the cards gone through once.
# What stands in most write-ups is counted by those it does not stand in, taken from the ledger.
GONE_THROUGH = """
with matching as materialized (select incident_id from archive_matching(%(words)s, %(any_of)s) matching (incident_id)),
side as materialized (
    select %(unchosen)s and count(*) > (select sum(n) / 2 from archive_tally where facet = 'all:') as other from matching
),
gone_through as materialized (
    select seen.incident_id, seen.published_at, matching.incident_id is not null as hit,
        case when (matching.incident_id is null) = (select other from side) then seen.facets end as facets
    from ({seen}) seen left join matching using (incident_id)
),
hits as (select incident_id, published_at from gone_through where hit),"""
COUNTED_OF_MANY = """
select facet, sum(n) as n from (
    select facet, case when (select other from side) then -count(*) else count(*) end as n
        from gone_through, unnest(facets) facet group by facet
    union all select facet, n from archive_tally where (select other from side)
    union all select unnest(facets), 1 from ({circles}) circles where (select other from side)
) either group by facet having sum(n) > 0
"""


class Matching(SearchQuery):
    """What is asked, as the database reads it (`archive.searching.wording`)."""

    function = "archive_asked"

    def __init__(self, words: str, any_of: bool):
        self.config, self.invert = None, False
        Func.__init__(self, Value(words), Value(any_of))


@dataclass
class Found:
    total: int = 0
    shown: list[int] = field(default_factory=list)  # keys of the cards of this page, in order
    counts: dict[str, int] = field(default_factory=dict)  # facet → cards
    stems: list[str] = field(default_factory=list)  # of the words, as texts are searched by them
    some: bool = False  # nothing has all of the words: these have one of them or more

    @property
    def within(self) -> int:
        """How many can be paged through, best first."""
        return min(self.total, RANKED)


def find(user: User, asked: Asked) -> Found:
    if not asked.anything:
        return _everything(user, asked)
    ranked = bool(asked.words) and not asked.newest
    found = _find(user, asked, ranked)
    if not found.shown and found.total and asked.page > 1:
        last = -(-(found.within if ranked else found.total) // SIZE)
        found = _find(user, replace(asked, page=last), ranked)
    return found


def find_or_some(user: User, asked: Asked) -> Found:
    """What has all of the words; where nothing does, what has some, the most of them first."""
    found = find(user, asked)
    if found.total or not asked.several:
        return found
    return replace(find(user, replace(asked, any_of=True)), some=True)


def hits(user: User, asked: Asked) -> CardQuerySet:
    """The cards that match, of those this reader may see."""
    cards = Card.objects.visible_to(user)
    if asked.chosen:
        cards = cards.filter(facets__contains=asked.facets())
    if asked.words:
        cards = cards.filter(search=Matching(asked.words, asked.any_of))
    return cards.order_by()


def _find(user: User, asked: Asked, ranked: bool) -> Found:
    named: dict[str, object] = {
        "words": asked.words, "any_of": asked.any_of, "ranked": RANKED if ranked else asked.page * SIZE, "size": SIZE,
        "offset": (asked.page - 1) * SIZE, "values": VALUES, "unchosen": not asked.chosen,
        "most": MANY if asked.words else None,
    }  # fmt: skip
    rank = BY_RANK if ranked else ""
    with by_index() as cursor:
        matching = HITS.format(hits=_written("hits", hits(user, asked), named))
        cursor.execute(matching + FIND.format(rank=rank, counted=COUNTED, many=ARE_MANY), named)
        *told, many = cursor.fetchone()
        if many:
            seen = _written("seen", hits(user, replace(asked, words="")), named)
            counted = COUNTED_OF_MANY.format(
                circles=_written("circles", Card.objects.of_ones_circles(user), named)
            )
            cursor.execute("set local enable_seqscan = on")
            cursor.execute(
                GONE_THROUGH.format(seen=seen) + FIND.format(rank=rank, counted=counted, many="null"), named
            )
            *told, _ = cursor.fetchone()
    shown, counts, stems = (_loaded(value) for value in told)
    return Found(total=counts.get("all:", 0), shown=shown, counts=counts, stems=stems)


def _written(name: str, cards: CardQuerySet, named: dict[str, object]) -> str:
    """These cards as SQL with named places, whose values join `named`."""
    inner, given = (
        cards.order_by().values_list("incident_id", "published_at", "facets").query.sql_with_params()
    )
    places = [f"{name}_{number}" for number in range(len(given))]
    named |= dict(zip(places, given, strict=True))
    return inner % tuple(f"%({place})s" for place in places)


@contextmanager
def by_index() -> Iterator[CursorWrapper]:
    """A cursor whose statements use indexes and enough memory.

    The planner does not know that looking into a text means to fetch and unpack it, and would read all of them
    for a word that stands in many.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local work_mem = '64MB'")
        yield cursor


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
