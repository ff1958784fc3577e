"""Bringing two texts together that were written from the same one. Pure.

Words, white space and signs are the pieces. What only one side changed is taken from it; what both changed
alike is taken once; what both *added* at the same place is kept one after the other. Where both changed the
same words in different ways there is a clash: the text that stands keeps its words, and what was written
instead is told, so that both can be shown and nothing is lost.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from merge3 import Merge3
from rapidfuzz.distance import Levenshtein, Opcode, Opcodes

MOST = (
    1_000_000  # pieces of one text times pieces of the other, by which the better of two ways is quick enough
)
MOST_AT_ALL = 20_000_000_000  # the same; beyond it all of a text is taken to have changed
MARGIN = 40  # pieces
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
    """`written` brought into `standing`, both having begun as `base`. Line by line, then within lines word by word."""
    if standing in (base, written):
        return Merged(written)
    if written == base:
        return Merged(standing)
    parts = _Parts()
    lines = [text.splitlines(keepends=True) for text in (base, standing, written)]
    for kind, one in _regions(lines):
        if kind == "conflict":
            _by_words([PIECE.findall(text) for text in one], parts)
        else:
            parts.add(one[0])
    return Merged("".join(parts.texts), tuple(parts.clashes))


class _Parts:
    """What is merged so far."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.clashes: list[Clash] = []
        self.length = 0

    def add(self, text: str) -> None:
        self.texts.append(text)
        self.length += len(text)


def _by_words(pieces: Sequence[Sequence[str]], parts: _Parts) -> None:
    """Of the beginning and the end that all share some is compared, too: the full stop of a sentence that only one of
    them added is not that of the sentence before it. Where that does not help, as in a text that repeats itself, it is not.
    """
    regions = list(_regions(pieces, margin=MARGIN))
    if _clashing(regions):
        regions = min(regions, list(_regions(pieces)), key=_clashing)
    for kind, one in regions:
        if kind == "conflict" and (joined := _both_added(*one)) is None:
            was, stands, instead = one
            parts.clashes.append(Clash(parts.length, was, stands, instead))
            parts.add(stands)
        else:
            parts.add(joined if kind == "conflict" else one[0])


def _clashing(regions: Sequence[tuple[str, tuple[str, ...]]]) -> int:
    return sum(kind == "conflict" and _both_added(*one) is None for kind, one in regions)


def _regions(pieces: Sequence[Sequence[str]], *, margin: int = 0) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the three have in common or only one changed, as one text; what two changed, as all three texts."""
    head = max(0, _shared(pieces) - margin)
    rest = [text[head:] for text in pieces]
    tail = max(0, _shared([text[::-1] for text in rest]) - margin)
    base, standing, written = middle = [text[: len(text) - tail] for text in rest]
    yield "unchanged", ("".join(pieces[0][:head]),)
    for kind, *numbers in Merge3(base, standing, written, sequence_matcher=_matcher).merge_regions():
        if kind == "conflict":
            spans = zip(middle, numbers[::2], numbers[1::2], strict=True)
            yield kind, tuple("".join(text[begin:end]) for text, begin, end in spans)
        else:
            text = {"unchanged": base, "a": standing, "same": standing, "b": written}[kind]
            yield kind, ("".join(text[numbers[0] : numbers[1]]),)
    yield "unchanged", ("".join(rest[0][len(middle[0]) :]),)


class _Blocks:
    """What two lists have in common, by the fewest edits: for long ones, where looking for the longest runs takes minutes."""

    def __init__(self, one: Sequence[str], two: Sequence[str]) -> None:
        if len(one) * len(two) > MOST_AT_ALL:
            self.found = Opcodes([Opcode("replace", 0, len(one), 0, len(two))], len(one), len(two))
        else:
            self.found = Levenshtein.opcodes(one, two)

    def get_opcodes(self) -> Iterator[tuple[str, int, int, int, int]]:
        return (
            (code.tag, code.src_start, code.src_end, code.dest_start, code.dest_end) for code in self.found
        )

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        return [tuple(block) for block in self.found.as_matching_blocks()]


def _matcher(_, one: Sequence[str], two: Sequence[str]) -> SequenceMatcher | _Blocks:
    """Every piece counts, however often it stands there."""
    if len(one) * len(two) > MOST:
        return _Blocks(one, two)
    return SequenceMatcher(None, one, two, autojunk=False)


def _shared(texts: Sequence[Sequence[str]]) -> int:
    """How many pieces all of them begin with."""
    count = 0
    for first, *others in zip(*texts, strict=False):
        if any(other != first for other in others):
            break
        count += 1
    return count


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
    found = []
    for start, until, words, instead in _changes(before.splitlines(True), after.splitlines(True)):
        if not words or not instead:
            found.append((start, until, len(instead)))
            continue
        within = _changes(PIECE.findall(words), PIECE.findall(instead))
        found += [(start + begin, start + end, len(other)) for begin, end, _, other in within]
    return found


def _changes(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[int, int, str, str]]:
    """What is different: from and until in characters of the first text, its words there, and those in their stead."""
    head = _shared([one, two])
    tail = _shared([one[head:][::-1], two[head:][::-1]])
    one, two = one[: len(one) - tail], two[: len(two) - tail]
    starts = list(itertools.accumulate(map(len, one), initial=0))
    for what, a, b, c, d in _matcher(None, one[head:], two[head:]).get_opcodes():
        if what != "equal":
            was, instead = "".join(one[head + a : head + b]), "".join(two[head + c : head + d])
            yield starts[head + a], starts[head + b], was, instead


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
