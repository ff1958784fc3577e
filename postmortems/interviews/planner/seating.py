"""A schedule in the making: who sits with whom in which slot, and where there is still room."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from postmortems.interviews.planner.days import Day
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
        self.possible = board.possible
        self.seats: Seats = [None] * len(board.people)
        self.guests: list[set[int]] = [set() for _ in board.interviewers]
        self.by_responders = 0  # how many interviews are with interviewers who responded to the incident
        # What is taken at each interviewer, as if one guest (or none) were standing; forgotten at each change.
        self._taken: list[dict[int | None, Slots]] = [{} for _ in board.interviewers]
        self._rooms: list[dict[int | None, Slots]] = [{} for _ in board.interviewers]
        self._days: list[dict[int, dict[int | None, tuple[Day, Slots]]]] = [{} for _ in board.interviewers]

    def only(self, possible: list[list[Slots]]) -> None:
        """From now on, people may be moved to these starts alone."""
        self.possible = possible
        for interviewer in range(len(self.guests)):
            self._forget(interviewer)

    def sit(self, person: int, seat: Seat) -> None:
        self.seats[person] = seat
        self.guests[seat[0]].add(person)
        self.by_responders += self.board.interviewers[seat[0]].responded
        self._changed(person, seat)

    def stand(self, person: int) -> None:
        seat = self.seats[person]
        self.seats[person] = None
        self.guests[seat[0]].discard(person)
        self.by_responders -= self.board.interviewers[seat[0]].responded
        self._changed(person, seat)

    def _changed(self, person: int, seat: Seat) -> None:
        board, (interviewer, slot) = self.board, seat
        self._taken[interviewer].clear()
        self._rooms[interviewer].clear()
        if board.days_touch[interviewer]:
            self._days[interviewer].clear()
        else:
            self._days[interviewer].pop(board.day_of[interviewer][slot], None)
        if (twin := board.twin[person]) is not None:
            self._taken[twin].clear()
            self._forget(twin)
        if (twin := board.twin_of[interviewer]) is not None and self.seats[twin]:
            self._forget(self.seats[twin][0])
        for other in self.kin(person):
            self._forget(*self.seats[other])

    def _forget(self, interviewer: int, slot: int | None = None) -> None:
        self._rooms[interviewer].clear()
        if slot is None:
            self._days[interviewer].clear()
        else:
            self._days[interviewer].pop(self.board.day_of[interviewer][slot], None)

    # With guests who move within their day

    def room(self, interviewer: int, without: int | None = None) -> Slots:
        """The starts that an interviewer could give to one more, as if one guest (or none) were standing.

        With a guest who stands, those on the same day alone.
        """
        known = self._rooms[interviewer]
        if without not in known:
            days = self.board.days[interviewer]
            if without is None:
                slots = self._free(interviewer)
                for day in self._dates(interviewer):
                    slots = slots & ~days[day] | self._room_on(interviewer, day, None)
            else:
                day = self.board.day_of[interviewer][self.seats[without][1]]
                slots = self._room_on(interviewer, day, without)
            known[without] = slots
        return known[without]

    def day_around(self, guest: int) -> Slots:
        """All starts on the date of somebody's interview."""
        interviewer, slot = self.seats[guest]
        return self.board.days[interviewer][self.board.day_of[interviewer][slot]]

    def _dates(self, interviewer: int) -> set[int]:
        day_of = self.board.day_of[interviewer]
        return {day_of[self.seats[guest][1]] for guest in self.guests[interviewer]}

    def _room_on(self, interviewer: int, day: int, without: int | None) -> Slots:
        found, free = self._day(interviewer, day, without)
        if len(found.guests) >= self.board.interviewers[interviewer].daily_limit:
            return 0
        return found.room & free

    def _free(self, interviewer: int, but: int | None = None) -> Slots:
        """The starts that do not clash with what an interviewer does on other dates, and as somebody interviewed."""
        board, slots = self.board, 0
        twin = board.twin_of[interviewer]
        if twin is not None and self.seats[twin]:
            slots = board.clashing(self.seats[twin][1])
        if board.days_touch[interviewer]:
            day_of = board.day_of[interviewer]
            for guest in self.guests[interviewer]:
                if day_of[self.seats[guest][1]] != but:
                    slots |= board.clashing(self.seats[guest][1])
        return board.every & ~slots

    def _day(self, interviewer: int, day: int, without: int | None) -> tuple[Day, Slots]:
        known = self._days[interviewer].setdefault(day, {})
        if without not in known:
            seats, day_of = self.seats, self.board.day_of[interviewer]
            today = [guest for guest in self.guests[interviewer] if day_of[seats[guest][1]] == day]
            guests = sorted((guest for guest in today if guest != without), key=lambda guest: seats[guest][1])
            free = self._free(interviewer, but=day) & self.board.days[interviewer][day]
            starts = [
                self.possible[guest][interviewer] & free & ~self.meeting(guest, beside=guests)
                for guest in guests
            ]
            known[without] = Day(self.board, guests, starts), free
        return known[without]

    def squeeze(self, person: int, seat: Seat) -> bool:
        """Seat somebody where there is room, with the guests of that day moved; False if the order forbids it."""
        interviewer, slot = seat
        before = list(self.seats)
        day, _ = self._day(interviewer, self.board.day_of[interviewer][slot], None)
        moved = [(guest, start) for guest, start in day.around(slot) if self.seats[guest][1] != start]
        for guest, _ in moved:
            self.stand(guest)
        for guest, start in moved:
            self.sit(guest, (interviewer, start))
        if self.meeting(person) >> slot & 1:
            self.restore(before)
            return False
        self.sit(person, seat)
        return True

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

    def meeting(self, person: int, beside: Collection[int] = ()) -> Slots:
        """The starts that rule themselves out for a person wherever they sit: own guests, and the order of people.

        The order among those `beside` them is minded elsewhere.
        """
        board, seats, slots = self.board, self.seats, 0
        if person in board.alone:
            return 0
        if (twin := board.twin[person]) is not None:
            for guest in self.guests[twin]:
                slots |= board.clashing(seats[guest][1])
        allowed = board.every
        for other, steps in self._next(person, board.after).items():
            if other not in beside:
                allowed &= board.not_before(seats[other][1], steps)
        for other, steps in self._next(person, board.followers).items():
            if other not in beside:
                allowed &= board.not_after(seats[other][1], steps)
        return slots | board.every & ~allowed

    def kin(self, person: int) -> list[int]:
        """Those who sit and are the next to come before or after somebody."""
        board = self.board
        return [*self._next(person, board.after), *self._next(person, board.followers)]

    def _next(self, person: int, leads_to: list[list[int]]) -> dict[int, int]:
        """Who sits and is reached first, past those who stand, with the number of steps there."""
        found: dict[int, int] = {}
        here, steps, seen = leads_to[person], 0, set()
        while here:
            steps += 1
            fresh = [other for other in here if other not in seen]
            seen.update(fresh)
            found.update((other, steps) for other in fresh if self.seats[other])
            here = [far for other in fresh if not self.seats[other] for far in leads_to[other]]
        return found

    def must_wait(self, person: int) -> bool:
        """Whether somebody they come after has no seat."""
        return any(not self.seats[other] for other in self.board.after[person])

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
