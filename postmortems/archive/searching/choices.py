"""The facets of what was found, with their counts, as a form shows them."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter

from django.db.models import F, Value

from postmortems.accounts.models import Team
from postmortems.archive.searching.asked import Asked
from postmortems.incidents.models import Service, Severity

TAGS = 16
SHOWN = 60


@dataclass(frozen=True)
class Choice:
    value: str  # in the address
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    key: str
    name: str
    choices: list[Choice]


def choices(asked: Asked, counts: dict[str, int]) -> tuple[list[Facet], list[Choice]]:
    """Selects for the form, and the tags beside it; what is chosen stays among them though nothing is left of it."""
    by_name = {name: _of(name, counts) for name in ("severity", "service", "team", "kind", "year", "tag")}
    severities, services, teams = _named(by_name)
    facets = [
        _facet(asked, "severity", "Severity", [(*severities[key], n) for key, n in _in_order(by_name["severity"], severities)]),
        _facet(asked, "service", "Service", [(*services[key], n) for key, n in by_name["service"] if key in services]),
        _facet(asked, "team", "Team", [(*teams[key], n) for key, n in by_name["team"] if key in teams]),
        _facet(asked, "kind", "Condition", [(kind, kind, n) for kind, n in by_name["kind"]]),
        _facet(asked, "year", "Year", [(year, year, n) for year, n in sorted(by_name["year"], reverse=True)]),
    ]  # fmt: skip
    tags = [Choice(tag, tag, n, tag == asked.chosen.get("tag")) for tag, n in by_name["tag"][:TAGS]]
    return facets, tags


def _of(name: str, counts: dict[str, int]) -> list[tuple[str, int]]:
    """(value, count) of one facet, most first."""
    start = f"{name}:"
    found = [(facet[len(start) :], n) for facet, n in counts.items() if facet.startswith(start)]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:SHOWN]


def _in_order(found: list[tuple[str, int]], names: dict) -> list[tuple[str, int]]:
    order = list(names)
    return sorted((pair for pair in found if pair[0] in names), key=lambda pair: order.index(pair[0]))


def _named(found: dict[str, list[tuple[str, int]]]) -> list[dict[str, tuple[str, str]]]:
    """By key what the address says and the name: of severities in their order, of services and of teams."""
    rows = (
        Severity.objects.order_by()
        .annotate(of=Value(0), place=F("rank"))
        .values_list("of", "pk", "key", "name", "place")
    )
    for number, (name, model) in enumerate((("service", Service), ("team", Team)), 1):
        some = model.objects.order_by().filter(pk__in=[key for key, _ in found[name]])
        rows = rows.union(
            some.annotate(of=Value(number), place=Value(0)).values_list("of", "pk", "slug", "name", "place"),
            all=True,
        )
    named: list[dict[str, tuple[str, str]]] = [{}, {}, {}]
    for of, key, said, name, _ in sorted(rows, key=itemgetter(0, 4)):
        named[of][str(key)] = (said, name)
    return named


def _facet(asked: Asked, key: str, name: str, told: list[tuple[str, str, int]]) -> Facet:
    chosen = asked.chosen.get(key, "")
    made = [Choice(value, words, n, value == chosen) for value, words, n in told]
    if chosen and not any(choice.chosen for choice in made):
        made.append(Choice(chosen, chosen, 0, True))
    return Facet(key, name, made)
