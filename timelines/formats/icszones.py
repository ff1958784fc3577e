"""The zones of a calendar file: by their names in the tz database, by Windows' names, or as VTIMEZONE defines them.

Source: RFC 5545, 3.6.5, and the names of Windows in Unicode CLDR (as the icalendar library carries them).
A name of the tz database wins over a VTIMEZONE of the same name: programs write those from old tables.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from timelines.formats.ics import Component
from timelines.formats.recurrence import BadRule, Budget, parse, times
from timelines.formats.zonelabels import called

OBSERVANCES = 60  # of one zone


@lru_cache(maxsize=500)
def named(name: str) -> ZoneInfo | None:
    """`Europe/Lisbon`, `/mozilla.org/20070129_1/Europe/Lisbon`, `W. Europe Standard Time`; None for private names."""
    name = name.strip().strip('"')[:200]
    parts = name.strip("/").split("/")
    tails = ["/".join(parts[-size:]) for size in (3, 2, 1) if len(parts) >= size]
    for candidate in (WINDOWS_TO_OLSON.get(name), *tails):
        if candidate and (zone := called(candidate)):
            return zone
    return None


class Defined(tzinfo):
    """A zone that the file itself defines, by the moments its clocks are changed."""

    def __init__(self, component: Component) -> None:
        self.name = component.text("TZID")
        self.changes = [change for inside in component.inside[:OBSERVANCES] if (change := _change(inside))]
        self.cache: dict[int, list[tuple[datetime, timedelta]]] = {}

    def utcoffset(self, at: datetime | None) -> timedelta:
        if at is None or not self.changes:
            return timedelta(0)
        at = at.replace(tzinfo=None)
        reached = [(onset, to) for onset, to in self._onsets(at.year) if onset <= at]
        if reached:
            return max(reached, key=lambda found: found[0])[1]
        return min(self.changes, key=lambda change: change[0])[2]

    def dst(self, at: datetime | None) -> None:
        return None

    def tzname(self, at: datetime | None) -> str:
        return self.name

    def _onsets(self, year: int) -> list[tuple[datetime, timedelta]]:
        if year not in self.cache:
            if len(self.cache) > 300:
                self.cache.clear()
            self.cache[year] = [found for change in self.changes for found in _of_year(change, year)]
        return self.cache[year]


def _of_year(change: tuple, year: int) -> list[tuple[datetime, timedelta]]:
    """The onsets of one observance in the year and the one before, and its first."""
    start, to, _, rule, dates = change
    found = [(at, to) for at in [start, *dates]]
    if rule is not None and 1 < year < 9998:
        until = _stamp(rule.until) if rule.until else None
        try:
            again = times(rule, start, datetime(year - 1, 1, 1), datetime(year + 1, 1, 1), Budget(5000))
            found += [(at, to) for at in again if until is None or at <= until + timedelta(days=1)]
        except BadRule:
            pass
    return found


def _change(component: Component) -> tuple | None:
    """(first onset in local time, offset after, offset before, rule, further onsets)"""
    begin, to, before = (component.text(name) for name in ("DTSTART", "TZOFFSETTO", "TZOFFSETFROM"))
    start, after, ahead = _stamp(begin), _offset(to), _offset(before)
    if start is None or after is None:
        return None
    try:
        rule = parse(component.text("RRULE")) if component.text("RRULE") else None
    except BadRule:
        rule = None
    if rule is not None and rule.frequency not in ("YEARLY", "MONTHLY"):
        rule = None  # no clocks are changed that often
    dates = [
        at
        for listed in component.properties.get("RDATE", [])[:200]
        for written in listed.value.split(",")[:200]
        if (at := _stamp(written))
    ]
    return start, after, after if ahead is None else ahead, rule, dates


def _stamp(text: str) -> datetime | None:
    text = text.strip().rstrip("Zz")
    for shape in ("%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            return datetime.strptime(text[:15], shape)
        except ValueError:
            continue
    return None


def _offset(text: str) -> timedelta | None:
    digits = text.strip().lstrip("+-")
    if not (digits.isdigit() and digits.isascii() and len(digits) in (4, 6)):
        return None
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:] or 0))
    return None if size >= timedelta(hours=24) else -size if text.strip()[0] == "-" else size


def moment(naive: datetime, zone: tzinfo) -> datetime:
    """A wall clock's time as an instant in UTC."""
    return naive.replace(tzinfo=zone).astimezone(UTC)
