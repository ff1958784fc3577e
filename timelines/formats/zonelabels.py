"""The zones people write beside times: `UTC`, `CEST (UTC+2)`, `PST`, `Europe/Lisbon`, “all times in CET”.

An abbreviation is a label and not an offset: “PST” is written in July, and “CST” means three zones. A label that
means one offset is taken at its word; where the clocks of its region showed another one on that day, that is told.
Labels with several meanings are asked for. A person's answer wins over a label that belongs to the answered zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from timelines.formats.base import NeedsAnswer

OFFSETS = {  # minutes
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MEZ": 60, "WAT": 60, "CEST": 120, "MESZ": 120,
    "EET": 120, "SAST": 120, "CAT": 120, "EEST": 180, "MSK": 180, "EAT": 180, "PKT": 300, "ICT": 420, "WIB": 420, "SGT": 480,
    "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "AEST": 600, "ACDT": 630, "AEDT": 660, "NZST": 720,
    "NZDT": 780, "BRT": -180, "ART": -180, "EDT": -240, "EST": -300, "CDT": -300, "MDT": -360, "MST": -420, "PDT": -420,
    "PST": -480, "AKDT": -480, "AKST": -540, "HST": -600,
}  # fmt: skip
REGIONS = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
    "EST": "America/New_York", "EDT": "America/New_York", "CDT": "America/Chicago", "MST": "America/Denver",
    "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "AKST": "America/Anchorage",
    "AKDT": "America/Anchorage", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "BST": "Europe/London",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "EET": "Europe/Athens",
    "EEST": "Europe/Athens", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
}  # fmt: skip
SEVERAL = ("IST", "CST", "AST")
_LABELS = "|".join(sorted({*OFFSETS, *REGIONS, *SEVERAL}, key=len, reverse=True))
OFFSET = r"(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d\d)?"
LABEL = rf"(?:{OFFSET}|(?:{_LABELS})(?:\s?\({OFFSET}\))?|[A-Z][A-Za-z]{{2,12}}/[A-Z][A-Za-z_]{{2,20}})(?![A-Za-z\d])"
STATEMENT = re.compile(
    r"(?i:\b(?:times?|timestamps?|time\s?zone|timezone|tz|uhrzeit(?:en)?|zeit(?:en|zone)?|heures?|horas?|hor[aá]rios?|ore|tijden|tider)\b)"
    rf"[^\n|.;]{{0,40}}?(?<![A-Za-z/])(?P<zone>{LABEL})"
)
BESIDE_TIME = re.compile(rf"(?<![A-Za-z/])(?P<zone>{LABEL})")
EXPLICIT = re.compile(r"(?:UTC|GMT)?\s?([+-])\s?(\d{1,2}):?(\d\d)?")


@dataclass(frozen=True, slots=True)
class Placed:
    at: datetime
    certain: bool  # an offset was stated, not a label
    doubt: str = ""


def called(name: str) -> ZoneInfo | None:
    """A zone by its name in the tz database; None for names that are not in it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def statement(text: str) -> str:
    """The zone a short line or heading states for the times that follow: “Times are in UTC”, “Time (CET)”; "" for none."""
    match = STATEMENT.search(text[:300])
    return match["zone"] if match else ""


def placed(naive: datetime, label: str, zone: ZoneInfo | None) -> Placed:
    """A wall clock's time as an instant. Raises NeedsAnswer where neither label nor person tells the zone."""
    offset = _offset(label)
    if offset is not None:
        return Placed(_shifted(naive, offset), certain=True)
    if label in ("Z", "UTC", "GMT"):
        return Placed(naive.replace(tzinfo=UTC), certain=True)
    if zone is not None and (not label or label in _names(zone, naive.year)):
        return Placed(naive.replace(tzinfo=zone).astimezone(UTC), certain=False)
    if "/" in label:
        if named := called(label):
            return Placed(naive.replace(tzinfo=named).astimezone(UTC), certain=True)
        label = ""
    if label in OFFSETS:
        return _labelled(naive, label)
    if label in REGIONS:
        return Placed(naive.replace(tzinfo=ZoneInfo(REGIONS[label])).astimezone(UTC), certain=False)
    if zone is not None:
        return Placed(naive.replace(tzinfo=zone).astimezone(UTC), certain=False)
    if label:
        raise NeedsAnswer("zone", f"“{label}” is the name of more than one time zone. Which one is meant?")
    raise NeedsAnswer(
        "zone", "The text does not say in which time zone its times are. Which zone are they in?"
    )


def _labelled(naive: datetime, label: str) -> Placed:
    stated = timedelta(minutes=OFFSETS[label])
    doubt = ""
    if label in REGIONS:
        there = naive.replace(tzinfo=ZoneInfo(REGIONS[label]))
        if there.utcoffset() != stated:
            city = REGIONS[label].rpartition("/")[2].replace("_", " ")
            doubt = (
                f"The text says {label}, but on {naive:%Y-%m-%d} clocks in {city} showed {there.tzname()}. "
                f"{label} was taken at its word; name the zone if the clock on the wall was meant."
            )
    return Placed(_shifted(naive, stated), certain=False, doubt=doubt)


def _shifted(naive: datetime, offset: timedelta) -> datetime:
    return (naive - offset).replace(tzinfo=UTC)


def _offset(label: str) -> timedelta | None:
    """The offset that a label states in numbers."""
    match = EXPLICIT.search(label) if "/" not in label else None
    if not match:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if size > timedelta(hours=15):
        return None
    return size if match[1] == "+" else -size


def _names(zone: ZoneInfo, year: int) -> set[str]:
    return {datetime(year, number, 1, tzinfo=zone).tzname() or "" for number in (1, 7)}
