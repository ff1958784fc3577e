from __future__ import annotations

from datetime import datetime
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.writeup.models import Condition, ConditionKind


def save_condition(
    *,
    incident: Incident,
    by: User,
    kind: str,
    sentence: str,
    made_sense: str,
    events,
    condition: Condition | None = None,
    version: int = 1,
) -> Condition:
    """Record or change a contributing condition and the events it rests on; `kind` is the key of one.

    To save one that was removed brings it back: somebody was writing it meanwhile. Raises ConditionStale for a lost race.
    """
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if condition is None:
            last = Condition.ever.filter(incident=incident).aggregate(n=Max("number"), p=Max("position"))
            condition = Condition.objects.create(
                incident=incident,
                number=(last["n"] or 0) + 1,
                position=(last["p"] or 0) + 1,
                kind_id=kind,
                sentence=sentence,
                made_sense=made_sense,
            )
            word = "recorded"
        else:
            changed = Condition.ever.filter(pk=condition.pk, version=version).update(
                kind_id=kind,
                sentence=sentence,
                made_sense=made_sense,
                version=version + 1,
                removed_at=None,
            )
            if not changed:
                raise ConditionStale(Condition.ever.select_related("kind").get(pk=condition.pk))
            condition.refresh_from_db()
            word = "changed"
        condition.events.set(events)
        record(
            by=by,
            verb="condition.saved",
            subject=incident.ref,
            sentence=f"{word} condition C{condition.number}",
            number=condition.number,
        )
    return condition


class ConditionStale(Exception):
    def __init__(self, condition: Condition) -> None:
        super().__init__("Somebody else changed this condition while you were writing.")
        self.condition = condition


def remove_condition(*, condition: Condition, by: User, now: datetime) -> None:
    """Take a condition off the write-up; its row stays, so that it can be brought back."""
    with transaction.atomic():
        if not Condition.objects.filter(pk=condition.pk).update(removed_at=now):
            return
        record(
            by=by,
            verb="condition.removed",
            subject=condition.incident.ref,
            sentence=f"removed condition C{condition.number}",
            number=condition.number,
        )


def bring_back(*, condition: Condition, by: User) -> None:
    """A removed condition stands again where it stood, with its events and the items that answer it."""
    with transaction.atomic():
        gone = Condition.ever.filter(pk=condition.pk).exclude(removed_at=None)
        if not gone.update(removed_at=None):
            return
        record(
            by=by,
            verb="condition.brought_back",
            subject=condition.incident.ref,
            sentence=f"brought condition C{condition.number} back",
            number=condition.number,
        )


def move_condition(*, condition: Condition, by: User, before: Condition | None) -> None:
    """Let a condition stand before another one of its incident, or last; before itself is where it stands."""
    if before and before.pk == condition.pk:
        return
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=condition.incident_id)
        order = [one for one in condition.incident.conditions.all() if one.pk != condition.pk]
        place = next((n for n, one in enumerate(order) if before and one.pk == before.pk), len(order))
        order.insert(place, condition)
        for position, one in enumerate(order, 1):
            one.position = position
        Condition.objects.bulk_update(order, ["position"])
        record(
            by=by,
            verb="condition.moved",
            subject=condition.incident.ref,
            sentence=f"moved condition C{condition.number} to place {place + 1}",
            number=condition.number,
        )


def cite(*, condition: Condition, by: User, event, cited: bool) -> None:
    """Let a condition rest on an event, or no longer."""
    with transaction.atomic():
        (condition.events.add if cited else condition.events.remove)(event)
        word = "cited an event for" if cited else "took an event from"
        record(
            by=by,
            verb="condition.cited",
            subject=condition.incident.ref,
            sentence=f"{word} C{condition.number}",
            event=event.pk,
        )


# --- the organisation's kinds -------------------------------------------------------------------------


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


def save_kind(*, kind: ConditionKind, by: User) -> ConditionKind:
    """Keep a kind; one that is new gets a key that stays, and the last place. Raises NotPossible.

    Whether it helped is part of what recorded conditions say, and stays once there are some.
    """
    with transaction.atomic():
        standing = ConditionKind.objects.filter(pk=kind.pk).first() if kind.pk else None
        if standing is None:
            kind.key = _free_key(kind.name)
            last = ConditionKind.objects.aggregate(last=Max("position"))["last"]
            kind.position = 0 if last is None else last + 1
        elif standing.helped != kind.helped and Condition.ever.filter(kind=kind).exists():
            raise NotPossible(
                "Conditions of this kind are recorded: what they say about helping stays. Add a kind of its own."
            )
        kind.save()
        record(
            by=by, verb="kind.saved", subject=kind.name, sentence=f"saved the kind of condition {kind.name}"
        )
    return kind


def _free_key(name: str) -> str:
    """A key that no kind has, for as long as it lives: a word of the name, numbered where it is taken."""
    word = slugify(name)[:16] or "kind"
    keys = {"new", *ConditionKind.objects.filter(key__startswith=word).values_list("key", flat=True)}
    return next(key for n in count(1) if (key := word if n == 1 else f"{word}-{n}") not in keys)


def move_kind(*, kind: ConditionKind, by: User, up: bool) -> None:
    """One place up or down among all kinds."""
    with transaction.atomic():
        order = list(ConditionKind.objects.select_for_update())
        place = next(n for n, one in enumerate(order) if one.pk == kind.pk)
        other = place - 1 if up else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
        for position, one in enumerate(order):
            one.position = position
        ConditionKind.objects.bulk_update(order, ["position"])
        record(
            by=by,
            verb="kind.moved",
            subject=kind.name,
            sentence=f"moved the kind of condition {kind.name} {'up' if up else 'down'}",
        )


def retire_kind(*, kind: ConditionKind, by: User, now: datetime | None) -> None:
    """Let a kind take no new conditions, or (without `now`) take them again. Raises NotPossible for the last of its sort."""
    with transaction.atomic():
        in_use = ConditionKind.objects.select_for_update().filter(retired_at=None, helped=kind.helped)
        if now and not [one for one in in_use if one.pk != kind.pk]:
            sort = "that helped" if kind.helped else "that contributed"
            raise NotPossible(f"This is the last kind for conditions {sort}. Add another one first.")
        ConditionKind.objects.filter(pk=kind.pk).update(retired_at=now)
        word = "retired" if now else "took up again"
        record(
            by=by,
            verb="kind.retired",
            subject=kind.name,
            sentence=f"{word} the kind of condition {kind.name}",
        )
