from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.archive.announcing import noticing
from postmortems.archive.models import Announcement
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.notices.models import Channel
from postmortems.publication.models import Revision

MOST_ADDRESSES = 50
LONGEST = 1000  # of what is said: a letter is no write-up


class NotPossible(Exception):
    """Why not, in a sentence for whoever asked."""


def announce(
    *, incident: Incident, by: User, now: datetime, text: str = "", to_followers: bool = True, channels: Collection[Channel] = (),
    addresses: Collection[str] = (), revision: Revision | None = None,
) -> Announcement:  # fmt: skip
    """Say of a revision, or of the next one that is published, what is told and to whom beside its followers.

    A revision can be announced to more readers later; who was told is not told again. Raises NotPossible.
    """
    addresses = sorted({address.strip().lower() for address in addresses if address.strip()})
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        _check(locked, revision, channels, addresses)
        made, _ = Announcement.objects.update_or_create(
            incident=locked, revision=revision,
            defaults={
                "text": text.replace("\x00", "").strip()[:LONGEST], "to_followers": to_followers, "addresses": addresses, "by": by,
                "written_at": now,
            },
        )  # fmt: skip
        made.channels.set(channels)
        if revision:
            noticing.tell(made, now=now)
        what = f"revision {revision.number}" if revision else "the next publication"
        record(
            by=by, verb="publication.announced", subject=locked.ref, sentence=f"said whom to tell of {what}",
            followers=to_followers, channels=[channel.name for channel in channels], addresses=len(addresses),
        )  # fmt: skip
    return made


def _check(incident: Incident, revision: Revision | None, channels: Collection[Channel], addresses: Collection[str]) -> None:  # fmt: skip
    if revision and not noticing.is_newest(revision):
        raise NotPossible("There is a newer revision, or this one was withdrawn.")
    if incident.restricted and channels:
        raise NotPossible("Of a restricted incident nothing is told in a channel.")
    if len(addresses) > MOST_ADDRESSES:
        raise NotPossible(f"At most {MOST_ADDRESSES} addresses. For more, let them follow the feed.")
    if incident.restricted and (outside := _without_account(addresses)):
        raise NotPossible(f"Of a restricted incident nobody outside is told: {', '.join(outside)}.")


def _without_account(addresses: Collection[str]) -> list[str]:
    known = set(User.objects.active().filter(email__in=addresses).values_list("email", flat=True))
    return [address for address in addresses if address not in known]
