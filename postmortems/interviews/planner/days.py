"""The interviews of one interviewer on one date, and where one more fits if they all move within it.

In whatever order the guests are taken, each starts as early as they can after those ahead, or as late as they can
before those behind. In between is room for somebody else: so a day that looks full with its guests where they
are may have room all the same.
"""

from __future__ import annotations

from functools import cache

from postmortems.interviews.planner.rules import Board, Slots, earliest

ORDERS = 6  # up to so many guests may change places with each other; more keep the order they have

Guests = int  # a set of guests, one bit for each place
Ends = list[
    tuple[Guests, list[tuple[int, Guests]]]
]  # sets with those who may stand at one end, and the others


@cache
def _in_any_order(count: int) -> Ends:
    """Every set of so many guests, the smaller ones first."""
    return [
        (those, [(place, those ^ 1 << place) for place in range(count) if those >> place & 1])
        for those in range(1, 1 << count)
    ]


class Day:
    """`guests` stand in order of start, and `starts` are all those that each of them could have on the day."""

    def __init__(self, board: Board, guests: list[int], starts: list[Slots]):
        self.board, self.guests, self.starts = board, guests, starts
        self.everybody: Guests = (1 << len(guests)) - 1
        self.lasts, self.firsts = self._ends()
        # The first slot that is left after each set of guests, and the number of slots that are left before it.
        self.after: dict[Guests, int] = {0: 0}
        self.before: dict[Guests, int] = {0: len(board.starts)}
        self._look_ahead()
        self._look_behind()
        self.room = self._room()

    def _ends(self) -> tuple[Ends, Ends]:
        """The sets of guests who may be the first of the day, by who may be last; and the last of it, by the first."""
        count, everybody = len(self.guests), self.everybody
        if count > ORDERS:
            heads = [((2 << place) - 1, [(place, (1 << place) - 1)]) for place in range(count)]
            tails = [
                (everybody & -(1 << place), [(place, everybody & -(2 << place))])
                for place in reversed(range(count))
            ]
            return heads, tails
        sets, waits_for = _in_any_order(count), self._waits_for()
        if not any(waits_for):
            return sets, sets
        return (
            [
                (all_, [(one, rest) for one, rest in ends if not waits_for[one] & ~rest])
                for all_, ends in sets
            ],
            [(all_, [(one, rest) for one, rest in ends if not waits_for[one] & rest]) for all_, ends in sets],
        )

    def _waits_for(self) -> list[Guests]:
        ancestors = self.board.ancestors
        if not any(ancestors[guest] for guest in self.guests):
            return []
        place = {guest: number for number, guest in enumerate(self.guests)}
        return [sum(1 << place[one] for one in ancestors[guest] if one in place) for guest in self.guests]

    # The next two take most of the time of a search: nothing is called for each set or guest.

    def _look_ahead(self) -> None:
        after, starts, next_slot, never = (
            self.after,
            self.starts,
            self.board.next_slot,
            len(self.board.starts),
        )
        for those, places in self.lasts:
            soonest = never
            for place, rest in places:
                since = after[rest]
                left = starts[place] >> since
                if left and (slot := since + (left & -left).bit_length() - 1) < soonest:
                    soonest = slot
            after[those] = next_slot[soonest] if soonest < never else never

    def _look_behind(self) -> None:
        before, starts, previous_slot = self.before, self.starts, self.board.previous_slot
        for those, places in self.firsts:
            latest = -1
            for place, rest in places:
                slot = (starts[place] & (1 << before[rest]) - 1).bit_length() - 1
                if slot > latest:
                    latest = slot
            before[those] = previous_slot[latest] + 1 if latest >= 0 else 0

    def _room(self) -> Slots:
        """The starts that one more could have."""
        slots = 0
        for those, first in self.after.items():
            until = self.before[self.everybody ^ those]
            if first < until:
                slots |= (1 << until) - (1 << first)
        return slots

    def around(self, slot: int) -> list[tuple[int, int]]:
        """Where everybody sits, as early as they can, when one more starts at a slot in which there is room."""
        lasts, firsts, found = dict(self.lasts), dict(self.firsts), []
        ahead = next(
            those
            for those, first in self.after.items()
            if first <= slot < self.before[self.everybody ^ those]
        )
        behind = self.everybody ^ ahead
        while ahead:
            start, place = min(
                (earliest(left) + self.after[rest], place)
                for place, rest in lasts[ahead]
                if (left := self.starts[place] >> self.after[rest])
            )
            found.append((self.guests[place], start))
            ahead ^= 1 << place
        while behind:
            _, place = max(
                ((self.starts[place] & (1 << self.before[rest]) - 1).bit_length(), place)
                for place, rest in firsts[behind]
            )
            since = self.board.next_slot[slot]
            slot = since + earliest(self.starts[place] >> since)
            found.append((self.guests[place], slot))
            behind ^= 1 << place
        return found
