from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import Team, User
from postmortems.audit.log import record
from postmortems.notices import chat
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.models import Hearing, TeamChannel

MOST_CHANNELS = 5  # of one team


def choose_hearing(
    *, by: User, how: str, hour: int, ahead: bool, of_teams: bool, of_all: bool | None
) -> Hearing:
    """How one wants to hear of items from now on; what waits already follows it, too."""
    with transaction.atomic():
        hearing, _ = Hearing.objects.update_or_create(
            user=by,
            defaults={"how": how, "hour": hour, "ahead": ahead, "of_teams": of_teams, "of_all": of_all},
        )
        record(by=by, verb="hearing.chosen", subject=by.email, sentence="chose how to hear of items", how=how)
    return hearing


def add_channel(*, team: Team, by: User, kind: str, name: str, address: str, zone: str) -> TeamChannel:
    """A chat in which a team hears of its items. The address is sealed and shown to nobody again."""
    with transaction.atomic():
        Team.objects.select_for_update().only("pk").get(pk=team.pk)
        if team.channels.count() >= MOST_CHANNELS:
            raise NotPossible(f"A team has room for {MOST_CHANNELS} channels.")
        try:
            channel = chat.open_channel(kind=kind, name=name, address=address)
        except chat.NotOpened as error:
            raise NotPossible(str(error)) from None
        place = TeamChannel.objects.create(team=team, channel=channel, zone=zone, added_by=by)
        record(
            by=by, verb="channel.added", subject=team.name,
            sentence=f"had {team} hear of its items in {channel.name} at {channel.host}",
        )  # fmt: skip
    return place


def try_channel(*, place: TeamChannel, by: User, now: datetime) -> None:
    """Send a word to the channel, so that its people know what comes and that it arrives."""
    with transaction.atomic():
        chat.send(
            channel=place.channel,
            title=f"{place.team} hears of its remediation items here",
            lines=[(f"{by} asked for this message, to see that it arrives.", "")],
            key=f"channel {place.pk} tried {now.isoformat()}",
            now=now,
        )
        record(
            by=by, verb="channel.tried", subject=place.team.name, sentence=f"sent a word to {place.channel}"
        )


def remove_channel(*, place: TeamChannel, by: User) -> None:
    """The channel with its address, and what still waits for it."""
    with transaction.atomic():
        team, channel = place.team, place.channel
        place.delete()
        channel.delete()
        record(by=by, verb="channel.removed", subject=team.name, sentence=f"took {channel.name} from {team}")
