from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents import actions as incidents
from postmortems.incidents.access import incident_view
from postmortems.publication.approving import actions
from postmortems.publication.approving.texts import Changed, draft
from postmortems.publication.models import ApprovedText, Audience
from postmortems.publication.reading.comparing import changes
from postmortems.writeup.writing.differences import difference

CHANGED = "The draft changed while you were reading. Please look once more."


@incident_view(Permission.APPROVE)
@require_POST
def approve(request, incident):
    try:
        actions.approve(
            text=draft(incident), by=request.user, digest=request.POST.get("digest", ""), now=timezone.now()
        )
        messages.success(request, "You approved exactly this text.")
    except Changed:
        messages.warning(request, CHANGED)
    except actions.NotNamed:
        messages.warning(
            request, "Only who is named as approver approves. Who leads the review can name you."
        )
    return redirect("publication:readiness", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def ask(request, incident):
    asked = actions.ask_approvers(text=draft(incident), by=request.user, now=timezone.now())
    if asked:
        messages.success(request, f"{asked} {'person is' if asked == 1 else 'people are'} asked to read and approve, at a decent hour.")  # fmt: skip
    else:
        messages.info(request, "Everybody was asked about exactly these words already.")
    return redirect("publication:readiness", incident.ref)


@incident_view(Permission.LEAD)
@require_POST
def name(request, incident):
    chosen = request.POST.get("user", "")
    user = User.objects.active().filter(pk=chosen).first() if chosen.isascii() and chosen.isdigit() else None
    if user is None:
        messages.error(request, "Choose somebody with an account.")
    else:
        incidents.add_to_circle(incident=incident, by=request.user, user=user, role="approver")
        messages.success(request, f"{user} is named as approver.")
    return redirect("publication:readiness", incident.ref)


@incident_view(Permission.LEAD)
@require_POST
def unname(request, incident, pk):
    place = get_object_or_404(incident.circle.filter(role="approver").select_related("user"), pk=pk)
    incidents.remove_from_circle(member=place, by=request.user)
    messages.success(request, f"{place.user} need not approve any more.")
    return redirect("publication:readiness", incident.ref)


@incident_view(Permission.READ)
@require_safe
def since(request, incident, pk):
    """What changed in the write-up since somebody approved it."""
    approval = get_object_or_404(incident.approvals.select_related("by"), pk=pk)
    then = ApprovedText.objects.filter(
        incident=incident, digest=approval.digest, audience=Audience.INTERNAL
    ).first()
    if then is None:
        raise Http404("This was no approval of the write-up.")
    text = draft(incident)
    told = [(one.title, difference(one.was, one.becomes)) for one in changes(then.content, text.document)]
    return TemplateResponse(
        request,
        "publication/since.html",
        {"incident": incident, "approval": approval, "changes": told, "text": text},
    )
