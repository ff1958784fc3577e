from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.incidents.policy import window
from postmortems.interviews.forms import attempt, number
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.models import Interview, JotNote
from postmortems.interviews.planner.problem import ProblemError
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions, schedule
from postmortems.web.times import NoSuchTime, parse_local


@incident_view(Permission.READ)
@require_safe
def board(request, incident):
    return TemplateResponse(request, "interviews/board.html", _board(request, incident))


def _board(request, incident, **more) -> dict:
    interviews = list(
        incident.interviews.standing()
        .select_related("participant__user", "interviewer")
        .order_by("starts_at", "pk")
    )
    for interview in interviews:
        interview.is_two = request.user.pk in (interview.interviewer_id, interview.participant.user_id)
    soak, fade = window(incident.severity, incident.resolved_at) if incident.resolved_at else (None, None)
    asked = schedule.whom(incident)
    standing = {interview.participant_id for interview in interviews}
    return {
        "incident": incident,
        "interviews": interviews,
        "asked": asked,
        "missing": [person for person in asked if person.id not in standing],
        "interviewers": User.objects.active().filter(role__in=("reviewer", "administrator")),
        "chosen": {member.user_id for member in incident.circle.all() if member.role in ("lead", "co")},
        "soak": soak,
        "fade": fade,
        "now": timezone.now(),
        "mine": JotNote.objects.filter(incident=incident, author=request.user).first(),
        "shared": JotNote.objects.visible_to(request.user).filter(incident=incident, shared_at__isnull=False).exclude(author=request.user).select_related("author"),
        **more,
    }  # fmt: skip


@incident_view(Permission.WRITE)
@require_POST
def plan(request, incident):
    if incident.resolved_at is None:
        messages.error(
            request, "The plan counts from the end of the incident. Set the time of resolution first."
        )
        return redirect("interviews:board", incident.ref)
    now = timezone.now()
    people = [
        person for person in schedule.whom(incident) if str(person.id) in request.POST.getlist("person")
    ]
    interviewers = list(
        User.objects.active().filter(
            pk__in=[pk for pk in request.POST.getlist("interviewer") if pk.isdigit()]
        )
    )
    if not people or not interviewers:
        messages.error(request, "Choose at least one person to ask and one interviewer.")
        return redirect("interviews:board", incident.ref)
    try:
        answer = schedule.answer(
            schedule.problem(incident, people=people, interviewers=interviewers, now=now)
        )
    except ProblemError as error:
        messages.error(request, f"The plan cannot be made: {error}")
        return redirect("interviews:board", incident.ref)
    reasons = {f"p{person.id}": person.why for person in people}
    slots = [
        {
            "participant": int(slot["person"][1:]), "interviewer": int(slot["interviewer"][1:]), "why": reasons[slot["person"]],
            "start": datetime.fromisoformat(slot["start"]), "end": datetime.fromisoformat(slot["end"]),
        }
        for slot in answer["interviews"]
    ]  # fmt: skip
    actions.propose(incident=incident, by=request.user, slots=slots)
    names = {f"p{person.id}": person.name for person in people}
    unplaced = [
        {"name": names[one["person"]], "constraint": one["constraint"], "loosen": one.get("loosen") or ""}
        for one in answer["unplaced"]
    ]
    if not unplaced:
        messages.success(request, f"{len(slots)} interviews fit. Look at them, then send the invitations.")
        return redirect("interviews:board", incident.ref)
    return TemplateResponse(request, "interviews/board.html", _board(request, incident, unplaced=unplaced))


@incident_view(Permission.WRITE)
@require_POST
def add(request, incident):
    participant = incident.participants.filter(pk=number(request, "participant")).first()
    interviewer = User.objects.active().filter(pk=number(request, "interviewer")).first()
    if participant is None or interviewer is None:
        messages.error(request, "Choose who is asked and who asks.")
        return redirect("interviews:board", incident.ref)
    attempt(
        request,
        lambda: actions.add(
            incident=incident, by=request.user, participant=participant, interviewer=interviewer
        ),
        "Added. Give it a time.",
    )
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def invite(request, incident, pk):
    interview = get_object_or_404(incident.interviews, pk=pk)
    attempt(
        request,
        lambda: inviting.invite(interview=interview, by=request.user, now=timezone.now()),
        "The invitation is on its way.",
    )
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def invite_all(request, incident):
    sent = 0
    for interview in incident.interviews.filter(state=Interview.State.PROPOSED, starts_at__isnull=False):
        try:
            inviting.invite(interview=interview, by=request.user, now=timezone.now())
            sent += 1
        except NotPossible as error:
            messages.error(request, str(error))
    if sent:
        messages.success(request, f"{sent} invitation{'s are' if sent > 1 else ' is'} on the way.")
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def set_time(request, incident, pk):
    interview = get_object_or_404(incident.interviews, pk=pk)
    try:
        starts = parse_local(request.POST.get("at", ""), request.user.tz)
    except NoSuchTime as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, "This is not a date and time.")
    else:
        attempt(
            request,
            lambda: actions.set_time(
                interview=interview, by=request.user, starts_at=starts, minutes=schedule.MINUTES, early_reason=request.POST.get("early_reason", ""), now=timezone.now()
            ),
            "The time is set.",
        )  # fmt: skip
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def cancel(request, incident, pk):
    inviting.cancel(interview=get_object_or_404(incident.interviews, pk=pk), by=request.user)
    messages.success(request, "Cancelled; who was invited is told.")
    return redirect("interviews:board", incident.ref)
