"""The interview planner: who talks with whom and when, between soak and fade.

A pure function of the problem. `parse_problem` reads one, `plan` answers it; the rules, the order in which
schedules are compared and the two formats are told in docs/interview-planner.md.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import datetime

from postmortems.interviews.planner.exact import Exact
from postmortems.interviews.planner.explain import Placed, Reasons, Unplaced, stamp
from postmortems.interviews.planner.problem import Interviewer, Person, Problem, ProblemError, parse_problem
from postmortems.interviews.planner.rules import Board
from postmortems.interviews.planner.search import Search
from postmortems.interviews.planner.seating import Seats

__all__ = ["Answer", "Interviewer", "Person", "Problem", "ProblemError", "parse_problem", "plan"]

# Up to here the answer is always the best one. It takes half a second; the time given is for a bad day.
EXACT_PEOPLE, EXACT_INTERVIEWERS, EXACT_SECONDS = 12, 4, 60.0

# Beyond, the solver tries to improve on the search while its model stays small enough to be loaded in time.
SOLVER_PAIRS = 600

# The solver counts its work in a unit of its own, here two to three seconds; with room for a slower machine.
EFFORT_PER_SECOND = 0.15


@dataclass(frozen=True)
class Deadline:
    """What the plan means for the deadline, which binds nothing. Without a deadline nothing is late."""

    met: bool
    last_end: datetime | None
    late: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Interviews in order of start; people for whom there is none, by rank and id."""

    proven: bool
    interviews: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    deadline: Deadline

    @property
    def complete(self) -> bool:
        return not self.unplaced

    def as_json(self) -> dict:
        """The answer in the form that `plan_interviews` prints, ready for `json.dumps`."""
        last_end = self.deadline.last_end
        return {
            "complete": self.complete,
            "proven": self.proven,
            "interviews": [
                {
                    "person": one.person.id,
                    "interviewer": one.interviewer.id,
                    "start": stamp(one.start),
                    "end": stamp(one.end),
                    "person_local": one.start.astimezone(one.person.zone).isoformat(),
                    "interviewer_local": one.start.astimezone(one.interviewer.zone).isoformat(),
                }
                for one in self.interviews
            ],
            "unplaced": [asdict(one) for one in self.unplaced],
            "deadline": {
                "met": self.deadline.met,
                "last_end": stamp(last_end) if last_end else None,
                "late": list(self.deadline.late),
            },
        }


def plan(problem: Problem, *, time_limit: float = 5.0) -> Answer:
    """The best schedule, and for everybody left out what stands in the way.

    Exact for up to 12 people and 4 interviewers, whatever the limit. Beyond, the best found within
    `time_limit` seconds; `proven` then says whether it is known that no other is better.
    """
    board = Board(problem)
    seats, proven = _solve(board, time_limit)
    placed = []
    for person, seat in zip(board.people, seats, strict=True):
        if seat:
            start = board.starts[seat[1]]
            placed.append(Placed(person, board.interviewers[seat[0]], start, start + problem.length))
    placed.sort(key=lambda one: (one.start, one.person.id))
    reasons = Reasons(problem, placed)
    return Answer(
        proven=proven,
        interviews=tuple(placed),
        unplaced=tuple(
            reasons.why(person) for person, seat in zip(board.people, seats, strict=True) if not seat
        ),
        deadline=_deadline(problem, placed),
    )


def _solve(board: Board, time_limit: float) -> tuple[Seats, bool]:
    now = time.monotonic()
    if len(board.people) <= EXACT_PEOPLE and len(board.interviewers) <= EXACT_INTERVIEWERS:
        seats = Search(board, now + EXACT_SECONDS).run()
        return Exact(board).run(seats, ends_at=now + EXACT_SECONDS)
    ends_at = now + time_limit * 0.9  # the rest is for telling what stands in the way
    seats = Search(board, ends_at).run()
    pairs = sum(map(bool, (slots for possible in board.possible for slots in possible)))
    if pairs > SOLVER_PAIRS:
        return seats, False
    return Exact(board).run(seats, ends_at, effort=EFFORT_PER_SECOND * time_limit)


def _deadline(problem: Problem, placed: list[Placed]) -> Deadline:
    late = [one.person.id for one in placed if problem.deadline and one.end > problem.deadline]
    return Deadline(not late, max((one.end for one in placed), default=None), tuple(late))
