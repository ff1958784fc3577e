"""A time at the beginning of a line, as people write it: `10:45~`, `ca. 18:30`, `Sep 27 2017 13:06`, `8:20 - 8:24`, `~8-9 PM`.

What is not written stays open: no date, no year, half of the day, zone. Nothing is filled in here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from timelines.formats.base import BadTime
from timelines.formats.moments import month
from timelines.formats.zonelabels import LABEL

LONGEST = 140  # characters of a line in which its time has to stand
WEEKDAYS = (
    ("mon", "montag", "lun", "lundi", "lunes"), ("tue", "tues", "dienstag", "mar", "mardi", "martes"),
    ("wed", "mittwoch", "mer", "mercredi", "mie", "miércoles"), ("thu", "thur", "thurs", "donnerstag", "jeu", "jeudi", "jueves"),
    ("fri", "freitag", "ven", "vendredi", "vie", "viernes"), ("sat", "samstag", "sam", "samedi", "sáb", "sábado"),
    ("sun", "sonntag", "dim", "dimanche", "dom", "domingo"),
)  # fmt: skip
_DAYS = "|".join(
    sorted(
        {"mo", "di", "mi", "do", "fr", "sa", "so", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
        | {name for names in WEEKDAYS for name in names},
        key=len,
        reverse=True,
    )
)  # fmt: skip
WEEKDAY = rf"(?:(?P<weekday>(?i:{_DAYS}))\.?,?\s{{1,3}})?"
NAME = r"[^\W\d_]{3,12}"
DATE = (
    r"(?:(?P<year>\d{4,5})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"
    r"|(?P<compact>(?:19|20)\d{6})(?=T\d|\s|$)"
    rf"|(?P<day_2>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-](?:of\s|de\s)?(?P<name_2>{NAME})\.?(?:,?[\s-](?:de\s)?(?P<year_2>\d{{4}})(?!\d))?"
    rf"|(?P<name_3>{NAME})\.?\s(?P<day_3>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s(?P<year_3>\d{{4}})(?![\d:]))?"
    r"|(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year_4>\d{4}|\d\d)(?![\d:])"
    r"|(?P<first_5>\d{1,2})\.(?P<second_5>\d{1,2})\.(?=\s{1,3}\d{1,2}:\d\d)"
    r"|(?P<first_6>\d{1,2})/(?P<second_6>\d{1,2})(?=,?\s{1,3}(?:at\s)?\d{1,2}:\d\d))"
)
CLOCK = (
    r"(?:(?P<hour>\d{1,2})(?P<point>[:.h])(?P<minute>\d\d)(?::(?P<seconds>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?!\d|[.:]\d)"
    r"(?:\s?(?P<half>[AaPp]\.?[Mm]\b\.?))?(?:\s?(?:Uhr|hrs?|h)\b)?"
    r"|(?P<hour_7>\d{1,2})\s?(?P<half_7>[AaPp]\.?[Mm]\b\.?)"
    r"|(?P<hour_8>\d{1,2})\s(?:Uhr|o['’]clock)\b"
    r"|(?P<hour_9>[01]\d|2[0-4])(?P<minute_9>[0-5]\d)(?=\s?(?:hrs?\b|h\b|Z\b|UTC\b|GMT\b))(?:\s?hrs?\b|\s?h\b)?"
    r"|(?P<word>noon|midnight|Mitternacht|Mittag|midi|minuit)\b)"
)
ZONE = rf"(?:\s?[(\[]?(?P<zone>Z\b|{LABEL}|(?(seconds)[+-]\d\d:?\d\d|(?:\+\d\d:?\d\d|-\d\d[03]0))\b)[)\]]?)?"
JOIN = (
    r"(?:T|\s{0,3}(?:,|@|–|-|\||\bat\b|\bum\b|\bà\b|\balle\b|(?i:mon|tue|wed|thu|fri|sat|sun)\b\.?)?\s{0,3})"
)
ROUGH = (
    r"(?P<rough>(?:~|≈|∼|\bca?\.?\s|\bcirca\s|\b[Aa]round\s|\b[Aa]bout\s|\b[Aa]pprox(?:\.|imately)?\s|\b[Rr]oughly\s|\b[Ss]hortly\s(?:after|before)\s"
    r"|\b(?:[Jj]ust\s)?(?:[Bb]efore|[Aa]fter)\s|\b[Bb]y\s|\b[Ee]arly\s|\b[Ll]ate\s|\b[Gg]egen\s|\b[Ee]twa\s|\b[Uu]ngefähr\s|\b[Kk]urz\s(?:nach|vor)\s|\b[Vv]ers\s|\b[Ee]nviron\s|\b[Hh]acia\s)\s?)?"
)
AFTER = r"(?P<rough_after>\s?(?:~|ish\b|\?|\((?:approx|ca|circa|roughly|about)[^()]{0,20}\)))?"
UNKNOWN = r"(?P<unknown>(?:-{1,2}|\?{1,2}|[Xx]{2}|__)[:.](?:-{1,2}|\?{1,2}|[Xx]{2}|__))"
EXACT_AT = r"(?:\b(?:at|um|à|[Aa]t)\s)?"
ROUGH_INSIDE = r"(?P<rough_inside>(?i:circa\s|about\s|around\s|ca?\.?\s|~|≈)\s?)?"
DATED = re.compile(rf"{ROUGH}{WEEKDAY}{DATE}(?:{JOIN}{ROUGH_INSIDE}{CLOCK}{AFTER}{ZONE}|{JOIN}{UNKNOWN})?")
CLOCKED = re.compile(rf"{ROUGH}{EXACT_AT}{WEEKDAY}{CLOCK}{AFTER}{ZONE}")
AFTER_CLOCK = re.compile(rf",?\s{{1,3}}(?:on\s|am\s|,\s?)?{WEEKDAY}{DATE}")
ROUGH_HOUR = re.compile(
    r"(?i:(?:at\s)?(?:~\s?|around\s|about\s|roughly\s|gegen\s|ca\.?\s))(?P<hour>\d{1,2})(?![\d:.%])(?:ish)?(?=[\s,;-]|$)"
)
RANGE = re.compile(r"\s{0,2}(?:-{1,2}|–|—|→|->|\bto\b|\buntil\b|\btill\b|\bbis\b)\s{0,2}")
HOURS = re.compile(
    r"(?P<rough>~\s?)?(?P<from>\d{1,2})\s?(?:-|–|to)\s?(?P<to>\d{1,2})\s?(?P<half>[AaPp]\.?[Mm]\b\.?)"
)
OPENING = re.compile(r"[\s*_`\[(<\"“~>]{0,8}(?<!~)")
BESIDE = re.compile(r"[*_`]{0,3}(?:\]\([^()\s]{0,500}\))?[*_`\])>\"”]{0,4}")
BETWEEN = re.compile(r"\s*(?:[-–—:|>•]|→|=>|->|,)*(?:(?:\*\*|__|\*)(?=\s))?\s*")


@dataclass(frozen=True, slots=True)
class Clock:
    hour: int
    minute: int = 0
    second: int = 0
    microsecond: int = 0
    half: str = ""  # "a", "p", or "" where nothing is said
    precision: str = "minute"
    twelve: bool = False  # may be of either half of the day


@dataclass(frozen=True, slots=True)
class Day:
    """A date with what was written of it; `year` 0 where none."""

    year: int
    month: int
    day: int
    order: str = ""  # "dmy" or "mdy" where the numbers show it
    ambiguous: bool = False  # day and month may be exchanged


@dataclass(frozen=True, slots=True)
class Stamp:
    written: str
    day: Day | None = None
    clock: Clock | None = None
    end_day: Day | None = None
    end: Clock | None = None
    weekday: int | None = None
    zone: str = ""
    rough: bool = False


def leading(text: str) -> tuple[Stamp, str] | None:
    """The time a line begins with and what follows it; None where it begins with none. Raises BadTime for 39:95."""
    begin = OPENING.match(text[:LONGEST]).end()
    head = text[begin : begin + LONGEST]
    found = _match(head)
    if found is None:
        return None
    stamp, end = found
    if stamp.clock is not None:
        stamp, end = _range(stamp, head, end)
    rest = text[begin + end :]
    if rest[:1].isalnum() or rest[:2] in ("%", " %"):
        return None
    stamp = replace(stamp, written=head[:end].strip(" ,"))
    rest = rest[BESIDE.match(rest).end() :]
    return stamp, rest[BETWEEN.match(rest).end() :]


def alone(text: str) -> Stamp | None:
    """The time where a text holds nothing else."""
    found = leading(text)
    return found[0] if found and not found[1].strip(" .*_)]|") else None


def _match(head: str) -> tuple[Stamp, int] | None:
    if match := DATED.match(head):
        try:
            day = _day(match)
        except BadTime:
            day = None
        if day is not None:
            clock = _clock(match)
            rough = any(match[name] for name in ("rough", "rough_inside", "rough_after"))
            return Stamp(
                "", day, clock, weekday=_weekday(match), zone=match["zone"] or "", rough=rough
            ), match.end()
    if match := HOURS.match(head):
        half = match["half"][0].lower()
        begin, end = (Clock(int(match[name]), half=half, precision="hour") for name in ("from", "to"))
        return Stamp("", None, checked(begin), end=checked(end), rough=bool(match["rough"])), match.end()
    if match := CLOCKED.match(head):
        return _clocked(match, head)
    if (match := ROUGH_HOUR.match(head)) and int(match["hour"]) <= 24:
        clock = Clock(int(match["hour"]), precision="hour", twelve=True)
        return Stamp("", None, clock, rough=True), match.end()
    return None


def _clocked(match: re.Match, head: str) -> tuple[Stamp, int] | None:
    if (
        match["point"] in (".", "h")
        and len(match["hour"]) != 2
        and not match["half"]
        and "Uhr" not in match[0]
    ):
        return None  # 1.25 is a number, 12.41 a time
    clock = _clock(match)
    rough = bool(match["rough"] or match["rough_after"])
    stamp = Stamp("", None, clock, weekday=_weekday(match), zone=match["zone"] or "", rough=rough)
    if after := AFTER_CLOCK.match(head, match.end()):
        try:
            return replace(stamp, day=_day(after)), after.end()
        except BadTime:
            pass
    return stamp, match.end()


def _range(stamp: Stamp, head: str, end: int) -> tuple[Stamp, int]:
    """`8:20 - 8:24`, `2020-01-01 23:50 – 2020-01-02 00:10`, `10:45–11 AM`."""
    between = RANGE.match(head, end)
    if not between:
        return stamp, end
    rest = head[between.end() :]
    for pattern in (DATED, CLOCKED):
        match = pattern.match(rest)
        if not match or match["unknown" if pattern is DATED else "rough"]:
            continue
        if pattern is CLOCKED and match["point"] in (".", "h") and stamp.written.count(".") == 0:
            continue
        try:
            day = _day(match) if pattern is DATED else None
            clock = _clock(match)
        except BadTime:
            continue
        if clock is None:
            continue
        begin = stamp.clock
        if clock.half and not begin.half and begin.twelve and begin.hour <= clock.hour:
            begin = replace(begin, half=clock.half, twelve=False)
        rough = stamp.rough or bool(match["rough_after"])
        stamp = replace(
            stamp, clock=begin, end=clock, end_day=day, zone=match["zone"] or stamp.zone, rough=rough
        )
        return stamp, between.end() + match.end()
    return stamp, end


def _weekday(match: re.Match) -> int | None:
    if not match["weekday"]:
        return None
    name = match["weekday"].lower()
    return next(
        (number for number, names in enumerate(WEEKDAYS) if any(name.startswith(n) for n in names)), None
    )


def _day(match: re.Match) -> Day | None:
    """Raises BadTime where a word stands in the place of a month."""
    if match["year"]:
        return Day(int(match["year"]), int(match["month"]), int(match["day"]))
    if match["compact"]:
        digits = match["compact"]
        return Day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    for number in ("2", "3"):
        if match[f"name_{number}"]:
            return Day(
                int(match[f"year_{number}"] or 0), month(match[f"name_{number}"]), int(match[f"day_{number}"])
            )
    for first, second, year in (("first", "second", match["year_4"]), ("first_6", "second_6", "0")):
        if match[first]:
            a, b = int(match[first]), int(match[second])
            whole = int(year) + (2000 if len(year) == 2 else 0)
            if match["mark"] == "." and first == "first":
                return Day(whole, b, a)  # with points the day stands first
            if b > 12:
                return Day(whole, a, b, order="mdy")
            return Day(whole, b, a, order="dmy" if a > 12 else "", ambiguous=a <= 12 and a != b)
    return Day(0, int(match["second_5"]), int(match["first_5"]))


def _clock(match: re.Match) -> Clock | None:
    """Raises BadTime for a time that no clock shows."""
    if match["word"]:
        return Clock(0 if match["word"].lower() in ("midnight", "mitternacht", "minuit") else 12)
    if match["hour"]:
        seconds, fraction = match["seconds"], match["fraction"]
        half = (match["half"] or "")[:1].lower()
        hour = int(match["hour"])
        precision = "minute" if seconds is None else "second" if not fraction else "millisecond" if len(fraction) <= 3 else "microsecond"  # fmt: skip
        return checked(
            Clock(
                hour, int(match["minute"]), int(seconds or 0), int((fraction or "0").ljust(6, "0")[:6]),
                half if hour <= 12 else "", precision, not half and 1 <= hour <= 12 and not match["hour"].startswith("0"),
            )
        )  # fmt: skip
    if match["hour_7"]:
        return checked(Clock(int(match["hour_7"]), half=match["half_7"][0].lower(), precision="hour"))
    if match["hour_8"]:
        return checked(Clock(int(match["hour_8"]), precision="hour"))
    if match["hour_9"]:
        return checked(Clock(int(match["hour_9"]), int(match["minute_9"])))
    return None


def checked(clock: Clock) -> Clock:
    latest = 12 if clock.half else 24
    if clock.hour > latest or clock.minute > 59 or clock.second > 60 or (clock.hour == 24 and clock.minute):
        raise BadTime(
            f"There is no time {clock.hour}:{clock.minute:02d}{f':{clock.second:02d}' if clock.second else ''}."
        )
    return replace(clock, second=min(clock.second, 59))
