"""Who is called by name in a comment: `@Ana Lima`, plain text in plain text. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from postmortems.accounts.models import User

MOST = 20  # people that one comment calls

AT = re.compile(r"(?<![\w@])@")


def mentioned(text: str, people: Iterable[User]) -> list[User]:
    """Those of `people` whose whole name follows an @, in the order in which they are called, each once.

    Case and the width of spaces do not matter. Of names that begin alike the longest counts; namesakes are called together.
    """
    named: dict[str, list[User]] = defaultdict(list)
    for person in people:
        if name := plain(person.name):
            named[name].append(person)
    lengths = sorted({len(name) for name in named}, reverse=True)
    said = plain(text)
    found: dict[int, User] = {}
    for match in AT.finditer(said):
        for person in next((named[name] for name in _names(said, match.end(), lengths) if name in named), ()):
            found.setdefault(person.pk, person)
    return list(found.values())[:MOST]


def plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _names(said: str, at: int, lengths: Iterable[int]) -> Iterable[str]:
    """What may be a name from there on, the longest first; no name ends within a word."""
    for length in lengths:
        if not re.match(r"\w", said[at + length - 1 : at + length]) or not re.match(
            r"\w", said[at + length :][:1]
        ):
            yield said[at : at + length]
