"""Counting working days, as deadlines such as "two working days after the meeting" do."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

# Longer than any run of holidays in a real calendar: past it, the calendar given is the mistake.
LONGEST_BREAK = 366


def is_working_day(day: date, holidays: Container[date] = frozenset()) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < 5 and day not in holidays


def next_working_day(day: date, holidays: Container[date] = frozenset()) -> date:
    """The first working day after that date."""
    for number in range(1, LONGEST_BREAK + 1):
        later = day + timedelta(days=number)
        if is_working_day(later, holidays):
            return later
    raise ValueError(f"There is no working day within a year after {day}.")


def business_days_after(
    start: datetime, n: int, zone: ZoneInfo, holidays: Container[date] = frozenset()
) -> datetime:
    """The UTC instant `n` working days after `start`, at the same time of day on the clock in `zone`.

    Counting begins with the first working day after the local date of `start`, so one working day after a
    Friday or after the Saturday that follows is the Monday. A time that the clock jumps over on the last day
    becomes as much later as the jump is long; one that it shows twice is the first. None is `start` itself.
    """
    if n < 0:
        raise ValueError("Working days are counted forward.")
    if n == 0:
        return start.astimezone(UTC)
    local = start.astimezone(zone)
    day = local.date()
    for _ in range(n):
        day = next_working_day(day, holidays)
    return datetime.combine(day, local.time(), tzinfo=zone).astimezone(UTC)


def business_days_between(first: date, last: date, holidays: Container[date] = frozenset()) -> int:
    """How many working days lie after the first date, up to and including the last; none if it is not later."""
    return sum(
        is_working_day(first + timedelta(days=number), holidays)
        for number in range(1, (last - first).days + 1)
    )
