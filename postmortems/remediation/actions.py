from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.audit.models import Entry
from postmortems.incidents.models import Incident
from postmortems.remediation.models import Item

FIELDS = ("type", "what", "detail", "how_we_know", "owner", "team", "due_on", "size", "tracker_url")
NEXT = {
    "parked": ("proposed", "dropped"),
    "proposed": ("accepted", "parked", "dropped"),
    "accepted": ("in_progress", "done", "dropped"),
    "in_progress": ("done", "accepted", "dropped"),
    "done": ("verified", "in_progress"),
    "verified": ("in_progress",),
    "dropped": ("proposed",),
}


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


class Stale(Exception):
    def __init__(self, item: Item) -> None:
        super().__init__("Somebody else changed this item in the meantime.")
        self.item = item


def add_item(*, incident: Incident, by: User, conditions=(), status: str = "proposed", **fields) -> Item:
    """Record an item under the next number of its incident; numbers are never used again."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        numbers = (
            Entry.objects.about(incident.ref).filter(verb="item.added").values_list("data__number", flat=True)
        )
        standing = incident.items.aggregate(n=Max("number"))["n"] or 0
        number = max([standing, *(n for n in numbers if n)]) + 1
        item = Item.objects.create(incident=incident, number=number, status=status, **fields)
        item.conditions.set(conditions)
        record(
            by=by, verb="item.added", subject=incident.ref, sentence=f"added item R{number}", number=number
        )
    return item


def edit_item(*, item: Item, by: User, version: int, conditions, **fields) -> Item:
    with transaction.atomic():
        if not Item.objects.filter(pk=item.pk, version=version).update(version=version + 1, **fields):
            raise Stale(Item.objects.get(pk=item.pk))
        item.refresh_from_db()
        item.conditions.set(conditions)
        record(by=by, verb="item.edited", subject=item.incident.ref, sentence=f"edited item R{item.number}")
    return item


def settle(*, incident: Incident, by: User | None, until: datetime | None) -> int:
    """Let the parked items of an incident rest until then (or no longer); how many there are."""
    with transaction.atomic():
        parked = incident.items.filter(status="parked").update(decide_from=until)
        record(
            by=by, verb="items.settling", subject=incident.ref,
            sentence=f"let {parked} parked item{'' if parked == 1 else 's'} settle" if until
            else "opened the parked items for decision",
            until=until.isoformat() if until else None,
        )  # fmt: skip
    return parked


def move(
    *,
    item: Item,
    by: User,
    status: str,
    reason: str = "",
    early_reason: str = "",
    now: datetime | None = None,
) -> Item:
    """Take an item along its way. Dropping needs a reason; accepting needs an owner and a date;
    deciding on a parked one before it has settled needs a reason of its own, which is kept;
    verifying is for somebody else than the owner wherever there is somebody else.
    """
    now = now or timezone.now()
    with transaction.atomic():
        item = (
            Item.objects.select_for_update(of=("self",)).select_related("incident", "owner").get(pk=item.pk)
        )
        if status == item.status:
            return item
        if status not in NEXT.get(item.status, ()):
            raise NotPossible(
                f"R{item.number} is {item.get_status_display().lower()}; from there it cannot become “{Item.Status(status).label.lower()}”."
                if status in Item.Status.values
                else "There is no such status."
            )
        if status == "dropped" and not reason.strip():
            raise NotPossible("Say in a sentence why it is dropped; the write-up will tell it.")
        if status == "accepted" and not (item.owner_id and item.due_on):
            raise NotPossible("An accepted item is owned and dated: give it an owner and a due date first.")
        if item.status == "parked" and item.is_settling(now):
            if not early_reason.strip():
                raise NotPossible(
                    f"R{item.number} is parked until it has settled. Deciding on it before takes a reason, which is kept."
                )
            item.early_reason = early_reason.strip()[:300]
        item.status = status
        item.dropped_reason = reason.strip()[:300] if status == "dropped" else ""
        item.done_at = now if status == "done" else item.done_at if status == "verified" else None
        item.verified_at, item.verified_by = (now, by) if status == "verified" else (None, None)
        item.version += 1
        item.save()
        record(
            by=by, verb="item.moved", subject=item.incident.ref,
            sentence=f"moved item R{item.number} to {item.get_status_display().lower()}", number=item.number, reason=reason,
            **({"early_reason": item.early_reason} if early_reason.strip() else {}),
        )  # fmt: skip
    return item
