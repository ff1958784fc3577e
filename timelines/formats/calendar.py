"""Calendars: on-call shifts, maintenance windows, bridge calls. Source: RFC 5545.

An entry is known by its UID; an occurrence of a repeated one by UID and the time it was planned for, so that a moved
occurrence takes the place of the planned one. Of several editions the highest SEQUENCE counts, then LAST-MODIFIED.
Repeated entries are expanded inside a window: as the mapping says (`from`, `until`, ISO dates), else the thirteen
months that end a month after the file was written; how far is noted. An all-day entry ends at the midnight after it.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, BinaryIO

from timelines.formats.base import BadTime, Bundle, Context, Format, NeedsAnswer, clean, in_range, lines
from timelines.formats.ics import Component, Property, components
from timelines.formats.icszones import Defined, moment, named
from timelines.formats.records import Record, Skipped
from timelines.formats.recurrence import BadRule, Budget, parse, times

BEFORE, AFTER = timedelta(days=365), timedelta(days=31)
OCCURRENCES = 3000  # of one entry
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")
DURATION = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?"
)
KINDS = {"VEVENT": "calendar entry", "VTODO": "task", "VJOURNAL": "journal note"}
TEXT_LIMIT = 10_000


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR":
        return "it begins with BEGIN:VCALENDAR"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        yield from _calendar(lambda name=name: bundle.open(name), name, context)


def events(raw: bytes, where: str, context: Context) -> Iterator[Record | Skipped]:
    """The entries of a calendar that came inside something else. Raises NeedsAnswer as `read` does."""
    yield from _calendar(lambda: io.BytesIO(raw), where, context)


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
            if at := _utc(component.first(name)):
                self.written = max(self.written or at, at)
        begins = component.first("DTSTART")
        if begins and (match := STAMP.match(begins.value)) and (at := _naive(match)):
            at = at.replace(tzinfo=UTC)
            self.latest = max(self.latest or at, at)

    def rank(self, component: Component) -> None:
        """Remember the newest edition of each entry, and which occurrences were moved."""
        if component.name not in KINDS:
            return
        key = self.key(component)
        self.best[key] = max(self.best.get(key, (-1,)), _edition(component))
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
        naive = _naive(match) if match else None
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


def _calendar(open_: Callable[[], BinaryIO], name: str, context: Context) -> Iterator[Record | Skipped]:
    survey = Survey(context)
    for step in (survey.look, survey.rank):
        with open_() as file:
            for component in components(lines(file)):
                try:
                    step(component)
                except BadTime:
                    continue  # told when the entry is read
    order = 0
    with open_() as file:
        for component in components(lines(file)):
            where = f"{name}:{component.line}"
            try:
                for found in _entries(component, survey, where):
                    if isinstance(found, Record):
                        found.order = order
                        order += 1
                    yield found
            except BadTime as error:
                yield Skipped(where, str(error))
            except (OverflowError, ValueError) as error:
                yield Skipped(where, f"The entry cannot be placed in time: {str(error)[:100]}.")
    if survey.expanded:
        begin, end = survey.window()
        yield Skipped(
            name,
            f"{survey.expanded} {'entry repeats' if survey.expanded == 1 else 'entries repeat'}; what lies "
            f"between {begin:%Y-%m-%d} and {end:%Y-%m-%d} was read, nothing before or after.",
        )


def _entries(component: Component, survey: Survey, where: str) -> Iterator[Record | Skipped]:
    if component.name == "VFREEBUSY":
        yield Skipped(where, "Free and busy times say nothing of what happened.")
    if component.name not in KINDS:
        return
    key = survey.key(component)
    if _edition(component) < survey.best.get(key, (-1,)):
        yield Skipped(where, "A newer edition of this entry stands in the file.")
        return
    if component.name == "VTODO":
        yield from _task(component, survey, key, where)
        return
    begin = survey.when(component.first("DTSTART"))
    if begin is None:
        yield Skipped(where, "The entry has no time.")
        return
    length = _length(component, survey, begin)
    if component.first("RRULE") or component.first("RDATE"):
        yield from _repeated(component, survey, begin, length, where)
    else:
        yield _record(component, survey, begin, length, key, where)


def _task(component: Component, survey: Survey, key: str, where: str) -> Iterator[Record | Skipped]:
    begin, due, done = (survey.when(component.first(name)) for name in ("DTSTART", "DUE", "COMPLETED"))
    planned = begin or due
    if planned is None and done is None:
        yield Skipped(where, "The task has no time.")
    if planned is not None:
        length = due.at - begin.at if begin and due and due.at > begin.at else None
        yield _record(component, survey, planned, length, f"{key}/task", where)
    if done is not None:
        record = _record(component, survey, done, None, f"{key}/task/completed", where)
        record.kind = "task completed"
        yield record


def _length(component: Component, survey: Survey, begin: When) -> timedelta | None:
    """How long it lasts on the wall clock; None for a moment."""
    end = survey.when(component.first("DTEND"))
    if end is not None:
        if begin.whole and end.whole:
            return max(end.naive - begin.naive, timedelta(days=1))
        return end.at - begin.at if end.at > begin.at else None
    stated = DURATION.fullmatch(component.text("DURATION"))
    if stated and stated[1] != "-":
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in stated.groups()[1:])
        lasts = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return lasts or None
    return timedelta(days=1) if begin.whole else None


def _repeated(
    component: Component, survey: Survey, begin: When, length: timedelta | None, where: str
) -> Iterator[Record | Skipped]:
    uid = component.text("UID") or survey.key(component)
    left_out = {when.key() for when in _listed(component, "EXDATE", survey, begin)}
    left_out |= survey.moved.get(component.text("UID"), set())
    survey.expanded += 1
    told: set[str] = set()
    for when in _occurrences(component, survey, begin, where):
        if isinstance(when, Skipped):
            yield when
            continue
        planned = when.key()
        if planned in left_out or planned in told:
            continue
        if len(told) >= OCCURRENCES:
            yield Skipped(where, f"This entry repeats more than {OCCURRENCES} times; the rest is left out.")
            return
        told.add(planned)
        record = _record(component, survey, when, length, f"{uid}/{planned}", where)
        record.extra["repeats"] = True
        yield record


def _occurrences(component: Component, survey: Survey, begin: When, where: str) -> Iterator[When | Skipped]:
    after, before = survey.window()
    slack = timedelta(days=2)  # the window is in UTC, rules are followed on the wall clock
    window = after.replace(tzinfo=None) - slack, before.replace(tzinfo=None) + slack
    rules = [found.value for found in component.properties.get("RRULE", [])[:10]]
    if not rules and after <= begin.at < before:
        yield begin
    for text in rules:
        try:
            rule = parse(text)
            until = _until(rule.until, begin)
            for naive in times(rule, begin.naive, *window, survey.budget):
                when = When(naive, begin.zone, begin.whole, begin.written, begin.stated)
                if until is not None and when.at > until:
                    break
                if after <= when.at < before:
                    yield when
        except BadRule as error:
            yield Skipped(where, f"Its repetitions cannot be followed: {error}.")
            if after <= begin.at < before:
                yield begin
    for when in _listed(component, "RDATE", survey, begin):
        if after <= when.at < before:
            yield when


def _until(text: str, begin: When) -> datetime | None:
    match = STAMP.fullmatch(text) if text else None
    naive = _naive(match) if match else None
    if naive is None:
        return None
    if match[4] is None:
        naive += timedelta(days=1, seconds=-1)
    return naive.replace(tzinfo=UTC) if match[7] else moment(naive, begin.zone)


def _listed(component: Component, name: str, survey: Survey, begin: When) -> Iterator[When]:
    for found in component.properties.get(name, [])[:500]:
        for written in found.value.split(",")[:1000]:
            try:
                when = survey.when(Property(written.partition("/")[0], found.parameters))
            except BadTime:
                continue
            if when is not None and (when.stated or not begin.stated):
                yield when
            elif when is not None:
                yield When(when.naive, begin.zone, when.whole, when.written, begin.stated)


def _record(
    component: Component, survey: Survey, when: When, length: timedelta | None, key: str, where: str
) -> Record:
    at = in_range(when.at)
    until = None
    if length is not None:
        until = moment(when.naive + length, when.zone) if when.whole else at + length
    status = component.text("STATUS").upper()
    organizer = component.first("ORGANIZER")
    address = clean(re.sub("(?i)^mailto:", "", organizer.value.strip())) if organizer else ""
    link = component.text("URL")
    seconds = when.naive.second != 0
    return Record(
        at=at,
        until=until,
        external_id=key,
        text=_text(component),
        kind=KINDS[component.name],
        precision="day" if when.whole else "second" if seconds else "minute",
        certainty="exact" if when.stated else "assumed zone",
        written=when.written if not component.first("RRULE") else f"{when.naive:%Y%m%dT%H%M%S}",
        zone=when.stated,
        actor=clean((organizer.parameters.get("CN") if organizer else "") or address),
        actor_id=address.lower(),
        actor_kind="person" if organizer else "",
        place=component.text("LOCATION")[:300] or survey.name[:300],
        link=link if link.startswith(("http://", "https://")) else "",
        where=where,
        raw=b"\n".join(component.raw),
        deleted=status == "CANCELLED" or survey.method == "CANCEL",
        revised=_utc(component.first("LAST-MODIFIED"))
        or (_utc(component.first("DTSTAMP")) if survey.method else None),
        extra=_extra(component, when, status),
    )


def _text(component: Component) -> str:
    """The title and what is written below it; “busy” where the owner shares no more."""
    title = component.text("SUMMARY") or "(no title)"
    more = component.text("DESCRIPTION")[:TEXT_LIMIT]
    return title if not more or more == title else f"{title}\n\n{more}"


def _extra(component: Component, when: When, status: str) -> dict[str, Any]:
    extra: dict[str, Any] = {"uid": component.text("UID")[:300]}
    if status:
        extra["status"] = status.lower()
    if when.whole:
        extra["all_day"] = True
    people = [
        clean(found.parameters.get("CN") or re.sub("(?i)^mailto:", "", found.value))[:200]
        for found in component.properties.get("ATTENDEE", [])[:100]
    ]
    if people:
        extra["attendees"] = people
    if categories := component.text("CATEGORIES"):
        extra["categories"] = categories[:300]
    if component.first("RECURRENCE-ID"):
        extra["moved"] = True
    return extra


def _edition(component: Component) -> tuple[int, str]:
    sequence = component.text("SEQUENCE")
    changed = component.text("LAST-MODIFIED") or component.text("DTSTAMP")
    return (int(sequence[:9]) if sequence[:9].isdecimal() else 0), changed


def _naive(match: re.Match) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, min(second, 59) if second == 60 else second)
    except ValueError:
        return None


def _utc(found: Property | None) -> datetime | None:
    match = STAMP.fullmatch(found.value.strip()) if found else None
    naive = _naive(match) if match and match[7] else None
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


FORMAT = Format(
    key="calendar",
    label="Calendar",
    about="An .ics file: on-call shifts, maintenance windows, calls",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
