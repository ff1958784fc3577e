"""Bringing two texts together that were written from the same one. Pure.

Words, white space and signs are the pieces. What only one side changed is taken from it; what both changed
alike is taken once; what both *added* at the same place is kept one after the other. Where both changed the
same words in different ways there is a clash: the text that stands keeps its words, and what was written
instead is told, so that both can be shown and nothing is lost.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from merge3 import Merge3

PIECE = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")


@dataclass(frozen=True)
class Clash:
    """Words that two people changed differently: what was there, what stands now, what was written instead.

    `at` is where the standing words begin in the merged text, counted in characters.
    """

    at: int
    was: str
    stands: str
    written: str


@dataclass(frozen=True)
class Merged:
    text: str
    clashes: tuple[Clash, ...] = ()


def merge(base: str, standing: str, written: str) -> Merged:
    """`written` brought into `standing`, both having begun as `base`."""
    if standing in (base, written):
        return Merged(written)
    if written == base:
        return Merged(standing)
    pieces = [PIECE.findall(text) for text in (base, standing, written)]
    head = _shared(pieces)
    rest = [text[head:] for text in pieces]
    tail = _shared([text[::-1] for text in rest])
    middle = [text[: len(text) - tail] for text in rest]
    text, clashes = _merge(*middle, after=len("".join(pieces[0][:head])))
    end = "".join(pieces[0][len(pieces[0]) - tail :]) if tail else ""
    return Merged("".join(pieces[0][:head]) + text + end, tuple(clashes))


def _shared(texts: Sequence[Sequence[str]]) -> int:
    """How many pieces all of them begin with."""
    count = 0
    for first, *others in zip(*texts, strict=False):
        if any(other != first for other in others):
            break
        count += 1
    return count


def _merge(
    base: Sequence[str], standing: Sequence[str], written: Sequence[str], *, after: int
) -> tuple[str, list[Clash]]:
    parts: list[str] = []
    clashes: list[Clash] = []
    for region in Merge3(base, standing, written).merge_regions():
        kind, numbers = region[0], region[1:]
        if kind == "conflict":
            was, stands, instead = (
                "".join(text[begin:end])
                for text, begin, end in zip(
                    (base, standing, written), numbers[::2], numbers[1::2], strict=True
                )
            )
            joined = _both_added(was, stands, instead)
            if joined is None:
                clashes.append(Clash(after + sum(map(len, parts)), was, stands, instead))
                joined = stands
            parts.append(joined)
        else:
            text = {"unchanged": base, "a": standing, "same": standing, "b": written}[kind]
            parts.append("".join(text[numbers[0] : numbers[1]]))
    return "".join(parts), clashes


def _both_added(was: str, stands: str, written: str) -> str | None:
    """Both additions, where each side kept the words that were there at one of its ends; None for a clash."""
    if stands.startswith(was) and written.startswith(was):
        return stands + _apart(stands, written[len(was) :])
    if stands.endswith(was) and written.endswith(was):
        added = stands[: len(stands) - len(was)]
        return added + _apart(added, written[: len(written) - len(was)]) + was
    return None


def _apart(before: str, after: str) -> str:
    """`after`, with a space in front where two words would grow together."""
    return f" {after}" if before[-1:].isalnum() and after[:1].isalnum() else after


def moves(before: str, after: str) -> list[tuple[int, int, int]]:
    """How places in `before` move on the way to `after`: (from, until, characters in their stead), in order.

    For carets: a page that takes up `after` keeps them at the words they stood at.
    """
    one, two = PIECE.findall(before), PIECE.findall(after)
    head = _shared([one, two])
    tail = _shared([one[head:][::-1], two[head:][::-1]])
    one, two = one[: len(one) - tail], two[: len(two) - tail]
    starts = list(itertools.accumulate(map(len, one), initial=0))
    found = []
    for what, a, b, c, d in SequenceMatcher(None, one[head:], two[head:]).get_opcodes():
        if what != "equal":
            inserted = sum(map(len, two[head + c : head + d]))
            found.append((starts[head + a], starts[head + b], inserted))
    return found


def settled(text: str, at: int, stands: str, written: str, how: str) -> str:
    """`text` after a clash was decided: `stands` leaves it, `written` puts those words in its place, `both` after it.

    `at` is where the standing words were. When they are not in the text any more, nothing is taken out of it.
    """
    if how == "stands":
        return text
    place = _nearest(text, stands, at)
    if place is None:
        place, stands = min(at, len(text)), ""
    end = place + len(stands)
    if how == "both":
        return text[:end] + _apart(text[:end], written) + text[end:]
    return text[:place] + written + text[end:]


def around(text: str, at: int, stands: str, *, reach: int = 60) -> tuple[str, str]:
    """What stands before and behind the words of a clash, in whole words; empty where they are not there any more."""
    place = _nearest(text, stands, at) if stands else min(at, len(text))
    if place is None:
        return "", ""
    end = place + len(stands)
    before, after = text[max(0, place - reach) : place], text[end : end + reach]
    if place > reach:
        before = "…" + before[before.find(" ") + 1 :]
    if end + reach < len(text):
        after = after[: after.rfind(" ") + 1].rstrip() + " …"
    return before, after


def _nearest(text: str, words: str, at: int) -> int | None:
    """Where `words` begin nearest to `at`; None when they are nowhere."""
    if not words:
        return None
    before, after = text.rfind(words, 0, at + len(words)), text.find(words, at)
    found = [place for place in (before, after) if place >= 0]
    return min(found, key=lambda place: abs(place - at)) if found else None
