"""Where things stand on a band of time: everything in hundredths of its width, so that one drawing fits every screen. Pure.

A band shows one person's days in their own zone: nights, hours at work, holidays, what is busy, and the stretch
between soak and fade in which people are asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.calendars.hours import DAY, WEEKDAYS, Stretch, days, joined, on_date, working_intervals
from postmortems.interviews.planner.problem import Interviewer, Person

NIGHT = ((0, 6 * 60), (22 * 60, DAY))


@dataclass(frozen=True)
class Bar:
    """A stretch on the band: from where, how wide, what it is, and what a pointer resting on it is told."""

    look: str
    x: float
    width: float
    words: str = ""


@dataclass(frozen=True)
class Tick:
    x: float
    width: float
    label: str
    day: date
    minor: bool = False


@dataclass(frozen=True)
class Span:
    """The stretch of time that a board shows."""

    since: datetime
    until: datetime

    def x(self, at: datetime) -> float:
        return round(100 * ((at - self.since) / (self.until - self.since)), 3)

    def holds(self, at: datetime) -> bool:
        return self.since <= at <= self.until

    def bar(self, look: str, begin: datetime, end: datetime, words: str = "") -> Bar | None:
        """What of a stretch lies on the band; None where nothing does."""
        begin, end = max(begin, self.since), min(end, self.until)
        if begin >= end:
            return None
        return Bar(look, self.x(begin), round(self.x(end) - self.x(begin), 3), words)

    def bars(self, look: str, stretches: Iterable[Stretch], words: str = "") -> list[Bar]:
        return [bar for begin, end in stretches if (bar := self.bar(look, begin, end, words))]


def whole_days(first: datetime, last: datetime, zone: ZoneInfo) -> Span:
    """From the midnight before the first moment to the one after the last, on the clock of a zone."""
    begin, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    return Span(on_date(zone, begin, 0, DAY)[0][0], on_date(zone, end, 0, DAY)[-1][1])


def day_ticks(span: Span, zone: ZoneInfo) -> list[Tick]:
    """The days of a board; every second one is minor, and goes where it is narrow."""
    found = []
    last = (span.until - timedelta(microseconds=1)).astimezone(zone).date()
    for number, day in enumerate(days(span.since.astimezone(zone).date(), last)):
        whole = on_date(zone, day, 0, DAY)
        if whole and (bar := span.bar("day", whole[0][0], whole[-1][1])):
            found.append(Tick(bar.x, bar.width, f"{day:%a %-d}", day, minor=number % 2 == 1))
    return found


def hour_ticks(span: Span, zone: ZoneInfo) -> list[Tick]:
    """The hours of one day, on the clock of a zone."""
    day = span.since.astimezone(zone).date()
    found = []
    for hour in range(24):
        whole = on_date(zone, day, hour * 60, hour * 60 + 60)
        if whole and (bar := span.bar("hour", whole[0][0], whole[-1][1])):
            found.append(Tick(bar.x, bar.width, f"{hour:02}", day, minor=hour % 3 != 0))
    return found


def of_person(span: Span, party: Person | Interviewer) -> list[Bar]:
    """Nights, days off, hours at work and busy stretches of somebody, from the ground up."""
    first, last = span.since.astimezone(party.zone).date(), span.until.astimezone(party.zone).date()
    found: list[Bar | None] = []
    nights = []
    for day in days(first - timedelta(days=1), last):
        whole = on_date(party.zone, day, 0, DAY)
        if not whole:
            continue
        if day in party.holidays:
            found.append(span.bar("off", whole[0][0], whole[-1][1], "Day off"))
        elif not any(begin < end for begin, end in party.hours.get(WEEKDAYS[day.weekday()], ())):
            found.append(span.bar("off", whole[0][0], whole[-1][1], f"No work on {day:%A}"))
        nights += [stretch for begin, end in NIGHT for stretch in on_date(party.zone, day, begin, end)]
    work = working_intervals(party.hours, party.zone, span.since, span.until, party.holidays)
    found += span.bars("work", joined(work))
    found += span.bars("night", joined(nights))
    found += span.bars("busy", joined(party.busy), "Busy")
    return [bar for bar in found if bar]


def of_window(span: Span, resolved_at: datetime, opens_at: datetime, fades_at: datetime) -> list[Bar]:
    """Rest, the window, and what lies after it."""
    found = (
        span.bar("soak", resolved_at, opens_at, "Rest"),
        span.bar("window", opens_at, fades_at, "Time for conversations"),
        span.bar("fade", fades_at, span.until, "Memory fades"),
    )
    return [bar for bar in found if bar]
