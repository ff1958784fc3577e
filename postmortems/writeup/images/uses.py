"""Where the pictures of a draft are shown, and which of them say nothing to those who do not see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from postmortems.incidents.models import Incident
from postmortems.markdown import pictures
from postmortems.writeup.citing.drafts import Place


@dataclass(frozen=True)
class Use:
    """A picture in one of the texts, with the words that stand for it there."""

    number: int
    words: str
    place: Place


def of(texts: Iterable[tuple[Place, str]]) -> dict[int, list[Use]]:
    """The uses of each picture by its number, in the order of the texts."""
    found: dict[int, list[Use]] = {}
    for place, text in texts:
        for number, words in pictures(text):
            found.setdefault(number, []).append(Use(number, words, place))
    return found


def without_words(incident: Incident, texts: Iterable[tuple[Place, str]]) -> list[Use]:
    """Pictures that are shown without a word, neither where they stand nor in the gallery."""
    said = dict(incident.images.standing().values_list("number", "alt"))
    return [
        use for uses in of(texts).values() for use in uses
        if use.number in said and not use.words and not said[use.number]
    ]  # fmt: skip
