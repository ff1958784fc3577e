"""Did you mean: words as they are spelled in the archive, near to one that is found nowhere.

An index over words with one letter left out finds those one slip away; the number of letters to change decides.
A word is offered only to a reader who finds something with it, so that nobody learns a word of a restricted write-up.
"""

from __future__ import annotations

import re
from dataclasses import replace

from django.db import connection, transaction

from postmortems.accounts.models import User
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.finding import by_index, hits

WORD = re.compile(r"[^\W\d_]{4,30}")
TRIED = 6  # words of a query
AT_A_TIME = 200

# What is no word to a search, such as "what", is not misspelt.
NEAR = """
select word from archive_word where slips && archive_slips(%(word)s) and archive_vector(%(word)s) <> ''::tsvector limit 100
"""
LEARN = r"""
with waiting as (select incident_id from archive_tospell order by incident_id limit %s for update skip locked),
taken as (delete from archive_tospell where incident_id in (select incident_id from waiting) returning incident_id),
spelled as (
    select distinct word from taken join archive_card card using (incident_id) join publication_revision told on told.id = card.revision_id,
        regexp_split_to_table(lower(archive_spaced(told.title || ' ' || told.words)), ' +') word
    where length(word) between 4 and 30 and word !~ '[0-9]'
), learned as (
    insert into archive_word (word, slips) select word, archive_slips(word) from spelled
    where not exists (select from archive_word known where known.word = spelled.word) order by word on conflict do nothing
)
select count(*) from taken
"""


def learn_words() -> int:
    """Take in the words of write-ups that were published since; how many write-ups."""
    learned = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            # Two at a time would wait for each other's words.
            cursor.execute("select pg_try_advisory_xact_lock(7310, 0)")
            if not cursor.fetchone()[0]:
                return learned
            cursor.execute(LEARN, [AT_A_TIME])
            taken = cursor.fetchone()[0]
        learned += taken
        if taken < AT_A_TIME:
            return learned


def meant(user: User, asked: Asked) -> str:
    """What was asked with words that exist in place of those that do not; empty when nothing is found that way."""
    with by_index():
        return _meant(user, asked)


def _meant(user: User, asked: Asked) -> str:
    changed = asked.words
    for word in dict.fromkeys(WORD.findall(asked.words)[:TRIED]):
        if not hits(user, Asked(words=word)).exists() and (better := _better(user, word.lower())):
            changed = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", better, changed)
    found = changed != asked.words and hits(user, replace(asked, words=changed)).exists()
    return changed if found else ""


def _better(user: User, word: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(NEAR, {"word": word})
        near = [row[0] for row in cursor.fetchall()]
    close = sorted((distance(word, other), other) for other in near if other != word)
    return next((other for _, other in close[:TRIED] if hits(user, Asked(words=other)).exists()), "")


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour to make one word of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
