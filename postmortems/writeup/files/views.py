from __future__ import annotations

import base64
import binascii

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.writeup.files import comparing, draft, exchange
from postmortems.writeup.files.reading import NotText, text_of


@incident_view(Permission.READ)
@require_safe
def own_editor(request, incident):
    return TemplateResponse(request, "writeup/own_editor.html", {"incident": incident})


@incident_view(Permission.READ)
@require_safe
def download(request, incident):
    answer = HttpResponse(exchange.export(incident), content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{incident.ref}-draft.md"'
    answer["Cache-Control"] = "no-store"
    return answer


@incident_view(Permission.WRITE)
@require_POST
def compare(request, incident):
    """What the file would change, before it is done. The file travels in the form, to the byte."""
    upload = request.FILES.get("file")
    try:
        raw = _checked(upload.read(draft.LIMIT + 1)) if upload else b""
        plan = exchange.plan(incident, text_of(raw)) if upload else None
    except (NotText, exchange.OtherIncident) as trouble:
        return _refused(request, incident, str(trouble))
    if plan is None:
        return _refused(request, incident, "Choose the file first.")
    context = {
        "incident": incident,
        "plan": plan,
        "changes": [(change, comparing.pieces(change.was, change.becomes)) for change in plan.changes],
        "file": base64.b64encode(raw).decode(),
        "name": upload.name,
    }
    return TemplateResponse(request, "writeup/from_file.html", context)


@incident_view(Permission.WRITE)
@require_POST
def take(request, incident):
    try:
        raw = _checked(base64.b64decode(request.POST.get("file", ""), validate=True))
        done, troubles = exchange.take(
            incident=incident, text=text_of(raw), by=request.user, now=timezone.now()
        )
    except binascii.Error:
        return _refused(request, incident, "The file did not arrive whole. Choose it again.")
    except (NotText, exchange.OtherIncident) as trouble:
        return _refused(request, incident, str(trouble))
    for sentence in done:
        messages.success(request, sentence)
    for trouble in troubles[:10]:
        messages.warning(request, f"Line {trouble.line}: {trouble.why}" if trouble.line else trouble.why)
    if not done:
        messages.info(request, "Nothing was changed by the file.")
    return redirect(reverse("writeup:edit", args=[incident.ref]))


def _checked(raw: bytes) -> bytes:
    if len(raw) > draft.LIMIT:
        raise NotText(
            f"The file is larger than {draft.LIMIT // 1_000_000} MB, which no draft is. Nothing was taken."
        )
    return raw


def _refused(request, incident, sentence: str):
    return TemplateResponse(
        request, "writeup/own_editor.html", {"incident": incident, "trouble": sentence}, status=422
    )
