"""Stamps as machines write them at the beginning of a line, with or without zone, year or day.

Abbreviations of zones are labels, and some stand for several offsets (CST, IST, BST). UTC and GMT are exact.
Others are taken at their usual offset and marked as derived, except the ambiguous ones, which are asked for.
A zone that a person gave is used for ambiguous and missing ones.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from timelines.formats.base import BadTime, Context, NeedsAnswer, epoch, in_range, precision_of
from timelines.formats.yearless import Calendar

SLACK = timedelta(minutes=10)  # by which lines may be out of order
UTC_ZONE = ZoneInfo("UTC")
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
ABBREVIATIONS = {
    "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "WET": 0, "WEST": 60, "MSK": 180, "EST": -300, "EDT": -240,
    "CDT": -300, "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "JST": 540,
    "KST": 540, "HKT": 480, "SGT": 480, "AEST": 600, "AEDT": 660, "ACST": 570, "ACDT": 630, "AWST": 480,
    "NZST": 720, "NZDT": 780, "SAST": 120,
}  # fmt: skip
AMBIGUOUS = ("CST", "IST", "BST", "MST", "AST", "ADT", "WIB")
ZONE = rf"(?:Z(?![a-z])|[+-]\d\d(?::?\d\d)?(?![\d-])|(?:UTC|GMT|{'|'.join((*ABBREVIATIONS, *AMBIGUOUS))})\b)"
NAME = r"[A-Z][A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?"
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
MONTH = r"(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
FORMS = [
    rf"(?P<year>\d{{4}})([-/.])(?P<month>\d\d)\2(?P<day>\d\d)(?:T| {{1,3}}|, ?){CLOCK}(?: ?(?P<zone>{ZONE}))?",
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {MONTH} {{1,2}}(?P<day>\d{{1,2}}) {CLOCK}(?: (?P<zone>{ZONE}))? (?P<year>\d{{4}})",
    rf"(?P<day>\d{{1,2}})[-/ ]{MONTH}[-/ ](?P<year>\d{{4}})[: ]{CLOCK}(?: ?(?P<zone>{ZONE}|{NAME}))?",
    rf"{MONTH} (?P<day>\d{{1,2}}), (?P<year>\d{{4}}),? {CLOCK}(?: ?(?P<half>[AP]M))?(?: (?P<zone>{ZONE}))?",
    rf"(?P<year>\d\d)/(?P<month>\d\d)/(?P<day>\d\d) {CLOCK}",
    rf"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d) {{1,2}}{CLOCK}",
    rf"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)[-T ]?(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,:](?P<fraction>\d{{1,9}}))?(?: ?(?P<zone>{ZONE}))?",
    r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d) (?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<fraction>)(?= )",
    rf"(?P<month>\d\d)[-.](?P<day>\d\d) {CLOCK}",  # Android
    rf"(?P<month>\d\d)/(?P<day>\d\d)-{CLOCK}",  # Snort
    r"(?P<epoch>1\d{9}(?:\.\d{1,9})?|1\d{12})(?=[\s\]:|]|$)",
    CLOCK,  # a time of day alone
]
PATTERNS = [re.compile(form) for form in FORMS]
TIME_OF_DAY = len(FORMS) - 1
WEAK = range(5, len(FORMS))  # digits that may as well be the beginning of some other text


class Clock:
    """Gives the stamps of one file their zone and day; asks when nobody said."""

    def __init__(
        self, context: Context, name: str = "", *, utc: bool = False, of_lines: bool = False
    ) -> None:
        self.context, self.utc, self.of_lines = context, utc, of_lines
        self.day = context.day or day_of(name)
        self.calendar = Calendar(context)
        self.last: datetime | None = None  # of times of day, to see midnight pass
        self.reached: datetime | None = None  # the instant of the line before
        self.form: int | None = None  # that the line before had

    def find(self, text: str, start: int = 0) -> re.Match | None:
        """The stamp that begins at `start`. The form met last is tried first, as files keep to one.

        `of_lines` is for stamps at the beginning of lines: there a weak form is a stamp only if the first line has it.
        """
        if self.form is not None and (match := PATTERNS[self.form].match(text, start)):
            return match
        for number, pattern in enumerate(PATTERNS):
            if self.of_lines and self.form is not None and number in WEAK:
                return None
            if match := pattern.match(text, start):
                self.form = number
                return match
        return None

    def fields(self, match: re.Match) -> dict[str, Any]:
        """The fields of a record that tell its moment. Raises BadTime for a moment that is none."""
        part = match.groupdict()
        if part.get("epoch"):
            moment = epoch(part["epoch"])
            return {
                "at": moment.at, "precision": moment.precision, "nanoseconds": moment.nanoseconds, "zone": "Z", "written": match[0], "certainty": "exact",
            }  # fmt: skip
        fraction = part["fraction"] or ""
        nanoseconds = int(fraction.ljust(9, "0")) if fraction else 0
        if part.get("month") and not part.get("year"):
            return self._yearless(part, match[0], fraction, nanoseconds % 1000)
        naive = self._naive(part, match[0]) + timedelta(microseconds=nanoseconds // 1000)
        at, certainty = self.placed(naive, part.get("zone") or "", match[0])
        if part.get("year") is None and certainty == "exact":
            certainty = "derived"
        return {
            "at": at, "precision": precision_of(len(fraction)), "nanoseconds": nanoseconds % 1000, "certainty": certainty,
            "zone": part.get("zone") or "", "written": match[0],
        }  # fmt: skip

    def _yearless(
        self, part: dict[str, str | None], written: str, fraction: str, beyond: int
    ) -> dict[str, Any]:
        clock = f"{part['hour']}:{part['minute']}:{part['second']}"
        at, certainty = self.calendar.place(
            int(part["month"]), int(part["day"]), clock, f".{fraction}" if fraction else ""
        )
        return {
            "at": at, "precision": precision_of(len(fraction)), "nanoseconds": beyond, "certainty": certainty, "zone": "", "written": written,
        }  # fmt: skip

    def _naive(self, part: dict[str, str | None], written: str) -> datetime:
        year, month, day = self._date(part)
        hour = int(part["hour"])
        if half := part.get("half"):
            hour = hour % 12 + (12 if half == "PM" else 0)
        leap = part["second"] == "60"
        try:
            naive = datetime(year, month, day, hour, int(part["minute"]), 59 if leap else int(part["second"]))
        except ValueError as error:
            raise BadTime(f"{written!r} is not a time: {error}.") from error
        naive += timedelta(seconds=int(leap))
        return naive if part.get("year") else self._after_midnight(naive)

    def _date(self, part: dict[str, str | None]) -> tuple[int, int, int]:
        if part.get("year") is None:
            if self.day is None:
                raise NeedsAnswer(
                    "day", "These lines state a time of day and no date. Which day is the first line of?"
                )
            return self.day.year, self.day.month, self.day.day
        year = int(part["year"])
        month = int(part["month"]) if part.get("month") else MONTHS[part["name"].lower()]
        return year + 2000 if year < 100 else year, month, int(part["day"])

    def _after_midnight(self, naive: datetime) -> datetime:
        """A clock that falls by half a day or more has passed midnight; the next lines are of the next day."""
        if self.last is not None and self.last - naive >= timedelta(hours=12):
            self.day += timedelta(days=1)
            naive += timedelta(days=1)
        self.last = naive
        return naive

    def placed(self, naive: datetime, zone: str, written: str) -> tuple[datetime, str]:
        """The instant of a wall clock, and how sure it is."""
        given = self.context.zone
        try:
            if zone in ("Z", "UTC", "GMT"):
                return in_range(naive.replace(tzinfo=UTC)), "exact"
            if zone[:1] in ("+", "-"):
                return in_range(naive.replace(tzinfo=offset(zone)).astimezone(UTC)), "exact"
            if "/" in zone:
                return in_range(naive.replace(tzinfo=named(zone)).astimezone(UTC)), "exact"
            if zone in ABBREVIATIONS:
                at = naive.replace(tzinfo=timezone(timedelta(minutes=ABBREVIATIONS[zone])))
                return in_range(at.astimezone(UTC)), "derived"
            if self.utc and not zone:
                return in_range(naive.replace(tzinfo=UTC)), "derived"
            if given is None:
                raise NeedsAnswer("zone", self._question(zone, written))
            return self._local(naive, given)
        except OverflowError as error:
            raise BadTime(f"The time {written!r} is outside 1990–2100.") from error

    def _local(self, naive: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
        """The instant of a wall clock in a zone that a person gave.

        When clocks are set back an hour happens twice: the second time is meant where the file has come further than
        the first. When they are set forward an hour does not happen. Both are marked as derived.
        """
        first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        at, certainty = in_range(first), "assumed zone"
        if first != second:
            certainty = "derived"
            if self.reached and first < self.reached - SLACK and second - self.reached < timedelta(hours=2):
                at = in_range(second)
        self.reached = at
        return at, certainty

    def _question(self, zone: str, written: str) -> str:
        if zone:
            return f"“{zone}” in “{written}” stands for several zones. Which zone was the clock in?"
        return f"Times such as “{written}” state no zone. Which zone was the clock in?"


def offset(written: str) -> timezone:
    digits = written[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise BadTime(f"“{written}” is no offset from UTC.")
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if written[0] == "-" else size)


def named(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except Exception as error:
        raise BadTime(f"There is no time zone “{zone}”.") from error


def day_of(name: str) -> date | None:
    """The day that a file's name states: app-2026-03-10.log, app.20260310.log."""
    for match in re.finditer(r"(?<!\d)(20\d\d|199\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)", name):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None
