"""Days on which somebody is away, as they tell them: `[["2026-12-24", "2027-01-02"], …]`, both days included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

LONGEST = timedelta(days=366)

Span = tuple[date, date]
Away = Sequence[Sequence[str]]


def spans(away: object) -> tuple[Span, ...]:
    """What is kept, as dates. What cannot be read any more is left out: nobody is kept away by a broken row."""
    found = []
    for pair in away if isinstance(away, list | tuple) else ():
        try:
            first, last = (date.fromisoformat(day) for day in pair)
        except (TypeError, ValueError):
            continue
        if first <= last:
            found.append((first, last))
    return tuple(sorted(found))


def kept(away: Iterable[Span]) -> list[list[str]]:
    """As it is stored: in order, and what overlaps or adjoins as one."""
    joined: list[Span] = []
    for first, last in sorted(away):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return [[first.isoformat(), last.isoformat()] for first, last in joined]


def ahead(away: Away | None, today: date) -> list[Span]:
    """What is not over yet."""
    return [span for span in spans(away) if span[1] >= today]


def dates(away: Away | None, first: date, last: date) -> frozenset[date]:
    """Each day away between two dates, both included."""
    found: set[date] = set()
    for begin, end in spans(away):
        begin, end = max(begin, first), min(end, last)
        found |= {begin + timedelta(days=number) for number in range((end - begin).days + 1)}
    return frozenset(found)
