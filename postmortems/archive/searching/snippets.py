"""The passage of a write-up in which the words asked for stand, with the words marked.

PostgreSQL marks words as it finds them, stems and phrases included, but reads a whole text to do so. So a window is
cut out first: where most of the beginnings of the words come together. A text without such a place is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

AROUND = 330  # characters on either side
TOO_MANY = 4000  # places of one text that are weighed
MARKED = re.compile("\x02([^\x02\x03]*)\x03")  # as MARK has them marked
MARK = """
select ts_headline('english', passage, websearch_to_tsquery('english', %s),
    'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxWords=34, MinWords=16, MaxFragments=2')
from unnest(%s::text[]) with ordinality given(passage, place) order by place
"""


def snippets(texts: Sequence[str], words: str, stems: Sequence[str]) -> list[SafeString]:
    """One for each text, safe to show, in one statement; `stems` are those of the words."""
    passages = [window(without_head(text), stems) for text in texts]
    with connection.cursor() as cursor:
        cursor.execute(MARK, [words, passages])
        return [marked(row[0]) for row in cursor.fetchall()]


def without_head(text: str) -> str:
    """The first two lines of an article are its head and its title, which stand above the snippet anyway."""
    parts = text.split("\n", 2)
    return parts[2] if len(parts) > 2 else ""


def window(text: str, stems: Iterable[str]) -> str:
    """The stretch of `text` in which most different stems begin a word, cut at blanks; all of it when none does."""
    if len(text) <= 2 * AROUND:
        return text
    places = _places(text, stems)
    if not places:
        return text
    best, most, first = places[0][0], 0, 0
    inside: dict[int, int] = {}
    for at, stem in places:
        inside[stem] = inside.get(stem, 0) + 1
        while places[first][0] < at - AROUND:
            gone = places[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) > most:
            best, most = places[first][0], len(inside)
    begin = text.rfind(" ", 0, max(0, best - AROUND)) + 1
    end = text.find(" ", best + 2 * AROUND)
    return text[begin : end if end > 0 else len(text)]


def _places(text: str, stems: Iterable[str]) -> list[tuple[int, int]]:
    """(place, number of the stem) of every word that may come from a stem, in order."""
    beginnings = [re.escape(_beginning(stem)) for stem in stems]
    if not beginnings:
        return []
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(f"({one})" for one in beginnings) + ")", re.IGNORECASE)
    found = []
    for match in pattern.finditer(text):
        found.append((match.start(), match.lastindex or 0))
        if len(found) == TOO_MANY:
            break
    return found


def _beginning(stem: str) -> str:
    """What every form of the word begins with: `retri` stands for retry and retries."""
    return stem[:-1] if len(stem) > 3 and stem.endswith("i") else stem


def marked(headline: str) -> SafeString:
    """Everything escaped, and then what stands between the two marks is marked; one that came alone, from the text, goes."""
    text = MARKED.sub(r"<mark>\1</mark>", escape(headline))
    return mark_safe(re.sub("[\x02\x03]", "", text))  # noqa: S308 escaped the line before
