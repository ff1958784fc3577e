"""A text as an approver reads it: the write-up, or what outsiders are to read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.publication import chain, content
from postmortems.publication.models import Audience

NAMES = {
    Audience.INTERNAL: "the write-up",
    Audience.PARTNER: "the version for partners",
    Audience.PUBLIC: "the public version",
}


class Changed(Exception):
    """The text is no longer the one that was read."""


@dataclass(frozen=True)
class Text:
    """Words of an incident as they stand now; `page` is where they are read and approved."""

    incident: Incident
    document: Mapping[str, Any]
    page: str
    audience: str = Audience.INTERNAL

    @cached_property
    def digest(self) -> str:
        return chain.digest(self.document)

    @property
    def name(self) -> str:
        return NAMES[Audience(self.audience)]


def draft(incident: Incident, document: Mapping[str, Any] | None = None) -> Text:
    page = reverse("publication:readiness", args=[incident.ref])
    return Text(incident, content.of(incident) if document is None else document, page)
