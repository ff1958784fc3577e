"""A published write-up, as the tests of the archive need it."""

from __future__ import annotations

from postmortems.publication import actions
from postmortems.publication.models import Revision
from postmortems.writeup.writing.actions import save_section
from tests import make


def published(by, title: str, story: str = "", *, now=make.T0, **fields) -> Revision:
    incident = make.incident(by=by, title=title, **fields)
    if story:
        save_section(incident=incident, key="story", text=story, version=0, by=by)
    return actions.publish(incident=incident, by=by, now=now, despite="a test needs it")
