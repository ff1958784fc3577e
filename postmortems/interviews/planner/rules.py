"""The rules that bind every interview, turned into sets of possible starts.

All interviews are equally long and begin on the same slots, so what one person and one interviewer may do is
a set of slots, and a set of slots is a whole number with one bit for each: to combine rules is `&`, to
exclude is `& ~`, the earliest start is the lowest bit. That keeps a problem of two hundred people small
enough to be searched in plain Python.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from postmortems.calendars.hours import (
    WEEKDAYS,
    Stretch,
    days,
    joined,
    lies_within,
    on_date,
    working_intervals,
)
from postmortems.interviews.planner.problem import Interviewer, Person, Problem

REST, WEEK, MOMENT = timedelta(hours=11), timedelta(days=7), timedelta(microseconds=1)
NOON, TEN_IN_THE_EVENING, SIX_IN_THE_MORNING, MIDNIGHT = 12 * 60, 22 * 60, 6 * 60, 24 * 60

SHORTEST_DAY = 21 * 60  # no clock has ever gone forward further, short of a whole day

Slots = int  # a set of slots, one bit each


def earliest(slots: Slots) -> int:
    """The number of the lowest slot of a set that is not empty."""
    return (slots & -slots).bit_length() - 1


def each(slots: Slots) -> Iterator[int]:
    """The numbers of the slots in a set, in order of time."""
    bits = bin(slots)[:1:-1]  # as text, for to take bits off a long number one by one copies it each time
    slot = bits.find("1")
    while slot >= 0:
        yield slot
        slot = bits.find("1", slot + 1)


def set_of(slots: Iterable[int]) -> Slots:
    """The set of the slots with these numbers, in order of time."""
    bits = bytearray()
    for slot in slots:
        bits.extend(bytes((slot >> 3) + 1 - len(bits)))
        bits[slot >> 3] |= 1 << (slot & 7)
    return int.from_bytes(bits, "little")


def slot_starts(since: datetime, until: datetime, minutes: int) -> list[datetime]:
    """Every start from `since` up to and including `until`, on multiples of `minutes` from the full hour, UTC."""
    hour = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    found = []
    while hour <= until:
        found += [hour + timedelta(minutes=minute) for minute in range(0, 60, minutes)]
        hour += timedelta(hours=1)
    return found[bisect_left(found, since) : bisect_right(found, until)]


def rested_at(person: Person) -> datetime | None:
    """The first moment at which the person has rested from work outside their hours; None without such work.

    1. Work counts unless all of it lies inside working intervals, taken together. A holiday has none.
    2. Rest lasts eleven hours from its end.
    3. If any of it lay between 22:00 and 06:00 local time, rest lasts at least until noon of the local date
       on which it ended.
    """
    moments = []
    for begin, end in person.worked:
        if _in_hours(person, begin, end):
            continue
        moments.append(end + REST)
        if _by_night(person, begin, end):
            moments.append(_noon(person, end.astimezone(person.zone).date()))
    return max(moments, default=None)


def _in_hours(person: Person, begin: datetime, end: datetime) -> bool:
    """Whether somebody's hours hold all of a stretch; looked at week by week, for it may last for years."""
    if all(_all_day(person.hours.get(day, ())) for day in WEEKDAYS):
        first, last = (at.astimezone(person.zone).date() for at in (begin, end - MOMENT))
        return not any(first <= day <= last for day in person.holidays)
    while begin < end:
        until = min(end, begin + WEEK)
        if not lies_within(begin, until, joined(_hours(person, begin, until))):
            return False
        begin = until
    return True


def _all_day(intervals: tuple[tuple[int, int], ...]) -> bool:
    reached = 0
    for begin, end in sorted(intervals):
        if begin > reached:
            return False
        reached = max(reached, end)
    return reached == MIDNIGHT


def _hours(person: Person, since: datetime, until: datetime) -> list[Stretch]:
    return working_intervals(person.hours, person.zone, since, until, person.holidays)


def _by_night(person: Person, begin: datetime, end: datetime) -> bool:
    first, last = (at.astimezone(person.zone).date() for at in (begin, end))
    dates = days(min(first, last), max(first, last))
    nights = (
        night
        for day in dates
        for first, last in ((0, SIX_IN_THE_MORNING), (TEN_IN_THE_EVENING, MIDNIGHT))
        for night in on_date(person.zone, day, first, last)
    )
    return any(first < end and begin < last for first, last in nights)


def _noon(person: Person, day: date) -> datetime:
    return on_date(person.zone, day, NOON, MIDNIGHT)[0][0]


@dataclass
class Board:
    """A problem laid out on slots. People and interviewers are numbers: their place in `people` and `interviewers`.

    `people` stand by rank and id, `interviewers` by id: the order in which schedules are compared.
    """

    problem: Problem
    starts: list[datetime] = field(default_factory=list)

    def __post_init__(self):
        problem = self.problem
        self.people = sorted(problem.people, key=lambda person: (person.rank, person.id))
        self.interviewers = sorted(problem.interviewers, key=lambda interviewer: interviewer.id)
        if not self.starts:
            since = max(problem.now, problem.opens_at)
            self.starts = slot_starts(since, problem.fades_at - problem.length, problem.slot_minutes)
        self.minutes = [int((start - self.starts[0]).total_seconds()) // 60 for start in self.starts]
        self.every = (1 << len(self.starts)) - 1
        # From one start to the next at which the same people can be busy with another interview.
        self.apart = problem.interview_minutes + problem.break_minutes

        place = {person.id: number for number, person in enumerate(self.people)}
        self.after = [[place[other] for other in person.after] for person in self.people]
        self.ancestors = self._chains(self.after)
        self.followers = _turned(self.after)
        self.descendants = self._chains(self.followers)
        seat = {interviewer.id: number for number, interviewer in enumerate(self.interviewers)}
        # The interviewer that a person also is, and the person that an interviewer also is.
        self.twin = [seat.get(person.id) for person in self.people]
        self.twin_of = [place.get(interviewer.id) for interviewer in self.interviewers]

        # People whose seat means nothing to any other interview but those of their interviewer.
        self.alone = {
            number
            for number in range(len(self.people))
            if self.twin[number] is None and not self.ancestors[number] and not self.descendants[number]
        }

        free = [self.in_hours(interviewer) & ~self.in_busy(interviewer) for interviewer in self.interviewers]
        self.possible = [self._possible(person, free) for person in self.people]
        self._clashing: dict[int, Slots] = {}
        self.turn = sorted(range(len(self.people)), key=lambda number: (len(self.ancestors[number]), number))
        self._leave_out_what_comes_too_soon()
        self._leave_out_what_nobody_needs()

    def _possible(self, person: Person, free: list[Slots]) -> list[Slots]:
        own = self.in_hours(person) & ~self.in_busy(person) & ~self.before_rest(person)
        return [
            own & slots if self.may_meet(person, interviewer) and interviewer.daily_limit else 0
            for interviewer, slots in zip(self.interviewers, free, strict=True)
        ]

    def _leave_out_what_comes_too_soon(self) -> None:
        """Take away starts that come before those of others could be over, and all if one of those has none."""
        for person in self.turn:
            for other in self.after[person]:
                firsts = [earliest(slots) for slots in self.possible[other] if slots]
                allowed = self.not_before(min(firsts)) if firsts else 0
                self.possible[person] = [slots & allowed for slots in self.possible[person]]

    def in_good_time(self) -> list[list[Slots]]:
        """What is possible so early that everybody who comes after somebody could still do so."""
        possible = list(self.possible)
        for person in reversed(self.turn):
            last = max(slots.bit_length() for slots in possible[person]) - 1 if possible[person] else -1
            for other in self.after[person]:
                allowed = self.not_after(last) if last >= 0 else 0
                possible[other] = [slots & allowed for slots in possible[other]]
        return possible

    def _leave_out_what_nobody_needs(self) -> None:
        """Take away starts so late that the best schedules never use them; it keeps long windows quick.

        1. A date on which two people can meet is of no use to them only if the interviewer has reached the daily
           limit, or if other interviews are too near to each of the starts. Each takes a number of interviews.
        2. There are no more than those of all other people, and one is near to starts on two dates at most,
           unless it is very long.
        3. So after dates that would take more than that together, one is free; to be moved there troubles
           nobody, and an earlier start is better. Only those come first after whom the person is to come.
        """
        for person in self.turn:
            soonest = 0
            for other in self.after[person]:
                last = max((slots.bit_length() for slots in self.possible[other]), default=0)
                if last:
                    soonest = max(soonest, bisect_left(self.minutes, self.minutes[last - 1] + self.apart))
            self.possible[person] = [
                self._needed(interviewer, slots, soonest)
                for interviewer, slots in enumerate(self.possible[person])
            ]

    def _needed(self, interviewer: int, slots: Slots, soonest: int) -> Slots:
        near = 2 + 2 * self.apart // SHORTEST_DAY
        left = near * (len(self.people) - 1)
        late = slots >> soonest << soonest
        for day in self.days[interviewer] if late else ():
            if today := day & late:
                left -= min(self.interviewers[interviewer].daily_limit, self._to_cover(today))
                if left < 0:
                    return slots & ((1 << today.bit_length()) - 1)
        return slots

    def _to_cover(self, slots: Slots) -> int:
        """How many interviews it takes at least until no start of a day is far enough from all of them."""
        count = 0
        while slots:
            slots &= self.not_before(earliest(slots), 2)
            count += 1
        return count

    @staticmethod
    def may_meet(person: Person, interviewer: Interviewer) -> bool:
        return person.id != interviewer.id and person.id not in interviewer.not_with

    def in_hours(self, party: Person | Interviewer) -> Slots:
        """Starts of interviews that lie within one working interval."""
        if not self.starts:
            return 0
        length = self.problem.length
        since, until = self.starts[0], self.starts[-1] + length
        intervals = working_intervals(party.hours, party.zone, since, until, party.holidays)
        return self.slots_in((begin, end - length) for begin, end in intervals)

    def in_busy(self, party: Person | Interviewer) -> Slots:
        """Starts of interviews that would share a moment with an appointment."""
        return self.slots_in(self.touching(begin, end) for begin, end in party.busy)

    def touching(self, begin: datetime, end: datetime) -> Stretch:
        """The first and last moment, both included, to start an interview that shares a moment with the stretch."""
        return begin - self.problem.length + MOMENT, end - MOMENT

    def before_rest(self, person: Person) -> Slots:
        rested = rested_at(person)
        return (1 << bisect_left(self.starts, rested)) - 1 if rested else 0

    def slots_in(self, stretches: Iterable[Stretch]) -> Slots:
        """The slots that begin in any of the stretches, both ends included."""
        begins, ends = bytearray(len(self.starts) // 8 + 1), bytearray(len(self.starts) // 8 + 1)
        reached = 0
        for begin, end in sorted(stretches):
            low, high = max(reached, bisect_left(self.starts, begin)), bisect_right(self.starts, end)
            if low < high:
                begins[low >> 3] |= 1 << (low & 7)
                ends[high >> 3] |= 1 << (high & 7)
                reached = high
        # All bits from one power of two up to another are their difference: one subtraction for a whole year.
        return int.from_bytes(ends, "little") - int.from_bytes(begins, "little")

    @cached_property
    def day_of(self) -> list[list[int]]:
        """The number of the local date on which each slot lies, by interviewer."""
        return [self._calendars[interviewer.zone][0] for interviewer in self.interviewers]

    @cached_property
    def days(self) -> list[list[Slots]]:
        """The slots of each local date, by interviewer."""
        return [self._calendars[interviewer.zone][1] for interviewer in self.interviewers]

    @cached_property
    def _calendars(self) -> dict[ZoneInfo, tuple[list[int], list[Slots]]]:
        zones = {interviewer.zone for interviewer in self.interviewers}
        return {zone: self._calendar(zone) for zone in zones}

    def _calendar(self, zone: ZoneInfo) -> tuple[list[int], list[Slots]]:
        # A clock that goes back past midnight comes to the same date twice.
        known: dict[date, int] = {}
        numbers = [known.setdefault(start.astimezone(zone).date(), len(known)) for start in self.starts]
        slots = [0] * len(known)
        for slot, number in enumerate(numbers):
            slots[number] |= 1 << slot
        return numbers, slots

    @cached_property
    def days_touch(self) -> list[bool]:
        """Whether an interview on one date can be too near to one on the next, by interviewer."""
        found = []
        for interviewer, dates in enumerate(self.days):
            slots = 0
            for possible in self.possible:
                slots |= possible[interviewer]
            found.append(
                any(
                    slots & day
                    and slots
                    & ~day
                    & (self.clashing(earliest(slots & day)) | self.clashing((slots & day).bit_length() - 1))
                    for day in dates
                )
            )
        return found

    def clashing(self, slot: int) -> Slots:
        """The starts that are too near to the one at `slot` for somebody to be in both interviews."""
        if slot not in self._clashing:
            low = bisect_right(self.minutes, self.minutes[slot] - self.apart)
            high = bisect_left(self.minutes, self.minutes[slot] + self.apart)
            self._clashing[slot] = (1 << high) - (1 << low)
        return self._clashing[slot]

    @cached_property
    def next_slot(self) -> list[int]:
        """The first slot that leaves an interview at each slot, and its break, in peace."""
        return [bisect_left(self.minutes, minute + self.apart) for minute in self.minutes]

    @cached_property
    def previous_slot(self) -> list[int]:
        """The last slot whose interview leaves one at each slot in peace; -1 if there is none."""
        return [bisect_right(self.minutes, minute - self.apart) - 1 for minute in self.minutes]

    def not_before(self, slot: int, interviews: int = 1) -> Slots:
        """The starts that leave time for so many interviews from `slot` on, each followed by a break."""
        first = bisect_left(self.minutes, self.minutes[slot] + interviews * self.apart)
        return self.every & -(1 << first)

    def not_after(self, slot: int, interviews: int = 1) -> Slots:
        """The starts from which so many interviews, each followed by a break, are over by `slot`."""
        return (1 << bisect_right(self.minutes, self.minutes[slot] - interviews * self.apart)) - 1

    @staticmethod
    def _chains(leads_to: list[list[int]]) -> list[dict[int, int]]:
        """Everybody who is reached from each person, with the number of steps on the longest way there."""
        found: dict[int, dict[int, int]] = {}
        # Those at the end of all ways first; a circle there is none.
        waiting = [len(others) for others in leads_to]
        comes_from = _turned(leads_to)
        ready = [number for number, count in enumerate(waiting) if not count]
        for number in ready:
            steps = found[number] = {}
            for other in leads_to[number]:
                for far, count in ((other, 0), *found[other].items()):
                    steps[far] = max(count + 1, steps.get(far, 0))
            for earlier in comes_from[number]:
                waiting[earlier] -= 1
                if not waiting[earlier]:
                    ready.append(earlier)
        return [found[number] for number in range(len(leads_to))]


def _turned(leads_to: list[list[int]]) -> list[list[int]]:
    back = [[] for _ in leads_to]
    for number, others in enumerate(leads_to):
        for other in others:
            back[other].append(number)
    return back
