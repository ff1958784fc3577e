"""What the coach finds in the texts of a write-up, and what of it somebody let stand. Reads only.

Every text is read for itself: the sections, the conditions (a sentence and what made sense), and the items. A passage
that was let stand is known by its words, so it stays so wherever it moves, and is asked about again when it is reworded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.language.coach import read
from postmortems.language.marks import Mark
from postmortems.writeup.coaching.families import FAMILY_OF
from postmortems.writeup.coaching.wishes import Wishes, wishes_of
from postmortems.writeup.models import Dismissal
from postmortems.writeup.templating.outline import section_of, sections_of

LIMIT = 60_000  # characters of one text that are read at once
LIMIT_OF_ALL = 150_000  # of a whole write-up: some two seconds on one core

CONDITIONS, ITEMS = "conditions", "items"


@dataclass(frozen=True)
class Place:
    """Where a text stands: `key` is what a mark of it is let stand under, `section` how the coach reads it."""

    key: str
    title: str
    section: str
    address: str


@dataclass(frozen=True)
class Note:
    """A mark in a text; `let_stand` tells who let it stand, and with which word, where somebody did."""

    place: Place
    mark: Mark
    before: str
    words: str
    after: str
    let_stand: Dismissal | None = None

    @property
    def section(self) -> str:
        return self.place.key

    @property
    def kind(self) -> str:
        return self.mark.kind.value

    @property
    def key(self) -> str:
        return self.mark.key

    @property
    def family(self) -> str:
        return FAMILY_OF[self.mark.kind]


@dataclass(frozen=True)
class Reading:
    """Every note of a write-up in the order of its texts, and the places that were too long to be read to their end."""

    notes: tuple[Note, ...]
    unread: tuple[Place, ...] = ()

    @property
    def open(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.let_stand is None)

    @property
    def standing(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.let_stand is not None)


def open_marks(incident: Incident) -> list[Note]:
    """What the coach still asks about; each tells its `section`, `kind` and `key`."""
    return list(whole(incident).open)


def whole(incident: Incident) -> Reading:
    """Everything that is saved, read with the coach, as far as `LIMIT_OF_ALL` goes."""
    wishes, told = wishes_of(incident), dismissals_of(incident)
    notes: list[Note] = []
    unread: list[Place] = []
    left = LIMIT_OF_ALL
    for place, text in texts_of(incident):
        part = text[: max(0, min(left, LIMIT))]
        left -= len(part)
        if len(part) < len(text):
            unread.append(place)
        notes += notes_in(place, part, wishes, told)
    return Reading(tuple(notes), tuple(unread))


def notes_in(
    place: Place, text: str, wishes: Wishes, told: dict[tuple[str, str], Dismissal]
) -> Iterator[Note]:
    for mark in _marks(text, place.section, wishes):
        before, after = _around(text, mark.start, mark.end)
        words = text[mark.start : mark.end]
        yield Note(place, mark, before, words, after, told.get((place.key, mark.key)))


def dismissals_of(incident: Incident, section: str | None = None) -> dict[tuple[str, str], Dismissal]:
    found = Dismissal.objects.filter(incident=incident).select_related("by")
    if section is not None:
        found = found.filter(section=section)
    return {(one.section, one.key): one for one in found}


def place_of(incident: Incident, key: str) -> Place | None:
    """The place that a page names when it asks about a text that is just being written."""
    if key == CONDITIONS:
        return Place(CONDITIONS, "Conditions", "reason", _page(incident, CONDITIONS))
    if key == ITEMS:
        return Place(ITEMS, "Items", "remedy", reverse("remediation:of_incident", args=[incident.ref]))
    about = section_of(incident, key)
    return Place(key, about.title, about.r or "regret", _page(incident, key)) if about else None


def texts_of(incident: Incident) -> Iterator[tuple[Place, str]]:
    """Every saved text that the coach reads, in the order of the write-up."""
    written = dict(incident.sections.exclude(text="").values_list("key", "text"))
    for about in sections_of(incident).texts:
        if about.key in written:
            yield (
                Place(about.key, about.title, about.r or "regret", _page(incident, about.key)),
                written[about.key],
            )
    for number, sentence, made_sense in incident.conditions.values_list("number", "sentence", "made_sense"):
        address = reverse("writeup:condition", args=[incident.ref, number])
        yield Place(CONDITIONS, f"C{number}", "reason", address), _together(sentence, made_sense)
    for number, what, detail in incident.items.values_list("number", "what", "detail"):
        address = reverse("remediation:item", args=[incident.ref, number])
        yield Place(ITEMS, f"R{number}", "remedy", address), _together(what, detail)


@lru_cache(maxsize=64)
def _marks(text: str, section: str, wishes: Wishes) -> tuple[Mark, ...]:
    return read(text, section, wishes.preferences())


def _together(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _around(text: str, start: int, end: int, reach: int = 90) -> tuple[str, str]:
    """The rest of the line on both sides, in whole words."""
    before = text[max(0, start - reach) : start].rsplit("\n", 1)[-1]
    if len(before) == reach and " " in before:
        before = f"…{before[before.find(' ') :]}"
    after = text[end : end + reach].split("\n", 1)[0]
    if len(after) == reach and " " in after:
        after = f"{after[: after.rfind(' ')]} …"
    return before, after


def _page(incident: Incident, key: str) -> str:
    return f"{reverse('writeup:edit', args=[incident.ref])}#{key}"
