"""Where the people of the demo work besides: a tracker with two of the items, and the chat of a team.

Both are at addresses that do not exist and nothing is asked of them: what the tracker said is told here, and it is
stopped before the transaction ends in which a worker would be sent to it; the one message to the chat counts as sent.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from postmortems.accounts.models import Team, User
from postmortems.incidents.models import Incident
from postmortems.notices.models import ChatMessage, Letter
from postmortems.remediation import actions as remediation
from postmortems.remediation.models import Item, Tracked, Tracker
from postmortems.remediation.reminding import actions as reminding
from postmortems.remediation.tracking import actions as tracking
from postmortems.remediation.tracking.following import follow
from postmortems.remediation.tracking.issues import Assignee, Issue
from postmortems.remediation.tracking.vendors import vendor_of


def elsewhere(
    incident: Incident, people: dict[str, User], told: dict[str, Any], *, by: User, decided: datetime
) -> None:
    with transaction.atomic():
        tracker, _ = tracking.add_tracker(by=by, token=secrets.token_urlsafe(24), **told["tracker"])
        for key, login in told["logins"].items():
            tracking.set_login(tracker=tracker, by=by, user=people[key], login=login, now=decided)
        for one in told["issues"]:
            item = incident.items.get(number=one["item"])
            worked_on(item, tracker, one, people[one["by"]], told["logins"][one["by"]], decided)
        last = decided + timedelta(days=max(seen["days"] for one in told["issues"] for seen in one["seen"]))
        Tracker.objects.filter(pk=tracker.pk).update(answered_at=last, heard_at=last, seen_until=last)
        tracking.set_active(tracker=tracker, by=by, active=False)
    chat(people[told["chat"]["by"]], told["chat"], decided)


def worked_on(
    item: Item, tracker: Tracker, told: dict[str, Any], by: User, login: str, decided: datetime
) -> None:
    """An issue linked when it was decided on, and what both sides did since."""
    url, due_on = f"{tracker.address}/browse/{told['key']}", item.due_on
    tracked = tracking.link_issue(item=item, tracker=tracker, by=by, address=url, now=decided)
    vendor = vendor_of(tracker, now=decided)
    for number, seen in enumerate(told["seen"]):
        at = decided + timedelta(days=seen["days"])
        if number and "later_here" in told:
            postponed(item, by, told["later_here"], at)
        issue = Issue(
            key=told["key"], url=url, title=item.what, states=tuple(seen["states"]), updated_at=at,
            assignee=Assignee(login, by.name), due=due_on + timedelta(days=seen.get("later", 0)),
        )  # fmt: skip
        follow(tracked, issue, vendor, now=at)
    Tracked.objects.filter(pk=tracked.pk).update(look_at=None)


def postponed(item: Item, by: User, days: int, at: datetime) -> None:
    item.refresh_from_db()
    remediation.edit_item(
        item=item, by=by, version=item.version, due_on=item.due_on + timedelta(days=days), now=at
    )


def chat(by: User, told: dict[str, Any], now: datetime) -> None:
    """Of a team that owns nothing here, so that nothing is ever due to be written to it."""
    told = dict(told)
    team = Team.objects.get(name=told.pop("team"))
    told |= {"by": by, "address": told["address"] + secrets.token_urlsafe(18)}
    with transaction.atomic():
        place = reminding.add_channel(team=team, **told)
        reminding.try_channel(place=place, by=by, now=now)
        ChatMessage.objects.filter(channel=place.channel).update(state=Letter.State.SENT, sent_at=now)
