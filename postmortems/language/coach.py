"""The language coach: text → marks of blame and bias, each with a kind, a reason and a question.

A sentence is judged by itself: the words around it do not change its marks, so that editing one paragraph leaves the
marks of the others alone. Everything is deterministic and runs in time that grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from postmortems.language.features import features
from postmortems.language.frames import Match, frames
from postmortems.language.grammar import tag
from postmortems.language.kinds import Kind
from postmortems.language.marks import Mark, key_of
from postmortems.language.prose import Block, blocks
from postmortems.language.questions import about, question
from postmortems.language.scorer import scorer
from postmortems.language.sections import SECTIONS, section_of
from postmortems.language.sentences import sentences
from postmortems.language.specifics import has_measure, is_concrete
from postmortems.language.subjects import phrase_of
from postmortems.language.voices import ours
from postmortems.language.words import Word, words

_DEFAULT = "reason"
_SHORT = 3
_WHOLE = 16
_VAGUE_ALL_THE_SAME = 0.8
_OPENS = frozenset("\"“„'‘")
_OF_PEOPLE = frozenset({Kind.OMISSION, Kind.ASSUMPTION})


@dataclass(frozen=True)
class Preferences:
    """What an organisation and a review bring along.

    `people` and `things` are names that decide who can be a subject; `extra` maps a kind to words or phrases that are
    always marked; `silenced` kinds are never marked; `dismissed` holds the keys of marks that somebody has dismissed.
    """

    people: Collection[str] = ()
    things: Collection[str] = ()
    extra: Mapping[str, Iterable[str]] = field(default_factory=dict)
    silenced: Collection[str] = ()
    dismissed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with everything that is known about it before it is judged."""

    start: int
    end: int
    section: str
    block: Block
    words: list[Word]
    marks: list[Match]
    cleans: list[Match]
    features: set[str]


def read(text: str, section: str | None = None, preferences: Preferences | None = None) -> tuple[Mark, ...]:
    """Marks in the order of the text. Without a `section` it is taken from the headings, and is "reason" before any."""
    wishes = preferences or Preferences()
    found: set[Mark] = set()
    for sentence in parsed(text, section, wishes):
        for kind, first, last in judged(sentence):
            found.add(_mark(text, sentence, kind, first, last))
    found.update(_extras(text, wishes.extra))
    kept = (mark for mark in found if mark.kind not in wishes.silenced and mark.key not in wishes.dismissed)
    return tuple(sorted(kept))


def parsed(text: str, section: str | None = None, wishes: Preferences | None = None) -> Iterator[Sentence]:
    wishes = wishes or Preferences()
    people = frozenset(part.casefold() for name in wishes.people for part in (name, *name.split()))
    things = frozenset(name.casefold() for name in wishes.things)
    text = text.replace("\x01", " ").replace("\x02", " ")
    masked, found = blocks(text)
    current = section if section in SECTIONS else _DEFAULT
    for block in found:
        if block.role == "heading" and section is None:
            current = section_of(masked[block.start : block.end]) or current
        for start, end in sentences(masked, block):
            # the mark that says that a quotation begins stands before the sentence
            lead = 1 if start and masked[start - 1] in _OPENS else 0
            parsed_words = words(ours(masked[start - lead : end])[lead:], 0, end - start)
            if not any(word.is_word for word in parsed_words):
                continue
            for word in parsed_words:
                word.start += start
                word.end += start
            yield _sentence(start, end, current, block, parsed_words, people, things)


def _sentence(
    start: int,
    end: int,
    section: str,
    block: Block,
    found: list[Word],
    people: Collection[str],
    things: Collection[str],
) -> Sentence:
    tag(found, people, things)
    book = frames(section)
    marks = list(book["mark"].matches(found))
    cleans = list(book["clean"].matches(found))
    told = features(found, section, marks, cleans, block.listed)
    return Sentence(start, end, section, block, found, marks, cleans, told)


def judged(sentence: Sentence) -> Iterator[tuple[Kind, int, int]]:
    """(kind, first word, last word) for every kind that the sentence carries."""
    spared = {match.frame.kind for match in sentence.cleans}
    barred = {match.frame.kind for match in sentence.cleans if match.frame.sure}
    sure = {match.frame.kind for match in sentence.marks if match.frame.sure} - spared
    likely = _likely(sentence) - barred
    for kind in Kind:
        if (kind in sure or kind in likely) and (kind not in _OF_PEOPLE or _of_people(sentence.words)):
            yield kind, *_extent(sentence, kind)


def _likely(sentence: Sentence) -> set[Kind]:
    """What the second vote says: the sentence is likely to carry blame, and of this kind. With a frame of the kind in
    it less is asked for than without one. Headings and the shortest sentences need a frame."""
    model, limits = scorer(), scorer().thresholds
    if (any_ := model.any(sentence.features)) < limits["framed"]:
        return set()
    scores = model.scores(sentence.features)
    framed = {match.frame.kind for match in sentence.marks}
    terse = sentence.block.role == "heading" or sum(word.is_word for word in sentence.words) < _SHORT
    likely = {kind for kind in Kind if kind in framed and scores[kind] >= limits["kind framed"]}
    if not terse and any_ >= limits["any"]:
        likely |= {kind for kind in Kind if scores[kind] >= limits["kind"]}
    if not likely and not terse and any_ >= limits["sure"]:
        likely = {max(Kind, key=lambda kind: (scores[kind], kind))}
    measured = has_measure(sentence.words) and scores[Kind.VAGUE_REMEDY] < _VAGUE_ALL_THE_SAME
    if measured or is_concrete(sentence.words):
        likely.discard(Kind.VAGUE_REMEDY)
    return likely


def _of_people(found: list[Word]) -> bool:
    """Machines may fail, forget and ignore: a sentence in which only things act tells of nobody's omission or thought."""
    if any("@person" in word.forms for word in found):
        return True
    return not any(":t" in word.forms for word in found)


def _extent(sentence: Sentence, kind: Kind) -> tuple[int, int]:
    """From the subject to the end of the telling words; the clause that scores highest where no frame shows them."""
    found = sentence.words
    matches = [match for match in sentence.marks if match.frame.kind == kind]
    if matches:
        first, last = min(match.first for match in matches), max(match.last for match in matches)
        subjects = [found[at].subject for at in range(first, last + 1) if 0 <= found[at].subject < first]
        first = phrase_of(found, min([first, *subjects]))
    elif len(found) <= _WHOLE:
        first, last = 0, len(found) - 1
    else:
        first, last = max(_clauses(found), key=lambda ends: (_score(sentence, kind, *ends), -ends[0]))
    while first > 0 and last - first < _SHORT and found[first - 1].tag != "CUT":
        first -= 1
    while last + 1 < len(found) and found[last + 1].tag not in ("CUT", "CONJ") and last - first < 24:
        last += 1
    while last > first and not found[last].is_word:
        last -= 1
    while first < last and not found[first].is_word:
        first += 1
    return first, last


def _score(sentence: Sentence, kind: Kind, first: int, last: int) -> float:
    told = features(sentence.words[first : last + 1], sentence.section, (), (), sentence.block.listed)
    return scorer().scores(told)[kind]


def _clauses(found: list[Word]) -> list[tuple[int, int]]:
    ends, first = [], 0
    for at, word in enumerate(found):
        if word.low in (";", ":", "–", "—", "(", ")", "|") or (
            word.low in (",", "because", "but", "so") and at - first > 3
        ):
            if at > first:
                ends.append((first, at - 1))
            first = at + (0 if word.is_word else 1)
    if first < len(found):
        ends.append((first, len(found) - 1))
    return ends


def _mark(text: str, sentence: Sentence, kind: Kind, first: int, last: int) -> Mark:
    found = sentence.words
    told = about(text, found, first, last)
    key = key_of(kind, text[sentence.start : sentence.end])
    return Mark(found[first].start, found[last].end, kind, question(kind, told, sentence.section), key)


def _extras(text: str, extra: Mapping[str, Iterable[str]]) -> Iterator[Mark]:
    """An organisation's own words, wherever they stand, in upper or lower case."""
    for name, phrases in extra.items():
        kind = Kind(name)
        for phrase in phrases:
            if not phrase.strip():
                continue
            pattern = r"\s{1,8}".join(re.escape(part) for part in phrase.split())
            for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.I):
                words_ = " ".join(match.group().split())
                yield Mark(
                    match.start(),
                    match.end(),
                    kind,
                    f"What was seen or known, where the text says “{words_}”?",
                    key_of(kind, words_),
                )
