"""Who the names of the evidence are: what people said of them, what may be, and what somebody saw. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Max, Min, Q

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from timelines.formats import FORMATS
from timelines.merging import comparing
from timelines.merging.names import Directory, Known, Name, Suggestion, addresses_in, words
from timelines.models import Alias, Event, EventQuerySet, NotThisPerson, Person, Source

PLACES = 100  # in which one person wrote
KNOWN = 5_000  # people and accounts that are compared with a name
Key = tuple[str, str, str]  # format, actor_id, actor where there is no id


def key_of(format: str, actor_id: str, actor: str) -> Key:
    """By its id where the source has one, else by the name: the same rule as of `Alias`."""
    return (format, actor_id, "") if actor_id else (format, "", actor)


# --- on the timeline -------------------------------------------------------------------------------


def names_for(events: Iterable[Event], sources: Mapping[int, Source] | None = None) -> dict[Key, Person]:
    """The person behind each (format, actor_id, actor) of these events, where somebody said who it is; one query.

    The events bring their source, or `sources` has it by its number. A name that is mapped for every format counts
    where its own format says nothing.
    """
    asked = {
        ((sources[event.source_id] if sources else event.source).format, event.actor_id, event.actor)
        for event in events
        if event.actor or event.actor_id
    }
    if not asked:
        return {}
    ids = {actor_id for _, actor_id, _ in asked} - {""}
    names = {actor for _, actor_id, actor in asked if not actor_id}
    known = mapped(Q(actor_id__in=ids) | Q(actor_id="", actor__in=names))
    found = {}
    for format, actor_id, actor in asked:
        _, *rest = key_of(format, actor_id, actor)
        if alias := known.get((format, *rest)) or known.get(("", *rest)):
            found[format, actor_id, actor] = alias.person
    return found


def mapped(which: Q) -> dict[Key, Alias]:
    aliases = Alias.objects.filter(which).select_related("person__user")
    return {key_of(alias.format, alias.actor_id, alias.actor): alias for alias in aliases}


def aliases_of(person: Person) -> Q:
    """Events whose actor is this person, under any name that was mapped; none where no name was."""
    found = Q(pk=None)
    for alias in person.aliases.all():
        named = Q(actor_id=alias.actor_id) if alias.actor_id else Q(actor_id="", actor=alias.actor)
        found |= named & Q(source__format=alias.format) if alias.format else named
    return found


def seen_by(person: Person, incident: Incident) -> Q:
    """What this person could have seen of the incident, as far as evidence tells. An event counts when

    1. they did it themselves;
    2. it is addressed to them: its text has one of their full names, ids or @names, or it was assigned to them;
    3. it stands in a place (of one source) in which they wrote, from their first to their last appearance anywhere.

    All of it lies around the incident, where its times are known. Somebody who only read leaves no trace, so
    what this leaves out they may have seen as well; it is a memory aid, never a proof.
    """
    own = aliases_of(person)
    begin, end = comparing.around(incident)
    theirs = comparing.within(incident.events.filter(own), begin, end)
    present = theirs.aggregate(first=Min("at"), last=Max("at"))
    seen = own | addressed_to(person)
    if present["first"]:
        seen |= _places(theirs, present["first"], present["last"])
    # the bounds come first, because an index can walk them; the texts are read between them alone
    return (Q(at__gte=begin) if begin else Q()) & (Q(at__lte=end) if end else Q()) & seen


def _places(theirs: EventQuerySet, first: datetime, last: datetime) -> Q:
    wrote = theirs.exclude(place="").order_by().values_list("source", "place").distinct()[:PLACES]
    there = [Q(source=source, place=place) for source, place in wrote]
    return reduce(or_, there) & Q(at__range=(first, last)) if there else Q(pk=None)


def addressed_to(person: Person) -> Q:
    """Events whose text names them, or that were assigned to them. A first name alone names nobody."""
    handles, full = _called(person)
    found = Q(pk=None)
    for name in full:
        found |= Q(text__icontains=name) | Q(extra__assignees__contains=[name]) | Q(extra__owner=name)
    for handle in handles:
        found |= Q(text__icontains=f"@{handle}")
    return found


def _called(person: Person) -> tuple[list[str], list[str]]:
    """Handles that follow an @, and names of two words and ids that need none."""
    handles, full = set(), {str(person)} if len(words(str(person))) > 1 else set()
    for alias in person.aliases.all():
        if alias.actor:
            (full if len(words(alias.actor)) > 1 and " " in alias.actor else handles).add(alias.actor)
        if any(map(str.isdigit, alias.actor_id)) and len(alias.actor_id) >= 6:
            full.add(alias.actor_id)
    return sorted(handles), sorted(full)


# --- saying who is who -----------------------------------------------------------------------------


@dataclass
class Named:
    """One name of the evidence, as a page shows it."""

    format: str
    actor_id: str
    actors: list[str]
    kind: str
    count: int
    example: int
    alias: Alias | None = None
    suggestions: list[Suggestion] = field(default_factory=list)
    offers: list[tuple[Suggestion, str]] = field(
        default_factory=list
    )  # the same with the names of those suggested
    refused: bool = False
    text: str = ""  # of the example

    @property
    def key(self) -> Key:
        return key_of(self.format, self.actor_id, self.actors[0] if self.actors else "")

    @property
    def name(self) -> Name:
        return Name(self.format, self.actor_id, tuple(self.actors))

    @property
    def is_person(self) -> bool:
        return self.kind in ("person", "")

    @property
    def label(self) -> str:
        """The kind of source, as people call it."""
        if self.format in FORMATS:
            return FORMATS[self.format].label
        return {"hand": "By hand", "recollection": "Recollections"}.get(self.format, self.format)

    @property
    def is_unknown(self) -> bool:
        """Whether somebody should say who it is."""
        return self.alias is None and self.is_person and not self.name.is_shared

    @property
    def certain(self) -> Suggestion | None:
        sure = [one for one in self.suggestions if one.certainty == "certain"]
        return sure[0] if len(sure) == 1 else None


def named(kept: list[dict]) -> list[Named]:
    """The names of a comparison, with the person each was mapped to."""
    found = [Named(**one) for one in kept]
    known = mapped(
        Q(actor_id__in=[one.actor_id for one in found if one.actor_id])
        | Q(actor_id="", actor__in=[one.key[2] for one in found])
    )
    for one in found:
        one.alias = known.get(one.key) or known.get(("", *one.key[1:]))
    return found


def suggest(names: list[Named], incident: Incident) -> Directory:
    """Give each name its suggestions, and the directory that explains their keys."""
    directory = Directory(everybody(incident))
    refusals: dict[Key, set[str]] = {}
    for row in NotThisPerson.objects.select_related("person"):
        refusals.setdefault(key_of(row.format, row.actor_id, row.actor), set()).add(person_key(row.person))
    for one in names:
        refused = refusals.get(one.key, set())
        one.refused = bool(refused)
        one.suggestions = directory.suggest(one.name, refused)
    return directory


def person_key(person: Person) -> str:
    return f"user/{person.user_id}" if person.user_id else f"person/{person.pk}"


def everybody(incident: Incident) -> list[Known]:
    """Accounts, people without one, and participants of this incident: each once, with all their names.

    Keys are `user/<id>`, `person/<id>` and `participant/<id>`.
    """
    found: dict[str, Known] = {}
    took_part = list(incident.participants.all())
    by_user = {participant.user_id: participant for participant in took_part if participant.user_id}
    for pk, name, email in User.objects.active().order_by("pk").values_list("pk", "name", "email")[:KNOWN]:
        found[f"user/{pk}"] = _known(f"user/{pk}", name, [email], by_user.get(pk))
    people = Person.objects.filter(kind=Person.Kind.PERSON).prefetch_related("aliases").order_by("pk")[:KNOWN]
    for person in people:
        key = person_key(person)
        known = found.get(key) or Known(key, person.name)
        ids = {alias.actor_id for alias in person.aliases.all()} - {""}
        found[key] = Known(
            key,
            known.name,
            known.addresses | addresses_in(*ids, *map(str, person.aliases.all())),
            frozenset(ids),
            known.said,
            known.near,
        )
    same = {words(known.name): key for key, known in found.items() if key.startswith("person/")}
    for participant in took_part:
        if not participant.user_id:
            key = same.get(words(participant.name)) or f"participant/{participant.pk}"
            before = found.get(key)
            told = _known(key, participant.name, [participant.email], participant)
            found[key] = Known(
                key, told.name, told.addresses, before.ids if before else frozenset(), told.said, True
            )
    return list(found.values())


def _known(key: str, name: str, emails: list[str], participant) -> Known:
    said = frozenset(participant.known_as) if participant else frozenset()
    return Known(
        key, name, frozenset(email for email in emails if email), frozenset(), said, participant is not None
    )
