"""As many people seated as possible: whoever finds no room starts a chain of people who move on for each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from random import Random

from postmortems.interviews.planner.rules import Slots, each, earliest
from postmortems.interviews.planner.seating import Seating

TRIES = 60  # how many seats somebody looks at before others are asked to stand for them


# By person: whose way they make, and the starts they must keep to for that.
Chain = dict[int, tuple[int | None, Slots]]


class Filling:
    """Seats people at some of the interviewers; those who sit already may be moved.

    On the way, somebody may sit before those have a seat whom they come after: only their order is minded.
    """

    def __init__(self, seating: Seating, interviewers: list[int], late: Callable[[], bool]):
        self.seating, self.interviewers, self.late = seating, interviewers, late
        self.board = seating.board
        self.patience = [0] * len(self.board.people)
        self.dice = Random(1)  # noqa: S311 always the same throws, and nothing secret

    def run(self, standing: Iterable[int], steps: int, hopeless: int = 0) -> list[int]:
        """Who is left standing, with the best seats taken that were found in so many steps."""
        standing = deque(person for person in standing if not self.seat(person))
        best, fewest = list(self.seating.seats), list(standing)
        while len(standing) > hopeless and steps > 0 and not self.late():
            steps -= 1
            person = standing.popleft()
            if not self.move_on(person):
                standing.extend(self._insist(person))
            if len(standing) < len(fewest):
                best, fewest = list(self.seating.seats), list(standing)
        self.seating.restore(best)
        return fewest

    def seat(self, person: int, within: Slots = -1) -> bool:
        """Seat somebody in the earliest room there is, with somebody who did not respond if that can be."""
        free = ~self.seating.meeting(person) & within
        rooms = (
            (self.board.interviewers[number].responded, earliest(room), place, number)
            for place, number in enumerate(self.interviewers)
            if (wanted := self.seating.possible[person][number] & free)
            and (room := wanted & self.seating.room(number))
        )
        return any(self.seating.squeeze(person, (number, slot)) for _, slot, _, number in sorted(rooms))

    def move_on(self, person: int) -> bool:
        """The shortest chain in which each takes the place of the next, and the last finds room elsewhere."""
        seating, waiting = self.seating, deque([person])
        chain: Chain = {person: (None, -1)}
        sitting = [
            [(guest, seating.day_around(guest)) for guest in sorted(guests)] for guests in seating.guests
        ]
        rooms = [seating.room(number) for number in range(len(sitting))]
        while waiting:
            one = waiting.popleft()
            wishes = self._wishes(one, seating.meeting(one), chain[one][1])
            if any(wanted & rooms[number] for number, wanted in wishes) and self._walk(one, chain):
                return True
            for number, wanted in wishes:
                left = []
                for guest, today in sitting[number]:
                    if guest in chain:
                        continue
                    if wanted & today and wanted & seating.room(number, without=guest):
                        chain[guest] = one, -1
                        waiting.append(guest)
                    else:
                        left.append((guest, today))
                sitting[number] = left
            for other in seating.kin(one):
                if other not in chain and (limit := self._out_of_order(one, other, chain[one][1])):
                    chain[other] = one, limit
                    waiting.append(other)
        return False

    def _out_of_order(self, person: int, other: int, within: Slots) -> Slots:
        """The starts of somebody else that would leave room for a person who comes before or after them."""
        board = self.board
        wishes = self._wishes(person, self.seating.meeting(person, beside=(other,)), within)
        rooms = [room for number, wanted in wishes if (room := wanted & self.seating.room(number))]
        if not rooms:
            return 0
        if other in board.ancestors[person]:
            return board.not_after(
                max(room.bit_length() for room in rooms) - 1, board.ancestors[person][other]
            )
        return board.not_before(min(map(earliest, rooms)), board.descendants[person][other])

    def _wishes(self, person: int, meeting: Slots, within: Slots) -> list[tuple[int, Slots]]:
        free = ~meeting & within
        possible = self.seating.possible[person]
        return [(number, wanted) for number in self.interviewers if (wanted := possible[number] & free)]

    def _walk(self, last: int, chain: Chain) -> bool:
        """Everybody on the chain moves, the last one first; nobody if it turns out that they cannot."""
        before, person = list(self.seating.seats), last
        while person is not None:
            before_them, within = chain[person]
            if self.seating.seats[person]:
                self.seating.stand(person)
            if not self.seat(person, within):
                self.seating.restore(before)
                return False
            person = before_them
        return True

    def _insist(self, person: int) -> list[int]:
        """Seat somebody where those who must stand for it have been asked least often; who they are."""
        self.patience[person] += 1
        best = None
        seats = [
            (number, slot)
            for number in self.interviewers
            for slot in each(self.seating.possible[person][number])
        ]
        for seat in self.dice.sample(seats, min(TRIES, len(seats))):
            asked = self.seating.in_the_way(person, seat)
            cost = sum(self.patience[one] + 1 for one in asked)
            if best is None or cost < best[0]:
                best = cost, seat, asked
        if not best:
            return [person]
        _, seat, asked = best
        for one in asked:
            self.seating.stand(one)
        self.seating.sit(person, seat)
        return sorted(asked, key=lambda one: (len(self.board.ancestors[one]), one))
