"""The page of a conversation, and its course: begun, held."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.interviews.forms import attempt
from postmortems.interviews.listening import actions, page, tidy
from postmortems.interviews.listening.forms import PassageForm
from postmortems.interviews.listening.views.door import conducted
from postmortems.interviews.models import Note
from timelines.merging import actions as merging

TEMPLATE = "interviews/listening.html"


@require_safe
@conducted
def conduct(request, interview):
    number = request.GET.get("cues", "1")
    number = min(max(int(number), 1), 1000) if number.isascii() and number.isdigit() else 1
    if request.htmx and request.GET.get("cues"):
        context = page.head(interview) | page.beside(interview, number)
        return TemplateResponse(request, f"{TEMPLATE}#cues", context)
    return show(request, interview, number=number)


def show(request, interview, *, status: int = 200, number: int = 1, **more) -> TemplateResponse:
    """The whole page, with what a refused form has to say."""
    context = page.whole(interview, request.user, may=request.permissions, page=number, **more)
    context.setdefault("form", PassageForm(zone=interview.incident.zone))
    return TemplateResponse(request, TEMPLATE, context, status=status)


@require_POST
@conducted
def begin(request, interview):
    actions.begin(interview=interview, by=request.user, now=timezone.now())
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)


@require_POST
@conducted
def held(request, interview):
    attempt(
        request,
        lambda: actions.held(interview=interview, by=request.user, now=timezone.now()),
        "Thank you for listening. Tidy the notes today, while the sound is still in your ear.",
    )
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)


@require_POST
@conducted
def leave_open(request, interview):
    """A question of the notes goes to the open questions of the review, where the circle reads it."""
    note = Note.objects.visible_to(request.user).filter(interview=interview).first()
    words = request.POST.get("words", "")
    if Permission.WRITE in request.permissions and note and words in tidy.open_questions(note.body):
        merging.ask(incident=interview.incident, by=request.user, text=words)
        messages.success(
            request, "It stands among the open questions, where the circle of the review reads it."
        )
    else:
        messages.error(request, "This question is not in the notes any more, or is not yours to hand on.")
    return redirect("interviews:conduct", interview.incident.ref, interview.pk)
