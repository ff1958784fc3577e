"""Write-ups that resemble one: those that share its rarer words in titles, conditions, items and captions.

How frequent a word is, the database's statistics know: what they do not list is rare. Sharing a service or a tag
weighs a quarter each. Like every list of the archive it holds what this reader may open.
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery

from postmortems.accounts.models import User
from postmortems.archive.models import Card
from postmortems.archive.searching.finding import by_index

WORDS = 24
CONSIDERED = 1000
SHOWN = 5

RARER = """
with known as (
    select lexeme, share from pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) listed(lexeme, share)
    where tablename = 'archive_card' and attname = 'search' and schemaname = current_schema()
), told as (
    select lexeme from archive_card join incidents_incident incident on incident.id = incident_id, unnest(search)
    where incident_id = %s and weights && array['A', 'B'] and lexeme ~ '^[[:alpha:]]{3,}$'
        and lexeme <> all(tsvector_to_array(archive_vector(incident.ref)))
)
select string_agg(quote_literal(lexeme), ' | ') from (
    select lexeme from told left join known using (lexeme) where coalesce(share, 0) < 0.2 order by coalesce(share, 0), lexeme limit %s
) rarer
"""
NEAR = """
with asked as (select to_tsquery('simple', %(words)s) as words, array(select facet from unnest(%(facets)s::text[]) facet where facet ~ '^(service|tag):') as facets),
hits as materialized ({hits}),
newest as (select incident_id from hits order by published_at desc, incident_id desc limit %(considered)s)
select incident_id from newest join archive_card card using (incident_id), asked
order by ts_rank(card.search, asked.words, 1)
    * (1 + 0.25 * cardinality(array(select unnest(card.facets) intersect select unnest(asked.facets)))) desc, incident_id desc
limit %(shown)s
"""


def related(user: User, card: Card) -> list[Card]:
    """The nearest few, nearest first; none for a write-up that shares nothing with any."""
    with by_index() as cursor:
        cursor.execute(RARER, [card.pk, WORDS])
        words = cursor.fetchone()[0]
        if not words:
            return []
        seen = Card.objects.visible_to(user).exclude(pk=card.pk).order_by()
        seen = seen.filter(search=SearchQuery(words, search_type="raw", config="simple"))
        inner, given = seen.values_list("incident_id", "published_at").query.sql_with_params()
        names = {f"hit{number}": value for number, value in enumerate(given)}
        asked = {**names, "words": words, "facets": card.facets, "considered": CONSIDERED, "shown": SHOWN}
        cursor.execute(NEAR.format(hits=inner % tuple(f"%({name})s" for name in names)), asked)
        keys = [row[0] for row in cursor.fetchall()]
    cards = Card.objects.visible_to(user).select_related("incident__severity").defer("search").in_bulk(keys)
    return [cards[key] for key in keys if key in cards]
