"""A twin as it would be published now, with everything that a page or an action has to know about it. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.publication import article, chain
from postmortems.publication.approving.named import waiting_for
from postmortems.publication.approving.texts import Text
from postmortems.publication.models import Audience, Mark, Replacement, Revision, Twin
from postmortems.publication.twin.detecting import Found, Inside, undecided
from postmortems.publication.twin.inside import by_themselves, inside_of
from postmortems.publication.twin.making import UNTITLED, make
from postmortems.publication.twin.parts import Choice, Choices, Part, parts_of
from postmortems.publication.twin.swapping import Swap, Swaps

OUTSIDE = (Audience.PUBLIC, Audience.PARTNER)
ATTRIBUTES = re.compile(r'\s(?:title|alt|href|class)="([^"]*)"')
OF_TEXT = ("texts", "picture", "format", "audience", "images", "events", "conditions", "items")


@dataclass(frozen=True)
class Drafted:
    """Made from `revision`, for `audience`. `swaps` are by their words, folded; `decided` those that somebody decided."""

    incident: Incident
    revision: Revision
    audience: str
    parts: list[Part]
    choices: Choices
    inside: Inside
    decided: Mapping[str, Replacement]

    @cached_property
    def swaps(self) -> list[Swap]:
        return [one for one in self.by_themselves if one.words.casefold() not in self.decided] + [
            Swap(one.words, one.instead) for one in self.decided.values() if not one.stays
        ]

    @cached_property
    def by_themselves(self) -> list[Swap]:
        return by_themselves(self.inside)

    @cached_property
    def document(self) -> dict[str, Any]:
        return make(self.revision.content, self.choices, Swaps(self.swaps), self.audience)

    @cached_property
    def html(self) -> str:
        return article.render(self.document)

    @cached_property
    def digest(self) -> str:
        return chain.digest(self.document)

    @cached_property
    def shown(self) -> list[Part]:
        return [part for part in self.parts if self.choice(part).is_for(self.audience)]

    def choice(self, part: Part) -> Choice:
        return self.choices.get(part.place, Choice())

    @cached_property
    def found(self) -> list[Found]:
        """What in the finished words is still to be decided about."""
        return self.undecided(*_words(self.document, self.html))

    def undecided(self, *texts: str) -> list[Found]:
        stays = [one.words for one in self.decided.values() if one.stays]
        return undecided(texts, self.inside, stays)

    @cached_property
    def stubborn(self) -> list[Found]:
        """Decided to be replaced, and yet there: they stand in a way that is not found in the source."""
        return [one for one in self.found if self._is_replaced(one.words)]

    def _is_replaced(self, words: str) -> bool:
        known = self.decided.get(words.casefold())
        return known is not None and not known.stays

    @property
    def text(self) -> Text:
        """As approvers read it."""
        page = reverse("publication:twin", args=[self.incident.ref]) + f"?for={self.audience}"
        return Text(self.incident, self.document, page, self.audience)

    @cached_property
    def last(self) -> Twin | None:
        return last_twin(self.incident, self.audience)

    @property
    def next(self) -> int:
        return self.last.number + 1 if self.last else 1

    @cached_property
    def is_published(self) -> bool:
        """Whether the last twin says exactly this, and stands."""
        same = self.last is not None and chain.drafted(self.last.content) == self.digest
        return same and Twin.objects.standing().filter(pk=self.last.pk).exists()

    @property
    def readers(self) -> list[tuple[str, str]]:
        return [("internal", "Internal"), ("partner", "Partners"), ("public", "Public")]

    @cached_property
    def missing(self) -> list[str]:
        """What stands in the way of publishing it, in sentences."""
        told = []
        if not self.document["title"] or self.document["title"] == UNTITLED:
            told.append("The title is internal. Mark it, or say other words in its place.")
        if not any(part.kind not in (Mark.Kind.TITLE, Mark.Kind.FACT) for part in self.shown):
            told.append("Nothing is marked for these readers yet but a title and facts.")
        if self.stubborn:
            words = ", ".join(f"“{one.words}”" for one in self.stubborn[:5])
            told.append(
                f"{words} could not be replaced where it stands. Say other words in the place of that part."
            )
        if left := len(self.found) - len(self.stubborn):
            told.append(
                f"{left} {'thing that was found is' if left == 1 else 'things that were found are'} still to be replaced or cleared."
            )
        return told + waiting_for(self.incident, self.digest)


def draft(incident: Incident, audience: str) -> Drafted | None:
    """Of the newest revision that was not withdrawn; None where there is none."""
    revision = incident.revisions.standing().order_by("-number").first()
    if revision is None:
        return None
    return Drafted(
        incident,
        revision,
        audience,
        parts_of(revision.content),
        choices_of(incident),
        inside_of(incident),
        {one.words.casefold(): one for one in incident.replacements.select_related("by")},
    )


def choices_of(incident: Incident) -> dict[tuple[str, str, str], Choice]:
    rows = incident.marks.values_list("kind", "key", "digest", "audience", "instead")
    return {(kind, key, digest): Choice(audience, instead) for kind, key, digest, audience, instead in rows}


def last_twin(incident: Incident, audience: str) -> Twin | None:
    return incident.twins.filter(audience=audience).order_by("-number").first()


def _words(document: Mapping[str, Any], html: str) -> Iterator[str]:
    """Everything in it that is words: the article, what its tags hold, and what the document says besides."""
    yield article.words(html)
    tags = re.sub(r"<svg\b.*?</svg>", "", html, flags=re.S)
    yield from dict.fromkeys(unescape(one) for one in ATTRIBUTES.findall(tags) if not one.startswith("#"))
    yield from _leaves({name: value for name, value in document.items() if name not in OF_TEXT})
    yield from (image["alt"] for image in document["images"])


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
