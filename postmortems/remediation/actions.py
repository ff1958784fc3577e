from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.audit.models import Entry
from postmortems.incidents.models import Incident
from postmortems.remediation.models import PROMISED_STATUSES, EffectCheck, Item, ItemLink, Step
from postmortems.remediation.reminding import recalling
from postmortems.remediation.tracking import knocking
from postmortems.remediation.way import NEXT, asks_why

FIELDS = ("type", "what", "detail", "how_we_know", "owner", "team", "due_on", "size", "tracker_url")
MOST_LINKS = 20


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


class Stale(Exception):
    def __init__(self, item: Item) -> None:
        super().__init__("Somebody else changed this item in the meantime.")
        self.item = item


def add_item(
    *,
    incident: Incident,
    by: User,
    conditions=(),
    status: str = "proposed",
    now: datetime | None = None,
    **fields,
) -> Item:
    """Record an item under the next number of its incident; numbers are never used again."""
    now = now or timezone.now()
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        numbers = (
            Entry.objects.about(incident.ref).filter(verb="item.added").values_list("data__number", flat=True)
        )
        standing = incident.items.aggregate(n=Max("number"))["n"] or 0
        number = max([standing, *(n for n in numbers if n)]) + 1
        dates = {"created_at": now, "remind_at": now, "dated_at": now if fields.get("due_on") else None}
        if status in PROMISED_STATUSES:
            dates["promised_on"] = fields.get("due_on")
        item = Item.objects.create(incident=incident, number=number, status=status, **dates | fields)
        item.conditions.set(conditions)
        record(
            by=by, verb="item.added", subject=incident.ref, sentence=f"added item R{number}", number=number
        )
    return item


def edit_item(
    *, item: Item, by: User | None, version: int, conditions=None, now: datetime | None = None, **fields
) -> Item:
    """Change what an item says. A promise keeps its owner and its date: both can change, neither can be taken away."""
    now = now or timezone.now()
    with transaction.atomic():
        standing = Item.objects.select_for_update().get(pk=item.pk)
        if standing.version != version:
            raise Stale(standing)
        _still_promised(standing, fields)
        changes = _dated(standing, fields, now) | {"version": version + 1}
        Item.objects.filter(pk=item.pk).update(**changes)
        item.refresh_from_db()
        if conditions is not None:
            item.conditions.set(conditions)
        recalling.recall(item=item)
        knocking.changed_here(item=item, now=now)
        record(by=by, verb="item.edited", subject=item.incident.ref, sentence=f"edited item R{item.number}")
    return item


def _still_promised(item: Item, fields: dict[str, Any]) -> None:
    for name, words in (("owner", "an owner"), ("due_on", "a date")):
        if item.status in PROMISED_STATUSES and name in fields and not fields[name] and getattr(item, name):
            raise NotPossible(
                f"R{item.number} is accepted, and a promise has {words}. Give it another, or take it back to proposed."
            )


def _dated(item: Item, fields: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The fields with what a new date, owner or team brings along: when it was set, and another look at reminders."""
    changes = {**fields, "remind_at": now}
    if "due_on" in fields and fields["due_on"] != item.due_on:
        changes["dated_at"] = now if fields["due_on"] else None
    return changes


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
    by: User | None,
    status: str,
    reason: str = "",
    early_reason: str = "",
    now: datetime | None = None,
) -> Item:
    """Take an item along its way. Dropping and going back need a reason; accepting needs an owner and a date;
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
        why = asks_why(item.status, status)
        if why and not reason.strip():
            raise NotPossible(why)
        if status == "accepted" and not (item.owner_id and item.due_on):
            raise NotPossible("An accepted item is owned and dated: give it an owner and a due date first.")
        if status == "verified" and by and item.owner_id == by.pk and not reason.strip() and _others(item):
            raise NotPossible(
                "It is for somebody else than the owner to see that it holds. If nobody else can, say why."
            )
        if item.status == "parked" and item.is_settling(now):
            if not early_reason.strip():
                raise NotPossible(
                    f"R{item.number} is parked until it has settled. Deciding on it before takes a reason, which is kept."
                )
            item.early_reason = early_reason.strip()[:300]
        before, item.status = item.status, status
        item.dropped_reason = reason.strip()[:300] if status == "dropped" else ""
        item.done_at = now if status == "done" else item.done_at if status == "verified" else None
        item.verified_at, item.verified_by = (now, by) if status == "verified" else (None, None)
        if status == "accepted":
            item.promised_on = item.promised_on or item.due_on
            item.dated_at = now if before == "proposed" else item.dated_at
        item.remind_at = now
        item.version += 1
        item.save()
        Step.objects.create(
            item=item, before=before, after=status, by=by, at=now, reason=reason.strip()[:300]
        )
        recalling.recall(item=item)
        knocking.changed_here(item=item, now=now)
        record(
            by=by, verb="item.moved", subject=item.incident.ref,
            sentence=f"moved item R{item.number} to {item.get_status_display().lower()}", number=item.number, reason=reason,
            **({"early_reason": item.early_reason} if early_reason.strip() else {}),
        )  # fmt: skip
    return item


def _others(item: Item) -> bool:
    """Whether anybody else could look: a reviewer of the incident, or somebody of the team."""
    writers = item.incident.circle.filter(role__in=("lead", "co"), user__is_active=True)
    if writers.exclude(user=item.owner_id).exists():
        return True
    return bool(item.team_id and item.team.members.filter(is_active=True).exclude(pk=item.owner_id).exists())


def add_link(*, item: Item, by: User, url: str, title: str) -> ItemLink:
    url, title = url.strip(), " ".join(title.replace("\x00", "").split())[:160]
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError as error:
        raise NotPossible("A link begins with https:// and names a place.") from error
    if len(url) > 500:
        raise NotPossible("This address is longer than 500 characters.")
    with transaction.atomic():
        Item.objects.select_for_update().only("pk").get(pk=item.pk)
        if item.links.count() >= MOST_LINKS:
            raise NotPossible(f"An item has room for {MOST_LINKS} links.")
        link = item.links.create(url=url, title=title or url[:160])
        record(
            by=by, verb="item.linked", subject=item.incident.ref, sentence=f"added a link to R{item.number}"
        )
    return link


def remove_link(*, link: ItemLink, by: User) -> None:
    with transaction.atomic():
        item = link.item
        link.delete()
        record(
            by=by,
            verb="item.unlinked",
            subject=item.incident.ref,
            sentence=f"removed a link from R{item.number}",
        )


def check_effect(
    *, item: Item, by: User, held: str, would_have_changed: str, words: str, now: datetime
) -> EffectCheck:
    """Say, some weeks after an item was done, whether it held and whether it would have changed the incident it
    answers. A later look takes the place of an earlier one.
    """
    answers = EffectCheck.Answer.values
    with transaction.atomic():
        item = Item.objects.select_for_update(of=("self",)).select_related("incident").get(pk=item.pk)
        if item.status not in ("done", "verified"):
            raise NotPossible("The effect is looked at once it is done.")
        if held not in answers or would_have_changed not in answers:
            raise NotPossible("Answer both: did it hold, and would it have changed the incident?")
        check, _ = EffectCheck.objects.update_or_create(
            item=item,
            defaults={
                "held": held, "would_have_changed": would_have_changed, "by": by, "at": now,
                "words": " ".join(words.replace("\x00", "").split())[:500],
            },
        )  # fmt: skip
        record(
            by=by,
            verb="item.effect",
            subject=item.incident.ref,
            sentence=f"looked at the effect of item R{item.number}",
        )
    return check
