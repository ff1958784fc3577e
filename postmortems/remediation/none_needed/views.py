from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.remediation.none_needed import actions

LONGEST = 2000


@incident_view(Permission.WRITE)
@require_POST
def decide(request, incident):
    why = request.POST.get("why", "").replace("\x00", "").strip()[:LONGEST]
    if request.POST.get("what") == "take back":
        actions.take_back(incident=incident, by=request.user)
        messages.success(request, "Taken back: what follows is open again.")
    elif why:
        actions.decide_none(incident=incident, by=request.user, why=why, now=timezone.now())
        messages.success(request, "Recorded, with the reason. The write-up tells it.")
    else:
        messages.error(request, "Say in a sentence why nothing has to follow; readers will ask.")
    return redirect("remediation:of_incident", incident.ref)
