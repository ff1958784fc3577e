"""When a letter may reach somebody: at an hour at which work may ask for attention.

A decent moment lies between 09:00 and 18:00 on the reader's own clock, on a day on which they work that is no
public holiday of theirs and on which they are not away. Who has told no working days works from Monday to Friday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from postmortems.calendars import away
from postmortems.calendars.holidays import UnknownCountry, public_holidays
from postmortems.calendars.hours import (
    DAY,
    WEEKDAYS,
    Hours,
    Stretch,
    ZoneError,
    days,
    joined,
    on_date,
    zone_called,
)
from postmortems.calendars.workdays import LONGEST_BREAK

FROM, UNTIL = 9 * 60, 18 * 60
USUAL_DAYS = WEEKDAYS[:5]


@dataclass(frozen=True)
class Reader:
    """What has to be known about somebody to write to them at a decent hour."""

    zone: str = "UTC"
    days: tuple[str, ...] = USUAL_DAYS
    country: str = ""
    absences: tuple[away.Span, ...] = ()

    @classmethod
    def working(
        cls, zone: str, hours: Hours | None, country: str = "", absences: away.Away | None = None
    ) -> Reader:
        """A reader who works on the days that `hours` has intervals for, but for their absences."""
        worked = tuple(day for day in WEEKDAYS if (hours or {}).get(day))
        return cls(zone, worked or USUAL_DAYS, country, away.spans(absences))

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> Reader:
        given = kept.get("days")
        return cls(
            str(kept.get("zone") or "UTC"),
            tuple(str(day) for day in given) if isinstance(given, Sequence) and given else USUAL_DAYS,
            str(kept.get("country") or ""),
            away.spans(kept.get("absences")),
        )

    def as_json(self) -> dict[str, object]:
        absences = away.kept(self.absences)
        kept: dict[str, object] = {"zone": self.zone, "days": list(self.days), "country": self.country}
        return kept | {"absences": absences} if absences else kept

    @property
    def tz(self) -> ZoneInfo:
        """Their zone; UTC where nobody knows the name any more, because a letter has to go at some time."""
        try:
            return zone_called(self.zone)
        except ZoneError:
            return ZoneInfo("UTC")

    def works_on(self, day: date) -> bool:
        if WEEKDAYS[day.weekday()] not in self.days or day in _holidays(self.country, day.year):
            return False
        return not any(first <= day <= last for first, last in self.absences)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(public_holidays(country, date(year, 1, 1), date(year, 12, 31)))
    except UnknownCountry:
        return frozenset()


def decent_hours(reader: Reader, day: date) -> list[Stretch]:
    """The decent hours of a local date, in UTC: one stretch as a rule, none on a day off."""
    return on_date(reader.tz, day, FROM, UNTIL) if reader.works_on(day) else []


def next_decent(at: datetime, reader: Reader) -> datetime:
    """The first decent moment that is not before `at`; `at` itself where there is none within a year."""
    today = at.astimezone(reader.tz).date()
    for day in days(today, today + timedelta(days=LONGEST_BREAK)):
        for begin, end in decent_hours(reader, day):
            if at < end:
                return max(at, begin)
    return at.astimezone(UTC)


def working_day_before(at: datetime, reader: Reader) -> Stretch:
    """The decent hours of the last day of work before the local date of `at`.

    Without one within a year, the nine hours that end a day before `at`.
    """
    today = at.astimezone(reader.tz).date()
    for number in range(1, LONGEST_BREAK + 1):
        if found := decent_hours(reader, today - timedelta(days=number)):
            return found[0][0], found[-1][1]
    return at - timedelta(hours=33), at - timedelta(hours=24)


def working_days_later(at: datetime, count: int, reader: Reader) -> datetime:
    """The first decent moment once `count` of the reader's days of work have gone by after the date of `at`.

    Two days after a Thursday is the Monday, at the hour of `at` where that is decent, else the first that is.
    """
    local = at.astimezone(reader.tz)
    day, left = local.date(), count
    for _ in range(LONGEST_BREAK):
        if not left:
            break
        day += timedelta(days=1)
        left -= reader.works_on(day)
    minutes = local.hour * 60 + local.minute
    same = on_date(reader.tz, day, min(minutes, DAY - 1), DAY)
    return next_decent(same[0][0] if same else at + timedelta(days=count), reader)


def is_decent(at: datetime, reader: Reader) -> bool:
    day = at.astimezone(reader.tz).date()
    return any(begin <= at < end for begin, end in joined(decent_hours(reader, day)))
