"""How a table is set on paper: how wide its columns are, in which size, upright or across, or row by row. Pure.

Measures are points. Widths of words are estimated from their letters, which is near enough: columns are set in these
widths, and a word that is longer is broken.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

PORTRAIT, LANDSCAPE = 455.0, 650.0  # between the margins, on the narrower of A4 and Letter
SIZES = ((PORTRAIT, 9.0), (PORTRAIT, 8.2), (LANDSCAPE, 8.5), (LANDSCAPE, 7.6), (LANDSCAPE, 6.8))
LETTER = 0.5  # of the size: the mean width of a letter
BETWEEN = 6.0
LONGEST = 22  # letters of a word that is not broken; beyond it is an address or a token
SHORTER = (12, 9)  # where there is no other way
MUCH = 240  # letters of a cell, beyond which a wider column helps no more
SHORT = 0.25  # of the width: a column that is better on one line
TALL = 1_200  # letters of a row that may be parted between two pages


@dataclass(frozen=True)
class Setting:
    """`shares` of the width in per cent, one for each column; none: each row is set for itself, name by name."""

    shares: tuple[float, ...]
    size: float
    across: bool  # on a page that is turned


def setting(rows: Sequence[Sequence[str]], *, may_turn: bool = True) -> Setting | None:
    """None for a table without cells."""
    columns = max(map(len, rows), default=0)
    if not columns:
        return None
    cells = [[row[column] for row in rows if column < len(row)] for column in range(columns)]
    words = [max((_word(text) for text in texts), default=1) for texts in cells]
    wishes = [max((min(length(text), MUCH) for text in texts), default=1) for texts in cells]
    fitting = [(room, size, LONGEST) for room, size in SIZES] + [(*SIZES[-1], most) for most in SHORTER]
    for room, size, most in fitting:
        if room > PORTRAIT and not may_turn:
            continue
        least = [min(word, most) * size * LETTER + BETWEEN for word in words]
        if sum(least) <= room:
            return Setting(_shared(least, wishes, size, room), size, room > PORTRAIT)
    if columns == 1:
        return Setting((100.0,), 9.0, across=False)
    return Setting((), 9.0, across=False)


def is_tall(row: Sequence[str]) -> bool:
    return max(map(length, row), default=0) > TALL


def length(text: str) -> int:
    """In letters; those of East Asia are as wide as two."""
    if text.isascii():
        return len(text)
    return sum(_wide(character) for character in text)


def _wide(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1


def _word(text: str) -> int:
    """The longest word that is kept whole. Scripts without spaces are broken between any two letters."""
    longest = 1
    for word in text.replace("-", "- ").replace("/", "/ ").split():
        if not word.isascii() and any(unicodedata.east_asian_width(letter) in "WF" for letter in word[:50]):
            longest = max(longest, 4)
        else:
            longest = max(longest, length(word))
    return longest


def _shared(least: list[float], wishes: list[int], size: float, room: float) -> tuple[float, ...]:
    """What is left over keeps short cells, such as times, on one line; the others share it by how much they would like."""
    want = [max(own, wish * size * LETTER + BETWEEN) for wish, own in zip(wishes, least, strict=True)]
    taken = list(least)
    for column in sorted(range(len(want)), key=lambda column: want[column]):
        left = room - sum(taken)
        if want[column] <= room * SHORT and want[column] - taken[column] <= left / 2:
            taken[column] = want[column]
    more = [wish - own for wish, own in zip(want, taken, strict=True)]
    left, every = room - sum(taken), sum(more)
    if every <= left:
        even = (left - every) / len(taken)
        taken = [wish + even for wish in want]
    else:
        taken = [own + wish * left / every for own, wish in zip(taken, more, strict=True)]
    return tuple(round(100 * width / room, 2) for width in taken)
