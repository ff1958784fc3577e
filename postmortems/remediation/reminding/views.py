from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.accounts.models import Team, zone_choices
from postmortems.accounts.permissions import Permission
from postmortems.notices.models import Channel
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.calendar import feed
from postmortems.remediation.models import Hearing, ItemCalendar
from postmortems.remediation.reminding import actions

HOURS = [(hour, f"{hour:02d}:00") for hour in range(9, 18)]  # the decent ones


class HearingForm(forms.Form):
    how = forms.ChoiceField(label="Reminders", choices=Hearing.How.choices, widget=forms.RadioSelect)
    hour = forms.TypedChoiceField(
        label="Not before", choices=HOURS, coerce=int, help_text="On your clock, on days on which you work."
    )
    ahead = forms.BooleanField(label="Also a week before a date", required=False)
    of_teams = forms.BooleanField(label="Also what is a week overdue in my teams", required=False)
    of_all = forms.BooleanField(
        label="Also what is two weeks overdue anywhere",
        required=False,
        help_text="For whoever answers for the whole; only what you may read.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hearing(request):
    """How I want to hear of items: letters, and the calendar."""
    standing = Hearing.objects.filter(user=request.user).first() or Hearing(user=request.user)
    of_all = request.user.role == "administrator" if standing.of_all is None else standing.of_all
    initial = {
        "how": standing.how, "hour": standing.hour, "ahead": standing.ahead, "of_teams": standing.of_teams, "of_all": of_all,
    }  # fmt: skip
    form = HearingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.choose_hearing(by=request.user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("remediation:hearing")
    key = ItemCalendar.objects.filter(user=request.user).first()
    return TemplateResponse(
        request,
        "remediation/hearing.html",
        {"form": form, "key": key, "address": feed.address_of(key) if key else ""},
    )


# --- the chat of a team ------------------------------------------------------------------------------


class ChannelForm(forms.Form):
    kind = forms.ChoiceField(label="Which chat", choices=Channel.Kind.choices)
    name = forms.CharField(label="Name of the channel", max_length=80)
    address = forms.CharField(
        label="Its webhook address",
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="An incoming webhook of Slack or Mattermost, or the webhook of a Teams workflow. It is kept sealed and not shown again.",
    )
    zone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        help_text="Messages come between 09:00 and 18:00 on working days.",
    )


def _team(request, slug: str) -> Team:
    """Its people and administrators may say where it hears of its items."""
    team = get_object_or_404(Team, slug=slug)
    belongs = request.user.teams.filter(pk=team.pk).exists()
    if not belongs and not request.user.may(Permission.MANAGE_PEOPLE):
        raise PermissionDenied("The channels of a team are kept by its people and by administrators.")
    return team


@require_http_methods(["GET", "HEAD", "POST"])
def channels(request, slug):
    team = _team(request, slug)
    zone = request.user.zone if request.user.zone in available_timezones() else "UTC"
    form = ChannelForm(request.POST or None, initial={"zone": zone})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_channel(team=team, by=request.user, **form.cleaned_data)
            messages.success(request, "It is kept. Send a word to see that it arrives.")
            return redirect("remediation:channels", team.slug)
        except NotPossible as error:
            form.add_error("address", str(error))
    return TemplateResponse(
        request,
        "remediation/channels.html",
        {"team": team, "form": form, "channels": _told(team)},
    )


def _told(team: Team) -> list:
    """The channels, each with the last message to it, which says whether they arrive."""
    found = list(team.channels.select_related("channel", "added_by"))
    for place in found:
        place.last = place.channel.messages.order_by("-pk").first()
    return found


@require_POST
def change_channel(request, slug, pk):
    team = _team(request, slug)
    place = get_object_or_404(team.channels.select_related("channel", "team"), pk=pk)
    if request.POST.get("what") == "remove":
        actions.remove_channel(place=place, by=request.user)
        messages.success(request, "Nothing is written there any more.")
    else:
        actions.try_channel(place=place, by=request.user, now=timezone.now())
        messages.success(request, "A word is on its way. Whether it arrived stands here in a moment.")
    return redirect("remediation:channels", team.slug)
