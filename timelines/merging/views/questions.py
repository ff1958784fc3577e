from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.paging import page_of
from timelines.actions import NotPossible
from timelines.asked import instant
from timelines.merging import actions
from timelines.merging.questions import offered

SHOWN, CLOSED = 50, 25


@incident_view(Permission.READ)
@require_safe
def questions(request, incident):
    asked = incident.questions.select_related("event", "by")
    return TemplateResponse(
        request,
        "timelines/questions.html",
        {
            "incident": incident,
            "offered": offered(incident),
            "open": asked.filter(closed_at=None)[:SHOWN],
            "closed": page_of(
                request, asked.exclude(closed_at=None).order_by("-closed_at", "-pk"), size=CLOSED
            ),
            "known": bool((incident.impact_began_at or incident.detected_at) and incident.resolved_at),
        },
    )


@incident_view(Permission.WRITE)
@require_POST
def ask(request, incident):
    begin, end = instant(request.POST.get("begin", "")), instant(request.POST.get("end", ""))
    pk = request.POST.get("event", "")
    event = incident.events.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    return _do(
        request,
        actions.ask,
        incident=incident,
        text=request.POST.get("text", ""),
        begins_at=begin,
        ends_at=end,
        event=event,
    )


@incident_view(Permission.WRITE)
@require_POST
def answer(request, incident, pk):
    question = get_object_or_404(incident.questions, pk=pk)
    return _do(request, actions.answer, question=question, text=request.POST.get("answer", ""))


@incident_view(Permission.WRITE)
@require_POST
def reopen(request, incident, pk):
    return _do(request, actions.reopen, question=get_object_or_404(incident.questions, pk=pk))


@incident_view(Permission.WRITE)
@require_POST
def withdraw(request, incident, pk):
    return _do(request, actions.withdraw, question=get_object_or_404(incident.questions, pk=pk))


def _do(request, change, **what):
    try:
        change(by=request.user, **what)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("timelines:questions", request.incident.ref)
