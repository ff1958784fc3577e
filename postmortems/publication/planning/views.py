from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.accounts.permissions import Permission
from postmortems.calendars.decent import Reader, next_decent
from postmortems.incidents.access import incident_view
from postmortems.publication import actions as publication
from postmortems.publication import chain, content
from postmortems.publication.models import Planned, Revision
from postmortems.publication.planning import actions
from postmortems.publication.planning.forms import PlanForm
from postmortems.publication.planning.showing import planned_of
from postmortems.publication.readiness import reasons


@incident_view(Permission.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, incident):
    """When to publish what was just read; what is open now has to be met by then."""
    document = content.of(incident)
    blocking = reasons(incident, document, weights=["blocking"])
    form = PlanForm(
        request.POST or None,
        incident=incident,
        first=not Revision.objects.filter(incident=incident).exists(),
        blocked=any(not one.final for one in blocking),
        initial={"digest": chain.digest(document), "at": _suggested(incident)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish_later(
                incident=incident, by=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, f"Planned: {shown(made)}. Until then it can be called off.")
            return redirect("publication:readiness", incident.ref)
        except publication.Changed:
            messages.warning(request, "The draft changed while you were reading. Please look once more.")
            return redirect("publication:readiness", incident.ref)
        except actions.NotPlanned as why:
            form.add_error("at", str(why))
    planned = planned_of(incident, chain.digest(document))
    return TemplateResponse(
        request,
        "publication/plan.html",
        {
            "incident": incident,
            "form": form,
            "blocking": blocking,
            "planned": planned if planned and planned.state == Planned.State.WAITING else None,
        },
    )


@incident_view(Permission.LEAD)
@require_POST
def call_off(request, incident):
    if actions.call_off(incident=incident, by=request.user):
        messages.success(request, "Called off. Nothing is published by itself.")
    else:
        messages.info(request, "Nothing was planned any more.")
    return redirect("publication:readiness", incident.ref)


def _suggested(incident) -> datetime:
    """The first hour of the next working day, on the clock of the incident's zone."""
    reader = Reader(zone=incident.zone)
    tomorrow = timezone.now().astimezone(reader.tz).date() + timedelta(days=1)
    return next_decent(datetime.combine(tomorrow, time(), reader.tz), reader)


def shown(planned: Planned) -> str:
    """Thursday, 26 November 2026, 09:00 (Europe/Lisbon)"""
    at = planned.at.astimezone(ZoneInfo(planned.incident.zone))
    return f"{at:%A}, {at.day} {at:%B %Y}, {at:%H:%M} ({planned.incident.zone})"
