"""A difference between two outlines, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from postmortems.writeup.sections import Sections
from postmortems.writeup.templating.comparing import Difference, difference
from postmortems.writeup.writing.views import history


@dataclass(frozen=True)
class Shown:
    found: Difference
    reworded: list[dict]  # title, notes, and words as (name, HTML of what went and what came)


def shown(was: Sections, becomes: Sections) -> Shown:
    found = difference(was, becomes)
    return Shown(
        found,
        [
            {
                "title": one.text.title,
                "notes": one.notes,
                "words": [(word.name, history.difference(word.was, word.becomes)) for word in one.words],
            }
            for one in found.reworded
        ],
    )
