"""Time to pixels, ticks that fall on round local times, and the size of density bins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import ceil, floor

from timelines.picture.contents import epoch

SECOND, MINUTE, HOUR, DAY = 1, 60, 3600, 86400
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# Steps below an hour divide every offset in use, so they can be counted in UTC; hours and more are
# counted on the local calendar, where a day may have 23 or 25 of them.
FINE_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800]
HOUR_STEPS = [1, 2, 3, 6, 12]
DAY_STEPS = [1, 2, 7, 14]
MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600]
BIN_STEPS = [
    *FINE_STEPS,
    *(hours * HOUR for hours in HOUR_STEPS),
    *(days * DAY for days in (1, 2, 7, 14, 28)),
]

BAR = 3  # pixels a density bar takes, its gap included


@dataclass(frozen=True, slots=True)
class Scale:
    """Epoch seconds `start`…`end` on pixels `left`…`right`."""

    start: float
    end: float
    left: float
    right: float

    def x(self, at: float) -> float:
        """Where an instant lies; what lies outside the view is held at its edge."""
        share = (at - self.start) / (self.end - self.start)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def shows(self, at: float) -> bool:
        return self.start <= at <= self.end

    def meets(self, since: float, until: float) -> bool:
        return since <= self.end and until >= self.start

    @property
    def pixels_per_second(self) -> float:
        return (self.right - self.left) / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str
    context: str  # what the label leaves out: the day or the year
    strong: bool  # a day, a month or a year begins here


def local(at: float, zone: tzinfo) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)).astimezone(zone)


def offset_words(moment: datetime) -> str:
    """CET, UTC+01:00; an abbreviation that is only an offset is not said twice."""
    seconds = int((moment.utcoffset() or timedelta()).total_seconds())
    sign, rest = ("−" if seconds < 0 else "+"), abs(seconds)
    written = f"UTC{sign}{rest // HOUR:02}:{rest % HOUR // MINUTE:02}" if seconds else "UTC"
    name = moment.tzname() or ""
    return (
        written
        if name in ("", "UTC", written) or name[0] in "+-" or name.startswith("UTC")
        else f"{name}, {written}"
    )


def zone_name(zone: tzinfo, at: datetime) -> str:
    return getattr(zone, "key", None) or at.tzname() or "UTC"


def zone_sentence(start: float, end: float, zone: tzinfo) -> str:
    """Times in Europe/Berlin (CEST, UTC+02:00; CET, UTC+01:00 from 25 October 03:00)."""
    first = local(start, zone)
    name, words = zone_name(zone, first), offset_words(first)
    for at in offset_changes(start, end, zone)[:2]:
        after = local(at, zone)
        words += f"; {offset_words(after)} from {after.day} {MONTHS[after.month - 1]} {after:%H:%M}"
    return f"Times in {name}" if words == name else f"Times in {name} ({words})"


def offset_changes(start: float, end: float, zone: tzinfo) -> list[float]:
    """Instants inside the view at which clocks were changed. None are looked for beyond three years."""
    if end - start > 3 * 366 * DAY:
        return []
    found = []
    step = min(7 * DAY, end - start)
    before = start
    while before < end and step > 0:
        after = min(before + step, end)
        was = local(before, zone).utcoffset()
        if local(after, zone).utcoffset() != was:
            low, high = floor(before), ceil(after)
            while high - low > 1:
                middle = (low + high) // 2
                if local(middle, zone).utcoffset() == was:
                    low = middle
                else:
                    high = middle
            if start <= high <= end:
                found.append(float(high))
        before = after
    return found


def ticks(start: float, end: float, zone: tzinfo, *, most: int) -> list[Tick]:
    """At most `most` ticks on round local times, every one inside the view.

    An hour that comes twice when clocks go back has two ticks; one that is left out has none.
    """
    span = end - start
    most = max(most, 2)
    for step in FINE_STEPS:
        if span / step < most:
            return _clock_ticks(_fine(start, end, step, zone), zone, seconds=step < MINUTE)
    for hours in HOUR_STEPS:
        if span / (hours * HOUR) < most:
            return _clock_ticks(_hours(start, end, hours, zone), zone, seconds=False)
    for days in DAY_STEPS:
        if span / (days * DAY) < most:
            return _day_ticks(start, end, days, zone)
    for months in MONTH_STEPS:
        if span / (months * 30.4 * DAY) < most:
            break
    return _month_ticks(start, end, months, zone)


def _fine(start: float, end: float, step: int, zone: tzinfo) -> list[float]:
    offset = int((local(start, zone).utcoffset() or timedelta()).total_seconds())
    at = ceil((start + offset) / step) * step - offset
    found = []
    while at <= end:
        found.append(float(at))
        at += step
    return found


def _dates(start: float, end: float, zone: tzinfo) -> list[date]:
    first, last = local(start, zone).date(), local(end, zone).date()
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def _begin(day: date, zone: tzinfo) -> float:
    """The first instant of a local day, also where midnight itself is skipped by a change of clocks."""
    return datetime.combine(day, time(), zone).timestamp()


def _hours(start: float, end: float, hours: int, zone: tzinfo) -> list[float]:
    found = set()
    for day in _dates(start, end, zone):
        for hour in range(0, 24, hours):
            for fold in (0, 1):
                wall = datetime.combine(day, time(hour), zone).replace(fold=fold)
                at = wall.timestamp()
                exists = local(at, zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
                if exists and start <= at <= end:
                    found.add(at)
    # Counted in steps of two hours and more, the hour that comes twice would crowd its neighbour.
    chosen: list[float] = []
    for at in sorted(found):
        if not chosen or at - chosen[-1] >= hours * HOUR * 0.75:
            chosen.append(at)
    return chosen


def _clock_ticks(instants: list[float], zone: tzinfo, *, seconds: bool) -> list[Tick]:
    found: list[Tick] = []
    offset = None
    for at in instants:
        moment = local(at, zone)
        label = moment.strftime("%H:%M:%S" if seconds else "%H:%M")
        if offset is not None and moment.utcoffset() != offset:
            label += f" {moment.tzname() if moment.tzname()[:1].isalpha() else ''}".rstrip()
        offset = moment.utcoffset()
        context = _day_words(moment)
        found.append(Tick(at, label, context, bool(found) and found[-1].context != context))
    return found


def _day_ticks(start: float, end: float, days: int, zone: tzinfo) -> list[Tick]:
    found: list[Tick] = []
    for day in _dates(start, end, zone):
        # ordinals divisible by seven are Sundays: one more is a Monday
        if day.toordinal() % days != (1 if days >= 7 else 0):
            continue
        at = _begin(day, zone)
        if start <= at <= end:
            label = f"{day.day} {MONTHS[day.month - 1][:3]}"
            found.append(Tick(at, label, str(day.year), day.day == 1))
    return found


def _month_ticks(start: float, end: float, months: int, zone: tzinfo) -> list[Tick]:
    found: list[Tick] = []
    first, last = local(start, zone), local(end, zone)
    for number in range(first.year * 12, (last.year + 1) * 12):
        year, month = divmod(number, 12)
        if number % months or not 1 <= year <= 9999:
            continue
        at = _begin(date(year, month + 1, 1), zone)
        if start <= at <= end:
            label = MONTHS[month][:3] if months < 12 else str(year)
            found.append(Tick(at, label, str(year) if months < 12 else "", month == 0 and months < 12))
    return found


def context_at(start: float, tick: Tick, zone: tzinfo) -> str:
    """The context that the left edge stands in, in the wording of `tick`."""
    moment = local(start, zone)
    if not tick.context:
        return ""
    return str(moment.year) if tick.context.isdigit() else _day_words(moment)


def _day_words(moment: datetime) -> str:
    return f"{DAYS[moment.weekday()][:3]} {moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def bins(start: datetime, end: datetime, width: float = 1120) -> int:
    """How many seconds one density bin should take, for a picture of `width` pixels from `start` to `end`.

    Group by `floor(extract(epoch from at) / size)`; a bin then begins at that number times the size.
    Round sizes only, so that neighbouring views share their bins and a cache can keep them.
    """
    gutter = 230 if width >= 600 else 30
    span = max(abs(epoch(end) - epoch(start)), 1.0) * 1.05
    wanted = span * BAR / max(width - gutter, 60)
    for step in BIN_STEPS:
        if step >= wanted:
            return step
    return ceil(wanted / (28 * DAY)) * 28 * DAY
