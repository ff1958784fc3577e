"""Lines of notes that begin with a time: `@02:14 text`. Pure.

    @02:14  @2:14pm  @02:14:30      a time of the incident's clock; its day is that of the incident
    @02:14-02:20                    a stretch, over midnight too
    @~02:10                         about then: five minutes either way
    @2026-03-26 02:14               with its day
    @2026-10-25 02:30 UTC+02:00     with its offset, where the clock showed a time twice

A time that falls on several days of a long incident, or on none near it, is not guessed: it has `choices`, the
marks to choose from. Times are instants in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from postmortems.web.times import NoSuchTime, is_ambiguous, parse_local

ABOUT = timedelta(minutes=5)
NEAR = timedelta(hours=6)  # so far outside the incident a time is still of its night
DAYS = 31  # of an incident that are looked at
MOST = 200  # stamped lines of one conversation
LONGEST = 2000  # characters of a passage

TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]m(?![a-z]))?"
DATE = r"\d{4}-\d{2}-\d{2}[ T]"
OFFSET = r"(?:\s?UTC(?:[+-]\d{2}:\d{2})?)?"  # a bare -02:20 is the end of a stretch
LINE = re.compile(
    rf"[ \t]*(?:[-*•>] )?(?P<mark>@(?P<about>[~≈]?)(?P<day>{DATE})?(?P<from>{TIME})(?P<offset>{OFFSET})"
    rf"(?:[ \t]*[-–—][ \t]*(?P<until_day>{DATE})?(?P<until>{TIME})(?P<until_offset>{OFFSET}))?)(?![\w:.-]*\d)(?:[ \t,:.–—-]+|$)(?P<text>.*)",
    re.I | re.A,
)


@dataclass(frozen=True)
class Stamp:
    """One stamped line. Without `earliest` its time is not known yet: `trouble` says what is, `choices` what it may be."""

    line: int  # of the text, from 0
    mark: str
    text: str
    about: str  # as it is told: "around 02:10"
    earliest: datetime | None = None
    latest: datetime | None = None
    trouble: str = ""
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.mark, self.text


@dataclass(frozen=True)
class Span:
    """When the incident was, as far as is known, and by which clock."""

    zone: ZoneInfo
    begin: datetime | None = None
    end: datetime | None = None


def read(body: str, span: Span) -> list[Stamp]:
    """The stamped lines that have words, in order; the first two hundred of them."""
    return [stamp for _, stamp in zip(range(MOST), _read(body, span), strict=False)]


def _read(body: str, span: Span) -> Iterator[Stamp]:
    for number, line in enumerate(body.split("\n")):
        found = LINE.match(line)
        if found and found["text"].strip():
            yield _stamp(number, found, span)


def _stamp(number: int, found: re.Match, span: Span) -> Stamp:
    told = " to ".join(_clock(text).strftime("%H:%M") for text in (found["from"], found["until"]) if text)
    told = f"around {told}" if found["about"] else f"at {told}" if not found["until"] else told
    plain = Stamp(number, found["mark"][:40], found["text"].strip()[:LONGEST], told)
    try:
        return _placed(plain, found, span)
    except NoSuchTime:
        return _with(plain, trouble="The clock was put forward over this time. When was it?")
    except (ValueError, OverflowError):
        return _with(plain, trouble="There is no such day.")


def _placed(plain: Stamp, found: re.Match, span: Span) -> Stamp:
    if not found["day"]:
        days = candidates(_clock(found["from"]), span)
        if len(days) != 1:
            return _asked(plain, found, days)
        day = days[0]
    else:
        day = date.fromisoformat(found["day"][:10])
    at = datetime.combine(day, _clock(found["from"]))
    if not found["offset"] and is_ambiguous(at, span.zone):
        return _twice(plain, found, at, span.zone)
    earliest = _instant(at, found["offset"], span.zone)
    latest = _latest(found, at, earliest, span.zone)
    if latest and latest < earliest:
        return _with(plain, trouble="It ends before it begins.")
    if found["about"]:
        earliest, latest = earliest - ABOUT, (latest or earliest) + ABOUT
    return _with(plain, earliest=earliest, latest=latest)


def _latest(found: re.Match, at: datetime, earliest: datetime, zone: ZoneInfo) -> datetime | None:
    if not found["until"]:
        return None
    day = date.fromisoformat(found["until_day"][:10]) if found["until_day"] else at.date()
    until = datetime.combine(day, _clock(found["until"]))
    if until < at and not found["until_day"]:
        until += timedelta(days=1)
    latest = _instant(until, found["until_offset"] or found["offset"], zone)
    # an end that the clock showed twice is the one after the beginning
    return (
        _instant(until, "", zone, later=True) if latest < earliest and is_ambiguous(until, zone) else latest
    )


def candidates(clock: time, span: Span) -> list[date]:
    """The days on which the incident's clock may have meant this time: one, where there is no doubt."""
    if span.begin is None:
        return []
    end = max(span.end or span.begin, span.begin)
    first = (span.begin - NEAR).astimezone(span.zone).date() - timedelta(days=1)
    last = (end + NEAR).astimezone(span.zone).date() + timedelta(days=1)
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, DAYS))]
    away = {
        day: _away(datetime.combine(day, clock, span.zone).astimezone(UTC), span.begin, end) for day in days
    }
    inside = [day for day in days if not away[day]]
    if inside:
        return inside
    nearest = sorted(days, key=away.__getitem__)[:2]
    return nearest[:1] if away[nearest[0]] <= NEAR < away[nearest[-1]] else sorted(nearest)


def _away(at: datetime, begin: datetime, end: datetime) -> timedelta:
    """How far outside the incident; whole minutes of its first and last minute count as inside."""
    begin, end = begin.replace(second=0, microsecond=0), end
    return max(begin - at, at - end, timedelta(0))


def _asked(plain: Stamp, found: re.Match, days: list[date]) -> Stamp:
    rest = found["mark"].lstrip("@~≈")
    marks = tuple(f"@{found['about']}{day.isoformat()} {rest}" for day in days[:7])
    return _with(plain, trouble="Which day was it?", choices=marks)


def _twice(plain: Stamp, found: re.Match, at: datetime, zone: ZoneInfo) -> Stamp:
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    until = f"-{found['until']}" if found["until"] else ""
    offsets = [at.replace(tzinfo=zone, fold=fold).isoformat()[-6:] for fold in (0, 1)]
    marks = [f"@{found['about']}{at.date().isoformat()} {clock} UTC{offset}{until}" for offset in offsets]
    return _with(plain, trouble="The clock showed this time twice. Which was it?", choices=tuple(marks))


def _clock(text: str) -> time:
    """02:14, 2:14, 02:14:30, 2:14pm."""
    digits = [int(part) for part in re.findall(r"\d+", text)]
    half = text.strip().lower()[-2:]
    if half == "pm" and digits[0] < 12:
        digits[0] += 12
    if half == "am" and digits[0] == 12:
        digits[0] = 0
    return time(*digits)


def _instant(at: datetime, offset: str | None, zone: ZoneInfo, *, later: bool = False) -> datetime:
    if offset:
        return datetime.fromisoformat(f"{at.isoformat()}{offset.strip()[3:] or 'Z'}").astimezone(UTC)
    return parse_local(at.isoformat(), zone, later=later)


def _with(stamp: Stamp, **more) -> Stamp:
    return Stamp(**{name: getattr(stamp, name) for name in ("line", "mark", "text", "about")} | more)


def settled(body: str, line: int, mark: str, choice: str) -> str | None:
    """The notes with the mark of that line replaced by the chosen one; None when the line says something else now."""
    lines = body.split("\n")
    if not 0 <= line < len(lines):
        return None
    found = LINE.match(lines[line])
    if not found or found["mark"][:40] != mark:
        return None
    lines[line] = f"{lines[line][: found.start('mark')]}{choice}{lines[line][found.end('mark') :]}"
    return "\n".join(lines)
