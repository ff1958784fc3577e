"""What the citations of a draft lead to, as things stand now.

An event leads to its evidence, a condition and an item to themselves, a role to who took part. What somebody hid or
removed is not there. Only what has a key of its own can be cited: of interviews that is a released recollection, on
the timeline; and of evidence what stands behind a mask stays there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.markdown import Refer, Reference
from postmortems.writeup.citing import saying
from postmortems.writeup.citing.drafts import Place, cited_in, texts_of
from postmortems.writeup.citing.grammar import citations_of
from postmortems.writeup.images.references import images
from timelines.models import Event

Found = Mapping[int, Reference]


def references_of(incident: Incident, texts: Iterable[str] | None = None) -> Refer:
    """To be given to `markdown.to_html` as `refer`: for these texts, or for every text of the draft. At most one query
    for each kind that is cited, besides those that read the texts."""
    asked = (
        cited_in(texts_of(incident))
        if texts is None
        else {one for text in texts for one in citations_of(text)}
    )
    return Among(look_up(incident, asked))


def look_up(incident: Incident, asked: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Reference]:
    """What there is of it."""
    numbers: dict[str, set[int]] = {}
    for kind, number in asked:
        numbers.setdefault(kind, set()).add(number)
    return {
        (kind, number): reference
        for kind, wanted in numbers.items()
        if kind in SHELVES
        for number, reference in SHELVES[kind](incident, wanted).items()
    }


class Among:
    """A `Refer` that knows what was looked up."""

    do_not_call_in_templates = True  # where it is handed on to a tag

    def __init__(self, found: Mapping[tuple[str, int], Reference]) -> None:
        self.found = found

    def __call__(self, kind: str, number: int) -> Reference | None:
        return self.found.get((kind, number))


def broken(incident: Incident, texts: Iterable[tuple[Place, str]]) -> list[tuple[Place, str, int]]:
    """Citations of the draft's texts that lead nowhere any more: where they stand, and what they cited."""
    cited = cited_in(texts)
    there = look_up(incident, cited)
    return [(place, *one) for one, places in cited.items() if one not in there for place in places]


def moment_of(event: Event) -> saying.Moment:
    return saying.Moment(
        event.at, event.precision, event.certainty, event.source.name, event.actor, event.text, event.caption
    )


def _events(incident: Incident, numbers: set[int]) -> Found:
    zone = ZoneInfo(incident.zone)
    events = incident.events.filter(pk__in=numbers, hidden=False).select_related("source").defer("extra")
    return {
        event.pk: Reference(
            reverse("timelines:event", args=[incident.ref, event.pk]),
            saying.in_words(moment := moment_of(event), zone),
            saying.as_note(moment, zone),
        )
        for event in events
    }


def _conditions(incident: Incident, numbers: set[int]) -> Found:
    page = reverse("writeup:edit", args=[incident.ref])
    return {
        one.number: Reference(
            f"{page}#condition-{one.number}", f"C{one.number}", f"{one.kind}\n{one.sentence}"
        )
        for one in incident.conditions.filter(number__in=numbers).select_related("kind")
    }


def _items(incident: Incident, numbers: set[int]) -> Found:
    return {
        item.number: Reference(
            reverse("remediation:item", args=[incident.ref, item.number]),
            f"R{item.number}",
            f"{item.get_type_display()}, {item.get_status_display().lower()}\n{item.what}",
        )
        for item in incident.items.filter(number__in=numbers)
    }


def _roles(incident: Incident, numbers: set[int]) -> Found:
    """The words are the role, never the name."""
    page = reverse("incidents:people", args=[incident.ref])
    return {
        one.pk: Reference(
            page, saying.of_role(one.role), "Took part in the incident", saying.names_of(one.name, one.role)
        )
        for one in incident.participants.filter(pk__in=numbers)
    }


SHELVES: dict[str, Callable[[Incident, set[int]], Found]] = {
    "event": _events,
    "condition": _conditions,
    "item": _items,
    "role": _roles,
    "image": images,
}
