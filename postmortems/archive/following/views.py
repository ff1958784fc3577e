from __future__ import annotations

from zoneinfo import available_timezones

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.accounts.access import organisation_view
from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.archive.following import actions, facets, links
from postmortems.archive.following.forms import FollowForm, readers
from postmortems.archive.models import HouseChannel, Subscription
from postmortems.remediation.reminding.views import ChannelForm


@require_http_methods(["GET", "HEAD", "POST"])
def following(request):
    """What I and the channels I keep hear of."""
    form = FollowForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.follow(by=request.user, now=timezone.now(), **form.said())
            messages.success(request, "You hear of what is published from now on.")
            return redirect("archive:following")
        except actions.NotPossible as why:
            form.add_error(None, str(why))
    return TemplateResponse(
        request,
        "archive/following.html",
        {
            "form": form,
            "rows": _rows(request.user),
            "hows": Subscription.How.choices,
            "keeps_house": request.user.may(Permission.MANAGE_SETTINGS),
        },
    )


def _rows(user: User) -> list[Subscription]:
    kept = [who.removeprefix("channel ") for who, _ in readers(user) if who.startswith("channel ")]
    found = list(
        Subscription.objects.filter(Q(user=user) | Q(channel__in=kept)).select_related("channel", "team")
    )
    names = facets.named(row.facet for row in found)
    for row in found:
        row.name = names.get(row.facet, "Something that is gone")
    return sorted(found, key=lambda row: (row.channel_id or 0, row.facet != facets.ALL, row.name.lower()))


@require_POST
def follow(request):
    """A button beside what is looked at: `facet` and `value` as in the address of a search."""
    try:
        facet = facets.of(request.POST.get("facet", ""), request.POST.get("value", ""))
        actions.follow(by=request.user, facet=facet, now=timezone.now())
        name = facets.named([facet])[facet]
        messages.success(request, f"You hear by mail when something is published: {name}.")
    except facets.NoSuchFacet:
        messages.error(request, "There is nothing of that name to follow.")
    except actions.NotPossible as why:
        messages.error(request, str(why))
    return _back(request)


@require_POST
def change(request, pk):
    """Another way to hear of it, or none."""
    row = get_object_or_404(Subscription.objects.select_related("user", "channel", "team"), pk=pk)
    if not actions.may_change(request.user, row):
        raise Http404
    if request.POST.get("what") == "remove":
        actions.unfollow(subscription=row, by=request.user)
        messages.success(request, "You hear of it no more.")
        return redirect("archive:following")
    team = request.user.teams.filter(pk=row.team_id).first() if row.user_id else None
    try:
        actions.follow(
            by=request.user, facet=row.facet, how=request.POST.get("how", ""), team=team, channel=row.channel, now=timezone.now()
        )  # fmt: skip
        messages.success(request, "Saved.")
    except actions.NotPossible as why:
        messages.error(request, str(why))
    return redirect("archive:following")


def _back(request):
    where = request.POST.get("next", "")
    fine = url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()}, require_https=request.is_secure())  # fmt: skip
    return redirect(where) if fine and where.startswith("/archive/") else redirect("archive:following")


@csrf_exempt  # a mail program presses the button, without a page and a cookie; the key is the secret
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end_letters(request, key):
    """GET changes nothing: mail scanners follow links. A POST ends the letters, also by one click (RFC 8058)."""
    reader = links.reader_of(key)
    if reader is None:
        raise Http404("This address is not complete. Copy it whole from the letter.")
    if request.method == "POST":
        if isinstance(reader, User):
            actions.end_letters(person=reader, now=timezone.now())
        else:
            actions.decline(address=reader, now=timezone.now())
    return TemplateResponse(
        request, "archive/end_letters.html", {"ended": request.method == "POST", "has_account": isinstance(reader, User)}
    )  # fmt: skip


# --- channels of the whole organisation --------------------------------------------------------------


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def channels(request):
    zone = request.user.zone if request.user.zone in available_timezones() else "UTC"
    form = ChannelForm(request.POST or None, initial={"zone": zone})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_house_channel(by=request.user, **form.cleaned_data)
            messages.success(request, "It is kept. Send a word to see that it arrives.")
            return redirect("archive:channels")
        except actions.NotPossible as why:
            form.add_error("address", str(why))
    found = list(HouseChannel.objects.select_related("channel", "added_by"))
    for place in found:
        place.last = place.channel.messages.order_by("-pk").first()
    return TemplateResponse(request, "archive/channels.html", {"form": form, "channels": found})


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def change_channel(request, pk):
    place = get_object_or_404(HouseChannel.objects.select_related("channel"), pk=pk)
    if request.POST.get("what") == "remove":
        actions.remove_house_channel(place=place, by=request.user)
        messages.success(request, "Nothing is written there any more.")
    else:
        actions.try_house_channel(place=place, by=request.user, now=timezone.now())
        messages.success(request, "A word is on its way. Whether it arrived stands here in a moment.")
    return redirect("archive:channels")
