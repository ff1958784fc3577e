from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.interviews.jotting import actions
from postmortems.interviews.models import JotNote
from postmortems.interviews.refusals import Stale


@incident_view(Permission.TAKE_PART)
@require_http_methods(["GET", "HEAD", "POST"])
def jot(request, incident):
    note = JotNote.objects.filter(incident=incident, author=request.user).first()
    standing, text = None, note.text if note else ""
    if request.method == "POST":
        version = request.POST.get("version", "0")
        text = request.POST.get("text", "")
        try:
            note = actions.save_jot_note(
                incident=incident,
                by=request.user,
                text=text,
                version=int(version) if version.isdigit() else 0,
            )
        except Stale as stale:
            standing = stale.standing
        else:
            if "shared" in request.POST:
                actions.share_jot_note(
                    note=note, by=request.user, shared=request.POST["shared"] == "1", now=timezone.now()
                )
            messages.success(
                request, "Kept, for you alone." if not note.shared_at else "Kept and shared with the circle."
            )
            return redirect("interviews:jot", incident.ref)
    return TemplateResponse(
        request,
        "interviews/jot.html",
        {"incident": incident, "note": standing or note, "text": text, "standing": standing},
    )
