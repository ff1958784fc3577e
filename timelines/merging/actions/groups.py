from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from timelines.actions import NotPossible
from timelines.merging.same import MOST, pairs
from timelines.models import Event, Group, NotTheSame


def group(*, incident: Incident, by: User, events: list[int], apart: list[int] = ()) -> Group:
    """Say that these events are one moment; of `apart`, which were proposed with them, that they are others.

    An event that stands in a group already brings the whole group; two groups are never made one, because
    each of them was somebody's answer.
    """
    with transaction.atomic():
        found = _locked(incident, {*events, *apart})
        together = [found[pk] for pk in sorted(set(events) & found.keys())]
        held = {event.group_id for event in together} - {None}
        if len(held) > 1:
            raise NotPossible("These events stand in two groups. Take one of them apart first.")
        one = Group.objects.get(pk=held.pop()) if held else None
        size = (
            len(together)
            if one is None
            else len({*one.events.values_list("pk", flat=True), *(e.pk for e in together)})
        )
        if len(together) < 2 or size > MOST:
            raise NotPossible(f"A moment needs two events at least, and can hold {MOST}.")
        if one is not None and all(event.group_id for event in together):
            return one
        one = one or Group.objects.create(incident=incident, by=by)
        Event.objects.filter(pk__in=[event.pk for event in together]).update(group=one)
        _say_apart(incident, by, [(a, b) for a, b in pairs(found) if (a in apart) != (b in apart)], group=one)
        record(
            by=by, verb="event.grouped", subject=incident.ref, sentence=f"said that {len(together)} events are one moment",
            group=one.pk, events=[event.pk for event in together],
        )  # fmt: skip
    return one


def _locked(incident: Incident, events: set[int]) -> dict[int, Event]:
    rows = (
        Event.objects.select_for_update(of=("self",)).filter(incident=incident, pk__in=events).order_by("pk")
    )
    found = {event.pk: event for event in rows.defer("text", "extra")}
    if len(found) < len(events):
        raise NotPossible("Some of these events are not on this timeline.")
    return found


def take_apart(*, group: Group, by: User) -> None:
    """Give a group's events back as they were; what was said to be another moment beside it is open again."""
    with transaction.atomic():
        locked = Group.objects.select_for_update(of=("self",)).filter(pk=group.pk).first()
        if locked is None:
            return
        count = locked.events.count()
        locked.delete()
        record(
            by=by,
            verb="event.ungrouped",
            subject=group.incident.ref,
            sentence=f"took a moment of {count} events apart",
        )


def say_apart(*, incident: Incident, by: User, events: list[int]) -> None:
    """These events, which looked like one moment, are several; nobody is asked again."""
    with transaction.atomic():
        found = _locked(incident, set(events))
        if len(found) < 2 or len(found) > MOST:
            raise NotPossible(f"Name two events at least, and at most {MOST}.")
        held = {event.pk: event.group_id for event in found.values()}
        apart = [(a, b) for a, b in pairs(found) if not held[a] or held[a] != held[b]]
        if _say_apart(incident, by, apart):
            record(
                by=by,
                verb="event.apart",
                subject=incident.ref,
                sentence=f"said that {len(found)} events are different moments",
            )


def _say_apart(incident: Incident, by: User, apart: list[tuple[int, int]], group: Group | None = None) -> int:
    known = set(
        NotTheSame.objects.filter(incident=incident, one__in=[a for a, _ in apart]).values_list(
            "one", "other"
        )
    )
    new = [
        NotTheSame(incident=incident, one_id=a, other_id=b, by=by, group=group)
        for a, b in apart
        if (a, b) not in known
    ]
    NotTheSame.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def ask_again(*, incident: Incident, by: User, events: list[int]) -> None:
    """Forget that these events were said to be different moments."""
    with transaction.atomic():
        gone, _ = NotTheSame.objects.filter(
            Q(one__in=events) & Q(other__in=events), incident=incident, group=None
        ).delete()
        if gone:
            record(
                by=by,
                verb="event.asked_again",
                subject=incident.ref,
                sentence="asked again whether events are one moment",
            )
