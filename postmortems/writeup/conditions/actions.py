from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.audit.models import Entry
from postmortems.incidents.models import Incident
from postmortems.writeup.models import Condition


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

    Raises ConditionStale for a lost race.
    """
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if condition is None:
            last = incident.conditions.aggregate(n=Max("number"))["n"] or 0
            last = max(last, _last_number(incident))
            condition = Condition.objects.create(
                incident=incident,
                number=last + 1,
                position=last + 1,
                kind_id=kind,
                sentence=sentence,
                made_sense=made_sense,
            )
            word = "recorded"
        else:
            changed = Condition.objects.filter(pk=condition.pk, version=version).update(
                kind_id=kind, sentence=sentence, made_sense=made_sense, version=version + 1
            )
            if not changed:
                raise ConditionStale(Condition.objects.get(pk=condition.pk))
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


def _last_number(incident: Incident) -> int:
    """The highest number ever given: numbers of removed conditions are not used again."""
    numbers = (
        Entry.objects.about(incident.ref)
        .filter(verb="condition.saved")
        .values_list("data__number", flat=True)
    )
    return max((number for number in numbers if number), default=0)


def remove_condition(*, condition: Condition, by: User) -> None:
    with transaction.atomic():
        incident, number = condition.incident, condition.number
        condition.delete()
        record(
            by=by,
            verb="condition.removed",
            subject=incident.ref,
            sentence=f"removed condition C{number}",
            number=number,
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
