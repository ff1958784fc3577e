"""Times as a document tells them, one after the other, to instants: what is not written is carried from what was.

1. A time without a date has the date of the entry before it, else the day a person named, else the day in the file's
   name or title. A clock that steps back by six hours or more has passed midnight; in a list that runs backwards one
   that steps forward has.
2. A date without a year has the year of the entry before it, of the document, or the one a person named.
3. Where some times state a zone, always the same, and nobody says another, it is that of the others too.
4. Where a list writes AM and PM beside some times only, the others follow the one before them.
What was carried over midnight, out of a name, or inferred is marked as derived; what is said to be rough, as approximate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from timelines.formats.base import BadTime, Context, NeedsAnswer, in_range
from timelines.formats.proseentries import Entry
from timelines.formats.vague import Clock, Day, Stamp, leading
from timelines.formats.zonelabels import placed

STEP = timedelta(hours=6)
IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
DATE_FIELD = re.compile(r"(?i)\W{0,6}(?:incident\s|event\s)?(?:date|datum|fecha|data|day)\W{1,8}(.{4,60})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a document says of its day as a whole."""

    day: date | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    until: datetime | None
    naive: datetime
    precision: str
    certainty: str
    zone: str
    doubt: str = ""


def anchor(name: str, lines: list[str]) -> Anchor:
    """The day in the file's name, else in its title or a line such as “Date: 2024-05-01”."""
    year = YEAR_IN_NAME.search(name)
    if match := IN_NAME.search(name):
        try:
            return Anchor(date(int(match[1]), int(match[2]), int(match[3])), int(match[1]))
        except ValueError:
            pass
    shown = [line.lstrip("#=* ") for line in lines[:60] if line.strip()]
    fields = [match[1] for line in shown if (match := DATE_FIELD.match(line[:120]))]
    for text in [*fields, *(_tails(shown[0]) if shown else [])]:
        day = _day_in(text)
        if day is not None:
            return Anchor(day, day.year)
    return Anchor(None, int(year[1]) if year else None)


def _tails(title: str) -> list[str]:
    words = title[:200].split(" ")
    return [" ".join(words[start:]) for start in range(min(len(words), 20))]


def _day_in(text: str) -> date | None:
    try:
        found = leading(text)
        written = found[0].day if found else None
        return date(written.year, written.month, written.day) if written and written.year else None
    except (BadTime, ValueError):
        return None


class Telling:
    """One document's times in their order."""

    def __init__(self, found: list[Entry | Stamp], anchored: Anchor, context: Context) -> None:
        stamps = [entry.stamp if isinstance(entry, Entry) else entry for entry in found]
        self.stamps = [stamp for stamp in stamps if stamp is not None]
        self.anchored, self.context = anchored, context
        self.backwards = _runs_backwards(self.stamps)
        self.halves = any(stamp.clock and stamp.clock.half for stamp in self.stamps)
        self.order = str(context.mapping.get("dates") or "") or next(
            (stamp.day.order for stamp in self.stamps if stamp.day and stamp.day.order), ""
        )
        labels = {stamp.zone for stamp in self.stamps if stamp.zone}
        self.beside = labels.pop() if len(labels) == 1 else ""  # “10:45 PST”, and then times alone
        self.day: date | None = None
        self.day_is_derived = False
        self.doubt = ""
        self.last: datetime | None = None

    def carry(self, stamp: Stamp) -> None:
        """A date that stands alone holds for what follows."""
        if stamp.day is not None:
            self.day, self.day_is_derived = self._written(stamp.day)
            self.last = None

    def place(self, entry: Entry) -> Told:
        """Raises BadTime, and NeedsAnswer where only a person can say the day, the year, or the zone."""
        try:
            naive, derived = self._local(entry.stamp)
            return self._told(entry, naive, derived)
        except OverflowError as error:
            raise BadTime(f"The time {entry.stamp.written!r} is outside 1990–2100.") from error

    def _local(self, stamp: Stamp) -> tuple[datetime, bool]:
        """The time on the wall, and whether something of it was derived; the next time goes on from here."""
        self.doubt = ""
        day, derived = self._day(stamp)
        self.day_is_derived = derived
        clock = stamp.clock
        derived = derived or (self.halves and clock is not None and clock.twelve)
        naive = self._naive(day, clock)
        if stamp.day is None and stamp.weekday is None and self.last is not None and clock is not None:
            naive, stepped = self._stepped(naive)
            self.day_is_derived = self.day_is_derived or stepped
            derived = derived or stepped
        in_range(naive.replace(tzinfo=UTC))
        self.day = naive.date()
        if clock is not None:
            self.last = naive
        return naive, derived

    def _told(self, entry: Entry, naive: datetime, derived: bool) -> Told:
        stamp = entry.stamp
        zone = stamp.zone or entry.zone
        if not zone and self.context.zone is None and self.beside:
            zone, derived = self.beside, True
        found = placed(naive, zone, self.context.zone)
        until = self._until(entry, naive)
        end = placed(until, zone, self.context.zone).at if until else None
        at = in_range(found.at)
        certainty = (
            "approximate"
            if stamp.rough
            else "derived"
            if derived
            else "exact"
            if found.certain
            else "assumed zone"
        )
        precision = stamp.clock.precision if stamp.clock else "day"
        return Told(at, end, naive, precision, certainty, zone, self.doubt or found.doubt)

    def _day(self, stamp: Stamp) -> tuple[date, bool]:
        if stamp.day is not None:
            return self._written(stamp.day)
        if stamp.weekday is not None and (self.day or self._start()):
            begin = self.day or self._start()
            return begin + timedelta(days=(stamp.weekday - begin.weekday()) % 7), True
        if self.day is not None:
            return self.day, self.day_is_derived
        start = self._start()
        if start is None:
            raise NeedsAnswer(
                "day", f"The first time, “{stamp.written}”, has no date. On which day does the text begin?"
            )
        return start, True

    def _start(self) -> date | None:
        return self.context.day or self.anchored.day

    def _written(self, written: Day) -> tuple[date, bool]:
        month, day = written.month, written.day
        if written.ambiguous:
            if self.order not in ("dmy", "mdy"):
                raise NeedsAnswer(
                    "mapping",
                    f"Is {day}/{month} written with the day or the month first? Say so under “dates”: day first (dmy) or month first (mdy).",
                )
            if self.order == "mdy":
                month, day = day, month
        year, derived = (written.year, False) if written.year else self._year(month)
        if year > 9999:
            year, derived = self._shortened(year), True
        try:
            return date(year, month, day), derived
        except ValueError as error:
            raise BadTime(f"There is no day {year}-{month:02d}-{day:02d}: {error}.") from error

    def _year(self, month: int) -> tuple[int, bool]:
        if self.day is not None:
            turned = self.day.month - month >= 6
            return self.day.year + turned, True
        named = self.context.day.year if self.context.day else None
        year = self.context.year or named or self.anchored.year
        if year is None:
            raise NeedsAnswer("year", "The dates of this text state no year. Which year is the first one of?")
        return year, True

    def _shortened(self, year: int) -> int:
        """“20202” in a document of 2020 is 2020 with a digit too many; elsewhere it is nothing."""
        known = self.context.year or self.anchored.year
        digits = str(year)
        if known and any(digits[:n] + digits[n + 1 :] == str(known) for n in range(len(digits))):
            self.doubt = f"The text says the year {year}; {known} was read."
            return known
        raise BadTime(f"There is no year {year} to be placed on a timeline.")

    def _naive(self, day: date, clock: Clock | None) -> datetime:
        if clock is None:
            return datetime(day.year, day.month, day.day)
        hour = clock.hour
        if clock.half:
            hour = hour % 12 + (12 if clock.half == "p" else 0)
        elif clock.twelve and self.halves and self.last is not None and hour <= 12:
            hour = self._half(hour, clock.minute)
        base = datetime(
            day.year, day.month, day.day, hour % 24, clock.minute, clock.second, clock.microsecond
        )
        return base + timedelta(days=hour // 24)

    def _half(self, hour: int, minute: int) -> int:
        """The half of the day that goes on from the time before."""
        before = self.last.hour * 60 + self.last.minute
        early = hour % 12
        return early if early * 60 + minute >= before or (early + 12) * 60 + minute < before else early + 12

    def _stepped(self, naive: datetime) -> tuple[datetime, bool]:
        apart = naive - self.last
        if self.backwards and apart >= STEP:
            return naive - timedelta(days=1), True
        if not self.backwards and -apart >= STEP:
            return naive + timedelta(days=1), True
        return naive, False

    def _until(self, entry: Entry, begin: datetime) -> datetime | None:
        stamp = entry.stamp
        clock, written = stamp.end, stamp.end_day
        if clock is None and entry.end is not None:
            clock, written = entry.end.clock, entry.end.day
        if clock is None:
            return None
        day = self._written(written)[0] if written else begin.date()
        hour = clock.hour % 12 + (12 if clock.half == "p" else 0) if clock.half else clock.hour
        end = datetime(day.year, day.month, day.day, hour % 24, clock.minute, clock.second) + timedelta(
            days=hour // 24
        )
        if not written and end < begin and clock.twelve and begin.hour >= 12 and hour < 12:
            end += timedelta(hours=12)  # 2:10 PM – 2:40
        if not written and end < begin:
            end += timedelta(days=1)
        return end if end > begin else None


def _runs_backwards(stamps: list[Stamp]) -> bool:
    """Whether the newest entry stands first, by most of the steps from one full time to the next."""
    halves = any(stamp.clock and stamp.clock.half for stamp in stamps)
    up = down = 0
    before: tuple | None = None
    for stamp in stamps:
        if stamp.clock is None or (stamp.clock.twelve and halves):
            continue
        half = 12 if stamp.clock.half == "p" and stamp.clock.hour < 12 else 0
        now = (stamp.clock.hour + half, stamp.clock.minute)
        if before is not None and stamp.day is None:
            up += now > before
            down += now < before
        before = now
    return down >= 2 and down > 2 * up
