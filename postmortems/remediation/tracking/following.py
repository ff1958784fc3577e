"""Comparing an item with its issue: what changed there is taken, what changed here is told, and both is a conflict.

Taken by the rules every change of an item has, as nobody's doing but the tracker's, which the step names. What those
rules do not allow is a conflict with their sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date

from postmortems.accounts.models import User
from postmortems.remediation import actions
from postmortems.remediation.models import Item, Tracked, TrackerLogin
from postmortems.remediation.tracking import meaning
from postmortems.remediation.tracking.issues import Assignee, Issue
from postmortems.remediation.tracking.meaning import Verdict, compare, meaning_of, told_as, usual
from postmortems.remediation.tracking.vendors import Vendor


@dataclass
class Outcome:
    tell_status: str = ""
    tell_due: tuple[date | None] | None = None  # one date, or none
    conflict: dict[str, dict[str, Any]] = field(default_factory=dict)


def follow(tracked: Tracked, issue: Issue, vendor: Vendor, *, now: datetime) -> Outcome:
    """What is to be told to the tracker. What it said and what was agreed is kept with the changes that follow."""
    with transaction.atomic():
        item = (
            Item.objects.select_for_update(of=("self",))
            .select_related("incident", "owner")
            .get(pk=tracked.item_id)
        )
        row = Tracked.objects.select_for_update().get(pk=tracked.pk)
        tracked.agreed, tracked.seen_at, asked_for = row.agreed, row.seen_at, row.look_at
        outcome = Outcome()
        if row.seen_at and issue.updated_at < row.seen_at:
            return outcome  # an answer from before what we know, by a server that lags
        item = _status(tracked, item, issue, vendor, outcome, now)
        if vendor.knows_due:
            item = _due(tracked, item, issue, outcome, now)
        _owner(tracked, item, issue, outcome, now)
        keep_seen(tracked, issue)
        tracked.conflict, tracked.gone = outcome.conflict, ""
        tracked.save(update_fields=["agreed", "conflict", "gone"])
        # what was just done here asks for no further look
        Tracked.objects.filter(pk=tracked.pk).update(look_at=asked_for)
    return outcome


def keep_seen(tracked: Tracked, issue: Issue) -> None:
    """What the issue says by now; an older answer takes nothing back."""
    who = issue.assignee
    tracked.key, tracked.url = issue.key, issue.url[:500]
    tracked.seen = {
        "title": issue.title, "state": issue.state, "assignee": (who.name or who.login) if who else "",
        "login": who.login if who else "", "known": person_of(tracked, who) is not None, "due": issue.due.isoformat() if issue.due else "",
    }  # fmt: skip
    tracked.seen_at = max(issue.updated_at, tracked.seen_at or issue.updated_at)
    tracked.save(update_fields=["key", "url", "seen", "seen_at"])


def agree(tracked: Tracked, **fields: Any) -> None:
    """Keep what both agreed on of some fields, and nothing else: somebody may decide on another one meanwhile."""
    with transaction.atomic():
        row = Tracked.objects.select_for_update().get(pk=tracked.pk)
        tracked.agreed = row.agreed | fields
        tracked.save(update_fields=["agreed"])


# --- status ------------------------------------------------------------------------------------------


def status_there(tracked: Tracked, issue: Issue) -> str:
    return meaning_of(issue.states, usual(tracked.tracker.kind, tracked.tracker.meanings))


def _status(
    tracked: Tracked, item: Item, issue: Issue, vendor: Vendor, outcome: Outcome, now: datetime
) -> Item:
    there, here = status_there(tracked, issue), told_as(item.status, vendor.tells)
    base = tracked.agreed.get("status")
    if there == here:
        tracked.agreed.pop("status_refused", None)
    if not there:  # a state that says nothing
        there = base[0] if base else here
    verdict = compare(base, there, here)
    if verdict == Verdict.TELL:
        outcome.tell_status = here
    elif verdict == Verdict.CONFLICT:
        outcome.conflict["status"] = _both(item.get_status_display(), issue.state, there, here)
    elif verdict == Verdict.TAKE:
        taken = _taken(item, lambda: _moved(item, tracked, there, now))
        if isinstance(taken, str):
            outcome.conflict["status"] = _both(item.get_status_display(), issue.state, there, here, taken)
        else:
            item, here = taken, told_as(taken.status, vendor.tells)
            tracked.agreed["status"] = [there, here]
    else:
        tracked.agreed["status"] = [there, here]
    return item


def _moved(item: Item, tracked: Tracked, there: str, now: datetime) -> Item:
    words = {
        "open": "Opened again",
        "in_progress": "Begun",
        "done": "Closed",
        "dropped": "Closed as not to be done",
    }
    reason = f"{words[there]} in {tracked.tracker}: {tracked}"
    for status in meaning.way_to(item.status, there):
        item = actions.move(item=item, by=None, status=status, reason=reason, now=now)
    return item


# --- the date ----------------------------------------------------------------------------------------


def _due(tracked: Tracked, item: Item, issue: Issue, outcome: Outcome, now: datetime) -> Item:
    there = issue.due.isoformat() if issue.due else ""
    here = item.due_on.isoformat() if item.due_on else ""
    if there == here:
        tracked.agreed.pop("due_refused", None)
    verdict = compare(tracked.agreed.get("due"), there, here)
    if verdict == Verdict.TELL:
        outcome.tell_due = (item.due_on,)
    elif verdict == Verdict.CONFLICT:
        outcome.conflict["due"] = _both(_day(item.due_on), _day(issue.due), there, here)
    elif verdict == Verdict.TAKE:
        taken = _taken(item, lambda: _edited(item, now, due_on=parse_date(there) if there else None))
        if isinstance(taken, str):
            outcome.conflict["due"] = _both(_day(item.due_on), _day(issue.due), there, here, taken)
        else:
            item, tracked.agreed["due"] = taken, [there, there]
    else:
        tracked.agreed["due"] = [there, here]
    return item


def _day(on: date | None) -> str:
    return f"{on:%-d %B %Y}" if on else ""


# --- the owner ---------------------------------------------------------------------------------------


def person_of(tracked: Tracked, who: Assignee | None) -> User | None:
    """Whom an assignee is here, by the list of logins or a mail address that is told; nobody is guessed."""
    if who is None:
        return None
    known = TrackerLogin.objects.filter(host=tracked.tracker.host, login__iexact=who.login).select_related(
        "user"
    )
    person = next((one.user for one in known), None)
    if person is None and who.email:
        person = User.objects.filter(email__iexact=who.email).first()
    return person if person and person.is_active else None


def _owner(tracked: Tracked, item: Item, issue: Issue, outcome: Outcome, now: datetime) -> None:
    """Only taken, never told: whom a tracker can assign is its own business."""
    there, here = issue.assignee.login if issue.assignee else "", item.owner_id
    person, base = person_of(tracked, issue.assignee), tracked.agreed.get("owner")
    moved_there = base is None or there != base[0]
    if person is None or not moved_there or person.pk == here:
        tracked.agreed["owner"] = [there, here]
    elif here is None or (base is not None and here == base[1]):
        taken = _taken(item, lambda: _edited(item, now, owner=person))
        if isinstance(taken, str):
            outcome.conflict["owner"] = _both(str(item.owner or ""), str(person), there, here, taken)
        else:
            tracked.agreed["owner"] = [there, person.pk]
    elif base is None:  # two that meet first: whose it is stays as it was promised here
        tracked.agreed["owner"] = [there, here]
    else:
        outcome.conflict["owner"] = _both(str(item.owner or ""), str(person), there, here)


# --- common to the three -----------------------------------------------------------------------------


def _edited(item: Item, now: datetime, **fields: Any) -> Item:
    return actions.edit_item(item=item, by=None, version=item.version, now=now, **fields)


def _taken(item: Item, change: Callable[[], Item]) -> Item | str:
    """The item as it is then, or why it cannot be."""
    try:
        with transaction.atomic():
            return change()
    except actions.NotPossible as error:
        return str(error)


def _both(ours: str, theirs: str, there: Any, here: Any, why: str = "") -> dict[str, Any]:
    """In words, and the two values themselves, by which a decision is taken and no later change overruled."""
    return {"ours": ours, "theirs": theirs, "there": there, "here": here, "why": why[:300]}
