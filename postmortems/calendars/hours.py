"""Working hours in a zone, as stretches of real time.

Hours are written as `{"mon": [["09:00", "12:30"], ["13:30", "17:30"]], …}`: local wall-clock time, "24:00" for
the end of a day, a day left out for a day off. A stretch is a pair of UTC instants, begin included, end excluded.

Daylight saving: an instant lies within the hours when the clock on the wall then shows a time within
them. So the hour that the clock jumps over does not exist, and the hour that it shows twice counts twice.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
DAY = 24 * 60

Hours = Mapping[str, Sequence[Sequence[str]]]
Minutes = dict[str, tuple[tuple[int, int], ...]]
Stretch = tuple[datetime, datetime]

DEFAULT_HOURS: Hours = {day: [["09:00", "12:30"], ["13:30", "17:30"]] for day in WEEKDAYS[:5]}


class HoursError(ValueError):
    """Working hours that cannot be understood; the message is a sentence for the person who wrote them."""


class ZoneError(ValueError):
    """A zone of which the time zone database knows nothing."""


def zone_called(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ZoneError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise ZoneError(
            f"{reprlib.repr(name)} is no time zone; use an IANA name such as Europe/Lisbon."
        ) from error


def parse_clock(text: str) -> int:
    """Minutes since local midnight of "HH:MM", up to and including "24:00". Raises HoursError."""
    if not isinstance(text, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", text):
        raise HoursError(f"{reprlib.repr(text)} is no time of day; write it as HH:MM, from 00:00 to 24:00.")
    return int(text[:2]) * 60 + int(text[3:])


def parse_hours(hours: Hours) -> Minutes:
    """Hours as minutes since local midnight, day by day. Raises HoursError at the first thing that is wrong."""
    if not isinstance(hours, Mapping):
        raise HoursError("Working hours are an object with a list of intervals for each day.")
    parsed: Minutes = {}
    for day, intervals in hours.items():
        if day not in WEEKDAYS:
            raise HoursError(f"{reprlib.repr(day)} is no day of the week; use {', '.join(WEEKDAYS)}.")
        if not _is_list(intervals) or not all(_is_list(pair) and len(pair) == 2 for pair in intervals):
            raise HoursError(f"The hours of {day} are a list of pairs such as ['09:00', '17:30'].")
        parsed[day] = tuple((parse_clock(begin), parse_clock(end)) for begin, end in intervals)
        for (begin, end), (begin_text, end_text) in zip(parsed[day], intervals, strict=True):
            if end < begin:
                raise HoursError(
                    f"The hours of {day} from {begin_text} to {end_text} end before they begin;"
                    " split an interval that passes midnight at 24:00."
                )
    return parsed


def in_words(hours: Hours) -> str:
    """`Monday to Thursday 09:00–12:30, 13:30–17:30; Friday 09:00–12:00`: days of the same hours together."""
    days_of: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        words = ", ".join(f"{begin}–{end}" for begin, end in sorted(hours.get(day, ())))
        if days_of and days_of[-1][1] == words:
            days_of[-1][0].append(DAY_NAMES[day])
        else:
            days_of.append(([DAY_NAMES[day]], words))
    return "; ".join(f"{_run(names)} {words}" for names, words in days_of if words)


def _run(names: Sequence[str]) -> str:
    if len(names) == len(WEEKDAYS):
        return "every day"
    return {1: names[0], 2: " and ".join(names)}.get(len(names), f"{names[0]} to {names[-1]}")


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


@lru_cache(maxsize=4096)
def _offsets(zone: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The UTC time around a local date, cut where the zone's offset changes: (from, until, offset)."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    # No zone is further from UTC than 15 hours or so; a whole day either side is ample.
    begin, last = midnight - timedelta(days=1), midnight + timedelta(days=2)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(zone).utcoffset()

    cuts = []
    while begin < last:
        end = begin
        while end < last and offset(end) == offset(begin):
            end += timedelta(hours=1)
        if end < last:  # the change lies in the hour before `end`: halve it until the second is known
            low, high = end - timedelta(hours=1), end
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(middle) == offset(begin) else (low, middle)
            end = high
        cuts.append((begin, min(end, last), offset(begin)))
        begin = end
    return tuple(cuts)


def on_date(zone: ZoneInfo, day: date, begin: int, end: int) -> list[Stretch]:
    """The stretches of a local date at which the clock shows from `begin` to `end` (minutes since midnight).

    One stretch, as a rule. None where the clock jumps over all of it, two where it goes back inside it and
    the times on either side of the repetition do not join.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = []
    for since, until, offset in _offsets(zone, day):
        first = max(since, midnight + timedelta(minutes=begin) - offset)
        last = min(until, midnight + timedelta(minutes=end) - offset)
        if first < last:
            found.append((first, last))
    return joined(found)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in order, with stretches that overlap or touch made one."""
    result: list[Stretch] = []
    for begin, end in sorted(stretches):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif begin < end:
            result.append((begin, end))
    return result


def days(first: date, last: date) -> Iterator[date]:
    """Each date from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def working_intervals(
    hours: Minutes, zone: ZoneInfo, since: datetime, until: datetime, holidays: Container[date] = frozenset()
) -> list[Stretch]:
    """Every working interval that shares a moment with the time given, whole, in order of its beginning.

    Intervals stay apart as written, even when one ends where the next begins: an appointment lies within one
    of them. Dates that are holidays have none.
    """
    found = []
    # A clock that goes back past midnight shows the date before once more.
    first = since.astimezone(zone).date() - timedelta(days=1)
    for day in days(first, until.astimezone(zone).date()):
        if day not in holidays:
            for begin, end in hours.get(WEEKDAYS[day.weekday()], ()):
                found += on_date(zone, day, begin, end)
    return sorted(stretch for stretch in found if stretch[0] < until and since < stretch[1])


def lies_within(begin: datetime, end: datetime, stretches: Iterable[Stretch]) -> bool:
    """Whether one of the stretches holds all of it."""
    return any(first <= begin and end <= last for first, last in stretches)
