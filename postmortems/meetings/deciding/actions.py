"""What becomes of parked ideas: decided once they have settled, or before with a reason. The items are remediation's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.meetings.deciding import letters
from postmortems.meetings.models import Meeting
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.settling import parked
from postmortems.remediation import actions as remediation
from postmortems.remediation.models import Item


@dataclass(frozen=True)
class Decision:
    """`how` is accept, propose or drop. Accepting takes an owner and a date, dropping a reason."""

    how: str
    owner: User | None = None
    due_on: date | None = None
    type: str = ""
    reason: str = ""
    early_reason: str = ""


def decide(*, item: Item, by: User, decision: Decision, version: int, now: datetime) -> Item:
    """Decide on a parked item in one step of the steps remediation knows. Raises NotPossible or Stale; nothing is half done."""
    if decision.how not in ("accept", "propose", "drop"):
        raise NotPossible("Choose what becomes of it.")
    item = Item.objects.select_related("incident").get(
        pk=item.pk
    )  # theirs stays as it is should this be refused
    try:
        with transaction.atomic():
            if decision.how == "drop":
                _unchanged(item, version)
                return _move(item, by, "dropped", decision, now)
            changes = {"owner": decision.owner, "due_on": decision.due_on}
            if decision.type in Item.Type.values:
                changes["type"] = decision.type
            item = remediation.edit_item(
                item=item, by=by, version=version, conditions=item.conditions.all(), **changes
            )
            item = _move(item, by, "proposed", decision, now)
            return _move(item, by, "accepted", decision, now) if decision.how == "accept" else item
    except remediation.Stale as stale:
        raise Stale(stale.item) from None
    except remediation.NotPossible as error:
        raise NotPossible(str(error)) from None


def _unchanged(item: Item, version: int) -> None:
    """Drop what was read, not what somebody made of it meanwhile."""
    standing = Item.objects.select_for_update().get(pk=item.pk)
    if standing.version != version:
        raise Stale(standing)


def _move(item: Item, by: User, status: str, decision: Decision, now: datetime) -> Item:
    return remediation.move(
        item=item, by=by, status=status, reason=decision.reason, early_reason=decision.early_reason, now=now
    )


def ask_to_decide(*, meeting: Meeting, now: datetime) -> bool:
    """Write to the lead reviewer that the parked ideas have settled, once; whether a letter was due."""
    with transaction.atomic():
        meeting = Meeting.objects.locked(meeting)
        due = meeting.state == Meeting.State.HELD and meeting.decide_from and meeting.decide_from <= now
        if not due or meeting.decide_asked_at:
            return False
        meeting.decide_asked_at = now
        meeting.save(update_fields=["decide_asked_at"])
        ideas = list(parked(meeting.incident))
        if ideas:
            letters.ask(meeting, ideas, now=now)
        record(by=None, verb="meeting.decide", subject=meeting.incident.ref, sentence="found that the parked items have settled", parked=len(ideas))  # fmt: skip
        return bool(ideas)
