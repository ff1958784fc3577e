from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.interviews.forms import number
from postmortems.interviews.handing import actions
from postmortems.interviews.handing.offers import offers
from postmortems.interviews.readers import zone_of
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import sayings
from postmortems.interviews.scheduling.views.people import candidates


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request, incident, pk):
    """Choose who asks instead, and say why."""
    interview = get_object_or_404(
        incident.interviews.filter(state__in=actions.CAN_GO).select_related("participant__user", "interviewer"), pk=pk
    )  # fmt: skip
    now, zone = timezone.now(), zone_of(interview.participant)
    chosen = number(request, "to")
    if request.method == "POST":
        to = next((user for user in candidates(incident) if user.pk == chosen), None)
        try:
            if to is None:
                raise NotPossible("Choose who asks instead.")
            made = actions.hand_over(
                interview=interview, by=request.user, to=to, reason=request.POST.get("reason", ""), now=now
            )
        except NotPossible as refused:
            messages.error(request, str(refused))
        else:
            return _after(request, incident, made, told=interview.invited_at is not None)
    return TemplateResponse(
        request,
        "interviews/hand_over.html",
        {
            "incident": incident,
            "interview": interview,
            "offers": offers(interview, candidates(incident), now),
            "zone": zone,
            "city": sayings.city(zone),
            "reason": request.POST.get("reason", "")[:300],
            "chosen": chosen,
        },
    )


def _after(request, incident, made, *, told):
    """To the board; or to the choice of a time, where the former one does not suit."""
    said = " Whoever knew of it is told." if told else ""
    messages.success(request, f"{made.interviewer} asks {made.participant.name} now.{said}")
    if not made.starts_at:
        return redirect("interviews:move", incident.ref, made.pk)
    return redirect("interviews:board", incident.ref)
