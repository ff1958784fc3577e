"""The starts that the best schedule can have at all: those to which somebody is pushed by somebody else.

Of two schedules that differ in one start, the earlier is better. So nobody in the best one could start any earlier
on the same date with the same interviewer: either it is their first possible start of that date, or another
interview, or somebody they come after, is over just before.
"""

from __future__ import annotations

from postmortems.interviews.planner.rules import Board, Slots, earliest, set_of


def pushed_starts(board: Board) -> list[list[Slots]]:
    """`board.possible` without starts to which nobody is pushed.

    Grown step by step: from the first starts of all dates to those just behind them, and so on, as often as
    there are people who can push each other.
    """
    firsts = {
        (interviewer, slots): _firsts(board, interviewer, slots)
        for possible in board.possible
        for interviewer, slots in enumerate(possible)
    }
    known = set().union(*firsts.values()) if firsts else set()
    fresh = known
    behind = {slots: set() for _, slots in firsts}
    for _ in board.people[1:]:
        since = sorted({board.next_slot[slot] for slot in fresh})
        found = set()
        for slots, pushed in behind.items():
            new = _behind(slots, since)
            pushed |= new
            found |= new
        fresh = found - known
        known = known | fresh
        if not fresh or 2 * len(known) > len(board.starts):
            break
    if fresh and 2 * len(known) > len(board.starts):
        return board.possible
    kept = {key: set_of(sorted(starts | behind[key[1]])) for key, starts in firsts.items()}
    return [[kept[place] for place in enumerate(possible)] for possible in board.possible]


def _firsts(board: Board, interviewer: int, slots: Slots) -> set[int]:
    return {earliest(today) for day in board.days[interviewer] if (today := day & slots)} if slots else set()


def _behind(slots: Slots, since: list[int]) -> set[int]:
    """The first of the slots at or after each of these moments, which are in order."""
    found, last = set(), -1
    for moment in since:
        if moment > last:
            left = slots >> moment
            if not left:
                break
            last = moment + earliest(left)
            found.add(last)
    return found
