"""Whom to ask, and why: people from roles and from evidence, those nearest to the work first. Pure.

The order says who stood nearest to the work, in words. It counts nothing that could be compared between people:
neither how much somebody wrote nor how fast they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

NEAREST = {
    "on-call responder": 1, "first reporter": 1, "incident commander": 2, "subject expert": 2, "communications": 3,
    "support": 3, "note-taker": 4, "observer": 4,
}  # fmt: skip
RANKS = {1: "first", 2: "early", 3: "later", 4: "last"}
ELSE = 3  # for a role that nobody foresaw
SOON = timedelta(hours=4)  # an appearance later than this after a page is no answer to it


@dataclass(frozen=True)
class Seen:
    """One participant with what the evidence says of them; `handed_to` are participants they handed over to."""

    id: int
    name: str
    role: str
    events: int = 0
    messages: int = 0
    commands: int = 0
    deploys: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    acted_at: datetime | None = None  # their first command, deploy or answer to a page
    rolled_back_at: datetime | None = None
    paged_at: datetime | None = None
    present: bool = False  # joined a channel or reacted
    tried: int = 0  # interventions they are named with
    handed_to: tuple[int, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Somebody to ask: how near to the work (1 is nearest), why in words, and after whom."""

    id: int
    name: str
    rank: int
    why: str
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """A name of the evidence that is nobody's on the list of participants."""

    name: str
    handle: str
    format: str
    why: str
    user: int | None = None


def propose(people: Iterable[Seen], zone: ZoneInfo) -> list[Asked]:
    """Everybody who took part, in the order in which they are best asked. Nobody is left out.

    1. The role gives the rank; who acted by the evidence (a command, a deploy, an answer to a page, something that
       was tried) is nearest whatever the role says.
    2. Inside a rank who acted first comes first, then who appears first, then by name.
    3. Of two people one of whom handed over to the other, the one nearer to the work is asked first.
    """
    everybody = list(people)
    acts = [person.acted_at for person in everybody if person.acted_at]
    first = min(acts, default=None)
    names = {person.id: person.name for person in everybody}
    came_from = {other: person.name for person in everybody for other in person.handed_to}
    ordered = sorted(everybody, key=lambda person: (_rank(person), *_when(person), person.name, person.id))
    found = [
        Asked(
            id=person.id,
            name=person.name,
            rank=_rank(person),
            why=_capital(", ".join(_reasons(person, first, names, came_from.get(person.id), zone))),
        )
        for person in ordered
    ]
    return _in_turn(found, everybody)


def _rank(person: Seen) -> int:
    return 1 if person.acted_at or person.tried else NEAREST.get(person.role.lower(), ELSE)


def _when(person: Seen) -> tuple[bool, float, bool, float]:
    def key(at: datetime | None) -> tuple[bool, float]:
        return at is None, at.timestamp() if at else 0

    return *key(person.acted_at), *key(person.first_at)


def _reasons(
    person: Seen, first: datetime | None, names: dict[int, str], came_from: str | None, zone: ZoneInfo
) -> list[str]:
    """Why this person, in words, their role first."""

    def at(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%H:%M}"

    said = [person.role.lower()] if person.role else []
    if person.acted_at and person.acted_at == first:
        said.append(f"acted first by the evidence, at {at(person.acted_at)}")
    elif person.first_at and not person.acted_at:
        said.append(f"in the evidence from {at(person.first_at)} on")
    if person.rolled_back_at:
        said.append(f"typed the rollback at {at(person.rolled_back_at)}")
    elif person.commands:
        said.append("typed commands")
    if person.deploys:
        said.append("started a deploy")
    if person.paged_at:
        said.append(_paged(person, at))
    if person.tried:
        said.append("tried what was tried")
    said += [f"handed over to {names[other]}" for other in person.handed_to if other in names]
    if came_from:
        said.append(f"took over from {came_from}")
    if not person.events:
        said.append("was there and wrote nothing" if person.present else "not heard in the evidence yet")
    elif not person.messages and not person.acted_at and person.present:
        said.append("was in the channel and wrote nothing")
    return said or ["took part"]


def _paged(person: Seen, at) -> str:
    joined = (
        person.first_at
        if person.first_at and timedelta() <= person.first_at - person.paged_at <= SOON
        else None
    )
    if person.first_at and person.first_at < person.paged_at:
        return f"was paged at {at(person.paged_at)}, and there already"
    if joined is None:
        return f"was paged at {at(person.paged_at)}; no trace shows that they joined"
    minutes = round((joined - person.paged_at).total_seconds() / 60)
    later = "at once" if minutes < 1 else f"within {minutes} minute{'s' if minutes != 1 else ''}"
    return f"was paged at {at(person.paged_at)} and joined {later}"


def _in_turn(found: Sequence[Asked], people: Iterable[Seen]) -> list[Asked]:
    """With `after` for each hand-over: whoever stands later in the order waits for the other."""
    place = {asked.id: number for number, asked in enumerate(found)}
    waits: dict[int, set[int]] = {}
    for person in people:
        for other in person.handed_to:
            if other in place and other != person.id:
                sooner, later = sorted((person.id, other), key=place.__getitem__)
                waits.setdefault(later, set()).add(sooner)
    return [
        replace(asked, after=tuple(sorted(waits.get(asked.id, ()), key=place.__getitem__))) for asked in found
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
