"""What the evidence says of the people of an incident, for `whom`: a constant number of queries, however many people.

Somebody's events are those of the names that were mapped to them (timelines.merging.people), of the names noted with
the participant, and of their own name as a source writes it. Looked at is the time around the incident alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.scheduling.whom import Seen, Unknown
from postmortems.web.kept import kept
from timelines import tally
from timelines.merging import comparing
from timelines.merging.names import Name, words
from timelines.merging.people import key_of, mapped
from timelines.models import Event, Person

RULES = 1  # counted up when what is looked for changes
NAMES = 2_000  # of the evidence that are looked at, the most frequent first
PAGES, HANDOVERS = 500, 50  # events that are read for whom they name
UNKNOWN = 12  # names told as missing
TYPED = Q(kind="command")
DEPLOYED = Q(kind__startswith="deploy")
ANSWERED = Q(kind__in=["page acknowledged", "alert acknowledged"])
ROLLBACK = Q(text__iregex=r"\m(roll[ -]?back|revert|rollout undo|rolled back)")
WROTE = Q(kind__in=["message", "comment", "mail", "page note", "incident update"])
JOINED = Q(kind__in=["join", "system_join_channel"])


@dataclass
class Traces:
    """What one participant left behind, gathered from all their names."""

    events: int = 0
    messages: int = 0
    commands: int = 0
    deploys: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    acted_at: datetime | None = None
    rolled_back_at: datetime | None = None
    present: bool = False
    paged_at: datetime | None = None
    handed_to: list[int] = field(default_factory=list)

    def add(self, row: dict) -> None:
        self.events += row["events"] - row["joins"]
        self.messages += row["messages"]
        self.commands += row["commands"]
        self.deploys += row["deploys"]
        self.present |= bool(row["joins"])
        self.first_at = _earlier(self.first_at, row["first_at"])
        self.last_at = max(filter(None, (self.last_at, row["last_at"])), default=None)
        self.acted_at = _earlier(self.acted_at, row["acted_at"])
        self.rolled_back_at = _earlier(self.rolled_back_at, row["rolled_back_at"])


def look(incident: Incident, participants: list[Participant]) -> tuple[list[Seen], list[Unknown]]:
    """What is known of each participant, and names of people who are on nobody's list."""
    rows, pages, handovers = _found(incident)
    known = Directory(participants, rows)
    traces = {participant.pk: Traces() for participant in participants}
    strangers: dict[str, dict] = {}
    for row in rows:
        pk = known.participant(row)
        if pk is not None:
            traces[pk].add(row)
        elif _may_be_missing(row):
            person = known.person(row)
            strangers.setdefault(f"person/{person.pk}" if person else row["actor"] or row["actor_id"], row)
    named = _paged(pages, known, traces)
    _handed_over(handovers, known, traces)
    tried = _tried(incident)
    seen = [
        Seen(id=participant.pk, name=participant.name, role=participant.role, tried=tried.get(participant.pk, 0), **_told(traces[participant.pk]))
        for participant in participants
    ]  # fmt: skip
    return seen, _unknown(strangers.values(), known, named)


def _found(incident: Incident) -> tuple[list[dict], list[tuple], list[int]]:
    """Names with what they did, pages, and the events in which somebody hands over; looked for once for the same evidence."""
    begin, end = comparing.around(incident)
    stamps = [(source.pk, source.count_stamp) for source in tally.counted(incident)]

    def look_again() -> tuple[list[dict], list[tuple], list[int]]:
        events = comparing.within(Event.objects.filter(incident=incident, deleted=False), begin, end)
        return _by_name(events), _pages(events), _handovers(events)

    return kept("who-took-part", (RULES, incident.pk, stamps, begin, end), look_again)


def _by_name(events) -> list[dict]:
    acted = TYPED | ANSWERED | DEPLOYED
    return list(
        events.filter(actor_kind__in=["person", ""])
        .exclude(actor="", actor_id="")
        .order_by()
        .values("source__format", "actor_id", "actor")
        .annotate(
            events=Count("pk"), messages=Count("pk", filter=WROTE), commands=Count("pk", filter=TYPED),
            deploys=Count("pk", filter=DEPLOYED), joins=Count("pk", filter=JOINED), first_at=Min("at"), last_at=Max("at"),
            acted_at=Min("at", filter=acted), rolled_back_at=Min("at", filter=(TYPED | DEPLOYED) & ROLLBACK),
        )
        .order_by("-events", "actor", "actor_id")[:NAMES]
    )  # fmt: skip


class Directory:
    """Which participant a name of the evidence is, if any."""

    def __init__(self, participants: list[Participant], rows: list[dict]):
        ids = {row["actor_id"] for row in rows} - {""}
        names = {row["actor"] for row in rows if not row["actor_id"]}
        self.aliases = mapped(Q(actor_id__in=ids) | Q(actor_id="", actor__in=names))
        self.by_user = {one.user_id: one.pk for one in participants if one.user_id}
        self.by_handle: dict[str, int] = {}
        self.by_words: dict[tuple[str, ...], int | None] = {}
        for one in participants:
            for handle in (*one.known_as, one.email, one.user.email if one.user else ""):
                if handle:
                    self.by_handle[handle.casefold()] = one.pk
            self.by_handle.setdefault(one.name.casefold(), one.pk)
            key = words(one.name)
            # two people of one name are told apart by their handles alone
            self.by_words[key] = None if key in self.by_words else one.pk

    def person(self, row: dict) -> Person | None:
        key = key_of(row["source__format"], row["actor_id"], row["actor"])
        alias = self.aliases.get(key) or self.aliases.get(("", *key[1:]))
        return alias.person if alias else None

    def participant(self, row: dict) -> int | None:
        if person := self.person(row):
            return self.by_user.get(person.user_id) if person.user_id else self.called(person.name)
        for name in (row["actor_id"], row["actor"]):
            if name and (found := self.called(name)) is not None:
                return found
        return None

    def called(self, name: str) -> int | None:
        found = self.by_handle.get(name.casefold())
        return (
            found if found is not None else self.by_words.get(words(name)) if len(words(name)) > 1 else None
        )

    def mentioned(self, text: str) -> set[int]:
        """Participants whom a text names by a handle, or by their whole name."""
        plain = text.casefold()
        return {
            pk
            for handle, pk in self.by_handle.items()
            if len(handle) > 2 and re.search(rf"(?<![\w]){re.escape(handle)}(?![\w])", plain)
        }


def _may_be_missing(row: dict) -> bool:
    """Machines and shared accounts are nobody who could be asked; who only joined may have seen something."""
    name = Name(row["source__format"], row["actor_id"], (row["actor"],))
    return row["source__format"] not in ("hand", "recollection") and not name.is_shared and row["events"] > 0


def _pages(events) -> list[tuple]:
    paged = events.filter(kind__startswith="page ").order_by("at", "pk").values_list("at", "extra")[:PAGES]
    return [(at, _assignees(extra)) for at, extra in paged]


def _paged(pages: list[tuple], known: Directory, traces: dict[int, Traces]) -> dict[str, datetime]:
    """Note when each participant was first paged; the others who were, by name."""
    strangers: dict[str, datetime] = {}
    for at, assignees in pages:
        for name in assignees:
            pk = known.called(name)
            if pk is None:
                strangers.setdefault(name, at)
            else:
                traces[pk].paged_at = _earlier(traces[pk].paged_at, at)
    return strangers


def _assignees(extra: dict) -> list[str]:
    listed = extra.get("assignees")
    return [name for name in listed if isinstance(name, str) and name] if isinstance(listed, list) else []


def _handovers(events) -> list[int]:
    """Only their numbers: what people wrote stays where it is."""
    said = events.filter(
        WROTE, text__iregex=r"\m(hand(ing|ed)?[ -]?over|handing off|hand[ -]?off|taking over)\M"
    )
    return list(said.order_by("at", "pk").values_list("pk", flat=True)[:HANDOVERS])


def _handed_over(handovers: list[int], known: Directory, traces: dict[int, Traces]) -> None:
    said = Event.objects.filter(pk__in=handovers).in_order()
    for row in said.values("source__format", "actor_id", "actor", "text"):
        giver = known.participant(row)
        for taker in known.mentioned(row["text"]) - {giver} if giver is not None else ():
            one, other = (taker, giver) if "taking over" in row["text"].casefold() else (giver, taker)
            if other not in traces[one].handed_to and one not in traces[other].handed_to:
                traces[one].handed_to.append(other)


def _tried(incident: Incident) -> dict[int, int]:
    rows = incident.interventions.exclude(participants=None).order_by().values_list("participants")
    return dict(rows.annotate(count=Count("pk")))


def _told(traces: Traces) -> dict:
    return vars(traces) | {"handed_to": tuple(traces.handed_to)}


def _unknown(rows: Iterable[dict], known: Directory, paged: dict[str, datetime]) -> list[Unknown]:
    found = []
    for row in rows:
        person = known.person(row)
        if person and person.kind != Person.Kind.PERSON:
            continue
        joined_only = row["events"] == row["joins"]
        why = (
            "typed commands"
            if row["commands"]
            else "was in the channel"
            if joined_only
            else "appears in the evidence"
        )
        found.append(
            Unknown(
                name=str(person) if person else row["actor"] or row["actor_id"],
                handle=row["actor_id"] or row["actor"],
                format=row["source__format"],
                why=why,
                user=person.user_id if person else None,
            )
        )
    told = {one.name.casefold() for one in found} | {one.handle.casefold() for one in found}
    found += [
        Unknown(name=name, handle=name, format="", why="was paged")
        for name in paged
        if name.casefold() not in told
    ]
    return found[:UNKNOWN]


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)
