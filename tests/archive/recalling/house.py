"""What tests of letters that recall need: a write-up with promises, and a clock that is pushed on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from postmortems.accounts.models import User
from postmortems.calendars.decent import is_decent
from postmortems.incidents.models import Incident
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.remediation.models import Item
from tests import make


def promised(by: User, title: str, *, at: datetime, due: date, count: int = 1, **fields) -> Incident:
    """Published at a moment, with so many items promised for a day."""
    incident = make.incident(by=by, title=title, **fields)
    for number in range(count):
        make.item(incident, f"Answer {number + 1} to {title}", owner=by, due_on=due, status="accepted")
    publication.publish(incident=incident, by=by, now=at, despite="a test needs it")
    Item.objects.filter(incident=incident).update(promised_on=due)
    return incident


def moments(begin: datetime, days: int, *, every: int = 8) -> Iterator[datetime]:
    for hours in range(0, days * 24, every):
        yield begin + timedelta(hours=hours)


def recalled(person: User, name: str) -> list[Letter]:
    """The letters about months or years to one person, each written at a decent hour."""
    found = list(Letter.objects.filter(to=person.email, about__startswith=f"{name} ").order_by("pk"))
    assert all(is_decent(letter.written_at, person.reader) for letter in found)
    return found
