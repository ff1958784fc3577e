"""Whom to ask, and why: people from roles and from evidence, those nearest to the work first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NEAREST = {
    "on-call responder": 1, "first reporter": 1, "incident commander": 2, "subject expert": 2, "communications": 3,
    "support": 3, "note-taker": 4, "observer": 4,
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One participant with what the evidence says of them: how many events, and the first of them in words."""

    id: int
    name: str
    role: str
    events: int = 0
    commands: int = 0
    pages: int = 0


@dataclass(frozen=True)
class Asked:
    id: int
    name: str
    rank: int
    why: str


def propose(people: Iterable[Seen]) -> list[Asked]:
    """Everybody who took part, with a rank (1 is nearest to the work) and a reason in words.

    The role gives the rank; somebody who typed commands or answered a page comes first whatever the
    role says. Ties go to whom the evidence shows more often, then by name. Nobody is left out: the
    reviewer decides who need not be asked.
    """
    found = []
    for person in people:
        rank = NEAREST.get(person.role.lower(), 3)
        reasons = [person.role.lower()]
        if person.commands:
            rank, reasons = (
                1,
                [*reasons, f"typed {person.commands} command{'s' if person.commands != 1 else ''}"],
            )
        if person.pages:
            rank, reasons = 1, [*reasons, "was paged"]
        if person.events:
            reasons.append(f"appears in {person.events} event{'s' if person.events != 1 else ''}")
        else:
            reasons.append("does not appear in the evidence: what did they see?")
        found.append(
            (rank, -person.events, person.name, Asked(person.id, person.name, rank, ", ".join(reasons)))
        )
    return [asked for *_, asked in sorted(found, key=lambda entry: entry[:3])]


def rank_of(asked: list[Asked]) -> dict[int, int]:
    return {person.id: person.rank for person in asked}
