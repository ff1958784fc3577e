"""The figures on what gets fixed, with names and ways to the rows."""

from __future__ import annotations

from typing import Any

from postmortems.archive.leading import quarters
from postmortems.archive.leading.dots import Spread, draw
from postmortems.archive.leading.rows import FARES
from postmortems.archive.leading.tables import table
from postmortems.remediation.models import EffectCheck, Item

ANSWERS = EffectCheck.Answer.choices


def told(figures: dict[str, Any]) -> dict[str, Any]:
    effects = figures["effects"]
    oldest = max((value for row in figures["ages"] for value in row["dots"]), default=0)
    return {
        "standing": figures["standing"],
        "ages": [_age(row, oldest) for row in figures["ages"]],
        "kept": table(
            figures["kept"], line="fares", column="quarter", columns=quarters.from_the_first(figures["quarters"], (row["quarter"] for row in figures["kept"])),
            lines=[(key, FARES[key]) for key in ("kept", "late", "overdue", "dropped")],
        ),
        "by_kind": figures["by_kind"],
        "effects": table(
            [row | {"what": "held"} | {"answer": row["held"]} for row in effects], line="what", column="answer",
            columns=ANSWERS, lines=[("held", "Did it hold?")],
        ).lines + table(
            [row | {"what": "changed"} | {"answer": row["changed"]} for row in effects], line="what", column="answer",
            columns=ANSWERS, lines=[("changed", "Would it have changed the incident?")],
        ).lines,
        "answers": ANSWERS,
        "checked": sum(row["n"] for row in effects),
    }  # fmt: skip


def _age(row: dict[str, Any], oldest: float) -> dict[str, Any]:
    name = Item.Type(row["type"]).label
    spread = Spread(row["n"], row["dots"], row["spread"])
    return {
        "type": row["type"],
        "name": name,
        "spread": spread,
        "picture": draw(spread, title=f"Age of what is undone: {name}", up_to=oldest),
    }
