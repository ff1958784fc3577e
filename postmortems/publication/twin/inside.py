"""What of an incident and of the house outsiders must not read: asked of the database, for `detecting` and `making`."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident, Participant
from postmortems.publication.models import HouseReplacement
from postmortems.publication.twin.detecting import Inside
from postmortems.publication.twin.lexicon import ALSO_WORDS, EVERYBODYS
from postmortems.publication.twin.names import Names, Person
from postmortems.publication.twin.swapping import Swap
from postmortems.writeup.citing import saying

COLLEAGUE = "a colleague"


def inside_of(incident: Incident) -> Inside:
    """Three queries, however many people there are."""
    accounts = list(User.objects.values_list("pk", "name", "email"))
    took_part = list(incident.participants.select_related("user"))
    there = {person.user_id for person in took_part}
    people = [_participant(person) for person in took_part]
    people += [Person(name, COLLEAGUE, known_as=(email,)) for pk, name, email in accounts if pk not in there]
    return Inside(
        people=Names(people),
        kept=tuple(Swap(one.words, one.instead) for one in HouseReplacement.objects.all()),
        ref=incident.ref,
        domains=_domains(email for _, _, email in accounts),
    )


def _participant(person: Participant) -> Person:
    known = [*person.known_as, person.email]
    if person.user:
        known += [person.user.email, *saying.names_of(person.user.name, person.role)]
    return Person(
        person.name, saying.of_role(person.role), person.role, tuple(filter(None, known)), took_part=True
    )


def _domains(addresses: Iterable[str]) -> frozenset[str]:
    found = {address.rpartition("@")[2].lower() for address in addresses} - EVERYBODYS
    return frozenset(found | {urlsplit(settings.SITE_URL).hostname or ""}) - {""}


def by_themselves(inside: Inside) -> list[Swap]:
    """What is replaced without being asked about: who took part, the incident's reference, what the house keeps."""
    found = [*inside.kept, Swap(inside.ref, "this incident")]
    for person in inside.people.people:
        if person.took_part:
            found += [Swap(name, person.instead, exact=len(name) < 3 or name.casefold() in ALSO_WORDS) for name in person.names()]  # fmt: skip
    told: dict[str, Swap] = {}
    for one in found:
        told.setdefault(one.words.casefold(), one)
    return list(told.values())
