from __future__ import annotations

from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.interviews.delivering import actions
from postmortems.interviews.forms import attempt


@incident_view(Permission.WRITE)
@require_POST
def send_again(request, incident, pk):
    interview = get_object_or_404(incident.interviews, pk=pk)
    email = request.POST.get("email", "").replace("\x00", "")
    attempt(
        request,
        lambda: actions.send_again(interview=interview, by=request.user, now=timezone.now(), email=email),
        "The letter is on its way again.",
    )
    return redirect("interviews:board", incident.ref)
