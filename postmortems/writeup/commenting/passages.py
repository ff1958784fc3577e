"""From what somebody selected, or pasted, to a passage of a text that is kept."""

from __future__ import annotations

from dataclasses import dataclass

from postmortems.incidents.models import Incident
from postmortems.writeup.commenting.anchoring import Place, nearest, of_words
from postmortems.writeup.models import Section

LONGEST = 10_000  # characters of a passage


@dataclass(frozen=True)
class Selected:
    """What a page sends of a selection.

    In a field: the version it showed, the place in code points and the words there. On a page that is read: the words
    as they are shown, and how often the same words stand before them.
    """

    section: str = ""
    version: int = 0
    start: int | None = None
    end: int | None = None
    quote: str = ""
    number: int = 0


@dataclass(frozen=True)
class Passage:
    """Words of the text numbered `version`. Without a place they were not found in any text that is kept."""

    section: str = ""
    version: int = 0
    start: int | None = None
    end: int | None = None
    quote: str = ""


def passage_of(incident: Incident, selected: Selected) -> Passage:
    """The passage that was selected, in the text it was selected in or else in the one that stands."""
    quote = selected.quote.replace("\r\n", "\n").replace("\x00", "")[:LONGEST]
    section = Section.objects.filter(incident=incident, key=selected.section).first()
    if not quote.strip() or section is None:
        return Passage(selected.section, quote=quote.strip())
    if selected.start is None:
        place = of_words(section.text, quote, selected.number)
        return _at(section, section.version, section.text, place, quote)
    seen = section.history.filter(version=selected.version).values_list("text", flat=True).first()
    if seen is not None and seen[selected.start : selected.end] == quote:
        return _at(section, selected.version, seen, Place(selected.start, selected.start + len(quote)), quote)
    return _at(section, section.version, section.text, nearest(section.text, quote, selected.start), quote)


def _at(section: Section, version: int, text: str, place: Place | None, quote: str) -> Passage:
    """Without the blanks around it; the words alone where they have no place."""
    if place is None:
        return Passage(section.key, section.version, quote=quote.strip())
    words = text[place.start : place.end]
    start = place.start + len(words) - len(words.lstrip())
    words = words.strip()
    return Passage(section.key, version, start, start + len(words), words)
