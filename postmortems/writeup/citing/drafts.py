"""Every text of a draft in which something may be cited, and what each cites. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.writeup.citing.grammar import citations_of
from postmortems.writeup.sections import R
from postmortems.writeup.templating.outline import sections_of


@dataclass(frozen=True)
class Place:
    """Where a text stands."""

    key: str  # of the section, or C2, R3
    title: str
    address: str


def texts_of(incident: Incident) -> Iterator[tuple[Place, str]]:
    """The sections, what made sense of each condition, and the details of each item; three queries."""
    page = reverse("writeup:edit", args=[incident.ref])
    written = dict(incident.sections.exclude(text="").values_list("key", "text"))
    for about in sections_of(incident).texts if written else ():
        if about.key in written:
            title = f"{R[about.r][0]}: {about.title}" if about.r in R else about.title
            yield Place(about.key, title, f"{page}#{about.key}"), written[about.key]
    for number, text in incident.conditions.exclude(made_sense="").values_list("number", "made_sense"):
        yield Place(f"C{number}", f"C{number}", f"{page}#condition-{number}"), text
    for number, text in incident.items.exclude(detail="").values_list("number", "detail"):
        yield (
            Place(f"R{number}", f"R{number}", reverse("remediation:item", args=[incident.ref, number])),
            text,
        )


def cited_in(texts: Iterable[tuple[Place, str]]) -> dict[tuple[str, int], list[Place]]:
    """What the texts cite, by kind and number, and in which of them."""
    found: dict[tuple[str, int], list[Place]] = {}
    for place, text in texts:
        for citation in citations_of(text):
            found.setdefault(citation, []).append(place)
    return found


def where_cited(incident: Incident, kind: str, number: int) -> list[Place]:
    """The texts of the draft that cite it."""
    return [place for place, text in texts_of(incident) if (kind, number) in citations_of(text)]
