from __future__ import annotations

from postmortems.incidents.models import Incident
from postmortems.writeup.sections import TEXTS, Sections


def sections_of(incident: Incident) -> Sections:
    """The sections of the write-up of `incident`."""
    return Sections(TEXTS)
