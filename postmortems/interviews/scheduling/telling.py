"""Why somebody finds no time, in words, and what would be given up to hear them all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from postmortems.interviews.planner.explain import CONSTRAINTS
from postmortems.interviews.planner.rules import slot_starts
from postmortems.interviews.scheduling.bounds import Bounds, Seat, Standing
from postmortems.interviews.scheduling.sayings import Sayings, moment, stretch
from postmortems.interviews.scheduling.schedule import SLOT, Host, House, key_of_user

# Past the fade, to look for room. What would take longer is no answer: memory is gone by then.
FURTHER = timedelta(days=14)


@dataclass(frozen=True)
class Choice:
    """One person to ask: how near to the work, and after whom. Numbers of participants."""

    participant: int
    rank: int = 1
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Left:
    """Somebody for whom there is no time: the constraint that binds, in words, and the seat it would free."""

    participant: int
    constraint: str | None
    sentence: str
    offer: str = ""
    interviewer: int | None = None
    start: str = ""
    end: str = ""
    rules: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Teller:
    """Says of everybody left out what binds, and what would be given up to seat them all the same."""

    def __init__(
        self,
        house: House,
        choices: Sequence[Choice],
        hosts: Sequence[Host],
        standing: list[Standing],
        left: frozenset[str],
    ):
        self.house, self.standing, self.unplaced = house, standing, left
        self.people = {
            choice.participant: house.person(
                house.participants[choice.participant],
                rank=choice.rank,
                after=[house.participants[pk] for pk in choice.after if pk in house.participants],
            )
            for choice in choices
        }
        self.interviewers = [house.interviewer(host) for host in hosts]
        self.notice = {one.id: house.notice(house.participants[pk]) for pk, one in self.people.items()}
        self.names = house.names | {key_of_user(host.user.pk): host.user.name for host in hosts}

    def tell(self, participant: int, constraint: str | None) -> Left:
        """The constraint that the planner found to bind, or the next of them that helps soon enough."""
        for one in CONSTRAINTS[CONSTRAINTS.index(constraint) :] if constraint else ():
            bounds = self._bounds(participant, one)
            if seat := bounds.seat(self.people[participant].id, one) if bounds.starts else None:
                return self._left(participant, one, seat, bounds)
        name = self.house.participants[participant].name
        return Left(
            participant, None, f"No single change makes room for {name}. Another interviewer would, or an answer in writing."
        )  # fmt: skip

    def _bounds(self, participant: int, constraint: str) -> Bounds:
        problem = self.house.problem([self.people[participant]], self.interviewers)
        until = self.house.window.fades_at
        if constraint == "fade":
            until = max(until, self.house.now) + FURTHER
        starts = slot_starts(self.house.now, until - problem.length, SLOT)
        return Bounds(problem, self.standing, starts, unplaced=self.unplaced, notice=self.notice)

    def _left(self, participant: int, constraint: str, seat: Seat, bounds: Bounds) -> Left:
        person = self.people[participant]
        host = next(one for one in self.interviewers if one.id == seat.interviewer)
        name, when = self.names[person.id], stretch(seat.start, seat.end, person.zone)
        if constraint == "fade":
            sentence = f"There is no time for {name} before memory fades. The first that fits is {when}, with {self.names[host.id]}."
            offer = f"Let interviews go on until {moment(seat.end, person.zone)}"
        else:
            words = Sayings(bounds.problem, self.names, self.standing, self.notice)
            reasons = " ".join(words.say(rule, person, host, seat.start) for rule in seat.rules)
            sentence = f"There is no time for {name} within the rules. The nearest is {when}, with {self.names[host.id]}. {reasons}"
            offer = f"Ask {name} then all the same"
        return Left(
            participant, constraint, sentence, offer, int(host.id[1:]), seat.start.isoformat(), seat.end.isoformat(), seat.rules,
        )  # fmt: skip
