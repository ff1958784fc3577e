"""Who can be a subject on purpose: whether a noun, a name or a pronoun means people or a thing.

From the lexicon of roles, groups and names, the names that a review brings along, and from suffixes; where a word may be
both ("support", "platform"), from the words beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from postmortems.language.lexicon import Lexicon, closed
from postmortems.language.words import CODE, HIDDEN, Word

_PERSON_END = re.compile(
    r"(?:(?:gineer|nician|trator|ician|ologist|eer|ologer)s?|ists?|wom[ae]n|person|people)$"
)
_CLAUSE_WORDS = ("and", "but", "that", "because", "since", "so", "while", "if")
_SAID = ("said", "told", "asked")


def pronoun(low: str) -> str | None:
    """person, thing or unknown; None for what is no pronoun."""
    return next((kind for kind in ("person", "thing", "unknown") if low in closed(f"pronoun {kind}")), None)


def class_of(
    found: list[Word], at: int, book: Lexicon, people: Collection[str], things: Collection[str]
) -> str:
    """person, thing or unknown for one noun, name or pronoun."""
    word, low = found[at], found[at].low
    if word.raw[0] in (CODE, HIDDEN) or low in things:
        return "thing"
    if word.tag == "NAME" or low in people:
        return "person"
    if word.tag == "PRON":
        return pronoun(low) or "unknown"
    known = book.people.get(low)
    if known == "name":
        return "person" if word.raw[0].isupper() or _chat_name(found, at, book) else "thing"
    if known == "weak":
        return _weak(found, at)
    if known is not None:
        return "thing" if known == "machine" else "person"
    return "person" if _looks_human(found, at, book) else "thing"


def _chat_name(found: list[Word], at: int, book: Lexicon) -> bool:
    """ "dave forgot": in chat names are written small."""
    low = found[at].low
    if low in closed("name in lower case"):
        return True
    return (
        len(low) > 3
        and low not in book.verbs
        and bool(book.verbs.get(_next(found, at), frozenset()) & {"past", "s"})
    )


def _looks_human(found: list[Word], at: int, book: Lexicon) -> bool:
    word, low = found[at], found[at].low
    if "-" in low and book.people.get(low.rsplit("-", 1)[1]) in ("person", "group"):
        return True
    if low in closed("firm") or (_PERSON_END.search(low) and low not in closed("no person")):
        return True
    named = word.raw[0].isupper() and word.raw[1:].islower()
    return named and (_next(found, at) in closed("human") or (at > 0 and _next(found, at) in _SAID))


def _weak(found: list[Word], at: int) -> str:
    """ "Support" and "platform" are people where they stand alone as a name, and things behind an article."""
    before = found[at - 1] if at else None
    if before is not None and (before.tag in ("DET", "ADJ", "NUM") or before.low == "of"):
        return "person" if found[at].low in ("primary", "secondary") and before.low == "the" else "thing"
    after = found[at + 1] if at + 1 < len(found) else None
    if after is not None and after.tag == "N" and after.raw[0] != CODE:
        return "thing"
    alone = before is None or not before.is_word or before.low in _CLAUSE_WORDS
    return "person" if alone or found[at].raw[0].isupper() else "thing"


def _next(found: list[Word], at: int) -> str:
    return found[at + 1].low if at + 1 < len(found) else ""
