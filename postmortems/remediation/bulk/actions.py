"""Several items changed at once, or one on the board, and taken back within ten minutes.

Each item goes the way it would go alone, by the rules of `remediation.actions`: one that cannot is left as it is and
told with the reason, and the others go on. Taking back is one step for the whole of it; an item that somebody
changed meanwhile stays as they made it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime

from postmortems.accounts.models import Team, User
from postmortems.audit.log import record
from postmortems.remediation import actions
from postmortems.remediation.actions import NotPossible, Stale
from postmortems.remediation.models import Bulk, BulkChange, Item, Step
from postmortems.remediation.reminding import recalling
from postmortems.remediation.tracking import knocking

MOST = 200
UNDO = timedelta(minutes=10)
KEPT = (
    "owner_id", "team_id", "due_on", "status", "dropped_reason", "early_reason", "done_at", "verified_at",
    "verified_by_id", "promised_on", "dated_at",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What becomes of each item; what is None or empty stays as it is."""

    owner: User | None = None
    team: Team | None = None
    due_on: date | None = None
    days: int = 0  # by which a date is moved
    status: str = ""
    reason: str = ""
    early_reason: str = ""

    @property
    def any(self) -> bool:
        return bool(self.owner or self.team or self.due_on or self.days or self.status)

    def words(self) -> str:
        parts = [
            f"to {Item.Status(self.status).label.lower()}" if self.status in Item.Status.values else "",
            f"to {self.owner}" if self.owner else "",
            f"to the team {self.team}" if self.team else "",
            f"due {self.due_on:%-d %B %Y}" if self.due_on else "",
            f"{abs(self.days)} day{'' if abs(self.days) == 1 else 's'} {'later' if self.days > 0 else 'earlier'}"
            if self.days
            else "",
        ]
        return ", ".join(part for part in parts if part)


@dataclass
class Outcome:
    bulk: Bulk | None = None
    changed: list[Item] = field(default_factory=list)
    left: list[tuple[Item, str]] = field(default_factory=list)  # with the reason


def change_items(*, items: Iterable[int], by: User, change: Change, now: datetime) -> Outcome:
    """Change those of the items that this person may change."""
    numbers = list(dict.fromkeys(items))
    if not change.any:
        raise NotPossible("Say what should become of them.")
    if len(numbers) > MOST:
        raise NotPossible(f"At most {MOST} items at once.")
    outcome = Outcome()
    with transaction.atomic():
        allowed = Item.objects.changeable_by(by).filter(pk__in=numbers).values_list("pk", flat=True)
        found = Item.objects.select_for_update(of=("self",)).select_related("incident", "owner", "team")
        rows = []
        for item in found.filter(pk__in=list(allowed)).order_by("pk"):
            before = _snapshot(item)
            try:
                with transaction.atomic():
                    changed = _change(item, by, change, now)
            except (NotPossible, Stale) as error:
                outcome.left.append((item, str(error)))
                continue
            if changed.version != item.version:
                rows.append(BulkChange(item=changed, before=before, version=changed.version))
                outcome.changed.append(changed)
        if rows:
            outcome.bulk = Bulk.objects.create(by=by, at=now, sentence=_sentence(outcome.changed, change))
            for row in rows:
                row.bulk = outcome.bulk
            BulkChange.objects.bulk_create(rows)
    return outcome


def _sentence(items: list[Item], change: Change) -> str:
    named = f"R{items[0].number} of {items[0].incident.ref}" if len(items) == 1 else f"{len(items)} items"
    return f"moved {named} {change.words()}"[:300]


def _change(item: Item, by: User, change: Change, now: datetime) -> Item:
    fields: dict[str, Any] = {}
    if change.owner and change.owner.pk != item.owner_id:
        fields["owner"] = change.owner
    if change.team and change.team.pk != item.team_id:
        fields["team"] = change.team
    due_on = _date(item, change)
    if due_on and due_on != item.due_on:
        fields["due_on"] = due_on
    changed = item
    if fields:
        changed = actions.edit_item(
            item=Item.objects.get(pk=item.pk), by=by, version=item.version, now=now, **fields
        )
    if change.status:
        changed = actions.move(
            item=changed, by=by, status=change.status, reason=change.reason, early_reason=change.early_reason, now=now
        )  # fmt: skip
    return changed


def _date(item: Item, change: Change) -> date | None:
    if change.due_on or not change.days:
        return change.due_on
    if item.due_on is None:
        raise NotPossible(f"R{item.number} has no date that could be moved.")
    try:
        return item.due_on + timedelta(days=change.days)
    except OverflowError as error:
        raise NotPossible(f"R{item.number} would be due on a day that no calendar has.") from error


# --- taking back -------------------------------------------------------------------------------------


def last_of(user: User, *, now: datetime) -> Bulk | None:
    """The last change of this person that can still be taken back."""
    return Bulk.objects.filter(by=user, at__gt=now - UNDO, at__lte=now, undone_at=None).first()


def take_back(*, bulk: Bulk, by: User, now: datetime) -> Outcome:
    """Put every item of a change back as it was before. Only whoever made it does, for ten minutes, once."""
    outcome = Outcome()
    with transaction.atomic():
        open_ones = Bulk.objects.filter(pk=bulk.pk, by=by, undone_at=None, at__gt=now - UNDO)
        if not open_ones.update(undone_at=now):
            raise NotPossible(
                "This can no longer be taken back: it is longer ago than ten minutes, or was already."
            )
        for change in bulk.changes.order_by("item"):
            item = (
                Item.objects.select_for_update(of=("self",)).select_related("incident").get(pk=change.item_id)
            )
            if item.version != change.version:
                outcome.left.append((item, "Somebody has changed it since."))
                continue
            _restore(item, change.before, by, now)
            outcome.changed.append(item)
    return outcome


def _restore(item: Item, before: dict[str, Any], by: User, now: datetime) -> None:
    status = item.status
    for name, value in _read(before).items():
        setattr(item, name, value)
    item.version += 1
    item.remind_at = now
    item.save(update_fields=[*(name.removesuffix("_id") for name in KEPT), "version", "remind_at"])
    if item.status != status:
        Step.objects.create(
            item=item, before=status, after=item.status, by=by, at=now, reason="Taken back at once"
        )
    recalling.recall(item=item)
    knocking.changed_here(item=item, now=now)
    record(
        by=by,
        verb="item.taken_back",
        subject=item.incident.ref,
        sentence=f"took back a change of item R{item.number}",
        number=item.number,
    )


def _snapshot(item: Item) -> dict[str, Any]:
    encoder = DjangoJSONEncoder()
    kept = {name: getattr(item, name) for name in KEPT}
    return {
        name: encoder.default(value) if isinstance(value, date) else value for name, value in kept.items()
    }


def _read(before: dict[str, Any]) -> dict[str, Any]:
    def value(name: str) -> Any:
        text = before.get(name)
        if name.endswith("_on"):
            return parse_date(text) if text else None
        return (parse_datetime(text) if text else None) if name.endswith("_at") else text

    return {name: value(name) for name in KEPT}
