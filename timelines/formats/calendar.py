"""Calendars: on-call shifts, maintenance windows, bridge calls. Source: RFC 5545.

An entry is known by its UID; an occurrence of a repeated one by UID and the time it was planned for, so that a moved
occurrence takes the place of the planned one. Of several editions the highest SEQUENCE counts, then LAST-MODIFIED.
Repeated entries are expanded inside a window: as the mapping says (`from`, `until`, ISO dates), else the thirteen
months that end a month after the file was written; how far is noted. An all-day entry ends at the midnight after it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, in_range, lines
from timelines.formats.ics import Component, Property, components
from timelines.formats.icssurvey import KINDS, STAMP, Survey, When, edition, naive_of, utc_of
from timelines.formats.icszones import moment
from timelines.formats.records import Record, Skipped
from timelines.formats.recurrence import BadRule, parse, times

OCCURRENCES = 3000  # of one entry
DURATION = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?"
)
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
    if edition(component) < survey.best.get(key, (-1,)):
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
    repeats = component.first("RRULE") or component.first("RDATE")
    if repeats and not component.first(
        "RECURRENCE-ID"
    ):  # an occurrence does not repeat, whatever it carries along
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
    naive = naive_of(match) if match else None
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
        revised=utc_of(component.first("LAST-MODIFIED"))
        or (utc_of(component.first("DTSTAMP")) if survey.method else None),
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


FORMAT = Format(
    key="calendar",
    label="Calendar",
    about="An .ics file: on-call shifts, maintenance windows, calls",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
