from __future__ import annotations

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.language.marks import Utf16
from postmortems.writeup.coaching import actions, reading
from postmortems.writeup.coaching.wishes import wishes_of

AT_ONCE = 20_000  # characters of one request; pages send longer texts in pieces


@incident_view(Permission.READ)
@require_safe
def coach(request, incident):
    """The whole write-up, read with the coach."""
    return TemplateResponse(
        request, "writeup/coach.html", {"incident": incident, "reading": reading.whole(incident)}
    )


@incident_view(Permission.WRITE)
@require_POST
def marks(request, incident, key):
    """Marks of a text as it is being written; nothing is kept. Places count UTF-16 units, as a browser does."""
    place = reading.place_of(incident, key)
    if place is None:
        raise Http404("There is no such section.")
    text = request.POST.get("text", "").replace("\r\n", "\n")
    part = text[:AT_ONCE]
    at = Utf16(part)
    told = reading.dismissals_of(incident, key)
    found = [_told(note, at) for note in reading.notes_in(place, part, wishes_of(incident), told)]
    return JsonResponse({"marks": found, "read": at(len(part)), "all": len(part) == len(text)})


def _told(note: reading.Note, at: Utf16) -> dict:
    told = {
        "start": at(note.mark.start), "end": at(note.mark.end), "key": note.key, "kind": note.kind,
        "family": note.family, "title": note.mark.title, "reason": note.mark.reason, "question": note.mark.question,
    }  # fmt: skip
    if note.let_stand:
        told["stands"] = {"word": note.let_stand.word, "by": str(note.let_stand.by)}
    return told


@incident_view(Permission.WRITE)
@require_POST
def let_stand(request, incident, key):
    try:
        actions.let_stand(
            incident=incident, section=key, key=request.POST.get("mark", ""), word=request.POST.get("word", ""),
            by=request.user, now=timezone.now(),
        )  # fmt: skip
    except ValueError as trouble:
        return _answer(request, incident, trouble=str(trouble))
    return _answer(
        request, incident, done="It stands, and is not asked about again as long as it is worded like this."
    )


@incident_view(Permission.WRITE)
@require_POST
def ask_again(request, incident, key):
    actions.ask_again(incident=incident, section=key, key=request.POST.get("mark", ""), by=request.user)
    return _answer(request, incident, done="The coach asks about it again.")


def _answer(request, incident, *, done: str = "", trouble: str = ""):
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"sentence": trouble or done}, status=422 if trouble else 200)
    (messages.error if trouble else messages.success)(request, trouble or done)
    return redirect(reverse("writeup:coach", args=[incident.ref]))
