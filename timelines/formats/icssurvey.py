"""What has to be known of a whole calendar before its first entry can be told: zones, editions, moved occurrences.

An entry is known by its UID, an occurrence by UID and the time it was planned for. Of several editions the highest
SEQUENCE counts, then LAST-MODIFIED.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from timelines.formats.base import BadTime, Context, NeedsAnswer, in_range
from timelines.formats.ics import Component, Property
from timelines.formats.icszones import Defined, moment, named
from timelines.formats.recurrence import Budget

BEFORE, AFTER = timedelta(days=365), timedelta(days=31)
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")
KINDS = {"VEVENT": "calendar entry", "VTODO": "task", "VJOURNAL": "journal note"}


@dataclass(slots=True)
class When:
    """A time as it stands in the file: `naive` on the wall of `zone`; all-day where `whole`."""

    naive: datetime
    zone: tzinfo
    whole: bool
    written: str
    stated: str  # the zone as the file names it, "" when a person or the calendar's own zone fills in

    @property
    def at(self) -> datetime:
        return moment(self.naive, self.zone)

    def key(self) -> str:
        return f"{self.naive:%Y%m%d}" if self.whole else f"{self.at:%Y%m%dT%H%M%SZ}"


@dataclass(slots=True)
class Survey:
    """What has to be known of the whole file before its first entry can be told."""

    context: Context
    zones: dict[str, tzinfo] = field(default_factory=dict)
    default: tzinfo | None = None
    name: str = ""
    method: str = ""
    written: datetime | None = None  # the latest moment at which something in the file was written
    latest: datetime | None = None  # the latest beginning
    best: dict[str, tuple] = field(default_factory=dict)
    moved: dict[str, set[str]] = field(default_factory=dict)
    expanded: int = 0
    budget: Budget = field(default_factory=Budget)

    def look(self, component: Component) -> None:
        if component.name == "VCALENDAR":
            self.name = self.name or component.text("X-WR-CALNAME")
            self.method = component.text("METHOD").upper()
            self.default = self.default or named(component.text("X-WR-TIMEZONE"))
        elif component.name == "VTIMEZONE":
            self.zones[component.text("TZID")[:200]] = Defined(component)
        elif component.name in KINDS:
            self._look_at_times(component)

    def _look_at_times(self, component: Component) -> None:
        for name in ("DTSTAMP", "LAST-MODIFIED", "CREATED"):
            if at := utc_of(component.first(name)):
                self.written = max(self.written or at, at)
        begins = component.first("DTSTART")
        if begins and (match := STAMP.match(begins.value)) and (at := naive_of(match)):
            at = at.replace(tzinfo=UTC)
            self.latest = max(self.latest or at, at)

    def rank(self, component: Component) -> None:
        """Remember the newest edition of each entry, and which occurrences were moved."""
        if component.name not in KINDS:
            return
        key = self.key(component)
        self.best[key] = max(self.best.get(key, (-1,)), edition(component))
        if planned := self.when(component.first("RECURRENCE-ID")):
            self.moved.setdefault(component.text("UID"), set()).add(planned.key())

    def key(self, component: Component) -> str:
        uid = component.text("UID")
        if not uid:
            told = b"\n".join(line for line in component.raw if not line.upper().startswith(b"DTSTAMP"))
            uid = hashlib.sha256(told).hexdigest()[:32]
        planned = self.when(component.first("RECURRENCE-ID"))
        return f"{uid}/{planned.key()}" if planned else uid

    def when(self, found: Property | None) -> When | None:
        """Raises BadTime for nonsense, NeedsAnswer where neither file nor person says the zone."""
        if found is None or not found.value.strip():
            return None
        match = STAMP.fullmatch(found.value.strip())
        naive = naive_of(match) if match else None
        if naive is None:
            raise BadTime(f"{found.value[:40]!r} is not a time.")
        whole = match[4] is None
        if match[7]:
            return When(naive, UTC, whole, found.value.strip(), "Z")
        stated = found.parameters.get("TZID", "")[:200]
        zone = named(stated) or self.zones.get(stated) if stated else None
        if zone is None:
            stated, zone = "", self.context.zone or self.default
        if zone is None:
            raise NeedsAnswer(
                "zone",
                f"Times such as {found.value[:20]} state no zone, nor does the calendar. Which zone was it kept in?",
            )
        return When(naive, zone, whole, found.value.strip(), stated)

    def window(self) -> tuple[datetime, datetime]:
        end = _day(self.context.mapping.get("until")) or self.context.captured
        end = end or (self.written or self.latest or datetime(2000, 1, 1, tzinfo=UTC)) + AFTER
        return _day(self.context.mapping.get("from")) or end - BEFORE - AFTER, end


def edition(component: Component) -> tuple[int, str]:
    sequence = component.text("SEQUENCE")
    changed = component.text("LAST-MODIFIED") or component.text("DTSTAMP")
    return (int(sequence[:9]) if sequence[:9].isdecimal() else 0), changed


def naive_of(match: re.Match) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, min(second, 59) if second == 60 else second)
    except ValueError:
        return None


def utc_of(found: Property | None) -> datetime | None:
    match = STAMP.fullmatch(found.value.strip()) if found else None
    naive = naive_of(match) if match and match[7] else None
    try:
        return in_range(naive.replace(tzinfo=UTC)) if naive else None
    except BadTime:
        return None


def _day(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
