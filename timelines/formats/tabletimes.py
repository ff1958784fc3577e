"""The time of a table's row: a moment, a date and a clock in two columns, a clock alone, or an age such as “60m ago”.

A zone may stand in the name of the column (“Time (UTC)”). A clock without a date asks for the day, an age for the
moment the table was copied; ages are as coarse as their smallest unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from timelines.formats.base import BadTime, Context, Moment, NeedsAnswer, in_range
from timelines.formats.moments import placed as placed_moment
from timelines.formats.vague import Clock, leading
from timelines.formats.zonelabels import BESIDE_TIME, placed

AGE = re.compile(
    r"(?P<parts>(?:(?:about |almost |over )?\d{1,6}(?:\.\d{1,3})?\s?(?:seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|hr|h|days?|d|weeks?|w)[\s,]{0,2}(?:and )?){1,5})(?P<ago>ago|old|before)?",
    re.I,
)
PART = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s?(s|m(?!o)|h|d|w)", re.I)
_UTC = ZoneInfo("UTC")
AGES = {"age", "last_seen", "lastseen", "first_seen", "ago", "since", "elapsed"}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
PRECISIONS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "day"}


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    precision: str
    zone: str
    nanoseconds: int = 0
    certainty: str = "exact"


def read(value: Any, column: str, day: Any, context: Context, order: str) -> Told:
    """Raises BadTime, and NeedsAnswer for what only a person knows."""
    if value is None or value == "":
        raise BadTime("The row has no time.")
    zone = zone_of(column)
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and (told := _age(text, column, context)):
        return told
    if day not in (None, "") and isinstance(text, str) and not _has_day(text):
        text = f"{str(day).strip()} {text}"
    try:
        moment = placed_moment(text, context.zone, order)
    except NeedsAnswer:
        if zone:
            return _zoned(text, zone, context, order)
        raise
    except BadTime:
        if not isinstance(text, str) or len(text) > 80:
            raise
        return _vague(text, zone, context, order)
    if zone and not moment.zone:
        return _zoned(text, zone, context, order)
    return _told(moment)


@lru_cache(maxsize=1000)
def zone_of(column: str) -> str:
    """The zone that the name of a column states."""
    match = BESIDE_TIME.search(column[:200].replace("_", " "))
    return match["zone"] if match else ""


def _told(moment: Moment) -> Told:
    certainty = "exact" if moment.zone else "assumed zone"
    return Told(moment.at, moment.precision, moment.zone, moment.nanoseconds, certainty)


def _zoned(text: Any, zone: str, context: Context, order: str) -> Told:
    """A moment whose zone stands above it: read as if in UTC, then moved."""
    from_utc = placed_moment(text, _UTC, order)
    if from_utc.zone:
        return _told(from_utc)
    found = placed(from_utc.at.replace(tzinfo=None), zone, context.zone)
    return Told(
        in_range(found.at),
        from_utc.precision,
        zone,
        from_utc.nanoseconds,
        "exact" if found.certain else "assumed zone",
    )


def _has_day(text: str) -> bool:
    try:
        found = leading(text)
    except BadTime:
        return False
    return bool(found and found[0].day)


def _vague(text: str, zone: str, context: Context, order: str) -> Told:
    """A clock alone, a rough time, a date in words: what the readers of documents understand."""
    found = leading(text)
    if found is None or found[1].strip():
        raise BadTime(f"{text[:60]!r} is not a time.")
    stamp = found[0]
    written = stamp.day
    if written is None:
        if context.day is None:
            raise NeedsAnswer(
                "day", f"“{text[:40]}” is a time without a date. On which day does the table begin?"
            )
        day = context.day
    else:
        year = written.year or context.year or (context.day.year if context.day else 0)
        if not year:
            raise NeedsAnswer("year", f"“{text[:40]}” states no year. Which year is the first row of?")
        if written.ambiguous and not order:
            raise NeedsAnswer(
                "mapping",
                f"Is “{text[:30]}” written with the day or the month first? Say so under “dates”: day first (dmy) or month first (mdy).",
            )
        month, number = (
            (written.day, written.month)
            if written.ambiguous and order == "mdy"
            else (written.month, written.day)
        )
        day = _date(year, month, number, text)
    clock = stamp.clock or Clock(0, precision="day")
    hour = clock.hour % 12 + (12 if clock.half == "p" else 0) if clock.half else clock.hour
    naive = datetime(day.year, day.month, day.day, hour % 24, clock.minute, clock.second, clock.microsecond)
    label = stamp.zone or zone
    try:
        place = placed(naive + timedelta(days=hour // 24), label, context.zone)
    except OverflowError as error:
        raise BadTime(f"The time {text!r} is outside 1990–2100.") from error
    certainty = (
        "approximate"
        if stamp.rough
        else "derived"
        if not (written and written.year)
        else "exact"
        if place.certain
        else "assumed zone"
    )
    return Told(in_range(place.at), clock.precision, label, 0, certainty)


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadTime(f"{text[:40]!r} is not a time: {error}.") from error


@lru_cache(maxsize=1000)
def _holds_ages(column: str) -> bool:
    return re.sub(r"[\s-]+", "_", column.strip().lower()) in AGES


def _age(text: str, column: str, context: Context) -> Told | None:
    named = _holds_ages(column)
    if not (named or text[-3:].lower() in ("ago", "now", "old", "ore")) or len(text) > 60:
        return None
    if text.lower() in ("just now", "now"):
        seconds, unit = 0.0, "m"
    else:
        match = AGE.fullmatch(text)
        if not match or not (match["ago"] or named):
            return None
        parts = [(float(number), unit.lower()) for number, unit in PART.findall(match["parts"])]
        seconds = sum(number * UNITS[unit] for number, unit in parts)
        unit = parts[-1][1]
    if context.captured is None:
        raise NeedsAnswer(
            "captured", f"“{text[:40]}” counts back from when the table was copied. When was that?"
        )
    try:
        at = in_range(context.captured - timedelta(seconds=seconds))
    except OverflowError as error:
        raise BadTime(f"{text!r} lies outside 1990–2100.") from error
    return Told(at, PRECISIONS[unit], "", 0, "approximate")
