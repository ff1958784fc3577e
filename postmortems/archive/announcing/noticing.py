"""From what was published or withdrawn to rows that say who is to be told of it.

1. Whoever follows a facet of its card is told, if they did when it was published or when somebody announced it; and
   whoever its announcement names. Nobody is told twice of a revision.
2. Who announces has `SETTLE` to write words for it; after that it is told in those of its summary. What was prepared
   before it was published is told at once.
3. Of a restricted incident only people are told who may open it: no channel, and no address without an account.
4. Somebody without an account reads what is public of it; as long as nothing is, they are not told.
5. Whoever was told of a revision that is withdrawn later is told that, too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from postmortems.accounts.models import User
from postmortems.archive.models import Announcement, Card, Declined, Subscription, Telling
from postmortems.incidents.models import Incident
from postmortems.publication.models import Audience, Revision, Twin, Withdrawal

SETTLE = timedelta(minutes=10)
RECENT = timedelta(days=7)  # what is older when it is found was brought in, or is no news
What, State = Telling.What, Telling.State
log = logging.getLogger(__name__)


def notice_all(*, now: datetime) -> None:
    """Look at everything that is new. Twice or late does no harm."""
    fresh = Revision.objects.filter(published_at__gt=now - RECENT, published_at__lte=now, announcement=None)
    withdrawn = Withdrawal.objects.filter(at__gt=now - RECENT)
    for look, numbers in (
        (notice, list(fresh.order_by("pk").values_list("pk", flat=True))),
        (notice_withdrawal, list(withdrawn.order_by("pk").values_list("pk", flat=True))),
    ):
        for pk in numbers:
            try:
                look(pk, now=now)
            except Exception:  # one of them keeps nothing from the others; it is looked at again
                log.exception("A publication could not be looked at for those who follow it.")


def notice(revision_id: int, *, now: datetime) -> bool:
    """Write who is to be told of a revision; False when it is too early, or somebody else is at it."""
    with transaction.atomic():
        revision = (
            Revision.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("incident")
            .defer("content", "html", "words")
            .filter(pk=revision_id, announcement=None)
            .first()
        )
        if revision is None:
            return False
        if not is_newest(revision):
            Announcement.objects.create(
                incident=revision.incident, revision=revision, to_followers=False, written_at=now
            )
            return True
        prepared = Announcement.objects.filter(incident=revision.incident, revision=None).first()
        if prepared is None and revision.published_at > now - SETTLE:
            return False
        if prepared:
            prepared.revision = revision
            prepared.save(update_fields=["revision"])
        else:
            prepared = Announcement.objects.create(
                incident=revision.incident, revision=revision, written_at=now
            )
        tell(prepared, now=now)
    return True


def is_newest(revision: Revision) -> bool:
    """Whether it is what one reads of its incident now: the newest, and not withdrawn."""
    standing = Revision.objects.standing().filter(incident=revision.incident_id)
    return standing.aggregate(newest=Max("number"))["newest"] == revision.number


def tell(announcement: Announcement, *, now: datetime) -> int:
    """Write a row for each reader of an announcement who has none yet; how many readers it has in all."""
    revision = announcement.revision
    given = {"revision": revision, "made_at": now, "look_at": now}
    # who announces it by hand means everybody who follows it by now
    since = revision.published_at if announcement.by_id is None else now
    followers = list(_followers(revision, since)) if announcement.to_followers else []
    rows = [Telling(**one, **given, asked_for=True) for one in _named(announcement)]
    rows += [Telling(**one, **given) for one in followers]
    Telling.objects.bulk_create(rows, ignore_conflicts=True)
    # somebody who follows it may be named as well: a name weighs more than how they chose to hear
    Telling.objects.filter(
        revision=revision,
        what=What.PUBLISHED,
        user__in=[row.user for row in rows if row.asked_for and row.user],
    ).update(asked_for=True, look_at=now)
    return len(rows)


def followers(incident: Incident, facets: Iterable[str]):
    """Subscriptions that a card with these facets would be told to, as far as their readers may open it."""
    found = Subscription.objects.heard().filter(facet__in=list(facets))
    if incident.restricted:
        found = found.filter(user__in=incident.circle.values("user"))
    return found


def _followers(revision: Revision, since: datetime) -> Iterable[dict]:
    card = Card.objects.filter(revision=revision).only("facets").first()
    if card is None:
        return
    found = followers(revision.incident, card.facets).filter(since__lte=since)
    seen = set()
    for user, channel in found.values_list("user", "channel"):
        if (user, channel) not in seen:
            seen.add((user, channel))
            yield {"user_id": user} if user else {"channel_id": channel}


def _named(announcement: Announcement) -> Iterable[dict]:
    """Who is named in an announcement; an address of somebody with an account is theirs."""
    restricted = announcement.incident.restricted
    wanted = {address.lower() for address in announcement.addresses}
    wanted -= {one.lower() for one in Declined.objects.values_list("address", flat=True)} if wanted else set()
    people = {user.email.lower(): user for user in User.objects.filter(email__in=wanted)}
    for address in sorted(wanted):
        if user := people.get(address):
            if (
                user.is_active
                and Incident.objects.visible_to(user).filter(pk=announcement.incident_id).exists()
            ):
                yield {"user": user}
        elif not restricted and twin_of(announcement.revision):
            yield {"address": address}
    if not restricted:
        for channel in announcement.channels.all():
            yield {"channel": channel}


def twin_of(revision: Revision) -> Twin | None:
    """What everybody may read of it. What is for partners is not sent to an address: nobody could tell whose it is."""
    if not settings.PUBLIC_SIDE:
        return None
    found = Twin.objects.standing().filter(incident=revision.incident_id, audience=Audience.PUBLIC)
    return found.defer("html", "words").order_by("-number").first()


def notice_withdrawal(withdrawal_id: int, *, now: datetime) -> int:
    """Have everybody who was told of what is withdrawn hear of that; what waited is told no more."""
    with transaction.atomic():
        withdrawal = Withdrawal.objects.select_related("revision", "twin__revision").get(pk=withdrawal_id)
        revision = withdrawal.revision or withdrawal.twin.revision
        told = Telling.objects.filter(
            revision__incident=revision.incident_id,
            revision__number__lte=revision.number,
            what=What.PUBLISHED,
        )
        if withdrawal.twin:  # outsiders alone read it, and they may have the other one left
            told = told.none() if twin_of(revision) else told.exclude(address="")
        told.filter(state=State.WAITING).update(state=State.PASSED)
        readers = told.filter(state=State.SENT).values_list("user", "channel", "address").distinct()
        rows = [
            Telling(revision=revision, what=What.WITHDRAWN, user_id=user, channel_id=channel, address=address, asked_for=True, made_at=now, look_at=now)
            for user, channel, address in readers
        ]  # fmt: skip
        Telling.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def keep_quiet(revision: Revision, *, now: datetime) -> None:
    """Nobody is told of a write-up that was brought in: it is no news."""
    Announcement.objects.create(
        incident=revision.incident, revision=revision, to_followers=False, written_at=now
    )
