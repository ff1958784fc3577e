from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.paging import page_of
from timelines.actions import NotPossible
from timelines.merging import actions, comparing, groups
from timelines.merging.traces import EXACT
from timelines.models import Comparison, Group

SHOWN, LISTED, AT_ONCE = 15, 50, 200


@incident_view(Permission.READ)
@require_safe
def same(request, incident):
    comparison, current = comparing.current(incident)
    found = groups.proposed(comparison, incident)
    if comparison.further_same and not found:
        comparison, current = comparing.anew(incident)
        found = groups.proposed(comparison, incident)
    page = page_of(request, found, size=SHOWN)
    page.object_list = groups.with_events(page.object_list, incident)
    made = groups.made(incident)
    return TemplateResponse(
        request,
        "timelines/same.html",
        {
            "incident": incident,
            "current": current,
            "cut": comparison.cut,
            "begin": comparison.begin,
            "end": comparison.end,
            "page": page,
            "further": comparison.further_same,
            "certain": ["-".join(map(str, one["events"])) for one in found if one["weight"] >= EXACT][
                :AT_ONCE
            ],
            "groups": groups.give_events(list(made[:LISTED])),
            "grouped": made.count(),
            "apart": groups.said_apart(incident),
            "done": groups.give_events(list(made.filter(pk__in=_ids(request.GET.get("done", ""))))),
        },
    )


@incident_view(Permission.READ)
@require_safe
def moment(request, incident, pk):
    """One moment with all its evidence."""
    group = get_object_or_404(groups.made(incident), pk=pk)
    events = groups.in_group(incident.events.filter(group=group)).select_related(
        "source", "raw__imported__by", "added_by"
    )
    return TemplateResponse(
        request,
        "timelines/moment.html",
        {"incident": incident, "group": group, "events": events.defer("extra")},
    )


# --- answers ---------------------------------------------------------------------------------------


@incident_view(Permission.WRITE)
@require_POST
def group(request, incident):
    """The chosen events are one moment; those of the proposal that were left out are others."""
    chosen, all_ = {*_numbers(request.POST.getlist("event"))}, _ids(request.POST.get("events", ""))
    try:
        made = actions.group(
            incident=incident,
            by=request.user,
            events=sorted(chosen),
            apart=[pk for pk in all_ if pk not in chosen],
        )
    except NotPossible as error:
        messages.error(request, str(error))
        return _back(incident)
    return _back(incident, [made.pk])


@incident_view(Permission.WRITE)
@require_POST
def certain(request, incident):
    """All proposals that share an id, a record or their very words, as they were shown."""
    comparison = Comparison.objects.filter(incident=incident).first() or Comparison(incident=incident)
    shown = set(request.POST.getlist("certain")[:AT_ONCE])
    made = []
    for one in groups.proposed(comparison, incident):
        if one["weight"] >= EXACT and "-".join(map(str, one["events"])) in shown:
            try:
                made.append(actions.group(incident=incident, by=request.user, events=one["events"]).pk)
            except NotPossible:
                continue  # changed meanwhile: it stays on the page, for a look
    return _back(incident, made)


@incident_view(Permission.WRITE)
@require_POST
def apart(request, incident):
    try:
        actions.say_apart(incident=incident, by=request.user, events=_ids(request.POST.get("events", "")))
    except NotPossible as error:
        messages.error(request, str(error))
    return _back(incident)


@incident_view(Permission.WRITE)
@require_POST
def again(request, incident):
    actions.ask_again(incident=incident, by=request.user, events=_ids(request.POST.get("events", "")))
    return _back(incident)


@incident_view(Permission.WRITE)
@require_POST
def undo(request, incident):
    for found in Group.objects.filter(
        incident=incident, pk__in=_numbers(request.POST.getlist("group"))[:AT_ONCE]
    ):
        actions.take_apart(group=found, by=request.user)
    return _back(incident)


def _back(incident, made=()):
    query = f"?done={'-'.join(map(str, made))}" if made else ""
    return redirect(reverse("timelines:same", args=[incident.ref]) + query)


def _ids(text: str) -> list[int]:
    return _numbers(text.split("-"))


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts[:AT_ONCE] if text.isascii() and text.isdigit() and len(text) < 18]
