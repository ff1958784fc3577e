"""Whether enough of those who are named agreed. Pure.

1. A policy that asks for nobody: everybody who is named has to agree, and nobody need be named.
2. A policy that asks for a number: as many of those who are named; who leads the review does not approve their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Named:
    """An approver, and when they agreed to exactly this text."""

    name: str
    agreed_at: datetime | None = None
    leads: bool = False

    def counts(self, needed: int) -> bool:
        return not (needed and self.leads)


def missing(needed: int, named: Iterable[Named]) -> list[str]:
    """What is not there yet, in sentences; nothing when the text is approved."""
    counted = [one for one in named if one.counts(needed)]
    silent = [one.name for one in counted if one.agreed_at is None]
    if not needed:
        return [f"{_and(silent)} did not approve this text yet."] if silent else []
    agreed = len(counted) - len(silent)
    if agreed >= needed:
        return []
    if len(counted) < needed:
        return [_too_few(needed, len(counted))]
    return [f"{agreed} of {needed} approvals are there; {_and(silent, 'or')} can give the rest."]


def _too_few(needed: int, named: int) -> str:
    people = "nobody is" if not named else "one person is" if named == 1 else f"{named} people are"
    asked, them = (f"{needed} approvals", "them") if needed > 1 else ("an approval", "it")
    return f"This severity asks for {asked}, and {people} named who can give {them}. Name more approvers, other than who leads the review."


def _and(names: list[str], word: str = "and") -> str:
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
