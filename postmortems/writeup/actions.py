"""Saving texts without losing any, and conditions. Each change is one transaction with its audit entry inside."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.audit.models import Entry
from postmortems.incidents.models import Incident
from postmortems.writeup import sections
from postmortems.writeup.models import Condition, Section, SectionText


class Stale(Exception):
    """Somebody saved in between. `section` is what stands; nothing was overwritten."""

    def __init__(self, section: Section) -> None:
        super().__init__("Somebody else saved this section while you were writing.")
        self.section = section


def save_section(
    *,
    incident: Incident,
    key: str,
    text: str,
    version: int,
    by: User,
    now: datetime | None = None,
    restored_from: int | None = None,
) -> Section:
    """Accept `text` for a section if it was written from `version` (0: nobody had written in it).

    Every accepted text becomes a row of the history. The same text again is accepted and changes
    nothing, so that a save whose answer got lost can be sent again. Raises Stale otherwise, KeyError
    for a section that does not exist.
    """
    sections.BY_KEY[key]
    now = now or timezone.now()
    text = text.replace("\r\n", "\n").replace("\x00", "")
    with transaction.atomic():
        section = Section.objects.select_for_update().filter(incident=incident, key=key).first()
        if section is None:
            if version != 0:
                version = 0
            try:
                with transaction.atomic():
                    section = Section.objects.create(
                        incident=incident, key=key, text=text, version=1, saved_at=now, saved_by=by
                    )
            except IntegrityError:
                raise Stale(Section.objects.get(incident=incident, key=key)) from None
        elif section.text == text:
            return section
        elif section.version != version:
            raise Stale(section)
        else:
            section.text, section.version, section.saved_at, section.saved_by = text, version + 1, now, by
            section.save()
        SectionText.objects.create(
            section=section,
            version=section.version,
            text=text,
            saved_at=now,
            saved_by=by,
            restored_from=restored_from,
        )
        record(
            by=by, verb="section.saved", subject=incident.ref,
            sentence=f"wrote in “{sections.BY_KEY[key].title}”", section=key, version=section.version,
        )  # fmt: skip
    return section


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
    """Record or change a contributing condition and the events it rests on. Raises Stale for a lost race."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if condition is None:
            last = incident.conditions.aggregate(n=Max("number"))["n"] or 0
            last = max(last, _last_number(incident))
            condition = Condition.objects.create(
                incident=incident,
                number=last + 1,
                position=last + 1,
                kind=kind,
                sentence=sentence,
                made_sense=made_sense,
            )
            word = "recorded"
        else:
            changed = Condition.objects.filter(pk=condition.pk, version=version).update(
                kind=kind, sentence=sentence, made_sense=made_sense, version=version + 1
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
