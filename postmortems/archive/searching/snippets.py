"""The passage of a write-up in which the words asked for stand, with the words marked.

1. Whatever begins like one of the words is a candidate; the database says of each candidate once whether it is a form
   of the word, by the rule by which texts are filed. A whole text is never given to it.
2. The passage is cut where most of the different words come together; words that do not stand in it bring a second.
3. What is marked is the words, wherever they stand in the passage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

BEFORE, LONG = 70, 230  # characters of a passage
TOO_MANY = 4000  # places of one text that are weighed
FORMS = "select word, tsvector_to_array(archive_vector(word)) from unnest(%s::text[]) word"
NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Place:
    at: int
    end: int
    stems: frozenset[str]


def snippets(texts: Sequence[str], stems: Sequence[str]) -> list[SafeString]:
    """One for each text, safe to show, in one statement; `stems` are those of the words."""
    bodies = [without_head(text) for text in texts]
    candidates = [begun(body, stems) for body in bodies]
    words = {
        body[at:end].lower() for body, found in zip(bodies, candidates, strict=True) for at, end in found
    }
    forms = _forms(words, frozenset(stems)) if words else {}
    return [
        shown(
            body,
            [Place(at, end, forms[word]) for at, end in found if (word := body[at:end].lower()) in forms],
        )
        for body, found in zip(bodies, candidates, strict=True)
    ]


def _forms(words: set[str], stems: frozenset[str]) -> dict[str, frozenset[str]]:
    with connection.cursor() as cursor:
        cursor.execute(FORMS, [sorted(words)])
        return {word: both for word, lexemes in cursor.fetchall() if (both := stems & set(lexemes))}


def without_head(text: str) -> str:
    """The first two lines of an article are its head and its title, which stand above the snippet anyway."""
    parts = text.split("\n", 2)
    return parts[2] if len(parts) > 2 else ""


def begun(text: str, stems: Sequence[str]) -> list[tuple[int, int]]:
    """Where a word begins like one of the stems, accents aside, in order."""
    if not stems:
        return []
    plain = NOT_ASCII.sub(_plain, text)
    signs = "|".join(re.escape(stem) for stem in stems if len(stem) == 1 and not stem.isascii())
    words = "|".join(re.escape(_beginning(stem)) for stem in stems)
    pattern = re.compile(
        (f"(?:{signs})|" if signs else "") + rf"(?<![^\W_])(?:{words})[^\W_]*", re.IGNORECASE
    )
    found = []
    for match in pattern.finditer(plain):
        found.append(match.span())
        if len(found) == TOO_MANY:
            break
    return found


def _plain(sign: re.Match) -> str:
    """A letter without its accent; whatever would not be one letter stays."""
    first = unicodedata.normalize("NFKD", sign[0])[0]
    return first if first.isascii() and first.isalnum() else sign[0]


def _beginning(stem: str) -> str:
    """What every form of the word begins with: `retri` stands for retry and retries."""
    return stem[:-1] if len(stem) > 3 and stem.endswith("i") else stem


def shown(text: str, places: Sequence[Place]) -> SafeString:
    """Up to two passages with their words marked; the beginning of a text in which none of them stands."""
    begin, end = window(text, places)
    seen = {stem for place in places if begin <= place.at < end for stem in place.stems}
    others = [place for place in places if not (place.stems <= seen or begin <= place.at < end)]
    spans = [(begin, end)]
    if others:
        spans = sorted([(begin, end), window(text, others)])
        if spans[1][0] <= spans[0][1]:
            spans = [(spans[0][0], spans[1][1])]
    passages = " … ".join(marked(text, begin, end, places) for begin, end in spans)
    before, after = "… " if spans[0][0] else "", " …" if spans[-1][1] < len(text) else ""
    return mark_safe(before + passages + after)  # noqa: S308 `marked` escapes


def window(text: str, places: Sequence[Place]) -> tuple[int, int]:
    """From where to where, at blanks, the passage goes in which most different words stand, the closest together."""
    best = most = nearest = first = 0
    for number, place in enumerate(places):
        while first < number and place.end - places[first].at > LONG - BEFORE:
            first += 1
        inside = {stem for one in places[first : number + 1] for stem in one.stems}
        wide = place.end - places[first].at
        if (len(inside), -wide) > (most, -nearest):
            best, most, nearest = places[first].at, len(inside), wide
    begin = _blank_before(text, max(0, best - BEFORE))
    end = text.find(" ", max(begin + LONG, best + LONG - BEFORE))
    return begin, end if 0 <= end < begin + 2 * LONG else min(len(text), begin + 2 * LONG)


def _blank_before(text: str, at: int) -> int:
    """Where the word begins in which `at` lies; `at` itself in a stretch without blanks."""
    blank = text.rfind(" ", max(0, at - 40), at)
    return blank + 1 if blank >= 0 else at


def marked(text: str, begin: int, end: int, places: Sequence[Place]) -> str:
    """This stretch, escaped, with the words that stand in it marked; signs side by side in one mark."""
    parts, at = [], begin
    for place in places:
        if at <= place.at and place.end <= end:
            parts += [escape(text[at : place.at]), f"<mark>{escape(text[place.at : place.end])}</mark>"]
            at = place.end
    return "".join([*parts, escape(text[at:end])]).replace("</mark><mark>", "")
