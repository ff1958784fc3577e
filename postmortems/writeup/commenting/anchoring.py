"""Where the words that a comment is about stand in a later text. Pure. Places count code points, end exclusive.

1. Words that nobody touched are where the changes around them have moved them.
2. A passage of which at least half is left, or a run of `ENOUGH` characters, is what is left of it, in whole words.
3. Words that were cut out and put in again elsewhere are found there: among what is new in the text alone, for what
   stood elsewhere before is another's. Of several places the one counts with the most of the words around it, then
   the nearest. Short words count only with words around them that agree.
4. Otherwise they are gone.

Two texts are compared line by line, and word by word where lines differ, by a count of edits whose time grows with
the product of the lengths over the bits of a machine word and with nothing else, whatever the texts. Beyond `WORK`
they are not compared, and the words are looked for by themselves.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from postmortems.writeup.writing.merging import PIECE

ENOUGH = 16  # characters by which words are told from others like them
AROUND = 80  # characters on either side that are looked at
WORK = 4_000_000_000  # characters of one text times characters of the other: some tenths of a second
READ = 300  # words of a passage by which a page finds it again
LOOKED_AT = 200  # places at which the same words stand

WORD = re.compile(r"\w+")
MARK = re.compile(r"!(?=\[)|[*`~\[\]]|^(?:#{1,6}|>)\s+", re.M)
LINK = re.compile(r"\]\([^()\s]{0,2000}\)")  # the address of a link or a picture, which no reader sees


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words are now, and whether they are all there as they were."""

    start: int
    end: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """The characters `start` to `end` of the text before became `now_start` to `now_end` of the text now."""

    start: int
    end: int
    now_start: int
    now_end: int


class Comparison:
    """What became of one text on the way to another, found once for all the passages of it."""

    def __init__(self, was: str, now: str, *, most: int = WORK) -> None:
        self.was, self.now = was, now
        blocks = _blocks(was, now)
        self.work = sum((end - start) * (now_end - now_start) for start, end, now_start, now_end in blocks)
        self.changes = [*_changes(was, now, blocks)] if self.work <= most else None
        self._ends = [change.end for change in self.changes or ()]

    def place(self, start: int, end: int) -> Place | None:
        """Where `was[start:end]` stands now; None when it is gone."""
        quote = self.was[start:end]
        if self.changes is None:
            return nearest(self.now, quote, start)
        left = self._left(start, end)
        kept = sum(b - a - _blank(self.now[a:b]) for a, b in left)
        size = len(quote) - _blank(quote)
        if left and 2 * kept >= size:
            return self._grown(left, start, end)
        elsewhere = self._moved(start, end)
        if elsewhere is not None:
            return elsewhere
        longest = max((b - a - _blank(self.now[a:b]) for a, b in left), default=0)
        return self._grown(left, start, end) if longest >= ENOUGH else None

    def _left(self, start: int, end: int) -> list[tuple[int, int]]:
        """The untouched pieces of the passage, as they stand now."""
        found, at, now = [], 0, 0
        first = bisect_right(self._ends, start)  # of the changes, those that end before are of no matter
        if first:
            at, now = self.changes[first - 1].end, self.changes[first - 1].now_end
        rest = itertools.islice(self.changes, first, None)
        for change in itertools.chain(
            rest, [Change(len(self.was), len(self.was), len(self.now), len(self.now))]
        ):
            a, b = max(at, start), min(change.start, end)
            if a < b:
                found.append((now + a - at, now + b - at))
            at, now = change.end, change.now_end
            if at >= end:
                break
        return found

    def _grown(self, left: Sequence[tuple[int, int]], start: int, end: int) -> Place | None:
        """From the first to the last of what is left, in whole words where the passage was of whole words."""
        a, b = left[0][0], left[-1][1]
        if not _splits(self.was, start):
            while _splits(self.now, a):
                a -= 1
        if not _splits(self.was, end):
            while _splits(self.now, b):
                b += 1
        as_it_was = nearest(self.now, self.was[start:end], a)
        if as_it_was and as_it_was.start <= a and b <= as_it_was.end:
            return as_it_was
        return Place(a, b, self.now[a:b] == self.was[start:end])

    def _moved(self, start: int, end: int) -> Place | None:
        """The words, put in again where something is new."""
        quote = self.was[start:end]
        new = [
            (change.now_start, change.now_end) for change in self.changes if change.now_end > change.now_start
        ]
        ends = [b for _, b in new]
        best: tuple[int, int, int] | None = None
        for at in itertools.islice(_places(self.now, quote), LOOKED_AT):
            following = bisect_right(ends, at)
            if following == len(new) or new[following][0] >= at + len(quote):
                continue
            around = alike(self.was, start, end, self.now, at, at + len(quote))
            if around + len(quote) >= ENOUGH:
                best = max(best or (-1, 0, 0), (around, -abs(at - start), at))
        return Place(best[2], best[2] + len(quote)) if best else None


Span = tuple[int, int, int, int]  # from and until in the text before, from and until in the text now


def _blocks(was: str, now: str) -> list[Span]:
    """The lines that are different, in order; the whole texts where they have too many lines."""
    one, two = was.splitlines(keepends=True), now.splitlines(keepends=True)
    if len(one) * len(two) > WORK:
        return [(0, len(was), 0, len(now))]
    return [*_different(one, two, 0, 0)]


def _changes(was: str, now: str, blocks: Sequence[Span]) -> Iterator[Change]:
    """What is different within them; words that changed in part are different in that part alone."""
    for start, end, now_start, now_end in blocks:
        one, two = PIECE.findall(was[start:end]), PIECE.findall(now[now_start:now_end])
        for span in _different(one, two, start, now_start):
            yield _narrowed(Change(*span), was, now)


def _different(one: Sequence[str], two: Sequence[str], at: int, now_at: int) -> Iterator[Span]:
    starts = list(itertools.accumulate(map(len, one), initial=at))
    now_starts = list(itertools.accumulate(map(len, two), initial=now_at))
    for same, group in itertools.groupby(Levenshtein.opcodes(one, two), key=lambda code: code.tag == "equal"):
        if not same:
            first, *_, last = [*group] * 2
            yield (
                starts[first.src_start], starts[last.src_end], now_starts[first.dest_start], now_starts[last.dest_end]
            )  # fmt: skip


def _narrowed(change: Change, was: str, now: str) -> Change:
    before, after = was[change.start : change.end], now[change.now_start : change.now_end]
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    return Change(change.start + head, change.end - tail, change.now_start + head, change.now_end - tail)


def alike(was: str, start: int, end: int, now: str, a: int, b: int) -> int:
    """How many characters agree right before and right after two places."""
    before = _common(was[max(0, start - AROUND) : start][::-1], now[max(0, a - AROUND) : a][::-1])
    return before + _common(was[end : end + AROUND], now[b : b + AROUND])


def nearest(text: str, words: str, near: int) -> Place | None:
    """Where `words` stand nearest to `near`; None when they are nowhere."""
    if not words:
        return None
    near = max(0, min(near, len(text)))
    found = [at for at in (_last(text[: near + len(words)], words), text.find(words, near)) if at >= 0]
    at = min(found, key=lambda at: abs(at - near), default=None)
    return None if at is None else Place(at, at + len(words))


def _last(text: str, words: str) -> int:
    """As `rfind`, which takes the product of the lengths for words made for it."""
    at = text[::-1].find(words[::-1])
    return -1 if at < 0 else len(text) - at - len(words)


def of_words(source: str, words: str, number: int = 0) -> Place | None:
    """Where words that were read on a page stand in its Markdown, for the `number`th time (the first is 0).

    What counts are letters and digits; marks, line ends and the addresses of links may stand between them, and signs at
    their ends belong to them where they stand in both. With fewer such places the last one is taken.
    """
    asked = [word.casefold() for word in WORD.findall(words)]
    if not asked:
        return nearest(source, words.strip(), 0)
    page = Page(source)
    runs = list(itertools.islice(page.runs(asked), min(max(number, 0), LOOKED_AT) + 1))
    if not runs:
        return None
    start, end = page.words[runs[-1]][0], page.words[runs[-1] + len(asked) - 1][1]
    before, after = WORD.split(words.strip(), maxsplit=1)[0], WORD.split(words.strip())[-1]
    start -= len(before) if source[:start].endswith(before) else 0
    end += len(after) if source.startswith(after, end) else 0
    return Place(start, end)


class Page:
    """A source as a page shows it: its words, without marks and the addresses of links."""

    def __init__(self, source: str) -> None:
        self.source = source
        hidden = [match.span() for match in LINK.finditer(source)]
        self.words = [match.span() for match in WORD.finditer(source) if not _inside(match.start(), hidden)]
        self._starts = [a for a, _ in self.words]
        self._plain = [source[a:b].casefold() for a, b in self.words]
        self._text = _bound(self._plain)
        self._places = list(itertools.accumulate((len(word) + 1 for word in self._plain), initial=0))

    def runs(self, asked: Sequence[str]) -> Iterator[int]:
        """Where `asked` begins, by the number of the word."""
        return (bisect_right(self._places, at) - 1 for at in _places(self._text, _bound(asked)))

    def as_read(self, place: Place) -> tuple[str, int]:
        """The words of a place as they are shown, and how often the same stand before: what `of_words` finds again."""
        first = bisect_left(self._starts, place.start)
        last = bisect_left(self._starts, place.end)
        if first < last and self.words[last - 1][1] > place.end:
            last -= 1
        last = min(last, first + READ)
        if first >= last:
            return "", 0
        before = itertools.takewhile(lambda run: run < first, self.runs(self._plain[first:last]))
        words = " ".join(self.source[a:b] for a, b in self.words[first:last])
        return words, sum(1 for _ in itertools.islice(before, LOOKED_AT))


def _bound(words: Sequence[str]) -> str:
    return f"\x00{chr(0).join(words)}\x00"


def unmarked(words: str) -> str:
    """Words of a source without the commonest marks, to be quoted in one line."""
    return MARK.sub("", LINK.sub("", words))


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    place = bisect_right(spans, (at, len(spans) and spans[-1][1])) - 1
    return place >= 0 and at < spans[place][1]


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _splits(text: str, at: int) -> bool:
    """Whether a word would be cut in two there."""
    return 0 < at < len(text) and bool(WORD.fullmatch(text[at - 1 : at + 1]))


def _blank(text: str) -> int:
    return sum(character.isspace() for character in text)


def _common(one: str, two: str) -> int:
    """How many characters both begin with."""
    same, most = 0, min(len(one), len(two))
    while same < most:
        middle = (same + most + 1) // 2
        if one[same:middle] == two[same:middle]:
            same = middle
        else:
            most = middle - 1
    return same
