from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident, Participant
from timelines import tally
from timelines.actions import NotPossible
from timelines.models import Alias, NotThisPerson, Person


@dataclass(frozen=True)
class Choice:
    """A name of the evidence and who it is: `who` is a key of `people.everybody`, or "new" or "bot" with `called`."""

    format: str
    actor_id: str
    actor: str
    who: str
    called: str = ""


def map_names(*, incident: Incident, by: User, choices: list[Choice]) -> list[Alias]:
    """Say who these names are, for every incident. What is so already stays; all of them, or none."""
    made = []
    with transaction.atomic():
        for choice in choices:
            person = _person(incident, choice)
            alias, new = Alias.objects.get_or_create(
                format=choice.format,
                actor_id=choice.actor_id,
                **({} if choice.actor_id else {"actor": choice.actor}),
                defaults={"person": person, "actor": choice.actor, "by": by},
            )
            if alias.person_id != person.pk:
                raise NotPossible(
                    f"Somebody has said meanwhile that {choice.actor or choice.actor_id} is {alias.person}."
                )
            if new:
                made.append(alias)
        if made:
            tally.stale_of(*{alias.format for alias in made if alias.person.kind != Person.Kind.PERSON})
            count = "a name" if len(made) == 1 else f"{len(made)} names"
            record(
                by=by, verb="people.mapped", subject=incident.ref, sentence=f"said who {count} in the evidence {'is' if len(made) == 1 else 'are'}",
                aliases=[alias.pk for alias in made],
            )  # fmt: skip
    return made


def _person(incident: Incident, choice: Choice) -> Person:
    """The person behind a key, made where an account or a participant is named for the first time."""
    kind, _, pk = choice.who.partition("/")
    if kind in ("new", "bot"):
        return _new(choice, Person.Kind.BOT if kind == "bot" else Person.Kind.PERSON)
    found = None
    if pk.isascii() and pk.isdigit() and len(pk) < 18:
        if kind == "user" and (user := User.objects.filter(pk=pk).first()):
            found, _ = Person.objects.get_or_create(user=user, defaults={"name": user.name[:120]})
        elif kind == "person":
            found = Person.objects.filter(pk=pk).first()
        elif kind == "participant" and (
            participant := Participant.objects.filter(incident=incident, pk=pk).first()
        ):
            found = _without_account(participant)
    if found is None:
        raise NotPossible("There is nobody like that any more. Look at the list again.")
    return found


def _new(choice: Choice, kind: str) -> Person:
    name = " ".join((choice.called or choice.actor or choice.actor_id).replace("\x00", "").split())[:120]
    if not name:
        raise NotPossible("Say who it is: a name is enough.")
    return Person.objects.create(name=name, kind=kind)


def _without_account(participant: Participant) -> Person:
    if participant.user:
        return Person.objects.get_or_create(user=participant.user, defaults={"name": participant.name})[0]
    named = Person.objects.filter(user=None, kind=Person.Kind.PERSON, name=participant.name)
    return named.order_by("pk").first() or Person.objects.create(name=participant.name)


def unmap(*, incident: Incident, by: User, aliases: list[Alias]) -> None:
    """Take back who these names are. Somebody whom nothing else names is gone with them."""
    with transaction.atomic():
        people = {alias.person_id for alias in aliases}
        bots = {alias.format for alias in aliases if alias.person.kind != Person.Kind.PERSON}
        gone, _ = Alias.objects.filter(pk__in=[alias.pk for alias in aliases]).delete()
        if not gone:
            return
        tally.stale_of(*bots)
        Person.objects.filter(pk__in=people, aliases=None).filter(user=None).delete()
        record(by=by, verb="people.unmapped", subject=incident.ref, sentence=f"took back who {gone} name{'s' if gone > 1 else ''} of the evidence belong{'' if gone > 1 else 's'} to")  # fmt: skip


def refuse(*, incident: Incident, by: User, choice: Choice) -> None:
    """This name is not that person; the two are not suggested together again."""
    with transaction.atomic():
        _, made = NotThisPerson.objects.get_or_create(
            person=_person(incident, choice),
            format=choice.format,
            actor_id=choice.actor_id,
            actor="" if choice.actor_id else choice.actor,
            defaults={"by": by},
        )
        if made:
            record(
                by=by,
                verb="people.refused",
                subject=incident.ref,
                sentence="said that a name in the evidence is somebody else",
            )


def suggest_again(*, incident: Incident, by: User, choice: Choice) -> None:
    """Forget who this name was said not to be."""
    with transaction.atomic():
        gone, _ = NotThisPerson.objects.filter(
            format=choice.format, actor_id=choice.actor_id, actor="" if choice.actor_id else choice.actor
        ).delete()
        if gone:
            record(
                by=by,
                verb="people.asked_again",
                subject=incident.ref,
                sentence="asked again who a name in the evidence is",
            )
