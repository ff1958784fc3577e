"""Quarters of a year, as figures over time are told: `2026-Q1`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

SHOWN = 12
FORM = re.compile(r"(\d{4})-Q([1-4])")


def of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def up_to(day: date, count: int = SHOWN) -> list[str]:
    """The last quarters, the one of `day` included, oldest first."""
    number = day.year * 4 + (day.month - 1) // 3
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(number - count + 1, number + 1)]


def begin(quarter: str) -> datetime:
    """Its first moment in UTC. Raises ValueError for what is no quarter."""
    match = FORM.fullmatch(quarter)
    if not match or not 1 <= int(match[1]) < 9999:
        raise ValueError(quarter)
    return datetime(int(match[1]), int(match[2]) * 3 - 2, 1, tzinfo=UTC)


def span(quarter: str) -> tuple[datetime, datetime]:
    """From its first moment up to that of the next."""
    first = begin(quarter)
    after = up_to(first.date(), 1)[0]
    year, number = int(after[:4]), int(after[-1])
    return first, begin(f"{year + number // 4}-Q{number % 4 + 1}")


def from_the_first(shown: list[str], there: Iterable[str], least: int = 4) -> list[tuple[str, str]]:
    """Columns for a table: without the quarters before anything is known, though never fewer than a year."""
    known = set(there)
    first = next((place for place, quarter in enumerate(shown) if quarter in known), len(shown))
    return [(quarter, quarter) for quarter in shown[min(first, len(shown) - least) :]]
