"""The figures on what recurs, with names and ways to the rows."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from postmortems.archive.leading import quarters
from postmortems.archive.leading.tables import table
from postmortems.incidents.models import Service
from postmortems.writeup.models import ConditionKind


def told(figures: dict[str, Any]) -> dict[str, Any]:
    kinds = _kinds(figures["by_quarter"])
    working = [
        kind for kind in kinds if kind not in {row["kind"] for row in figures["by_quarter"] if row["helped"]}
    ]
    services = list(dict.fromkeys(row["service"] for row in figures["by_service"]))
    named = dict(Service.objects.filter(pk__in=services).values_list("pk", "name"))
    return {
        "over_time": table(
            figures["by_quarter"], line="kind", column="quarter", lines=[(kind, kind) for kind in kinds],
            columns=quarters.from_the_first(figures["quarters"], (row["quarter"] for row in figures["by_quarter"])),
        ),
        "across": table(
            figures["by_service"], line="service", column="kind", columns=[(kind, kind) for kind in working],
            lines=[(str(key), named[key]) for key in services if key in named],
        ),
        "themes": [_theme(row) for row in figures["themes"]],
    }  # fmt: skip


def _theme(row: dict[str, Any]) -> dict[str, Any]:
    days = {end: f"{date.fromisoformat(row[end]):%-d %b %Y}" for end in ("first", "last")}
    return row | days | {"query": urlencode({"q": row["word"]})}


def _kinds(found: list[dict[str, Any]]) -> list[str]:
    """In the order of the house; what was renamed since comes after, what helped last."""
    house = list(ConditionKind.objects.values_list("name", flat=True))
    there = {row["kind"]: row["helped"] for row in found}
    return sorted(
        there, key=lambda kind: (there[kind], house.index(kind) if kind in house else len(house), kind)
    )
