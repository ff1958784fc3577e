"""Whether a condition has been met before: earlier write-ups that told of one like it, and what became of what was
promised then.

1. The rarer words of the condition are looked for where write-ups tell of conditions; how rare a word is, the
   database's statistics know. Of those that hold any the newest few hundred are looked at.
2. Two conditions are alike when they share at least two words, and half of the words of the shorter one.
3. Only what is published is told, in the words in which it was, and only to who may open it. How an item stands is
   told as it is today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery
from django.db import connection

from postmortems.accounts.models import User
from postmortems.archive.models import Card, ToldCondition, ToldItem
from postmortems.archive.searching.finding import by_index
from postmortems.incidents.models import Incident
from postmortems.remediation.models import Item
from postmortems.writeup.models import Condition

RARER = 6  # words of a condition that are looked for
COMMON = 0.2  # of all write-ups; a word that stands in more tells nothing
CONSIDERED = 300  # write-ups
SHOWN = 3  # of one condition
MOST = 20  # conditions of one incident

WORDS = "select array(select lexeme from unnest(archive_vector(%s)) where lexeme ~ '^[[:alpha:]]{3,}$')"
WORDS_OF = """
select array(select lexeme from unnest(archive_vector(sentence)) where lexeme ~ '^[[:alpha:]]{3,}$')
from unnest(%s::text[]) with ordinality listed(sentence, n) order by n
"""
SHARES = """
select lexeme, share from pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) listed(lexeme, share)
where tablename = 'archive_card' and attname = 'search' and schemaname = current_schema() and lexeme = any(%s)
"""


@dataclass(frozen=True)
class Promised:
    """An item that answered the earlier condition: its published words, and how it stands."""

    number: int
    what: str
    status: str = ""  # empty when it is no longer kept
    name: str = ""


@dataclass
class Earlier:
    told: ToldCondition
    likeness: float
    items: list[Promised] = field(default_factory=list)


@dataclass(frozen=True)
class Met:
    condition: Condition
    earlier: list[Earlier]


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """The share of the shorter one's words that both have; nothing below two words."""
    one, other = set(one), set(other)
    both = one & other
    return len(both) / min(len(one), len(other)) if len(both) >= 2 else 0.0


def met_before(incident: Incident, user: User) -> list[Met]:
    """The conditions of an incident that this reader can see told before, each with the nearest first."""
    conditions = list(incident.conditions.exclude(kind__helped=True)[:MOST])
    found = [Met(condition, _earlier(condition, user)) for condition in conditions]
    found = [met for met in found if met.earlier]
    _with_items([earlier for met in found for earlier in met.earlier])
    return found


def _earlier(condition: Condition, user: User) -> list[Earlier]:
    words = _words(condition.sentence)
    if len(words) < 2:
        return []
    with by_index():
        rarer = _rarer(words)
        if not rarer:
            return []
        query = SearchQuery(" | ".join(f"'{word}':B" for word in rarer), search_type="raw", config="simple")
        seen = Card.objects.visible_to(user).exclude(pk=condition.incident_id).filter(search=query)
        cards = list(seen.newest().values_list("pk", flat=True)[:CONSIDERED])
    told = list(ToldCondition.objects.filter(card__in=cards, helped=False).select_related("card__incident"))
    near = [Earlier(one, alike(words, other)) for one, other in zip(told, _words_of(told), strict=True)]
    near = [one for one in near if one.likeness >= 0.5]
    near.sort(key=lambda one: (-one.likeness, -one.told.card.happened_at.timestamp(), one.told.pk))
    return near[:SHOWN]


def _words(sentence: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [sentence])
        return cursor.fetchone()[0]


def _words_of(told: list[ToldCondition]) -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(WORDS_OF, [[one.sentence for one in told]])
        return [row[0] for row in cursor.fetchall()]


def _rarer(words: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(SHARES, [words])
        shares = dict(cursor.fetchall())
    rare = [word for word in words if shares.get(word, 0) < COMMON]
    return sorted(rare, key=lambda word: (shares.get(word, 0), word))[:RARER]


def _with_items(found: list[Earlier]) -> None:
    """The items that answer those conditions, where they were published."""
    cards = {one.told.card_id for one in found}
    words = {(row.card_id, row.number): row.what for row in ToldItem.objects.filter(card__in=cards)}
    answers: dict[tuple[int, int], list[Promised]] = defaultdict(list)
    items = Item.objects.filter(incident__in=cards, conditions__isnull=False).prefetch_related("conditions")
    for item in items.distinct().order_by("incident", "number"):
        if what := words.get((item.incident_id, item.number)):
            told = Promised(item.number, what, item.status, item.get_status_display())
            for condition in item.conditions.all():
                answers[item.incident_id, condition.number].append(told)
    for one in found:
        one.items = answers[one.told.card_id, one.told.number]
