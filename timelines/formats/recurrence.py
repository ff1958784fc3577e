"""Recurrence rules (RFC 5545, 3.3.10): the local times at which something that begins at `start` happens again.

Written for files that may be hostile: a rule that finds nothing for long ends with TooMany instead of running through
the centuries. Rules by the minute or second, and by the number of the week, are not followed.
"""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
STEPS = {"HOURLY": timedelta(hours=1)}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


class BadRule(ValueError):
    """The rule cannot be followed; the sentence says why."""


class TooMany(BadRule):
    """The rule goes on beyond what is expanded."""


@dataclass(slots=True)
class Budget:
    """How much may be looked at for all rules of a file together."""

    left: int = 1_000_000

    def spend(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise TooMany("the rules of this file go on beyond what is expanded")


@dataclass(frozen=True, slots=True)
class Rule:
    frequency: str
    interval: int = 1
    count: int | None = None
    until: str = ""  # as written: a date, a local time, or a time in UTC
    months: frozenset[int] = frozenset()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    days: tuple[tuple[int, int], ...] = ()  # (ordinal or 0, weekday)
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_begins: int = 0


def parse(text: str) -> Rule:
    """Raises BadRule."""
    parts: dict[str, str] = {}
    for part in text.strip()[:2000].upper().split(";"):
        name, _, value = part.partition("=")
        parts[name.strip()] = value.strip()
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise BadRule(f"{frequency[:20] or 'a rule without a frequency'} is not expanded")
    if "BYWEEKNO" in parts:
        raise BadRule("rules by the number of the week are not read")
    count = _numbers(parts, "COUNT", 1, 10**6)
    return Rule(
        frequency=frequency,
        interval=next(iter(_numbers(parts, "INTERVAL", 1, 10**6)), 1),
        count=count[0] if count else None,
        until=parts.get("UNTIL", ""),
        months=frozenset(_numbers(parts, "BYMONTH", 1, 12)),
        month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
        year_days=_numbers(parts, "BYYEARDAY", -366, 366),
        days=_days(parts.get("BYDAY", "")),
        hours=_numbers(parts, "BYHOUR", 0, 23),
        minutes=_numbers(parts, "BYMINUTE", 0, 59),
        seconds=_numbers(parts, "BYSECOND", 0, 59),
        positions=_numbers(parts, "BYSETPOS", -366, 366),
        week_begins=WEEKDAYS.index(parts["WKST"]) if parts.get("WKST") in WEEKDAYS else 0,
    )


def _numbers(parts: dict[str, str], name: str, least: int, most: int) -> tuple[int, ...]:
    if not parts.get(name):
        return ()
    try:
        found = tuple(int(value) for value in parts[name].split(",")[:400])
    except ValueError as error:
        raise BadRule(f"{name} is no list of numbers") from error
    if any(not least <= value <= most for value in found):
        raise BadRule(f"{name} is out of range")
    return found


def _days(text: str) -> tuple[tuple[int, int], ...]:
    found = []
    for value in text.split(",")[:100] if text else ():
        match = BY_DAY.fullmatch(value.strip())
        if not match:
            raise BadRule(f"“{value[:10]}” is no weekday")
        found.append((int(match[1] or 0), WEEKDAYS.index(match[2])))
    return tuple(found)


def times(
    rule: Rule, start: datetime, after: datetime, before: datetime, budget: Budget | None = None
) -> Iterator[datetime]:
    """Local times from `start` on that lie in [after, before), in order. Raises TooMany.

    The first is `start` itself even where the rule would not give it; a COUNT counts it.
    """
    budget = budget or Budget()
    left = rule.count if rule.count is not None else -1
    if left != 0:
        if after <= start < before:
            yield start
        left -= 1
    for at in _all(rule, start, after if rule.count is None else start, before, budget):
        if left == 0 or at >= before:
            return
        if at > start:
            left -= 1
            if at >= after:
                yield at


def _all(
    rule: Rule, start: datetime, after: datetime, before: datetime, budget: Budget
) -> Iterator[datetime]:
    for period in _periods(rule, start, after):
        if period >= before:
            return
        found = sorted(set(_within(rule, start, period)))
        budget.spend(1 + len(found))
        if rule.positions:
            size = len(found)
            found = sorted({found[p - 1 if p > 0 else p] for p in rule.positions if p and abs(p) <= size})
        yield from found


def _periods(rule: Rule, start: datetime, after: datetime) -> Iterator[datetime]:
    """The first moment of each period that the interval lets through, from a little before `after`."""
    if rule.frequency in STEPS:
        step = STEPS[rule.frequency] * rule.interval
        skipped = max(0, (after - start) // step - 1)
        yield from _stepping(start + skipped * step, step)
    elif rule.frequency in ("DAILY", "WEEKLY"):
        begin = datetime(start.year, start.month, start.day)
        if rule.frequency == "WEEKLY":
            begin -= timedelta(days=(begin.weekday() - rule.week_begins) % 7)
        step = timedelta(days=(7 if rule.frequency == "WEEKLY" else 1) * rule.interval)
        skipped = max(0, (after - begin) // step - 1)
        yield from _stepping(begin + skipped * step, step)
    else:
        months = rule.interval * (12 if rule.frequency == "YEARLY" else 1)
        first = start.year * 12 + (start.month - 1 if rule.frequency == "MONTHLY" else 0)
        reached = after.year * 12 + after.month - 1
        first += max(0, (reached - first) // months - 1) * months
        for number in itertools.count(first, months):
            if not 1 <= number // 12 <= 9998:
                return
            yield datetime(number // 12, number % 12 + 1, 1)


def _stepping(at: datetime, step: timedelta) -> Iterator[datetime]:
    try:
        while True:
            yield at
            at += step
    except OverflowError:
        return


def _within(rule: Rule, start: datetime, period: datetime) -> Iterator[datetime]:
    if rule.frequency in STEPS:
        if _fits(rule, period.date()) and (not rule.hours or period.hour in rule.hours):
            for minute, second in itertools.product(
                rule.minutes or (period.minute,), rule.seconds or (period.second,)
            ):
                yield period.replace(minute=minute, second=second)
        return
    clocks = list(
        itertools.product(
            rule.hours or (start.hour,), rule.minutes or (start.minute,), rule.seconds or (start.second,)
        )
    )[:1440]
    for day in _dates(rule, start, period):
        for hour, minute, second in clocks:
            yield datetime(day.year, day.month, day.day, hour, minute, second)


def _fits(rule: Rule, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    return (
        (not rule.months or day.month in rule.months)
        and (not rule.month_days or day.day in rule.month_days or day.day - length - 1 in rule.month_days)
        and (not rule.days or any(weekday == day.weekday() for _, weekday in rule.days))
        and (not rule.year_days or _year_day(day) & set(rule.year_days) != set())
    )


def _year_day(day: date) -> set[int]:
    number = day.timetuple().tm_yday
    return {number, number - (367 if calendar.isleap(day.year) else 366)}


def _dates(rule: Rule, start: datetime, period: datetime) -> list[date]:
    first = period.date()
    if rule.frequency == "DAILY":
        return [first] if _fits(rule, first) else []
    if rule.frequency == "WEEKLY":
        wanted = {weekday for _, weekday in rule.days} or {start.weekday()}
        week = [first + timedelta(days=n) for n in range(7) if first.toordinal() + n <= date.max.toordinal()]
        return [
            day for day in week if day.weekday() in wanted and (not rule.months or day.month in rule.months)
        ]
    if rule.frequency == "MONTHLY":
        return _of_month(rule, start, first) if not rule.months or first.month in rule.months else []
    return _of_year(rule, start, first.year)


def _of_year(rule: Rule, start: datetime, year: int) -> list[date]:
    if rule.year_days:
        length = 366 if calendar.isleap(year) else 365
        numbers = {n if n > 0 else length + 1 + n for n in rule.year_days if n}
        return [date(year, 1, 1) + timedelta(days=n - 1) for n in numbers if 1 <= n <= length]
    if rule.days and not rule.months and not rule.month_days:
        whole = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if calendar.isleap(year) else 365)]
        return _weekdays(rule, whole)
    months = sorted(rule.months) or (range(1, 13) if rule.month_days else [start.month])
    return [day for month in months for day in _of_month(rule, start, date(year, month, 1))]


def _of_month(rule: Rule, start: datetime, first: date) -> list[date]:
    length = calendar.monthrange(first.year, first.month)[1]
    whole = [first.replace(day=n) for n in range(1, length + 1)]
    days = whole
    if rule.month_days:
        days = [day for day in days if day.day in rule.month_days or day.day - length - 1 in rule.month_days]
    if rule.days:
        days = [day for day in _weekdays(rule, whole) if day in days]
    if not rule.month_days and not rule.days:
        days = [day for day in days if day.day == start.day]
    return days


def _weekdays(rule: Rule, whole: list[date]) -> list[date]:
    """Of the days of a month or year those the rule names: every Monday, the second, the last but one."""
    found: set[date] = set()
    for ordinal, weekday in rule.days:
        fitting = [day for day in whole if day.weekday() == weekday]
        if ordinal == 0:
            found.update(fitting)
        elif abs(ordinal) <= len(fitting):
            found.add(fitting[ordinal - 1 if ordinal > 0 else ordinal])
    return sorted(found)
