"""Moments that lines of chat state in part: a time of day, a day without its year, a local time without a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from timelines.formats.base import BadTime, Context, Moment, NeedsAnswer, aware, epoch, in_range, precision_of
from timelines.formats.moments import month

DAY = re.compile(
    r"(?<![^\W\d_])(?P<name>[^\W\d_]{3,12})\.? +(?P<day>\d{1,2}),?(?: \d\d?:\d\d(?::\d\d)?)?(?: [A-Z]{2,5})? (?P<year>\d{4})(?!\d)"
)
DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})\.? ?(?P<name>[^\W\d_]{3,12})\.? ?(?P<year>\d{4})(?!\d)")
DAY_NUMBERS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_./]?)(?P<number>\d\d)(?P=mark)(?P<day>\d\d)(?!\d)"
)
LATE = timedelta(hours=2)  # more than summer time and a clock that is set right take back


@dataclass(slots=True)
class Stamp:
    """What stands before the words. `year` 0: not stated; `number` 0: a time of day alone."""

    written: str
    rest: str
    epoch: int | None = None
    year: int = 0
    number: int = 0
    day: int = 0
    hour: int = 0
    minute: int = 0
    second: int | None = None
    fraction: str = ""
    offset: str = ""


def dated(text: str) -> date | None:
    """The day a header or a file's name states."""
    for pattern in (DAY, DAY_FIRST, DAY_NUMBERS):
        for match in pattern.finditer(text[:300]):
            part = match.groupdict()
            try:
                number = int(part["number"]) if part.get("number") else month(part["name"])
                return date(int(part["year"]), number, int(part["day"]))
            except (BadTime, ValueError):
                continue
    return None


class Days:
    """Gives a stamp the day, year and zone it does not state."""

    def __init__(self, name: str, context: Context) -> None:
        self.context = context
        self.named = dated(name.rsplit("/", 1)[-1]) or dated(name)
        self.day: date | None = None
        self.is_stated = self.passed_midnight = False
        self.clock: datetime | None = None  # of the line before, local
        self.before: datetime | None = None  # the same, as an instant

    def stated(self, day: date) -> None:
        self.day, self.is_stated, self.passed_midnight, self.clock = day, True, False, None

    def place(self, stamp: Stamp) -> tuple[Moment, str]:
        if stamp.epoch is not None:
            moment = epoch(stamp.epoch)
            self.day = moment.at.date()
            return moment, "exact"
        if not stamp.number:
            self._of_clock(stamp)
        elif stamp.year:
            self.day = self._date(stamp.year, stamp)
        else:
            self.day = self._of_month(stamp)
        naive = self._naive(stamp)
        self.clock = naive
        precision = "minute" if stamp.second is None else precision_of(len(stamp.fraction))
        nanoseconds = int(stamp.fraction.ljust(9, "0")) % 1000 if stamp.fraction else 0
        at = self._instant(naive, stamp)
        certainty = "exact" if stamp.offset else "derived" if self.passed_midnight else "assumed zone"
        return Moment(at, precision, stamp.offset, nanoseconds), certainty

    def _of_clock(self, stamp: Stamp) -> None:
        """The day of a time of day: stated, named, asked for, and one later after midnight."""
        if self.day is None:
            self.day = self.named or self.context.day
        if self.day is None:
            raise NeedsAnswer("day", "These lines state a time of day alone. Which day is the first line of?")
        naive = self._naive(stamp)
        one_day = self.named is not None and not self.is_stated
        if self.clock and not one_day and self.clock - naive > LATE:
            self.day, self.passed_midnight = self.day + timedelta(days=1), True

    def _of_month(self, stamp: Stamp) -> date:
        """The year of a month and day: that of the header or line before, one on where months fall by half a year."""
        anchor = (
            self.day
            or self.named
            or (date(self.context.year, stamp.number, 1) if self.context.year else None)
        )
        if anchor is None:
            raise NeedsAnswer("year", "These lines state no year. Which year is the first line of?")
        turned = anchor.month - stamp.number
        return self._date(anchor.year + (1 if turned >= 6 else -1 if turned <= -6 else 0), stamp)

    def _date(self, year: int, stamp: Stamp) -> date:
        try:
            return date(year, stamp.number, stamp.day)
        except ValueError as error:
            raise BadTime(f"“{stamp.written}” is not a time: {error}.") from error

    def _naive(self, stamp: Stamp) -> datetime:
        micro = int(stamp.fraction[:6].ljust(6, "0")) if stamp.fraction else 0
        second = stamp.second or 0
        try:
            naive = datetime(
                self.day.year, self.day.month, self.day.day, stamp.hour, stamp.minute, min(second, 59), micro
            )
        except ValueError as error:
            raise BadTime(f"“{stamp.written}” is not a time: {error}.") from error
        if second > 60:
            raise BadTime(f"“{stamp.written}” is not a time: there is no second {second}.")
        return naive + timedelta(seconds=second == 60)

    def _instant(self, naive: datetime, stamp: Stamp) -> datetime:
        try:
            if stamp.offset:
                return in_range(aware(naive, stamp.offset, None))
            if self.context.zone is None:
                raise NeedsAnswer(
                    "zone", "These lines state no time zone. Which zone was the log written in?"
                )
            first, second = (
                in_range(naive.replace(tzinfo=self.context.zone, fold=fold).astimezone(UTC))
                for fold in (0, 1)
            )
        except OverflowError as error:
            raise BadTime(f"The time “{stamp.written}” is outside 1990–2100.") from error
        at = second if self.before and first < self.before <= second else first
        self.before = at
        return at
