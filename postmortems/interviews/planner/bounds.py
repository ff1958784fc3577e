"""What no schedule can do, whoever sits where: quick to tell, so that nobody has to look for it in vain."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable

from postmortems.interviews.planner.rules import Board, Slots, earliest


class Matching:
    """Who can be given a place at all: as many people as possible each in one of the places they could have.

    It minds nothing but how many a place holds, so what does not fit here fits in no schedule.
    """

    def __init__(self, holds: Callable[[Hashable], int]):
        self.holds = holds
        self.choices: dict[int, list[Hashable]] = {}
        self.entered: dict[Hashable, list[int]] = {}
        self.place: dict[int, Hashable] = {}

    def enter(self, person: int, choices: list[Hashable]) -> bool:
        """Whether somebody new fits in beside everybody; others may change to another place for it."""
        self.choices[person] = choices
        comes_from: dict[Hashable, tuple[int, Hashable | None]] = {}
        waiting: deque[tuple[int, Hashable | None]] = deque([(person, None)])
        while waiting:
            one, left = waiting.popleft()
            for place in self.choices[one]:
                if place in comes_from:
                    continue
                comes_from[place] = one, left
                guests = self.entered.setdefault(place, [])
                if len(guests) < self.holds(place):
                    self._move_along(place, comes_from)
                    return True
                waiting.extend((other, place) for other in guests)
        return False

    def _move_along(self, place: Hashable, comes_from: dict[Hashable, tuple[int, Hashable | None]]) -> None:
        while place is not None:
            one, left = comes_from[place]
            if left is not None:
                self.entered[left].remove(one)
            self.entered[place].append(one)
            self.place[one] = place
            place = left

    def could_keep_to(self, person: int, choices: list[Hashable]) -> bool:
        """Whether everybody still fits in if one person, new or not, has no more choices than these."""
        before, wider = self.place.pop(person, None), self.choices.get(person)
        if before is not None:
            self.entered[before].remove(person)
        done = self.enter(person, choices)
        if wider is None:
            if done:
                self.entered[self.place.pop(person)].remove(person)
            del self.choices[person]
            return done
        self.choices[person] = wider
        if not done and before is not None:
            self.entered[before].append(person)
            self.place[person] = before
        return done

    def keep_to(self, person: int, choices: list[Hashable]) -> None:
        if self.could_keep_to(person, choices) and person in self.choices:
            before = self.place[person]
            if before not in choices:
                self.entered[before].remove(person)
                del self.place[person]
                self.enter(person, choices)
            self.choices[person] = choices
        elif person not in self.choices:
            self.enter(person, choices)


class Bounds:
    """What those who keep their starts, one after the other, leave to the next.

    `options` are the starts that each person may still have, by interviewer; the caller narrows them.
    """

    def __init__(self, board: Board, options: list[list[Slots]]):
        self.board, self.options = board, options
        self.kept: dict[int, int] = {}
        self._most: dict[tuple[int, int], int] = {}
        self.days = Matching(self._holds)

    def count(self, people: Collection[int]) -> int:
        """No more than so many of these can be seated: each takes up one of the interviews of a date."""
        return sum(self.days.enter(person, self._all_days(person)) for person in people)

    def _holds(self, day: tuple[int, int]) -> int:
        if day not in self._most:
            interviewer, number = day
            slots = 0
            for options in self.options:
                slots |= options[interviewer]
            limit = self.board.interviewers[interviewer].daily_limit
            self._most[day] = most_in(self.board, slots & self.board.days[interviewer][number], limit)
        return self._most[day]

    def _all_days(self, person: int) -> list[tuple[int, int]]:
        return [
            (number, day)
            for number, slots in enumerate(self.options[person])
            if slots
            for day, today in enumerate(self.board.days[number])
            if slots & today
        ]

    def keep(self, person: int, slot: int) -> None:
        """From now on, somebody starts at this slot."""
        self.kept[person] = slot
        self.days.keep_to(person, self._days_at(person, slot))

    def _days_at(self, person: int, slot: int) -> list[tuple[int, int]]:
        return [(number, self.board.day_of[number][slot]) for number in self._able(person, slot)]

    def _able(self, person: int, slot: int) -> list[int]:
        return [number for number, slots in enumerate(self.options[person]) if slots >> slot & 1]

    def hopeless(self, person: int, slot: int) -> bool:
        """Whether those who keep their starts leave no interviewer for one at this slot, or no day of one.

        Whoever starts less than an interview and a break before the slot is still busy at that moment, so all
        of these need interviewers of their own; the same holds for those who start soon after it.
        """
        if not self._in_turn(person, slot) or not self.days.could_keep_to(
            person, self._days_at(person, slot)
        ):
            return True
        clashing = self.board.clashing(slot)
        for crowd in (clashing & ((2 << slot) - 1), clashing & -(1 << slot)):
            chairs = Matching(lambda _: 1)
            for other, start in self.kept.items():
                if crowd >> start & 1:
                    chairs.enter(other, self._able(other, start))
            if not chairs.enter(person, self._able(person, slot)):
                return True
        return False

    def _in_turn(self, person: int, slot: int) -> bool:
        board = self.board
        return all(
            board.not_before(self.kept[other], steps) >> slot & 1
            for other, steps in board.ancestors[person].items()
            if other in self.kept
        ) and all(
            board.not_after(self.kept[other], steps) >> slot & 1
            for other, steps in board.descendants[person].items()
            if other in self.kept
        )


def most_in(board: Board, slots: Slots, limit: int) -> int:
    """How many interviews, each as early as it can be, fit into starts that one interviewer could use."""
    count = 0
    while slots and count < limit:
        slots &= board.not_before(earliest(slots))
        count += 1
    return count
