"""The best schedule, and the proof that none is better: one aim after the other, given to a constraint solver.

For each aim the solver is asked for the best value that leaves the aims before it untouched, and the value is
then written into the model. One worker and one seed, so that a problem always has the same answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from postmortems.interviews.planner.bounds import Bounds, most_in
from postmortems.interviews.planner.pushing import pushed_starts
from postmortems.interviews.planner.rules import Board, Slots, each
from postmortems.interviews.planner.seating import Seats, Worth, worth

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import IntVar, LinearExprT


class Exact:
    """A board as a model of start times, in minutes from the first slot.

    `meets[person, interviewer]` and `on[person, interviewer, day]` say who talks to whom and on which local
    date of the interviewer; `start` of somebody unplaced is `later`, a minute after every other.
    """

    def __init__(self, board: Board):
        # The solver takes a second to load, and only planning needs it.
        from ortools.sat.python import cp_model

        self.cp = cp_model
        self.model = cp_model.CpModel()
        self.board, self.possible = board, pushed_starts(board)
        self.later = (board.minutes[-1] if board.minutes else 0) + 1
        self.slot_at = {minute: slot for slot, minute in enumerate(board.minutes)}
        self.start: list[IntVar] = []
        self.placed: list[IntVar] = []
        self.meets: dict[tuple[int, int], IntVar] = {}
        self.on: dict[tuple[int, int, int], IntVar] = {}
        for person in range(len(board.people)):
            self._person(person)
        for interviewer in range(len(board.interviewers)):
            self._one_place_at_a_time(interviewer)
            self._daily_limit(interviewer)
        for person, others in enumerate(board.after):
            for other in others:
                self.model.add_implication(self.placed[person], self.placed[other])
                gap = self.start[person] >= self.start[other] + board.apart
                self.model.add(gap).only_enforce_if(self.placed[person])

    def _minutes(self, slots: Slots, *also: int) -> object:
        return self.cp.Domain.from_values([self.board.minutes[slot] for slot in each(slots)] + list(also))

    def _person(self, person: int) -> None:
        model, board = self.model, self.board
        start = model.new_int_var_from_domain(self._minutes(_union(self.possible[person]), self.later), "")
        placed = model.new_bool_var("")
        met = []
        for interviewer, possible in enumerate(self.possible[person]):
            if not possible:
                continue
            days = []
            for day, slots in enumerate(board.days[interviewer]):
                if slots & possible:
                    on = self.on[person, interviewer, day] = model.new_bool_var("")
                    days.append(on)
                    allowed = self._minutes(slots & possible)
                    model.add_linear_expression_in_domain(start, allowed).only_enforce_if(on)
            meets = self.meets[person, interviewer] = model.new_bool_var("")
            model.add_exactly_one([*days, meets.negated()])
            met.append(meets)
        model.add_exactly_one([*met, placed.negated()])
        model.add(start == self.later).only_enforce_if(placed.negated())
        self.start.append(start)
        self.placed.append(placed)

    def _one_place_at_a_time(self, interviewer: int) -> None:
        length, present = self.board.apart, []
        for person, start in enumerate(self.start):
            if (person, interviewer) in self.meets:
                present.append((start, self.meets[person, interviewer]))
        twin = self.board.twin_of[interviewer]
        if twin is not None:
            present.append((self.start[twin], self.placed[twin]))
        self.model.add_no_overlap(
            [
                self.model.new_optional_fixed_size_interval_var(start, length, when, "")
                for start, when in present
            ]
        )

    def _daily_limit(self, interviewer: int) -> None:
        """The limit, or what fits into the day where that is less: said aloud, it shortens proofs a great deal."""
        board, limit = self.board, self.board.interviewers[interviewer].daily_limit
        for day, slots in enumerate(board.days[interviewer]):
            guests = [person for person in range(len(board.people)) if (person, interviewer, day) in self.on]
            free = _union([board.possible[person][interviewer] & slots for person in guests])
            most = most_in(board, free, limit)
            if len(guests) > most:
                self.model.add(sum(self.on[person, interviewer, day] for person in guests) <= most)

    # The aims

    def run(self, seats: Seats, ends_at: float, effort: float | None = None) -> tuple[Seats, bool]:
        """The best seats found, no worse than those given, and whether no others are better.

        `effort` bounds the work in the solver's own unit, which unlike the clock is the same at every run.
        """
        self.seats, self.ends_at, self.effort, self.sure = seats, ends_at, effort, True
        board, people = self.board, range(len(self.board.people))
        options = [list(possible) for possible in self.possible]
        most = Bounds(board, options).count(people)
        self._reach(-sum(self.placed), -most, lambda worth: worth[0] - len(people))
        self._spare_responders(options)
        self._start_early(options)
        self._prefer_smaller_ids()
        return self.seats, self.sure

    def _spare_responders(self, options: list[list[Slots]]) -> None:
        board = self.board
        responders = [number for number, one in enumerate(board.interviewers) if one.responded]
        by_responders = [meets for (_, number), meets in self.meets.items() if number in responders]
        if not by_responders:
            return
        fresh = [
            [0 if number in responders else slots for number, slots in enumerate(possible)]
            for possible in options
        ]
        seated = sum(seat is not None for seat in self.seats)
        ideal = max(0, seated - Bounds(board, fresh).count(range(len(options))))
        self._reach(sum(by_responders), ideal, lambda worth: worth[1])
        if not worth(board, self.seats)[1]:
            options[:] = fresh

    def _start_early(self, options: list[list[Slots]]) -> None:
        """Person by person; the solver is asked only about starts for which nothing simpler shows that they fail."""
        board, bounds = self.board, Bounds(self.board, options)
        if bounds.count(range(len(options))) > sum(seat is not None for seat in self.seats):
            bounds = Bounds(board, options)  # somebody will be left out, and nobody knows who
        for person, start in enumerate(self.start):
            seat = self.seats[person]
            sooner = _union(options[person]) & ((1 << seat[1]) - 1 if seat else board.every)
            hopeful = [slot for slot in each(sooner) if not bounds.hopeless(person, slot)]
            now = self._minute(seat[1]) if seat else self.later
            if hopeful and self.sure:
                allowed = self.cp.Domain.from_values([*(board.minutes[slot] for slot in hopeful), now])
                self.model.add_linear_expression_in_domain(start, allowed)
            least = board.minutes[hopeful[0]] if hopeful else now
            self._reach(start, least, lambda worth, person=person: self._minute(worth[2][person]))
            if seat := self.seats[person]:
                options[person] = [slots & 1 << seat[1] for slots in options[person]]
                bounds.keep(person, seat[1])
            else:
                options[person] = [0] * len(options[person])

    def _prefer_smaller_ids(self) -> None:
        for person, seat in enumerate(self.seats):
            if not seat:
                continue
            slot = self.seats[person][1]
            able = [
                number for number, possible in enumerate(self.board.possible[person]) if possible >> slot & 1
            ]
            chosen = sum(number * self.meets[person, number] for number in able)
            self._reach(chosen, able[0], lambda worth, person=person: worth[3][person])

    def _minute(self, slot: int) -> int:
        return self.board.minutes[slot] if slot < len(self.board.minutes) else self.later

    def _reach(self, aim: LinearExprT, ideal: int, reached: Callable[[Worth], int]) -> None:
        """Make an aim as small as can be and keep it there; `reached` reads its value off the worth of seats."""
        if not self.sure:
            return
        if reached(worth(self.board, self.seats)) != ideal:
            self._improve(aim)
        self.model.add(aim == reached(worth(self.board, self.seats)))

    def _improve(self, aim: LinearExprT) -> None:
        left = self.ends_at - time.monotonic()
        if left <= 0 or self.effort is not None and self.effort <= 0:
            self.sure = False
            return
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = 2  # without it, counting arguments take exponential time
        solver.parameters.cp_model_probing_level = 0  # it takes longer than all the rest, for each aim anew
        solver.parameters.max_time_in_seconds = left
        if self.effort is not None:
            solver.parameters.max_deterministic_time = self.effort
        self._hint()
        self.model.minimize(aim)
        status = solver.solve(self.model)
        if self.effort is not None:
            self.effort -= solver.response_proto.deterministic_time
        self.sure = status == self.cp.OPTIMAL
        if status in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            found = self._read(solver)
            if worth(self.board, found) < worth(self.board, self.seats) or self.sure:
                self.seats = found

    def _hint(self) -> None:
        self.model.clear_hints()
        for person, seat in enumerate(self.seats):
            self.model.add_hint(self.start[person], self._minute(seat[1]) if seat else self.later)
            self.model.add_hint(self.placed[person], seat is not None)
        for (person, number), meets in self.meets.items():
            seat = self.seats[person]
            self.model.add_hint(meets, seat is not None and seat[0] == number)

    def _read(self, solver: object) -> Seats:
        found: Seats = [None] * len(self.board.people)
        for (person, number), meets in self.meets.items():
            if solver.boolean_value(meets):
                found[person] = (number, self.slot_at[solver.value(self.start[person])])
        return found


def _union(sets: list[Slots]) -> Slots:
    slots = 0
    for one in sets:
        slots |= one
    return slots
