"""What can be followed: facets of cards, between their words in addresses, on cards, and for people."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from postmortems.accounts.models import Team, User
from postmortems.archive.models import Subscription
from postmortems.archive.searching.asked import NO_SUCH, Asked
from postmortems.incidents.models import Service, Severity

ALL = "all:"
ROWS = {"severity": Severity, "service": Service, "team": Team}
SAID = {
    "service": "{}",
    "team": "Incidents of {}",
    "severity": "{}",
    "tag": "tagged {}",
    "kind": "Conditions: {}",
}


class NoSuchFacet(Exception):
    """Nothing of that name can be followed."""


def of(name: str, value: str) -> str:
    """The facet that `name` and `value` of a search address stand for. Raises NoSuchFacet."""
    if name == "all":
        return ALL
    value = value.replace("\x00", "").strip()[:200]
    if name not in SAID or not value:
        raise NoSuchFacet
    (facet,) = Asked(chosen={name: value}).facets()
    if facet == NO_SUCH:
        raise NoSuchFacet
    return facet


def named(facets: Iterable[str]) -> dict[str, str]:
    """What people call each; one whose service, team or severity is gone is not in it."""
    facets = set(facets)
    keys: dict[str, set[str]] = {}
    for facet in facets:
        name, _, value = facet.partition(":")
        keys.setdefault(name, set()).add(value)
    names = {
        f"{name}:{row.pk}": row.name
        for name, rows in ROWS.items()
        if name in keys
        for row in rows.objects.filter(pk__in=[key for key in keys[name] if key.isdigit()])
    }
    found = {}
    for facet in facets:
        name, _, value = facet.partition(":")
        called = names.get(facet) if name in ROWS else value
        if facet == ALL:
            found[facet] = "Everything"
        elif called:
            found[facet] = SAID[name].format(called)
    return found


def offered(user: User, asked: Asked) -> list[dict[str, str | bool]]:
    """What a page that shows these facets offers to follow: `facet` and `value` for its address, and whether one does."""
    found = []
    for name, value in asked.chosen.items():
        with suppress(NoSuchFacet):
            found.append({"facet": name, "value": value, "key": of(name, value)})
    keys = [one["key"] for one in found]
    mine = set(Subscription.objects.filter(user=user, facet__in=keys).heard().values_list("facet", flat=True)) if keys else set()  # fmt: skip
    names = named(keys)
    return [
        one | {"name": names.get(one["key"], one["value"]), "followed": one["key"] in mine} for one in found
    ]
