"""What the planner's rules say of every start of one interview, beside the interviews that stand. Pure.

The plan, a drag on the board and a time typed by hand are judged by the same sets of slots (planner.rules);
here each rule keeps a set of its own, so that the one that binds can be told. A rule is *firm* where no reason
helps: the past, two places at once, talking to oneself. The others give way to a reason, which is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from postmortems.calendars.hours import DAY, on_date, working_intervals
from postmortems.interviews.planner.problem import Interviewer, Person, Problem
from postmortems.interviews.planner.rules import Board, Slots, each, earliest, slot_starts

# In the order in which the one that binds is told: what nobody can change first, then what protects people.
RULES = (
    "past", "self", "meeting", "rest", "soak", "notice", "fade", "hours", "host_hours", "busy", "host_busy", "daily_limit",
    "not_with", "after",
)  # fmt: skip
FIRM = frozenset({"past", "self", "meeting"})
# What the planner calls a constraint, in these rules.
LOOSENED = {
    "fade": {"fade"}, "hours": {"hours", "host_hours"}, "busy": {"busy", "host_busy", "notice"}, "daily_limit": {"daily_limit"},
    "not_with": {"not_with"}, "rest": {"rest"}, "soak": {"soak"}, "after": {"after"},
}  # fmt: skip
LATEST = {"rest", "soak"}  # of which the last start asks for the least
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Standing:
    """An interview that keeps its time: who is asked, who asks, from when until when.

    One of another incident (`elsewhere`) takes its time and no more: whose it is is nobody's business here.
    """

    person: str
    interviewer: str
    start: datetime
    end: datetime
    elsewhere: bool = False


@dataclass(frozen=True)
class Run:
    """Starts one after the other of which the same is true; `rule` is None where they fit."""

    first: int
    last: int
    rule: str | None


@dataclass(frozen=True)
class Seat:
    """A time with somebody, and the rules that are loosened for it."""

    person: str
    interviewer: str
    start: datetime
    end: datetime
    rules: tuple[str, ...]


class Bounds:
    """The rules on one stretch of time. `starts` are the times asked about; whole slots of the window without them.

    Nobody comes after one of the `unplaced`, who have no time themselves. `notice` is from when on somebody can have
    read the letter that asks them.
    """

    def __init__(
        self,
        problem: Problem,
        others: Iterable[Standing],
        starts: Sequence[datetime] = (),
        *,
        unplaced: frozenset[str] = frozenset(),
        notice: Mapping[str, datetime] | None = None,
    ):
        self.problem, self.others, self.unplaced = problem, list(others), unplaced
        self.notice = notice or {}
        self.starts = list(starts) or slot_starts(
            problem.now, problem.fades_at - problem.length, problem.slot_minutes
        )
        self.people = {person.id: person for person in problem.people}
        self.interviewers = {one.id: one for one in problem.interviewers}
        self.board = Board(replace(problem, people=(), interviewers=()), self.starts)
        self._own: dict[tuple[type, str], dict[str, Slots]] = {}

    def forbidden(self, person: Person, interviewer: Interviewer) -> dict[str, Slots]:
        """For each rule the starts it forbids to these two."""
        every, hosts = self.board.every, self._of(interviewer)
        theirs = self._of(person)
        return {
            "past": self._before(self.problem.now),
            "self": every if person.id == interviewer.id else 0,
            "meeting": self._meetings(person, interviewer),
            "rest": self.board.before_rest(person),
            "soak": self._before(self.problem.opens_at),
            "notice": self._before(self.notice[person.id]) if person.id in self.notice else 0,
            "fade": every & ~self._before(self.problem.fades_at - self.problem.length + MOMENT),
            "hours": theirs["hours"],
            "host_hours": hosts["hours"],
            "busy": theirs["busy"],
            "host_busy": hosts["busy"],
            "daily_limit": self._full_days(person, interviewer),
            "not_with": every if person.id in interviewer.not_with else 0,
            "after": self._out_of_turn(person),
        }

    def fitting(self, person: str, interviewer: str) -> list[datetime]:
        """The starts that no rule forbids, in order."""
        none = reduce(or_, self.forbidden(self.people[person], self.interviewers[interviewer]).values())
        return [self.starts[slot] for slot in each(self.board.every & ~none)]

    def broken(self, person: str, interviewer: str, start: datetime) -> list[str]:
        """The rules that forbid a start, the one to tell first."""
        slot = 1 << self.starts.index(start)
        found = self.forbidden(self.people[person], self.interviewers[interviewer])
        return [rule for rule in RULES if found[rule] & slot]

    def runs(self, person: str, interviewer: str) -> list[Run]:
        """Every start with the rule that binds there, alike ones together."""
        left, found = self.board.every, []
        sets = self.forbidden(self.people[person], self.interviewers[interviewer])
        for rule in RULES:
            found += [Run(first, last, rule) for first, last in _stretches(sets[rule] & left)]
            left &= ~sets[rule]
        found += [Run(first, last, None) for first, last in _stretches(left)]
        return sorted(found, key=lambda run: run.first)

    def seat(self, person: str, constraint: str) -> Seat | None:
        """Where somebody could sit beside the others if one of the planner's constraints gave way, and nothing else.

        Hours and appointments: where they give way by the fewest minutes. Rest and soak: as late as possible.
        The others: as early as possible. Equal ones: the earliest, then the interviewer with the smallest id.
        """
        rules, found = LOOSENED[constraint], []
        someone = self.people[person]
        for interviewer in sorted(self.interviewers.values(), key=lambda one: one.id):
            sets = self.forbidden(someone, interviewer)
            room = self.board.every & ~reduce(or_, (sets[rule] for rule in RULES if rule not in rules))
            if room and constraint in LATEST:
                slot = room.bit_length() - 1
                found.append((-slot, slot, interviewer.id, sets))
            elif room:
                cost, slot = min((self._cost(slot, someone, interviewer, rules), slot) for slot in each(room))
                found.append((cost, slot, interviewer.id, sets))
        if not found:
            return None
        _, slot, host, sets = min(found, key=lambda one: one[:3])
        start = self.starts[slot]
        broken = tuple(rule for rule in RULES if sets[rule] >> slot & 1)
        return Seat(person, host, start, start + self.problem.length, broken)

    # What one rule says

    def _of(self, party: Person | Interviewer) -> dict[str, Slots]:
        key = (type(party), party.id)
        if key not in self._own:
            self._own[key] = {
                "hours": self.board.every & ~self.board.in_hours(party),
                "busy": self.board.in_busy(party),
            }
        return self._own[key]

    def _before(self, at: datetime) -> Slots:
        return self.board.slots_in([(self.starts[0], at - MOMENT)]) if self.starts else 0

    def _meetings(self, person: Person, interviewer: Interviewer) -> Slots:
        """Starts at which one of the two would still be, or be again, in another interview, with the break around it."""
        pause, length = timedelta(minutes=self.problem.break_minutes), self.problem.length
        return self.board.slots_in(
            (one.start - pause - length + MOMENT, one.end + pause - MOMENT)
            for one in self.others
            if {person.id, interviewer.id} & {one.person, one.interviewer}
        )

    def _full_days(self, person: Person, interviewer: Interviewer) -> Slots:
        """The local dates on which the interviewer has as many interviews as they take in a day."""
        if not interviewer.daily_limit:
            return self.board.every
        count = Counter(
            one.start.astimezone(interviewer.zone).date()
            for one in self.others
            if one.interviewer == interviewer.id and one.person != person.id
        )
        return self.board.slots_in(
            (begin, end - MOMENT)
            for day, number in count.items()
            if number >= interviewer.daily_limit
            for begin, end in on_date(interviewer.zone, day, 0, DAY)
        )

    def _out_of_turn(self, person: Person) -> Slots:
        """Starts before those who are asked first have been, or after those who wait for this person."""
        if self.unplaced & set(person.after):
            return self.board.every
        pause, length, slots = timedelta(minutes=self.problem.break_minutes), self.problem.length, 0
        for one in (one for one in self.others if not one.elsewhere):
            if one.person in person.after:
                slots |= self._before(one.end + pause)
            waiting = self.people.get(one.person)
            if waiting and person.id in waiting.after:
                slots |= self.board.every & ~self._before(one.start - pause - length + MOMENT)
        return slots

    def _cost(self, slot: int, person: Person, interviewer: Interviewer, rules: set[str]) -> int:
        """By how many minutes hours or appointments give way; nothing for rules that have no measure."""
        start = self.starts[slot]
        end = start + self.problem.length
        if "hours" in rules:
            return sum(minutes_outside(party, start, end) for party in (person, interviewer))
        if "busy" in rules:
            return sum(minutes_taken(party, start, end) for party in (person, interviewer))
        return 0


def minutes_outside(party: Person | Interviewer, start: datetime, end: datetime) -> int:
    """How many minutes of an interview lie outside the working interval that holds most of it."""
    hours = working_intervals(party.hours, party.zone, start, end, party.holidays)
    inside = max((min(end, last) - max(start, first) for first, last in hours), default=timedelta())
    return -(-(end - start - inside) // timedelta(minutes=1))


def minutes_taken(party: Person | Interviewer, start: datetime, end: datetime) -> int:
    taken = sum(
        (
            min(end, last) - max(start, first)
            for first, last in party.busy
            if first < end and start < last
        ),
        timedelta(),
    )  # fmt: skip
    return -(-taken // timedelta(minutes=1))


def _stretches(slots: Slots) -> Iterator[tuple[int, int]]:
    """The numbers of the first and last slot of every unbroken row."""
    while slots:
        first = earliest(slots)
        row = slots >> first
        length = earliest(~row)
        yield first, first + length - 1
        slots &= ~(((1 << length) - 1) << first)
