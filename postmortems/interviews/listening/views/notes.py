"""Writing down, and not writing down."""

from __future__ import annotations

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.interviews.forms import attempt, number
from postmortems.interviews.listening import actions, page
from postmortems.interviews.listening.forms import PassageForm
from postmortems.interviews.listening.views.door import conducted
from postmortems.interviews.listening.views.page import TEMPLATE, show
from postmortems.interviews.models import Note
from postmortems.interviews.private import version, wants_json
from postmortems.interviews.refusals import NotPossible, Stale


@require_POST
@conducted
def save_note(request, interview):
    body = request.POST.get("text", "")
    try:
        note = actions.save_note(
            interview=interview, by=request.user, body=body, version=version(request), now=timezone.now()
        )
    except Stale as stale:
        return _two_texts(request, interview, stale.standing, body)
    except actions.OffTheRecord as off:
        return _off(request, interview, off)
    except NotPossible as error:
        return _refused(request, interview, error, body)
    if wants_json(request):
        return JsonResponse(_told(note))
    messages.success(request, "The notes are kept.")
    return _back(interview)


@require_POST
@conducted
def off_record(request, interview):
    try:
        note = actions.go_off_record(
            interview=interview, by=request.user, body=request.POST.get("text", ""), version=version(request), now=timezone.now(),
        )  # fmt: skip
    except NotPossible as error:
        return _refused(request, interview, error, request.POST.get("text", ""))
    return JsonResponse(_told(note, text=True)) if wants_json(request) else _back(interview)


@require_POST
@conducted
def on_record(request, interview):
    try:
        note = actions.back_on_record(interview=interview, by=request.user, now=timezone.now())
    except NotPossible as error:
        return _refused(request, interview, error, "")
    return JsonResponse(_told(note, text=True)) if wants_json(request) else _back(interview)


@require_POST
@conducted
def settle_stamp(request, interview):
    posted = request.POST
    attempt(
        request,
        lambda: actions.settle_stamp(
            interview=interview, by=request.user, line=number(request, "line"),
            mark=posted.get("mark", ""), choice=posted.get("choice", ""), now=timezone.now(),
        ),
        "The line knows its day.",
    )  # fmt: skip
    return _back(interview)


@require_POST
@conducted
def propose_passage(request, interview):
    form = PassageForm(request.POST, zone=interview.incident.zone)
    if form.is_valid():
        try:
            actions.propose_passage(interview=interview, by=request.user, **form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Proposed. It goes nowhere until they release it.")
            return _back(interview)
    return show(request, interview, status=422, form=form)


@require_safe
@conducted
def passages(request, interview):
    note = Note.objects.visible_to(request.user).filter(interview=interview).first()
    context = page.head(interview) | page.passages_of(interview, request.user, note) | {"note": note}
    return TemplateResponse(request, f"{TEMPLATE}#passages", context)


def _told(note: Note, *, text: bool = False) -> dict:
    told = {
        "version": note.version,
        "saved_at": note.saved_at.isoformat(),
        "off_since": note.off_since.isoformat() if note.off_since else None,
    }
    return told | ({"text": note.body} if text else {})


def _two_texts(request, interview, standing: Note, body: str):
    """Both are shown; nothing of either is lost."""
    if wants_json(request):
        return JsonResponse(_told(standing, text=True), status=409)
    return show(request, interview, status=409, standing=standing, body=body)


def _off(request, interview, off: actions.OffTheRecord):
    """What was sent is not kept and not shown again: it may have been said off the record."""
    if wants_json(request):
        return JsonResponse(_told(off.note, text=True) | {"sentence": str(off)}, status=423)
    return show(request, interview, status=423, refused=str(off))


def _refused(request, interview, error: NotPossible, body: str):
    if wants_json(request):
        return JsonResponse({"sentence": str(error)}, status=422)
    return show(request, interview, status=422, refused=str(error), body=body)


def _back(interview):
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)
