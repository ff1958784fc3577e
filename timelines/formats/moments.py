"""Times as people's settings write them: `25/Jan/21 11:09 AM`, `29-02-2016 01:16`, `Mon, 25 Jan 2021 11:09:27 +0800`.

A date of three numbers has the day or the month first, and nothing in it may say which: `day_order` looks
for one that does. Month names are known in the languages that ticket systems are mostly run in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from timelines.formats.base import (
    BadTime,
    Moment,
    NeedsAnswer,
    any_time,
    aware,
    in_range,
    precision_of,
)
from timelines.formats.zonelabels import OFFSETS

MONTHS = (
    "january januar janvier enero janeiro gennaio januari styczen",
    "february februar fevrier febrero fevereiro febbraio februari luty",
    "march marz maerz mars marzo marco maart mrt marts marzec mrz",
    "april avril abril aprile kwiecien",
    "may mai mayo maio maggio mei maj",
    "june juni juin junio junho giugno czerwiec",
    "july juli juillet julio julho luglio lipiec",
    "august aout agosto augustus augusti sierpien",
    "september septembre septiembre setembro settembre wrzesien",
    "october oktober octobre octubre outubro ottobre pazdziernik",
    "november novembre noviembre novembro listopad",
    "december dezember decembre diciembre dezembro dicembre desember grudzien",
)
CLOCK = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
ZONE = r"(?:\s*\(?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)\)?)?"
DATE = (
    r"(?:[^\W\d]{2,12}\.?,\s+)?"  # the day of the week
    r"(?:(?P<first>\d{1,4})[-/. ]\s?(?P<second_part>\d{1,2}|[^\W\d]{3,12})\.?[-/. ]\s?(?P<third>\d{1,4})"
    r"|(?P<name>[^\W\d]{3,12})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4}))"
)
WRITTEN = re.compile(rf"{DATE}(?:(?:,?\s+|T|\s+at\s+|\s+-\s+){CLOCK}{ZONE})?")
LONGEST = 80  # characters; no time is written longer


def placed(value: Any, zone: ZoneInfo | None = None, order: str = "") -> Moment:
    """A moment written in any of the ways above, in ISO 8601, or as a number since 1970.

    Raises NeedsAnswer where no zone is written and none given, or where day and month cannot be told
    apart and `order` ("dmy", "mdy") is not given; BadTime for anything else.
    """
    try:
        return any_time(value.strip() if isinstance(value, str) else value, zone)
    except BadTime as error:
        if str(error) == "The time has no zone.":
            raise no_zone(value) from error
        match = WRITTEN.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= LONGEST else None
        if not match:
            raise
    return _moment(match, str(value), zone, order)


def no_zone(value: Any) -> NeedsAnswer:
    return NeedsAnswer(
        "zone", f"Times such as “{str(value)[:40]}” state no zone. Which zone is the export written in?"
    )


def stamp(value: Any, *asked: Any) -> dict[str, Any]:
    """The fields of a record that tell its moment, from a value as the source wrote it.

    `stamp(value)` is for sources that always say their zone: BadTime where one does not. With the answers of
    the person, `stamp(value, zone, order)`, a time without zone is placed, or asked about as `placed` does.
    """
    if not asked:
        return _fields(absolute(value), value, "exact")
    zone = asked[0]
    moment = placed(value, *asked)
    if moment.zone or not zone:
        return _fields(moment, value, "exact")
    return _fields(moment, value, "approximate" if _twice(moment.at, zone) else "assumed zone")


def absolute(value: Any) -> Moment:
    try:
        return placed(value)
    except NeedsAnswer as error:
        raise BadTime(f"The time “{str(value)[:40]}” states no zone.") from error


def _fields(moment: Moment, value: Any, certainty: str) -> dict[str, Any]:
    return {
        "at": moment.at,
        "precision": moment.precision,
        "nanoseconds": moment.nanoseconds,
        "zone": moment.zone,
        "written": str(value),
        "certainty": certainty,
    }


def _twice(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the local time comes twice, as it does where clocks go back."""
    local = at.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def day_order(values: Iterable[Any]) -> str:
    """ "dmy" or "mdy" as soon as one value shows it, "" when none does."""
    for value in values:
        match = WRITTEN.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= LONGEST else None
        if not match or not match["first"] or len(match["first"]) > 2 or not match["second_part"].isdigit():
            continue
        if int(match["first"]) > 12:
            return "dmy"
        if int(match["second_part"]) > 12:
            return "mdy"
    return ""


def month(name: str) -> int:
    """The number of a month by its name or the beginning of it, in any of the languages; BadTime for others."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode().rstrip(".")
    fits = {
        number
        for number, names in enumerate(MONTHS, 1)
        if len(plain) >= 3 and any(whole.startswith(plain) for whole in names.split())
    }
    if len(fits) != 1:
        raise BadTime(f"“{name[:20]}” is no month that is known here.")
    return fits.pop()


def _date(match: re.Match, text: str, order: str) -> tuple[int, int, int]:
    if match["name"]:
        return int(match["year"]), month(match["name"]), int(match["day"])
    first, second, third = match["first"], match["second_part"], match["third"]
    if not second.isdigit():
        year, day = (first, third) if len(first) == 4 else (third, first)
        return _year(year), month(second), int(day)
    if len(first) == 4:
        return int(first), int(second), int(third)
    if not order and int(first) <= 12 and int(second) <= 12 and first != second:
        raise NeedsAnswer(
            "mapping",
            f"Is “{text[:30]}” written with the day or the month first? Say so under “dates”: day first (dmy) or month first (mdy).",
        )
    month_first = order == "mdy" or (not order and int(second) > 12)
    return _year(third), int(first if month_first else second), int(second if month_first else first)


def _year(digits: str) -> int:
    if len(digits) not in (2, 4):
        raise BadTime(f"“{digits}” is no year.")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _moment(match: re.Match, text: str, zone: ZoneInfo | None, order: str) -> Moment:
    year, number, day = _date(match, text, order)
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise BadTime(f"{text!r} is not a time: hour {hour} of half a day.")
        hour = hour % 12 + (12 if match["half"][0] in "Pp" else 0)
    fraction = match["fraction"] or ""
    nanoseconds = int(fraction.ljust(9, "0")) if fraction else 0
    try:
        naive = datetime(
            year, number, day, hour, int(match["minute"] or 0), int(match["second"] or 0), nanoseconds // 1000
        )
    except ValueError as error:
        raise BadTime(f"{text!r} is not a time: {error}.") from error
    written = match["zone"] or ""
    if not written and zone is None:
        raise no_zone(text)
    try:
        at = in_range(aware(naive, "UTC" if written == "GMT" else written, zone))
    except OverflowError as error:
        raise BadTime(f"The time {text!r} is outside 1990–2100.") from error
    precision = "day" if not match["hour"] else precision_of(len(fraction)) if match["second"] else "minute"
    return Moment(at, precision, written, nanoseconds % 1000)


def offset(name: str) -> int | None:
    """Minutes east of Greenwich of `PDT`, `UTC`, `GMT+2`, `-03` or `+0530`; None for what may mean several zones."""
    name = name.strip().upper()
    if name in OFFSETS:
        return OFFSETS[name]
    match = re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d\d)?", name)
    if not match or int(match[2]) > 14:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return minutes if match[1] == "+" else -minutes
