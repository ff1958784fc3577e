"""What the coach is told of the organisation and of one review before it reads. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from postmortems.incidents.models import Incident, Service
from postmortems.language.coach import Preferences
from postmortems.writeup.models import HouseWord, SilencedKind


@dataclass(frozen=True)
class Wishes:
    """`Preferences` without what was let stand, in a form that compares by what is in it."""

    people: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
    silenced: tuple[str, ...] = ()

    def preferences(self) -> Preferences:
        return Preferences(self.people, self.things, dict(self.extra), self.silenced)


def wishes_of(incident: Incident) -> Wishes:
    """Names of those who took part and of the circle, the organisation's services, words, and kinds it silenced; five queries.

    Other accounts are left out on purpose: among the surnames of a large organisation are too many words of the trade.
    """
    took_part = incident.participants.values_list("name", flat=True)
    circle = incident.circle.values_list("user__name", flat=True)
    extra: dict[str, list[str]] = {}
    for kind, words in HouseWord.objects.values_list("kind", "words"):
        extra.setdefault(kind, []).append(words)
    return Wishes(
        people=tuple(sorted({*took_part, *circle})),
        things=tuple(Service.objects.values_list("name", flat=True)),
        extra=tuple((kind, tuple(words)) for kind, words in sorted(extra.items())),
        silenced=tuple(sorted(SilencedKind.objects.values_list("kind", flat=True))),
    )
