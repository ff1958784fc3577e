"""A schedule in the making: who sits with whom in which slot, and where there is still room."""

from __future__ import annotations

from collections.abc import Iterator

from postmortems.interviews.planner.rules import Board, Slots

Seat = tuple[int, int]  # interviewer, slot
Seats = list[Seat | None]  # by person
Worth = tuple[int, int, tuple[int, ...], tuple[int, ...]]


def worth(board: Board, seats: Seats) -> Worth:
    """What schedules are compared by, the smaller the better.

    How many stay unplaced; how many are taken by interviewers who responded; the starts; the interviewers.
    """
    later, nobody = len(board.starts), len(board.interviewers)
    return (
        sum(seat is None for seat in seats),
        sum(seat is not None and board.interviewers[seat[0]].responded for seat in seats),
        tuple(later if seat is None else seat[1] for seat in seats),
        tuple(nobody if seat is None else seat[0] for seat in seats),
    )


class Seating:
    """Seats on a board. People sit and stand; `room` tells where the rules let somebody sit as things are."""

    def __init__(self, board: Board):
        self.board = board
        self.seats: Seats = [None] * len(board.people)
        self.guests: list[set[int]] = [set() for _ in board.interviewers]
        self.by_responders = 0  # how many interviews are with interviewers who responded to the incident
        # What is taken at each interviewer, as if one guest (or none) were standing; forgotten at each change.
        self._taken: list[dict[int | None, Slots]] = [{} for _ in board.interviewers]

    def sit(self, person: int, seat: Seat) -> None:
        self.seats[person] = seat
        self.guests[seat[0]].add(person)
        self.by_responders += self.board.interviewers[seat[0]].responded
        self._changed(person, seat[0])

    def stand(self, person: int) -> None:
        interviewer = self.seats[person][0]
        self.seats[person] = None
        self.guests[interviewer].discard(person)
        self.by_responders -= self.board.interviewers[interviewer].responded
        self._changed(person, interviewer)

    def _changed(self, person: int, interviewer: int) -> None:
        self._taken[interviewer].clear()
        if (twin := self.board.twin[person]) is not None:
            self._taken[twin].clear()

    def restore(self, seats: Seats) -> None:
        """Go back to seats that were taken once."""
        moved = [person for person, seat in enumerate(seats) if self.seats[person] != seat]
        for person in moved:
            if self.seats[person]:
                self.stand(person)
        for person in moved:
            if seats[person]:
                self.sit(person, seats[person])

    def agenda(self, interviewer: int) -> Iterator[int]:
        """Those in whose interviews an interviewer sits: their guests and, if they are interviewed too, themselves."""
        yield from self.guests[interviewer]
        twin = self.board.twin_of[interviewer]
        if twin is not None and self.seats[twin]:
            yield twin

    def taken(self, interviewer: int, without: int | None = None) -> Slots:
        """The starts that the appointments of an interviewer rule out, and whole days on which they have enough."""
        known = self._taken[interviewer]
        if without not in known:
            day_of, slots = self.board.day_of[interviewer], 0
            for other in self.agenda(interviewer):
                if other != without:
                    slots |= self.board.clashing(self.seats[other][1])
            count: dict[int, int] = {}
            for guest in self.guests[interviewer]:
                if guest != without:
                    day = day_of[self.seats[guest][1]]
                    count[day] = count.get(day, 0) + 1
            for day, number in count.items():
                if number >= self.board.interviewers[interviewer].daily_limit:
                    slots |= self.board.days[interviewer][day]
            known[without] = slots
        return known[without]

    def meeting(self, person: int) -> Slots:
        """The starts that rule themselves out for a person wherever they sit: own guests, and the order of people."""
        board, seats, slots = self.board, self.seats, 0
        if (twin := board.twin[person]) is not None:
            for guest in self.guests[twin]:
                slots |= board.clashing(seats[guest][1])
        allowed = board.every
        for other in board.after[person]:
            if not seats[other]:
                return board.every
        for other, steps in board.ancestors[person].items():
            if seats[other]:
                allowed &= board.not_before(seats[other][1], steps)
        for other, steps in board.descendants[person].items():
            if seats[other]:
                allowed &= board.not_after(seats[other][1], steps)
        return slots | board.every & ~allowed

    def in_the_way(self, person: int, seat: Seat) -> set[int]:
        """Whom a standing person would have to ask to stand up, to sit there."""
        board, (interviewer, slot) = self.board, seat
        clashing, twin = board.clashing(slot), board.twin[person]
        asked = {other for other in self.agenda(interviewer) if clashing >> self.seats[other][1] & 1}
        if twin is not None:
            asked.update(other for other in self.guests[twin] if clashing >> self.seats[other][1] & 1)
        day_of = board.day_of[interviewer]
        same_day = [
            guest
            for guest in self.guests[interviewer] - asked
            if day_of[self.seats[guest][1]] == day_of[slot]
        ]
        # Of too many on one day, those go who come last in the order of people.
        surplus = len(same_day) + 1 - board.interviewers[interviewer].daily_limit
        asked.update(sorted(same_day, reverse=True)[: max(0, surplus)])
        for other, steps in board.ancestors[person].items():
            if self.seats[other] and not board.not_after(slot, steps) >> self.seats[other][1] & 1:
                asked.add(other)
        for other, steps in board.descendants[person].items():
            if self.seats[other] and not board.not_before(slot, steps) >> self.seats[other][1] & 1:
                asked.add(other)
        return asked
