"""One look at an item and its issue: make it where there is none, read it, take what changed, tell what changed.

Making is exactly once. That it was asked for is written before it is asked; whoever finds that written and no key
looks for the mark that the issue bears, and makes another only when there is none, some minutes later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse

from postmortems.audit.log import record
from postmortems.remediation.models import Item, Tracked, Tracker
from postmortems.remediation.tracking import following, holding
from postmortems.remediation.tracking.asking import Away, Gone, Refused, Trouble
from postmortems.remediation.tracking.vendors import Vendor, vendor_of
from postmortems.remediation.tracking.words import Words, words_of

log = logging.getLogger(__name__)
OVER = ("verified", "dropped")
SETTLES = timedelta(minutes=3)  # until then a tracker may still do what it was asked, or not find it yet
SLACK = timedelta(hours=1)  # by which clocks differ at most
FAULT = "Something went wrong here, and is told in the worker’s log. It is tried again."


class NotYet(Exception):
    """What was asked may still come about; it is looked at again then."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


def look(pk: int, *, now: datetime) -> bool:
    """Whether a look was taken to its end. One that is not due, or somebody else's, is left alone."""
    tracked = holding.take(pk, now=now)
    if tracked is None:
        return False
    next_at = now + holding.NOW_AND_THEN
    try:
        vendor = vendor_of(tracked.tracker, now=now)
        _look(tracked, vendor, now)
        holding.has_answered(tracked.tracker, now=now)
        if Item.objects.filter(pk=tracked.item_id, status__in=OVER).exists():
            next_at = now + holding.SELDOM
        return True
    except NotYet as not_yet:
        next_at = not_yet.at
    except Away as away:
        holding.is_away(tracked.tracker, away, now=now)
        next_at = _again(tracked, "", now)
    except Trouble as trouble:
        next_at = _again(tracked, str(trouble), now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Item %s could not be compared with its issue.", tracked.item_id)
        next_at = _again(tracked, FAULT, now)
    finally:
        holding.let_go(tracked, next_at=next_at)
    return False


def _again(tracked: Tracked, trouble: str, now: datetime) -> datetime:
    tracked.tries = min(tracked.tries + 1, 1000)
    tracked.trouble = trouble[:300]
    tracked.save(update_fields=["tries", "trouble"])
    return now + holding.pause(tracked.tries)


def _look(tracked: Tracked, vendor: Vendor, now: datetime) -> None:
    if not tracked.key:
        _make(tracked, vendor, now)
    try:
        issue = vendor.read(tracked.key)
    except Gone as gone:
        project_is_there(vendor)
        _is_gone(tracked, str(gone))
        return
    if issue.moved:
        _is_gone(tracked, f"It was moved to {issue.moved}. Link it anew where that is a tracker of ours.")
        return
    outcome = following.follow(tracked, issue, vendor, now=now)
    _tell(tracked, vendor, outcome)
    tracked.tries, tracked.trouble = 0, ""
    tracked.save(update_fields=["tries", "trouble"])


def project_is_there(vendor: Vendor) -> None:
    """Where the whole project is gone, or hidden from our token, nothing is known of one issue."""
    try:
        vendor.found()
    except Refused as refused:
        raise Away(str(refused)) from None


def _is_gone(tracked: Tracked, sentence: str) -> None:
    tracked.gone, tracked.tries, tracked.trouble, tracked.conflict = sentence[:300], 0, "", {}
    tracked.save(update_fields=["gone", "tries", "trouble", "conflict"])


# --- making it ---------------------------------------------------------------------------------------


def _make(tracked: Tracked, vendor: Vendor, now: datetime) -> None:
    words, earlier = words_for(tracked), tracked.asked_at
    if earlier is not None:
        if now < earlier + SETTLES:
            raise NotYet(earlier + SETTLES)
        if key := vendor.made_since(tracked.made_at - SLACK, words.mark):
            _made(tracked, key)
            return
    _asked(tracked, now)
    try:
        key = vendor.make(words, tracked.item.due_on)
    except Trouble as trouble:
        if not trouble.doubt:
            _asked(tracked, earlier)
        if isinstance(trouble, Gone):
            project_is_there(vendor)
            raise Refused(str(trouble)) from None
        raise
    _made(tracked, key)


def _asked(tracked: Tracked, at: datetime | None) -> None:
    """Kept before the tracker is asked. Whoever was so slow that somebody else took the row over asks nothing."""
    mine = Tracked.objects.filter(pk=tracked.pk, held_until=tracked.held_until)
    if not mine.update(asked_at=at):
        raise NotYet(tracked.held_until)
    tracked.asked_at = at


def _made(tracked: Tracked, key: str) -> None:
    item = tracked.item
    with transaction.atomic():
        tracked.key = key
        tracked.save(update_fields=["key"])
        record(
            by=tracked.by, verb="item.issue_made", subject=item.incident.ref,
            sentence=f"had an issue made for R{item.number}: {tracked} in {tracked.tracker}",
        )  # fmt: skip


def words_for(tracked: Tracked) -> Words:
    item = tracked.item
    return words_of(
        what=item.what, how_we_know=item.how_we_know, ref=item.incident.ref, number=item.number,
        answers=list(item.conditions.order_by("number").values_list("number", flat=True)), due=item.due_on,
        link=settings.SITE_URL + reverse("remediation:item", args=[item.incident.ref, item.number]), marker=tracked.marker,
    )  # fmt: skip


# --- telling it --------------------------------------------------------------------------------------


def _tell(tracked: Tracked, vendor: Vendor, outcome: following.Outcome) -> None:
    """What a tracker does not take is not told again until one of the two changes; the item says so."""
    told: dict[str, Any] = {}
    if status := outcome.tell_status:
        told["status_refused"] = _refusal(lambda: vendor.tell_status(tracked.key, status))
    if outcome.tell_due:
        told["due_refused"] = _refusal(lambda: vendor.tell_due(tracked.key, outcome.tell_due[0]))
    if not told:
        return
    # what it is there by now, after it was told, is what both agreed on
    issue = vendor.read(tracked.key)
    if status:
        told["status"] = [following.status_there(tracked, issue), status]
    if outcome.tell_due:
        told["due"] = [_iso(issue.due), _iso(outcome.tell_due[0])]
    following.agree(tracked, **told)
    following.keep_seen(tracked, issue)


def _refusal(tell: Callable[[], None]) -> str:
    try:
        tell()
    except Refused as error:
        return str(error)[:300]
    return ""


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def due_rows(*, now: datetime, most: int) -> list[int]:
    """Rows to look at, the longest waiting first; those of a tracker that rests wait with it."""
    resting = Tracker.objects.filter(paused_until__gt=now).values("pk")
    rows = Tracked.objects.filter(look_at__lte=now, tracker__active=True).exclude(tracker__in=resting)
    return list(rows.order_by("look_at").values_list("pk", flat=True)[:most])
