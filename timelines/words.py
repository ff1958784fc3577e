"""Text search over events: what is indexed, and what a reader's words ask for.

Punctuation inside names counts as a blank, so that `payments-api-7f9` and `db.example.org` are found by
each of their parts. Nothing is stemmed: evidence is names, codes and many languages.
"""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, Q
from django.db.models.lookups import IContains

SEPARATORS = './:@_=-,;#()[]{}"<>|\\&*+'
INDEXED = 200_000  # characters; PostgreSQL refuses a vector beyond a megabyte, whatever the letters
TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
SPLIT = re.compile(f"[\\s{re.escape(SEPARATORS)}']+")


class Words(Func):
    """The words of an event: of its actor, its text and its caption. The same expression as in the index."""

    arg_joiner = " || ' ' || "
    template = (
        f"to_tsvector('simple'::regconfig, translate(left(%(expressions)s, {INDEXED}), "
        f"'{SEPARATORS}', '{' ' * len(SEPARATORS)}'))"
    )
    output_field = SearchVectorField()

    def __init__(self, *expressions) -> None:
        super().__init__(*(expressions or (F("actor"), F("text"), F("caption"))))


def asking(text: str) -> Q:
    """Events that have all words of `text`: each as the beginning of a word, "phrases" in their order, none of -these.

    A term without any letter or digit, such as `%`, is looked for as it stands.
    """
    found, asked = Q(), []
    for minus, phrase, word in TERM.findall(text):
        lexemes = [part for part in SPLIT.split(phrase or word) if any(map(str.isalnum, part))]
        if lexemes:
            asked.append(f"{'!' if minus else ''}({_query(lexemes, whole=bool(phrase))})")
        else:
            condition = Q(IContains(F("text"), phrase or word))
            found &= ~condition if minus else condition
    if asked:  # in one: what is left out is then left out by the index as well
        found &= Q(words=SearchQuery(" & ".join(asked), config="simple", search_type="raw"))
    return found


def _query(lexemes: list[str], *, whole: bool) -> str:
    quoted = ["'" + lexeme.replace("\\", "") + "'" for lexeme in lexemes]
    return " <-> ".join(quoted) + ("" if whole else ":*")
