"""How the open items of teams stand, as their lead wants to know on a Monday; each figure leads to its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from postmortems.accounts.models import Team
from postmortems.remediation.models import OPEN_STATUSES, UNDONE_STATUSES
from postmortems.remediation.models.items import ItemQuerySet

SOON = timedelta(days=7)
MOST = 1000  # open items of all these teams together; beyond it nothing is told rather than something untrue
FIELDS = ("team", "status", "due_on", "owner__is_active", "tracked__conflict", "tracked__gone")


@dataclass(frozen=True)
class Figure:
    count: int
    words: str
    show: str  # as the list of items is asked for them
    loud: bool = False


@dataclass(frozen=True)
class Standing:
    team: Team
    figures: tuple[Figure, ...]  # those that are not nothing
    too_many: bool = False


def of_teams(teams: Iterable[Team], items: ItemQuerySet, *, today: date) -> list[Standing]:
    """For each team what is told of those of its items that are among `items`."""
    teams = list(teams)
    if not teams:
        return []
    found = items.filter(team__in=teams, status__in=OPEN_STATUSES).order_by()
    rows = list(found.values(*FIELDS)[: MOST + 1])
    of_team: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of_team[row["team"]].append(row)
    if len(rows) > MOST:
        return [Standing(team, (), too_many=True) for team in teams]
    return [Standing(team, figures(of_team[team.pk], today)) for team in teams]


def figures(rows: list[dict[str, Any]], today: date) -> tuple[Figure, ...]:
    told = (
        Figure(len(rows), "open", "open"),
        Figure(sum(is_overdue(row, today) for row in rows), "overdue", "overdue", loud=True),
        Figure(sum(is_soon(row, today) for row in rows), "due within a week", "soon"),
        Figure(sum(not row["owner__is_active"] for row in rows), "without an owner", "unowned", loud=True),
        Figure(sum(row["status"] == "done" for row in rows), "done, to be looked at", "done"),
        Figure(
            sum(bool(row["tracked__conflict"] or row["tracked__gone"]) for row in rows),
            "to be settled with a tracker", "unsettled", loud=True,
        ),
    )  # fmt: skip
    return tuple(figure for figure in told if figure.count)


def is_overdue(row: dict[str, Any], today: date) -> bool:
    return row["status"] in UNDONE_STATUSES and row["due_on"] is not None and row["due_on"] < today


def is_soon(row: dict[str, Any], today: date) -> bool:
    return (
        row["status"] in UNDONE_STATUSES
        and row["due_on"] is not None
        and today <= row["due_on"] <= today + SOON
    )
