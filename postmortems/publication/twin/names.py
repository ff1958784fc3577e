"""Names of people, found in a text. Pure, and linear in its length however many people an organisation has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from postmortems.publication.twin.lexicon import ALSO_WORDS, PARTICLES
from postmortems.publication.twin.swapping import as_one
from postmortems.writeup.citing import saying

# Without the s of a possessive.
WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’](?!s\b)(?=[^\W\d_]))*")
MONTHS = {"april", "may", "june", "august", "march"}


@dataclass(frozen=True)
class Person:
    """`took_part` says that every part of the name counts; of others the whole name and each capital part of it."""

    name: str
    instead: str
    role: str = ""
    known_as: tuple[str, ...] = ()
    took_part: bool = False

    def names(self) -> Iterator[str]:
        """By which somebody could be known, the longest first."""
        told = dict.fromkeys([*saying.names_of(self.name, self.role), *self.known_as])
        for name in told:
            name = as_one(name).strip().lstrip("@")
            if len(name) > 1 and name.casefold() not in PARTICLES and not name.isdigit():
                yield name


@dataclass
class Names:
    """Everybody's names by their first word."""

    people: Iterable[Person]
    _by_first: dict[str, list[tuple[tuple[str, ...], str, Person]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for person in self.people:
            for name in person.names():
                words = WORD.findall(name)
                if words:
                    folded = tuple(word.casefold() for word in words)
                    self._by_first.setdefault(folded[0], []).append((folded, name, person))
        for known in self._by_first.values():
            known.sort(key=lambda one: -len(one[0]))

    def find(self, text: str) -> Iterator[tuple[int, int, Person]]:
        """Where somebody is named. Of names that begin at the same word the longest."""
        words = list(WORD.finditer(text))
        taken = 0
        for number, word in enumerate(words):
            if word.start() < taken:
                continue
            for folded, name, person in self._by_first.get(word[0].casefold(), ()):
                there = words[number : number + len(folded)]
                if tuple(one[0].casefold() for one in there) != folded or not _close(text, there):
                    continue
                if _is_meant(text, word, name, person, len(folded)):
                    taken = there[-1].end()
                    yield word.start(), taken, person
                    break


def _close(text: str, words: list[re.Match]) -> bool:
    """The words of one name stand beside each other."""
    return all(not text[a.end() : b.start()].strip(" .,_-\n\u00a0") for a, b in zip(words, words[1:], strict=False))  # fmt: skip


def _is_meant(text: str, word: re.Match, name: str, person: Person, words: int) -> bool:
    if words > 1 or not name.isalpha():
        return True
    as_word = name.casefold() in ALSO_WORDS
    if person.took_part:
        return word[0][0].isupper() or not as_word and len(name) > 2
    if not word[0][0].isupper() or len(name) < 3:
        return False
    return not as_word or not _begins(text, word.start()) and not _is_month(text, word)


def _is_month(text: str, word: re.Match) -> bool:
    """May 3, 3 May, in May 2026."""
    return word[0].casefold() in MONTHS and bool(
        re.match(r"[ .,]{1,2}\d", text[word.end() : word.end() + 4]) or re.search(r"(?:\d(?:st|nd|rd|th)?|\b(?:in|of|since|until|by|last|next|early|late))\s$", text[max(0, word.start() - 8) : word.start()])
    )  # fmt: skip


def _begins(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t#>*_-\"'“‘(|`")
    return not before or before[-1] in ".!?:\n"
