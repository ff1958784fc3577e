"""The interviews of one interviewer on one date, and where one more fits if they all move within it.

In whatever order the guests are taken, each starts as early as they can after those ahead, or as late as they can
before those behind. In between is room for somebody else: so a day that looks full with its guests where they
are may have room all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from postmortems.interviews.planner.rules import Board, Slots, earliest

ORDERS = 6  # up to so many guests may change places with each other; more keep the order they have

Guests = int  # a set of guests, one bit for each place


@cache
def _sets(count: int) -> list[tuple[Guests, list[tuple[int, Guests]]]]:
    """Every set of so many guests, the smaller ones first, with each of its places and the set without them."""
    return [
        (those, [(place, those ^ 1 << place) for place in range(count) if those >> place & 1])
        for those in range(1, 1 << count)
    ]


class Day:
    """`guests` stand in order of start, and `starts` are all those that each of them could have on the day."""

    def __init__(self, board: Board, guests: list[int], starts: list[Slots]):
        self.board, self.guests, self.starts = board, guests, starts
        self.everybody: Guests = (1 << len(guests)) - 1
        place = {guest: number for number, guest in enumerate(guests)}
        self.waits_for: list[Guests] = [
            sum(1 << place[other] for other in board.ancestors[guest] if other in place) for guest in guests
        ]
        # The first slot that is left after each set, and the last one before it. A set that cannot be is not there.
        self.ahead: dict[Guests, int] = {0: 0}
        self.behind: dict[Guests, int] = {0: len(board.starts) - 1}
        for those, places in self._aheads():
            if (found := self._next(those, places)) is not None:
                self.ahead[those] = board.next_slot[found[0]]
        for those, places in self._behinds():
            if (found := self._previous(those, places)) is not None:
                self.behind[those] = board.previous_slot[found[0]]
        self.room = self._room()

    def _aheads(self) -> Iterable[tuple[Guests, list[tuple[int, Guests]]]]:
        count = len(self.guests)
        if count <= ORDERS:
            return _sets(count)
        return [((2 << place) - 1, [(place, (1 << place) - 1)]) for place in range(count)]

    def _behinds(self) -> Iterable[tuple[Guests, list[tuple[int, Guests]]]]:
        count = len(self.guests)
        if count <= ORDERS:
            return _sets(count)
        backwards = ((place, self.everybody & -(2 << place)) for place in reversed(range(count)))
        return [(rest | 1 << place, [(place, rest)]) for place, rest in backwards]

    def _next(self, those: Guests, places: list[tuple[int, Guests]]) -> tuple[int, int] | None:
        """Where the last of these starts, as early as may be, and their place."""
        best = None
        for place, before in places:
            since = self.ahead.get(before)
            if since is not None and not self.waits_for[place] & ~before and (left := self.starts[place] >> since):
                slot = since + (left & -left).bit_length() - 1
                if best is None or slot < best[0]:
                    best = slot, place
        return best

    def _previous(self, those: Guests, places: list[tuple[int, Guests]]) -> tuple[int, int] | None:
        """Where the first of these starts, as late as may be, and their place."""
        best = None
        for place, after in places:
            until = self.behind.get(after)
            if until is not None and not self.waits_for[place] & after:
                slot = (self.starts[place] & (2 << until) - 1).bit_length() - 1
                if slot >= 0 and (best is None or slot > best[0]):
                    best = slot, place
        return best

    def _room(self) -> Slots:
        """The starts that one more could have."""
        slots, behind = 0, self.behind
        for those, first in self.ahead.items():
            last = behind.get(self.everybody ^ those, -1)
            if first <= last:
                slots |= (2 << last) - (1 << first)
        return slots

    def around(self, slot: int) -> list[tuple[int, int]]:
        """Where everybody sits, as early as they can, when one more starts at a slot in which there is room."""
        aheads, behinds = dict(self._aheads()), dict(self._behinds())
        ahead = next(
            those
            for those, first in self.ahead.items()
            if first <= slot <= self.behind.get(self.everybody ^ those, -1)
        )
        behind, found = self.everybody ^ ahead, []
        while ahead:
            start, place = self._next(ahead, aheads[ahead])
            found.append((self.guests[place], start))
            ahead ^= 1 << place
        while behind:
            _, place = self._previous(behind, behinds[behind])
            since = self.board.next_slot[slot]
            slot = since + earliest(self.starts[place] >> since)
            found.append((self.guests[place], slot))
            behind ^= 1 << place
        return found
