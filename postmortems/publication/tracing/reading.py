"""What rests on what: from each item to its conditions, to their events, to the record each was read from, and back.

Reads only, in a constant number of queries. What hangs in the air is told beside it: an item that answers nothing, a
condition that rests on nothing, a pinned event that nothing uses, a text with figures that cites nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model, Q

from postmortems.incidents.models import Incident
from postmortems.markdown import Reference
from postmortems.publication.readiness.regret import has_figure, says_when
from postmortems.remediation.models import Item
from postmortems.writeup.citing.drafts import Place, texts_of
from postmortems.writeup.citing.grammar import citations_of
from postmortems.writeup.citing.references import look_up
from postmortems.writeup.models import Condition
from postmortems.writeup.templating.outline import sections_of
from timelines.models import Event

SHOWN = 100  # pinned events that nothing uses


@dataclass(frozen=True)
class Link:
    words: str
    address: str


@dataclass(frozen=True)
class Moment:
    """An event, and where it is cited."""

    event: Event
    record: str  # file and line of what it was read from; empty where there is none
    cited_in: tuple[Link, ...] = ()
    also: tuple[int, ...] = ()  # the numbers of the other conditions that rest on it


@dataclass(frozen=True)
class Answer:
    item: Item
    also: tuple[int, ...] = ()  # the numbers of the other conditions it answers


@dataclass(frozen=True)
class Thread:
    """One condition with what it rests on and what answers it."""

    condition: Condition
    moments: tuple[Moment, ...]
    answers: tuple[Answer, ...]
    cited_in: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Words:
    """One text and what it cites."""

    title: str
    address: str
    cites: tuple[Link, ...]
    tells_figures: bool


@dataclass(frozen=True)
class Trace:
    threads: tuple[Thread, ...] = ()
    texts: tuple[Words, ...] = ()
    without_condition: tuple[Item, ...] = ()
    without_event: tuple[Condition, ...] = ()
    unused: tuple[Event, ...] = ()
    unused_more: int = 0  # beyond those shown

    @property
    def without_citation(self) -> tuple[Words, ...]:
        return tuple(text for text in self.texts if text.tells_figures and not text.cites)

    @property
    def citing(self) -> tuple[Words, ...]:
        return tuple(text for text in self.texts if text.cites)

    @property
    def citing_nothing(self) -> tuple[Words, ...]:
        return tuple(text for text in self.texts if not text.cites)

    @property
    def in_the_air(self) -> int:
        loose = (self.without_condition, self.without_event, self.without_citation, self.unused)
        return sum(map(len, loose)) + self.unused_more


def trace_of(incident: Incident) -> Trace:
    conditions = list(incident.conditions.select_related("kind"))
    items = list(incident.items.exclude(status=Item.Status.DROPPED).select_related("owner", "team"))
    rests = _pairs(Condition.events.through, "condition_id", "event_id", conditions)
    answered = _pairs(Item.conditions.through, "condition_id", "item_id", conditions)
    events = _events(incident, {key for keys in rests.values() for key in keys})
    read = [(place, text, citations_of(text)) for place, text in texts_of(incident)]
    cited: dict[tuple[str, int], list[Link]] = {}
    for place, _, cites in read:
        for one in cites:
            cited.setdefault(one, []).append(Link(place.title, place.address))
    numbers = {condition.pk: condition.number for condition in conditions}
    at_event, at_item = _turned(rests, numbers), _turned(answered, numbers)
    threads = tuple(
        Thread(
            one,
            tuple(
                Moment(event, _record(event), tuple(cited.get(("event", event.pk), ())), _others(at_event[event.pk], one))
                for event in events if event.pk in rests.get(one.pk, ())
            ),
            tuple(Answer(item, _others(at_item[item.pk], one)) for item in items if item.pk in answered.get(one.pk, ())),
            tuple(cited.get(("condition", one.number), ())),
        )
        for one in conditions
    )  # fmt: skip
    unused = [e for e in events if e.pinned and e.pk not in at_event and ("event", e.pk) not in cited]
    return Trace(
        threads=threads,
        texts=_words(incident, read),
        without_condition=tuple(item for item in items if item.pk not in at_item),
        without_event=tuple(thread.condition for thread in threads if not thread.moments),
        unused=tuple(unused[:SHOWN]),
        unused_more=max(0, len(unused) - SHOWN),
    )


def _pairs(through: type[Model], of: str, to: str, conditions: list[Condition]) -> dict[int, set[int]]:
    """For each condition the keys of what is tied to it."""
    found: dict[int, set[int]] = {}
    keys = [condition.pk for condition in conditions]
    for one, other in through.objects.filter(condition__in=keys).values_list(of, to):
        found.setdefault(one, set()).add(other)
    return found


def _turned(pairs: dict[int, set[int]], numbers: dict[int, int]) -> dict[int, list[int]]:
    """For each thing that is tied to conditions their numbers."""
    found: dict[int, list[int]] = {}
    for condition, number in numbers.items():
        for key in pairs.get(condition, ()):
            found.setdefault(key, []).append(number)
    return found


def _others(numbers: list[int], condition: Condition) -> tuple[int, ...]:
    return tuple(number for number in numbers if number != condition.number)


def _events(incident: Incident, keys: set[int]) -> list[Event]:
    """The pinned events and those that conditions rest on, without the bytes they were read from."""
    found = incident.events.filter(Q(pinned=True) | Q(pk__in=keys), hidden=False)
    return list(found.select_related("source", "raw").defer("extra", "raw__body", "raw__digest").in_order())


def _record(event: Event) -> str:
    return event.raw.place if event.raw else ""


def _link(kind: str, reference: Reference) -> Link:
    """C2 and R3 are told with their sentence; a moment, a role and a picture say enough by themselves."""
    said = reference.title.splitlines()[-1:] if kind in ("condition", "item") else []
    return Link(" ".join([reference.words, *said]), reference.href)


def _words(incident: Incident, read: list[tuple[Place, str, list]]) -> tuple[Words, ...]:
    """The texts of the sections and what each cites that is still there."""
    there = look_up(incident, {one for _, _, cites in read for one in cites})
    sections = sections_of(incident)
    keys = set(sections.by_key)
    # an opening sums up, an apology is felt, a remedy is yet to come: the others tell what was
    claiming = {about.key for r in ("regret", "reason") for about in sections.of(r)} - {"apology"}
    return tuple(
        Words(
            place.title,
            place.address,
            tuple(
                Link(there[one].title or there[one].words, there[one].href) for one in cites if one in there
            ),
            place.key in claiming and (has_figure(text) or says_when(text)),
        )
        for place, text, cites in read
        if place.key in keys
    )
