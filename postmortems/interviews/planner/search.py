"""A good schedule for a problem that is too large to be solved exactly: people move out of each other's way.

Every loop is bounded by steps rather than by the clock, so that a problem has the same answer on a fast machine
and on a slow one; the clock only cuts short what would be late.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from postmortems.interviews.planner.bounds import Bounds
from postmortems.interviews.planner.filling import Filling
from postmortems.interviews.planner.rules import Board, Slots, each, earliest
from postmortems.interviews.planner.seating import Seat, Seating, Seats

STEPS_EACH = (
    20  # how often, for each person, somebody may look for a seat while as many as possible are seated
)
FRESH_STEPS_EACH = 5  # the same, with those alone who did not respond to the incident
SEATING, SPARING = 0.85, 0.3  # shares of the time then left: for seating people, and for sparing responders
MOVES = 40  # how many people may be moved to let one person start earlier
DEPTH = 6  # and how far one move may lead to the next
MOVES_EACH = 120  # moves altogether, for each person


class Search:
    """One search on one board; `run` gives the best seats found."""

    def __init__(self, board: Board, ends_at: float):
        self.board, self.ends_at = board, ends_at
        self.people = range(len(board.people))
        self.seating = Seating(board)
        # What a person may still use while those before them keep what they have.
        self.options = [list(possible) for possible in board.possible]
        # Between equal starts, those who did not respond to the incident go first.
        self.order = sorted(
            range(len(board.interviewers)), key=lambda number: (board.interviewers[number].responded, number)
        )
        self.moves, self.by_responders = 0, 0  # what is left of both in the move under way
        self.moves_left = MOVES_EACH * len(board.people)

    def run(self) -> Seats:
        self._seat_most()
        self._spare_responders()
        self._start_earlier()
        self._prefer_smaller_ids()
        return list(self.seating.seats)

    @property
    def late(self) -> bool:
        return time.monotonic() >= self.ends_at

    def _in_turn(self, people: Iterable[int]) -> list[int]:
        """These people, each after those they wait for."""
        return sorted(people, key=lambda person: (len(self.board.ancestors[person]), person))

    def _late_for(self, share: float) -> Callable[[], bool]:
        """Whether a share of the time that is left now is over."""
        now = time.monotonic()
        until = now + share * (self.ends_at - now)
        return lambda: time.monotonic() >= until

    def _seat_most(self) -> None:
        everybody, board = self._in_turn(self.people), self.board
        in_good_time = board.in_good_time()
        if all(any(slots) for slots in in_good_time):
            self.seating.only(in_good_time)
        self._seat_all_with(self._fresh(), everybody)
        filling = Filling(self.seating, self.order, self._late_for(SEATING))
        hopeless = len(everybody) - Bounds(board, board.possible).count(everybody)
        standing = [person for person in everybody if not self.seating.seats[person]]
        filling.run(standing, STEPS_EACH * len(everybody), hopeless)
        self.seating.only(board.possible)
        for person in everybody:
            if self.seating.seats[person] and self.seating.must_wait(person):
                self.seating.stand(person)
        for person in everybody:
            if not self.seating.seats[person] and not self.seating.must_wait(person):
                filling.seat(person)

    def _fresh(self) -> list[int]:
        return [number for number in self.order if not self.board.interviewers[number].responded]

    def _seat_all_with(self, interviewers: list[int], people: list[int]) -> None:
        """Begin with these interviewers alone, if counting does not rule out that they are enough."""
        options = [
            [slots if number in interviewers else 0 for number, slots in enumerate(possible)]
            for possible in self.board.possible
        ]
        if len(interviewers) < len(self.order) and Bounds(self.board, options).count(people) == len(people):
            filling = Filling(self.seating, interviewers, self._late_for(SPARING))
            filling.run(people, FRESH_STEPS_EACH * len(people))

    def _spare_responders(self) -> None:
        """Move people away from interviewers who responded, where others make room for them."""
        fresh = self._fresh()
        filling = Filling(self.seating, fresh, self._late_for(SPARING))
        for person in self.people:
            seat = self.seating.seats[person]
            if seat and self.board.interviewers[seat[0]].responded and not filling.late():
                self.seating.stand(person)
                if not filling.move_on(person):
                    self.seating.sit(person, seat)

    # Earlier starts, person by person, and then smaller ids: each keeps what those before it have.

    def _start_earlier(self) -> None:
        if not self.seating.by_responders:
            for number, interviewer in enumerate(self.board.interviewers):
                if interviewer.responded:
                    for options in self.options:
                        options[number] = 0
        bounds = Bounds(self.board, self.options)
        for person in self.people:
            seat, mine = self.seating.seats[person], self.options[person]
            before = (1 << seat[1]) - 1 if seat else self.board.every
            starts = 0
            for slots in mine:
                starts |= slots & before
            for slot in each(starts):
                if self.late:
                    return
                if self.moves_left > 0 and bounds.hopeless(person, slot):
                    continue
                if self._reseat(person, [slots & 1 << slot for slots in mine]):
                    break
            seat = self.seating.seats[person]
            self.options[person] = [slots & 1 << seat[1] if seat else 0 for slots in mine]
            if seat:
                bounds.keep(person, seat[1])

    def _prefer_smaller_ids(self) -> None:
        for person in self.people:
            mine = self.options[person]
            if seat := self.seating.seats[person]:
                for number in range(seat[0]):
                    if self.late:
                        return
                    if mine[number] and self._reseat(person, _only(mine, number)):
                        break
                self.options[person] = _only(mine, self.seating.seats[person][0])

    def _reseat(self, person: int, wanted: list[Slots]) -> bool:
        """Whether a person could move to one of the wanted seats with everybody else seated as well as before."""
        before, mine = list(self.seating.seats), self.options[person]
        # When the moves are used up, there is still what takes nobody else's seat.
        given = MOVES if self.moves_left > 0 else 1
        self.options[person], self.moves = wanted, given
        self.by_responders = self.seating.by_responders + (before[person] is None)
        if before[person]:
            self.seating.stand(person)
        elif self.seating.must_wait(person):
            return False
        done = self._place(person, {person}, DEPTH)
        self.options[person] = mine
        self.moves_left -= given - self.moves
        if not done:
            self.seating.restore(before)
        return done

    def _place(self, person: int, moving: set[int], depth: int) -> bool:
        """Seat somebody within their options; others move on for it, but not those who are moving already."""
        self.moves -= 1
        free = ~self.seating.meeting(person)
        openings = [
            (place, earliest(room), number)
            for place, number in enumerate(self.order)
            if (wanted := self.options[person][number])
            and (room := wanted & free & ~self.seating.taken(number))
            and self._may_add(number)
        ]
        if openings:
            _, slot, number = min(openings)
            self.seating.sit(person, (number, slot))
            return True
        if not depth or self.moves <= 0:
            return False
        for _, seat, asked in self._exchanges(person, moving, free):
            if self.moves <= 0:
                return False
            before = list(self.seating.seats)
            for one in asked:
                self.seating.stand(one)
            if self._may_add(seat[0]):
                self.seating.sit(person, seat)
                if all(self._place(one, moving | asked, depth - 1) for one in self._in_turn(asked)):
                    return True
            self.seating.restore(before)
        return False

    def _may_add(self, interviewer: int) -> bool:
        responded = self.board.interviewers[interviewer].responded
        return not responded or self.seating.by_responders < self.by_responders

    def _exchanges(self, person: int, moving: set[int], free: Slots) -> list[tuple[int, Seat, set[int]]]:
        """Seats within somebody's options that others could leave, those that trouble the fewest first."""
        found = []
        for number in self.order:
            wanted = self.options[person][number]
            if wanted and wanted & (wanted - 1) == 0:
                seat = (number, earliest(wanted))
                asked = self.seating.in_the_way(person, seat)
                if not asked & moving:
                    found.append((len(asked), seat, asked))
            elif wanted & free:
                for guest in sorted(self.seating.guests[number] - moving):
                    if freed := wanted & free & ~self.seating.taken(number, without=guest):
                        found.append((1, (number, earliest(freed)), {guest}))
        return sorted(found, key=lambda exchange: exchange[:2])


def _only(options: list[Slots], interviewer: int) -> list[Slots]:
    return [slots if number == interviewer else 0 for number, slots in enumerate(options)]
