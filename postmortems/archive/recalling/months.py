"""Calendar months, by their first day. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


def before(day: date) -> date:
    """The first day of the month before the one that `day` lies in."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def after(first: date) -> date:
    """The first day of the next month."""
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def number(first: date) -> int:
    """Months counted on, so that something can take turns."""
    return first.year * 12 + first.month


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
