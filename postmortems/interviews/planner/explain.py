"""Why somebody could not be placed: the one constraint whose loosening alone would do, and by how much.

The others keep the interviews they have; the person is given one beside them. The constraints are tried in a
fixed order, the most willing first, and of all the ways to loosen one the smallest is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from operator import add
from typing import TypeVar

from postmortems.calendars.hours import DAY, Stretch, joined, on_date, working_intervals
from postmortems.interviews.planner.problem import Interviewer, Person, Problem
from postmortems.interviews.planner.rules import Board, Slots, each, earliest, rested_at, set_of, slot_starts

CONSTRAINTS = ("fade", "hours", "busy", "daily_limit", "not_with", "rest", "soak", "after")

# How far past the fade to look: first where it is likely, then a year, in which every pattern of hours recurs.
FURTHER = (timedelta(days=14), timedelta(days=366))
MOMENT, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)

Known = TypeVar("Known")
Trouble = Callable[[Board, Person | Interviewer], list[int]]  # minutes, for every slot


@dataclass(frozen=True)
class Placed:
    """An interview that stands."""

    person: Person
    interviewer: Interviewer
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Unplaced:
    """Somebody without an interview; `constraint` is None when no single one stands in the way."""

    person: str
    constraint: str | None
    loosen: str | None


def stamp(at: datetime) -> str:
    """A UTC instant as the planner writes it."""
    return at.isoformat().replace("+00:00", "Z")


class Reasons:
    """Looks for room beside the interviews that stand, with one constraint loosened at a time."""

    def __init__(self, problem: Problem, placed: list[Placed]):
        self.problem, self.placed = problem, placed
        self._boards: dict[tuple[datetime, datetime], Board] = {}
        self._known: dict[tuple[str, int, bool, str], object] = {}

    def why(self, person: Person) -> Unplaced:
        ways = {
            "fade": self._later,
            "hours": self._outside_hours,
            "busy": self._over_appointments,
            "daily_limit": self._one_more_a_day,
            "not_with": self._with_anybody,
            "rest": self._less_rest,
            "soak": self._sooner,
            "after": self._out_of_turn,
        }
        for constraint in CONSTRAINTS:
            if loosened := ways[constraint](person):
                return Unplaced(person.id, constraint, loosened)
        return Unplaced(person.id, None, None)

    # The smallest loosening of each constraint, as a phrase; None where it would not help

    def _later(self, person: Person) -> str | None:
        fades_at = self.problem.fades_at
        for further in FURTHER:
            board = self._board(self._opening, max(self._opening, fades_at) + further)
            starts = [earliest(slots) for _, slots in self._room(board, person)]
            if starts:
                end = board.starts[min(starts)] + self.problem.length
                return f"interviews until {stamp(end)} instead of {stamp(fades_at)}"
        return None

    def _outside_hours(self, person: Person) -> str | None:
        def minutes_outside(board: Board, party: Person | Interviewer) -> list[int]:
            since, until = board.starts[0], board.starts[-1] + self.problem.length
            hours = working_intervals(party.hours, party.zone, since, until, party.holidays)
            inside = self._minutes_shared(board, hours, max)
            return [self.problem.interview_minutes - minutes for minutes in inside]

        return self._least(person, "hours", minutes_outside, "outside their hours")

    def _over_appointments(self, person: Person) -> str | None:
        def minutes_taken(board: Board, party: Person | Interviewer) -> list[int]:
            return self._minutes_shared(board, joined(party.busy), add)

        return self._least(person, "busy", minutes_taken, "taken by something else")

    def _minutes_shared(
        self, board: Board, stretches: list[Stretch], together: Callable[[int, int], int]
    ) -> list[int]:
        """For every slot, how many minutes of its interview lie in the stretches, rounded up for each."""
        shared = [0] * len(board.starts)
        for begin, end in stretches:
            for slot in each(board.slots_in([board.touching(begin, end)])):
                start = board.starts[slot]
                span = min(start + self.problem.length, end) - max(start, begin)
                shared[slot] = together(shared[slot], -(-span // MINUTE))
        return shared

    def _one_more_a_day(self, person: Person) -> str | None:
        for start, interviewer in self._in_order(person, "daily_limit"):
            day, limit = start.astimezone(interviewer.zone).date(), interviewer.daily_limit
            return f"{limit + 1} instead of {limit} interviews by {interviewer.id} on {day}"
        return None

    def _with_anybody(self, person: Person) -> str | None:
        for _, interviewer in self._in_order(person, "not_with"):
            return f"{interviewer.id} talking to {person.id} in spite of 'not_with'"
        return None

    def _less_rest(self, person: Person) -> str | None:
        board = self._board(self._opening, self.problem.fades_at)
        starts = [slots.bit_length() - 1 for _, slots in self._room(board, person, "rest")]
        if not starts:
            return None
        return f"an interview at {stamp(board.starts[max(starts)])} instead of from {stamp(rested_at(person))} on"

    def _sooner(self, person: Person) -> str | None:
        board = self._board(max(self.problem.now, self.problem.resolved_at), self.problem.fades_at)
        starts = [slots.bit_length() - 1 for _, slots in self._room(board, person)]
        if not starts:
            return None
        return f"interviews from {stamp(board.starts[max(starts)])} instead of {stamp(self.problem.opens_at)}"

    def _out_of_turn(self, person: Person) -> str | None:
        for start, _ in self._in_order(person, "after"):
            pause = timedelta(minutes=self.problem.break_minutes)
            in_time = {one.person.id for one in self.placed if one.end + pause <= start}
            return f"not waiting for {' and '.join(sorted(set(person.after) - in_time))}"
        return None

    def _in_order(self, person: Person, without: str) -> Iterator[tuple[datetime, Interviewer]]:
        """Starts and interviewers that one loosened constraint leaves, the earliest first."""
        board = self._board(self._opening, self.problem.fades_at)
        room = [(earliest(slots), interviewer) for interviewer, slots in self._room(board, person, without)]
        for slot, interviewer in sorted(room, key=lambda found: (found[0], found[1].id)):
            yield board.starts[slot], interviewer

    def _least(self, person: Person, without: str, minutes: Trouble, what: str) -> str | None:
        """The interview that costs person and interviewer the fewest minutes of trouble together."""
        board = self._board(self._opening, self.problem.fades_at)
        best = None
        for interviewer, slots in self._room(board, person, without):
            own = self._trouble(board, person, without, minutes)
            theirs = self._trouble(board, interviewer, without, minutes)
            for mine, these in own.items():
                for its, those in theirs.items():
                    if best and mine + its > best[0][0]:
                        break
                    if both := slots & these & those:
                        key = mine + its, earliest(both), interviewer.id
                        if best is None or key < best[0]:
                            best = key, [(person, mine), (interviewer, its)]
        if not best:
            return None
        (_, slot, _), both = best
        return " and ".join(
            f"{number} minutes of {party.id} {what} in an interview from {self._clock(party, board.starts[slot])}"
            for party, number in both
            if number
        )

    def _trouble(
        self, board: Board, party: Person | Interviewer, kind: str, minutes: Trouble
    ) -> dict[int, Slots]:
        """The starts of interviews that trouble somebody for so many minutes, the fewest first."""

        def by_minutes() -> dict[int, Slots]:
            slots: dict[int, list[int]] = {}
            for slot, number in enumerate(minutes(board, party)):
                slots.setdefault(number, []).append(slot)
            return {number: set_of(slots[number]) for number in sorted(slots)}

        return self._once(kind + " minutes", board, party, by_minutes)

    def _clock(self, party: Person | Interviewer, start: datetime) -> str:
        begin, end = (at.astimezone(party.zone) for at in (start, start + self.problem.length))
        return f"{begin:%H:%M} to {end:%H:%M} on {begin.date()} ({party.zone.key})"

    # Where there is room

    @property
    def _opening(self) -> datetime:
        return max(self.problem.now, self.problem.opens_at)

    def _board(self, since: datetime, until: datetime) -> Board:
        """The slots of a stretch of time, with the interviewers alone."""
        if (since, until) not in self._boards:
            starts = slot_starts(since, until - self.problem.length, self.problem.slot_minutes)
            self._boards[since, until] = Board(replace(self.problem, people=()), starts)
        return self._boards[since, until]

    def _room(
        self, board: Board, person: Person, without: str | None = None
    ) -> Iterator[tuple[Interviewer, Slots]]:
        """With whom and when the person could talk if the constraint `without` did not bind."""
        if not board.starts:
            return
        own = board.every & ~self._meetings(board, person)
        if without != "hours":
            own &= self._once("hours", board, person, partial(board.in_hours, person))
        if without != "busy":
            own &= ~self._once("busy", board, person, partial(board.in_busy, person))
        if without != "rest":
            own &= ~board.before_rest(person)
        if without != "after":
            own &= self._in_turn(board, person)
        for interviewer in board.interviewers if own else ():
            barred = without != "not_with" and person.id in interviewer.not_with
            if barred or person.id == interviewer.id:
                continue
            slots = own & ~self._meetings(board, interviewer)
            if without != "hours":
                slots &= self._once("hours", board, interviewer, partial(board.in_hours, interviewer))
            if without != "busy":
                slots &= ~self._once("busy", board, interviewer, partial(board.in_busy, interviewer))
            if without != "daily_limit":
                slots &= ~self._full_days(board, interviewer)
            if slots:
                yield interviewer, slots

    def _once(self, what: str, board: Board, party: Person | Interviewer, find: Callable[[], Known]) -> Known:
        """The same for everybody unplaced, and over a year of slots worth remembering."""
        key = (what, id(board), isinstance(party, Person), party.id)
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]

    def _meetings(self, board: Board, party: Person | Interviewer) -> Slots:
        """The starts too near to an interview in which somebody of this id sits, on either side of the table."""
        apart = timedelta(minutes=board.apart)
        return self._once(
            "meetings",
            board,
            party,
            lambda: board.slots_in(
                (one.start - apart + MOMENT, one.start + apart - MOMENT)
                for one in self.placed
                if party.id in (one.person.id, one.interviewer.id)
            ),
        )

    def _full_days(self, board: Board, interviewer: Interviewer) -> Slots:
        return self._once("full days", board, interviewer, partial(self._with_enough, board, interviewer))

    def _with_enough(self, board: Board, interviewer: Interviewer) -> Slots:
        """The starts on dates on which an interviewer has as many interviews as the limit allows."""
        if not interviewer.daily_limit:
            return board.every
        count: Counter[date] = Counter(
            one.start.astimezone(interviewer.zone).date()
            for one in self.placed
            if one.interviewer.id == interviewer.id
        )
        full = (day for day, number in count.items() if number >= interviewer.daily_limit)
        return board.slots_in(
            (begin, end - MOMENT) for day in full for begin, end in on_date(interviewer.zone, day, 0, DAY)
        )

    def _in_turn(self, board: Board, person: Person) -> Slots:
        ends = {one.person.id: one.end for one in self.placed}
        if not set(person.after) <= ends.keys():
            return 0
        pause = timedelta(minutes=self.problem.break_minutes)
        first = max((ends[other] + pause for other in person.after), default=board.starts[0])
        return board.slots_in([(first, board.starts[-1])])
