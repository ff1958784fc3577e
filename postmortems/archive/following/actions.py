from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import Team, User
from postmortems.accounts.permissions import Permission
from postmortems.archive.following import facets
from postmortems.archive.models import Declined, HouseChannel, Subscription, Telling
from postmortems.audit.log import record
from postmortems.notices import chat
from postmortems.notices.models import Channel
from postmortems.remediation.models import TeamChannel

How = Subscription.How
MOST = 100  # of one reader
MOST_CHANNELS = 20  # of the whole organisation


class NotPossible(Exception):
    """Why not, in a sentence for whoever asked."""


def may_keep(user: User, channel: Channel) -> bool:
    """Whether one may say what a channel hears of: its team's people and administrators; of the whole, these alone."""
    if HouseChannel.objects.filter(channel=channel).exists():
        return user.may(Permission.MANAGE_SETTINGS)
    place = TeamChannel.objects.filter(channel=channel).first()
    if place is None:
        return False
    return user.may(Permission.MANAGE_PEOPLE) or user.teams.filter(pk=place.team_id).exists()


def follow(
    *, by: User, facet: str, now: datetime, how: str = How.AT_ONCE, team: Team | None = None, channel: Channel | None = None,
) -> Subscription:  # fmt: skip
    """Hear of what is published from now on, oneself or in a channel that one keeps; twice is once, as said last."""
    if how not in How.values:
        raise NotPossible("Choose how to hear of it.")
    if channel and not may_keep(by, channel):
        raise NotPossible("The channels of a team are kept by its people and by administrators.")
    if channel:
        team = Team.objects.filter(channels__channel=channel).first()
    elif team and not by.teams.filter(pk=team.pk).exists():
        raise NotPossible(f"You are not of {team}.")
    reader = {"channel": channel} if channel else {"user": by}
    with transaction.atomic():
        if Subscription.objects.filter(**reader).exclude(facet=facet).count() >= MOST:
            raise NotPossible(f"There is room for {MOST}. Follow everything instead?")
        made, _ = Subscription.objects.update_or_create(
            **reader, facet=facet, defaults={"how": how, "team": team}, create_defaults={"how": how, "team": team, "since": now, **reader}
        )  # fmt: skip
        Telling.objects.filter(**reader, state=Telling.State.WAITING).update(look_at=now)
        if not channel and how != How.NEVER:
            Declined.objects.filter(address__iexact=by.email).delete()
        record(
            by=by, verb="archive.followed", subject=_whose(made), sentence=f"had {_who(made)} hear of {_what(made)}: {how}",
        )  # fmt: skip
    return made


def unfollow(*, subscription: Subscription, by: User) -> None:
    if not may_change(by, subscription):
        raise NotPossible("This is somebody else's.")
    with transaction.atomic():
        what, who, whose = _what(subscription), _who(subscription), _whose(subscription)
        subscription.delete()
        record(by=by, verb="archive.unfollowed", subject=whose, sentence=f"had {who} hear of {what} no more")


def may_change(user: User, subscription: Subscription) -> bool:
    if subscription.channel:
        return may_keep(user, subscription.channel)
    return subscription.user_id == user.pk


def end_letters(*, person: User, now: datetime) -> int:
    """No letter about publications any more; what was followed stays on its page, to be heard of again."""
    with transaction.atomic():
        stopped = Subscription.objects.filter(user=person).heard().update(how=How.NEVER)
        Declined.objects.get_or_create(address=person.email.lower(), defaults={"at": now})
        record(by=person, verb="archive.letters_ended", subject=person.email, sentence="wanted no letters about publications any more")  # fmt: skip
    return stopped


def decline(*, address: str, now: datetime) -> None:
    """The owner of an address without an account wants no announcements any more."""
    with transaction.atomic():
        Declined.objects.get_or_create(address=address.lower(), defaults={"at": now})
        record(by=None, verb="archive.letters_ended", subject="an address without an account", sentence="stopped announcements to an address, as its owner asked")  # fmt: skip


# --- channels of the whole organisation --------------------------------------------------------------


def add_house_channel(*, by: User, kind: str, name: str, address: str, zone: str) -> HouseChannel:
    """A chat of everybody's, where publications may be announced. Its address is sealed and shown to nobody again."""
    with transaction.atomic():
        if HouseChannel.objects.count() >= MOST_CHANNELS:
            raise NotPossible(f"There is room for {MOST_CHANNELS} channels.")
        try:
            channel = chat.open_channel(kind=kind, name=name, address=address)
        except chat.NotOpened as error:
            raise NotPossible(str(error)) from None
        made = HouseChannel.objects.create(channel=channel, zone=zone, added_by=by)
        record(
            by=by, verb="channel.added", subject="the organisation", sentence=f"had publications told in {channel.name} at {channel.host}"
        )  # fmt: skip
    return made


def try_house_channel(*, place: HouseChannel, by: User, now: datetime) -> None:
    """Send a word to the channel, so that its people know what comes and that it arrives."""
    with transaction.atomic():
        chat.send(
            channel=place.channel,
            title="Incident reviews are announced here",
            lines=[(f"{by} asked for this message, to see that it arrives.", "")],
            key=f"house channel {place.pk} tried {now.isoformat()}",
            now=now,
        )
        record(
            by=by,
            verb="channel.tried",
            subject="the organisation",
            sentence=f"sent a word to {place.channel}",
        )


def remove_house_channel(*, place: HouseChannel, by: User) -> None:
    """The channel with its address, what it follows and what still waits for it."""
    with transaction.atomic():
        channel = place.channel
        place.delete()
        channel.delete()
        record(
            by=by, verb="channel.removed", subject="the organisation", sentence=f"took {channel.name} away"
        )


def _what(subscription: Subscription) -> str:
    return facets.named([subscription.facet]).get(subscription.facet, "something that is gone")


def _who(subscription: Subscription) -> str:
    return str(subscription.channel) if subscription.channel else "themselves"


def _whose(subscription: Subscription) -> str:
    if subscription.channel:
        return str(subscription.team) if subscription.team else "the organisation"
    return subscription.user.email
