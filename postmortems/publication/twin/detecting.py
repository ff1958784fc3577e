"""What in shown words may tell of the inside, each with what could stand in its place. Pure.

Nothing is decided here. What was found has to be replaced or cleared by somebody before the words go out; people who
took part and the words that the house keeps inside are replaced without being asked about.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from postmortems.publication.twin.names import Names
from postmortems.publication.twin.shapes import SHAPES, leads_inside
from postmortems.publication.twin.swapping import Swap, Swaps
from timelines.masking import find as masked


@dataclass(frozen=True)
class Found:
    start: int
    end: int
    kind: str
    words: str
    instead: str | None  # what we would put in its place; None: it may well stay


@dataclass(frozen=True)
class Inside:
    """What is known of the house: its people, the words it keeps, how its incident is called, its domains."""

    people: Names = field(default_factory=lambda: Names(()))
    kept: tuple[Swap, ...] = ()
    ref: str = ""
    domains: frozenset[str] = frozenset()


def find(text: str, inside: Inside) -> list[Found]:
    """In order and without overlaps: of two that overlap the one stands that is told first here."""
    found = [*_of_house(text, inside), *_secrets(text), *_shapes(text, inside), *_names(text, inside)]
    return _without_overlaps(found)


def _of_house(text: str, inside: Inside) -> Iterable[Found]:
    if inside.ref:
        pattern = re.compile(rf"(?<!\w){re.escape(inside.ref)}(?!\w)", re.I)
        yield from (
            Found(*match.span(), "incident", match[0], "this incident") for match in pattern.finditer(text)
        )
    for swap in inside.kept:
        yield from (
            Found(*match.span(), "kept inside", match[0], swap.instead)
            for match in re.finditer(swap.pattern, text)
        )


def _secrets(text: str) -> Iterable[Found]:
    return (Found(one.start, one.end, one.kind, one.value, "[removed]") for one in masked(text))


def _shapes(text: str, inside: Inside) -> Iterable[Found]:
    for shape in SHAPES:
        for match in shape.pattern.finditer(text):
            if not shape.check(match[0]):
                continue
            if shape.kind != "link":
                yield Found(*match.span(), shape.kind, match[0], shape.instead)
            elif leads_inside(match[0], inside.domains):
                yield Found(*match.span(), "internal link", match[0], "an internal page")
            else:
                yield Found(*match.span(), "link", match[0], None)


def _names(text: str, inside: Inside) -> Iterable[Found]:
    return (
        Found(start, end, "person", text[start:end], person.instead)
        for start, end, person in inside.people.find(text)
    )


def _without_overlaps(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in found:
        at = bisect_right(kept, one.start, key=lambda other: other.start)
        free_before = at == 0 or kept[at - 1].end <= one.start
        free_after = at == len(kept) or kept[at].start >= one.end
        if one.start < one.end and free_before and free_after:
            kept.insert(at, one)
    return kept


def undecided(texts: Iterable[str], inside: Inside, stays: Iterable[str]) -> list[Found]:
    """What is found in finished words and was not cleared, each wording once; what lies within cleared words is."""
    cleared = Swaps(Swap(words, words) for words in stays)
    told: dict[str, Found] = {}
    for text in texts:
        free = cleared.spans(text)
        for one in find(text, inside):
            if not any(start <= one.start and one.end <= end for start, end in free):
                told.setdefault(one.words, one)
    return list(told.values())
