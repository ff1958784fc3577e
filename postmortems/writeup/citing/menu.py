"""What can be cited, by what somebody types: events, conditions, items, people in their role, pictures. Reads only.

1. Nothing typed: the pinned events, and every condition, item, role and picture.
2. A time of day, such as 18:09: the events of that time in the zone of the incident, on any of its days.
3. Anything else: events by the search of the timeline, pinned ones first; the others by the beginnings of their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import (
    DateTimeField,
    DurationField,
    F,
    Q,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from postmortems.incidents.models import Incident
from postmortems.writeup.citing import saying
from postmortems.writeup.citing.grammar import citation
from postmortems.writeup.citing.references import moment_of
from postmortems.writeup.images.references import UNSAID
from timelines.asked import Asked
from timelines.models import Event

HITS = 20
NEAR = 2_000  # events that are walked through in their order before the others are looked up by the index of words
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
DAYS = 14  # of an incident that are looked at for a time of day
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]?\d?)(?::([0-5]?\d?))?")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Hit:
    words: str  # 18:09:12 lag alert fired
    note: str
    markdown: str  # what is written to cite it


@dataclass(frozen=True)
class Shelf:
    title: str
    hits: list[Hit]


def find(incident: Incident, asked: str, *, most: int = HITS) -> list[Shelf]:
    """At most `most` hits in all, by kind, in at most eight queries; kinds without any are left out."""
    asked = asked.strip().replace("\x00", "")[:100]
    shelves = [
        Shelf("Conditions", _conditions(incident, asked)),
        Shelf("Items", _items(incident, asked)),
        Shelf("People in their role", _roles(incident, asked)),
        Shelf("Pictures", _pictures(incident, asked)),
    ]
    others = sum(len(shelf.hits) for shelf in shelves)
    # events are by far the most: the others keep up to half of the places
    events = _events(incident, asked, most - min(others, most // 2))
    return list(_within(most, [Shelf("Events", events), *shelves]))


def _within(most: int, shelves: Iterable[Shelf]) -> Iterable[Shelf]:
    for shelf in shelves:
        hits = shelf.hits[:most]
        most -= len(hits)
        if hits:
            yield Shelf(shelf.title, hits)


# --- events ----------------------------------------------------------------------------------------


def _events(incident: Incident, asked: str, most: int) -> list[Hit]:
    """Pinned ones first, then the others, each in the order of the line."""
    zone = ZoneInfo(incident.zone)
    found = _found(incident, asked, zone).defer("extra", "digest", "link")
    hits = list(found.filter(pinned=True).in_order()[:most])
    if asked:
        hits += _unpinned(incident, found.filter(pinned=False), most - len(hits))
    prefetch_related_objects(hits, "source")  # joined, they lead the planner astray
    return [_event(event, zone) for event in hits]


def _unpinned(incident: Incident, found: QuerySet[Event], most: int) -> list[Event]:
    """Frequent words are soon met along the line. Words that its beginning does not hold are found first and put in
    order then: else two frequent words that never meet would be looked for in every event there is."""
    beyond = Coalesce(
        Subquery(incident.events.in_order().values("at")[NEAR : NEAR + 1], output_field=DateTimeField()),
        Value(NEVER),
    )
    hits = list(found.filter(at__lt=beyond).in_order()[:most])
    if len(hits) < most:
        moment = F("at") + Value(timedelta(0), output_field=DurationField())  # no index is in this order
        rest = found.filter(at__gte=beyond).alias(moment=moment).order_by("moment", "sequence", "pk")
        hits += rest[: most - len(hits)]
    return hits


def _found(incident: Incident, asked: str, zone: ZoneInfo) -> QuerySet[Event]:
    if not asked:
        return incident.events.pinned()
    if match := TIME.fullmatch(asked):
        return incident.events.shown().filter(_at(incident, match, zone))
    return Asked.of({"q": asked}).events(incident)


def _at(incident: Incident, match: re.Match[str], zone: ZoneInfo) -> Q:
    """The stretches of time that begin as typed, on each day of the incident: 18:0 is 18:00 to 18:09."""
    hour, minute, second = match[1], match[2], match[3] or ""
    if second:
        first, long = (int(hour), int(minute or 0), _tens(second)), _span(second, 1)
    else:
        first, long = (int(hour), _tens(minute), 0), _span(minute, 60) if minute else 3600
    begins = {
        datetime.combine(day, time(*first, fold=fold), zone).astimezone(UTC)
        for day in _days(incident, zone)
        for fold in (0, 1)  # on one night of the year an hour comes twice
    }
    return reduce(or_, (Q(at__gte=at, at__lt=at + timedelta(seconds=long)) for at in sorted(begins)))


def _tens(digits: str) -> int:
    return int(digits.ljust(2, "0")) if digits else 0


def _span(digits: str, unit: int) -> int:
    return unit if len(digits) == 2 else 10 * unit


def _days(incident: Incident, zone: ZoneInfo):
    times = [at.astimezone(zone).date() for at in incident.times.values() if at]
    first, last = (min(times), max(times)) if times else (incident.opened_at.astimezone(zone).date(),) * 2
    return [first + timedelta(days=n) for n in range(-1, min((last - first).days + 2, DAYS))]


def _event(event: Event, zone: ZoneInfo) -> Hit:
    moment = moment_of(event)
    said = saying.shortened(event.caption or event.text, 90)
    note = f"{saying.day(moment, zone)}, {saying.who(moment)}" + (", pinned" if event.pinned else "")
    return Hit(
        f"{saying.clock(moment, zone)} {said}",
        note,
        citation(saying.in_words(moment, zone), "event", event.pk),
    )


# --- the few -----------------------------------------------------------------------------------------


def _conditions(incident: Incident, asked: str) -> list[Hit]:
    return [
        Hit(
            f"C{one.number} {one.sentence}",
            str(one.kind),
            citation(f"C{one.number}", "condition", one.number),
        )
        for one in incident.conditions.select_related("kind")
        if _matches(asked, f"C{one.number} {one.sentence}")
    ]


def _items(incident: Incident, asked: str) -> list[Hit]:
    return [
        Hit(
            f"R{item.number} {item.what}",
            item.get_status_display(),
            citation(f"R{item.number}", "item", item.number),
        )
        for item in incident.items.defer("detail")
        if _matches(asked, f"R{item.number} {item.what}")
    ]


def _roles(incident: Incident, asked: str) -> list[Hit]:
    """Found by their name as well; what is written is their role."""
    return [
        Hit(said := saying.of_role(one.role), one.name, citation(said, "role", one.pk))
        for one in incident.participants.all()
        if _matches(asked, f"{one.role} {one.name}")
    ]


def _pictures(incident: Incident, asked: str) -> list[Hit]:
    return [
        Hit(image.alt or UNSAID, f"Picture {image.number}, {image.name}", image.markdown)
        for image in incident.images.standing()
        if _matches(asked, f"picture {image.number} {image.alt} {image.name}")
    ]


def _matches(asked: str, words: str) -> bool:
    """Each word that was typed begins one of the words; signs alone are found in none."""
    parts, there = WORD.findall(asked.casefold()), WORD.findall(words.casefold())
    return bool(parts or not asked) and all(any(word.startswith(part) for word in there) for part in parts)
