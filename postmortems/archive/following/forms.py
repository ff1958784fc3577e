from __future__ import annotations

from django import forms

from postmortems.accounts.models import Team, User
from postmortems.accounts.permissions import Permission
from postmortems.archive.following import facets
from postmortems.archive.models import HouseChannel, Subscription
from postmortems.incidents.models import Service, Severity
from postmortems.notices.models import Channel
from postmortems.remediation.models import TeamChannel

SHOWN = 500  # of one kind; more are followed from the page of what is found


class FollowForm(forms.Form):
    what = forms.ChoiceField(label="What")
    tag = forms.CharField(
        label="Or what is tagged",
        max_length=40,
        required=False,
        help_text="In the place of the choice above.",
    )
    how = forms.ChoiceField(label="How", choices=Subscription.How.choices[:2])
    who = forms.ChoiceField(label="Who hears of it")

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["what"].choices = [
            (facets.ALL, "Everything that is published"),
            ("Services", [(f"service:{row.pk}", row.name) for row in Service.objects.all()[:SHOWN]]),
            ("Teams", [(f"team:{row.pk}", f"Incidents of {row.name}") for row in Team.objects.all()[:SHOWN]]),
            ("Severities", [(f"severity:{row.pk}", row.name) for row in Severity.objects.all()]),
        ]
        self.fields["who"].choices = readers(user)

    def said(self) -> dict:
        """What `actions.follow` takes."""
        data = self.cleaned_data
        tag = " ".join(data["tag"].replace("\x00", "").split()).lower()
        return {
            "facet": f"tag:{tag}" if tag else data["what"],
            "how": data["how"],
            **reader(self.user, data["who"]),
        }


def readers(user: User) -> list[tuple[str, str]]:
    """For whom one may follow something: oneself, for a team of one's, the channels that one keeps."""
    found = [("me", "I, by mail")]
    found += [(f"team {team.pk}", f"I, by mail, for {team.name}") for team in user.teams.all()]
    places = TeamChannel.objects.select_related("channel", "team")
    if not user.may(Permission.MANAGE_PEOPLE):
        places = places.filter(team__in=user.teams.all())
    found += [(f"channel {place.channel_id}", f"{place.channel.name}, of {place.team}") for place in places]
    if user.may(Permission.MANAGE_SETTINGS):
        house = HouseChannel.objects.select_related("channel")
        found += [(f"channel {one.channel_id}", f"{one.channel.name}, of everybody") for one in house]
    return found


def reader(user: User, who: str) -> dict:
    kind, _, pk = who.partition(" ")
    if kind == "team":
        return {"team": user.teams.get(pk=pk)}
    return {"channel": Channel.objects.get(pk=pk)} if kind == "channel" else {}
