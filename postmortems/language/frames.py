"""Frames: short patterns over words, their classes and the subjects of their verbs, read from `data/frames.txt`.

An element stands for one word: `fail` (any form of it), `failed` (this form only when it has no base of its own),
`@class`, `:p` `:t` `:n` `:u` (the subject of this verb), `#TAG` (its part of speech); `a|b` either, `a&b` both, `!a` not.
`a?` may be missing, `..` stands for up to four words and `..7` for up to seven within a clause, `^` for the beginning
of a clause and `$` for its end. Adverbs between two elements are passed over. Gaps are bounded, so time is linear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from postmortems.language.lexicon import closed, sections
from postmortems.language.words import Word

_HEAVY = closed("heavy adverb")
_STOPS = frozenset({".", "!", "?", ";", ":", "…", "...", "|", "–", "—", "?!", "!!", "??"})


@dataclass(frozen=True, slots=True)
class Element:
    plain: frozenset[str] = frozenset()  # alternatives of one form each
    any_of: tuple[
        tuple[frozenset[str], frozenset[str]], ...
    ] = ()  # the others: (all of these, none of those)
    optional: bool = False
    gap: int = 0
    edge: str = ""

    def holds(self, word: Word) -> bool:
        forms = word.forms
        if not self.plain.isdisjoint(forms):
            return True
        return any(wanted <= forms and forms.isdisjoint(unwanted) for wanted, unwanted in self.any_of)


@dataclass(frozen=True, slots=True)
class Frame:
    kind: str
    elements: tuple[Element, ...]
    only: frozenset[str]
    never: frozenset[str]
    source: str
    number: int
    sure: bool
    """Whatever the second vote says: it marks, or it keeps from marking."""
    needs: frozenset[str]
    """Forms one of which must be in a sentence for the frame to hold: a quick look before the slow one."""

    def speaks_in(self, section: str) -> bool:
        return (not self.only or section in self.only) and section not in self.never


@dataclass(frozen=True, slots=True)
class Match:
    frame: Frame
    first: int
    last: int


@dataclass(frozen=True)
class Frames:
    """The frames of one section by a form that their first element may have."""

    by_form: dict[str, tuple[Frame, ...]]

    def matches(self, found: Sequence[Word]) -> Iterator[Match]:
        present = set().union(*(word.forms for word in found))
        ready: dict[str, list[Frame]] = {}
        for form in present & self.by_form.keys():
            frames_ = [
                frame
                for frame in self.by_form[form]
                if not frame.needs or not frame.needs.isdisjoint(present)
            ]
            if frames_:
                ready[form] = frames_
        for at, word in enumerate(found):
            tried: set[int] = set()
            for form in sorted(word.forms & ready.keys()):
                for frame in ready[form]:
                    if frame.number in tried:
                        continue
                    tried.add(frame.number)
                    last = _match(frame.elements, 0, found, at)
                    if last is not None:
                        yield Match(frame, at, max(at, last - 1))


def parse(line: str, heading: str, number: int = 0) -> Frame:
    only: set[str] = set()
    never: set[str] = set()
    source = line
    while line.startswith("<"):
        flag, line = line[1:].split("> ", 1)
        (never if flag.startswith("!") else only).add(flag.removeprefix("!"))
    elements = tuple(_element(part) for part in line.split())
    kind = heading.rsplit(" ", 1)[-1]
    sure = heading.startswith(("sure ", "never "))
    return Frame(kind, elements, frozenset(only), frozenset(never), source, number, sure, _needs(elements))


def _needs(elements: tuple[Element, ...]) -> frozenset[str]:
    sure = [e for e in elements if not e.optional and not e.gap and not e.edge]
    # The first element is what the index goes by; one of the others, the one with the fewest words, is looked for.
    listed = [e.plain for e in sure[1:] if e.plain and not e.any_of]
    return min(
        listed,
        key=lambda forms: (any(form[0] in "#:@" for form in forms), len(forms), sorted(forms)),
        default=frozenset(),
    )


def _element(part: str) -> Element:
    if part.startswith(".."):
        return Element(gap=int(part[2:] or 4))
    if part in ("^", "$"):
        return Element(edge=part)
    optional = part.endswith("?") and len(part) > 1
    alternatives, plain = [], set()
    for option in part.removesuffix("?").split("|") if optional else part.split("|"):
        tests = option.split("&")
        if len(tests) == 1 and not option.startswith("!"):
            plain.add(option)
            continue
        alternatives.append(
            (
                frozenset(test for test in tests if not test.startswith("!")),
                frozenset(test[1:] for test in tests if test.startswith("!")),
            )
        )
    return Element(frozenset(plain), tuple(alternatives), optional)


def _match(elements: tuple[Element, ...], number: int, found: Sequence[Word], at: int) -> int | None:
    """The index behind the last word that the rest of the elements cover, beginning at `at`; None without a match."""
    if number == len(elements):
        return at
    element = elements[number]
    if element.edge:
        holds = _begins(found, at) if element.edge == "^" else _ends(found, at)
        return _match(elements, number + 1, found, at) if holds else None
    if element.gap:
        for ahead in range(at, min(len(found), at + element.gap) + 1):
            last = _match(elements, number + 1, found, ahead)
            if last is not None:
                return last
            if ahead < len(found) and found[ahead].low in _STOPS:
                return None
        return None
    if at < len(found) and element.holds(found[at]):
        last = _match(elements, number + 1, found, at + 1)
        if last is not None:
            return last
    if element.optional:
        last = _match(elements, number + 1, found, at)
        if last is not None:
            return last
    if number and at < len(found) and _light(found[at]) and not elements[number - 1].gap:
        return _match(elements, number, found, at + 1)
    return None


def _light(word: Word) -> bool:
    return word.tag == "ADV" and word.low not in _HEAVY


def _begins(found: Sequence[Word], at: int) -> bool:
    """At the beginning, behind a mark that ends a clause, or behind a word that joins one."""
    while at > 0 and _light(found[at - 1]):
        at -= 1
    return at == 0 or found[at - 1].tag in ("CUT", "CONJ")


def _ends(found: Sequence[Word], at: int) -> bool:
    return at >= len(found) or found[at].low in _STOPS or found[at].low in (",", ")", '"', "”", "(", "-")


@cache
def frames(section: str) -> dict[str, Frames]:
    """`mark`: what marks a kind; `clean`: what says that a kind is not meant in this sentence."""
    return {
        name: _indexed([frame for frame in found if frame.speaks_in(section)])
        for name, found in _parsed().items()
    }


@cache
def _parsed() -> dict[str, list[Frame]]:
    rows: dict[str, list[Frame]] = {"mark": [], "clean": []}
    for number, (heading, line) in enumerate(sections("frames.txt")):
        clean = heading.startswith(("not ", "never "))
        rows["clean" if clean else "mark"].append(parse(line, heading, number))
    return rows


def _indexed(rows: list[Frame]) -> Frames:
    index: dict[str, list[Frame]] = defaultdict(list)
    for frame in rows:
        for form in sorted(_keys(frame)):
            index[form].append(frame)
    return Frames({form: tuple(found) for form, found in index.items()})


def _keys(frame: Frame) -> set[str]:
    """One form for each alternative of the elements that a match may begin with: the rarest-looking one."""
    keys: set[str] = set()
    for element in frame.elements:
        if element.edge:
            continue
        keys |= element.plain
        for wanted, _ in element.any_of:
            keys.add(min(wanted, key=lambda form: (form[0] in ":#", form[0] == "@", form)))
        if not element.optional:
            break
    return keys
