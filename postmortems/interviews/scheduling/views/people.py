"""Whom to ask: the people of the evidence and the roles, who asks, and the plan made from both."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.hours import as_on_monday
from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents import actions as incidents
from postmortems.incidents.access import incident_view
from postmortems.incidents.models import INCIDENT_ROLES, Incident, Participant
from postmortems.interviews.delivering.actions import set_address
from postmortems.interviews.forms import GuestForm, attempt, number
from postmortems.interviews.inviting import fetching
from postmortems.interviews.models import Interview, NotAsked, Plan
from postmortems.interviews.planner.problem import ProblemError
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions, choices, planning, sayings, schedule
from postmortems.interviews.scheduling.whom import RANKS

INTERVIEWERS = 60  # reviewers offered, those of the circle first


def candidates(incident: Incident) -> list[User]:
    """Who may ask: reviewers of the incident first, then those of the organisation."""
    circle = {member.user_id for member in incident.circle.all() if member.role in ("lead", "co")}
    may = User.objects.active().filter(Q(pk__in=circle) | Q(role__in=("reviewer", "administrator")))
    return sorted(
        may.order_by("name", "pk")[: INTERVIEWERS + len(circle)], key=lambda user: user.pk not in circle
    )


@incident_view(Permission.WRITE)
@require_safe
def whom(request, incident):
    house = schedule.house(incident, now=timezone.now())
    offered = candidates(incident)
    context = {"incident": incident, "ranks": RANKS.items(), "roles": INCIDENT_ROLES}
    if house is None:
        return TemplateResponse(request, "interviews/whom.html", context)
    plan = Plan.objects.filter(incident=incident).first()
    left_out = {
        one.participant_id: one
        for one in NotAsked.objects.filter(participant__incident=incident).select_related("by")
    }
    settled = _settled(incident)
    asked = house.asked
    reviewers = [
        user.pk
        for user in offered
        if any(m.user_id == user.pk and m.role in ("lead", "co") for m in incident.circle.all())
    ]
    chosen = choices.suggested(asked, {*left_out, *settled}, reviewers)
    if plan:
        chosen = _joined(plan.choices, chosen)
    by_person = {one["participant"]: one for one in chosen["people"]}
    by_host = {one["user"]: one for one in chosen["hosts"]}
    responders = {one.user_id for one in house.participants.values() if one.user_id}
    people = [
        {
            "asked": one, "participant": house.participants[one.id], "chosen": by_person.get(one.id), "left_out": left_out.get(one.id),
            "settled": settled.get(one.id), "rank": by_person.get(one.id, {}).get("rank", one.rank),
            "after": by_person.get(one.id, {}).get("after", list(one.after)),
            "city": sayings.city(schedule.zone_of((house.participants[one.id].user or house.participants[one.id]).zone)),
        }
        for one in asked
    ]  # fmt: skip
    hosts = [
        {
            "user": user, "chosen": by_host.get(user.pk), "limit": by_host.get(user.pk, {}).get("limit", schedule.DAILY_LIMIT),
            "not_with": by_host.get(user.pk, {}).get("not_with", []), "responded": user.pk in responders, "city": sayings.city(user.tz),
        }
        for user in offered
    ]  # fmt: skip
    return TemplateResponse(
        request,
        "interviews/whom.html",
        context
        | {
            "house": house,
            "window": house.window,
            "plan": plan,
            "people": people,
            "hosts": hosts,
            "unknown": house.unknown,
            "free": [one["participant"] for one in people if not one["settled"]],
        },
    )


def _settled(incident: Incident) -> dict[int, Interview]:
    """People a plan leaves alone: who was invited, answered or was heard, and whose time somebody chose."""
    found = incident.interviews.exclude(state=Interview.State.CANCELLED).exclude(
        state=Interview.State.PROPOSED, kept=False
    )
    return {one.participant_id: one for one in found.order_by("pk")}


def _joined(before: dict, fresh: dict) -> dict:
    """The choices of the last plan; people who came since as the evidence suggests."""
    known = {one["participant"] for one in before.get("people", [])}
    return {
        "people": [*before.get("people", []), *(one for one in fresh["people"] if one["participant"] not in known)],
        "hosts": before.get("hosts") or fresh["hosts"],
    }  # fmt: skip


@incident_view(Permission.WRITE)
@require_POST
def plan(request, incident):
    """Find a schedule for the people and interviewers chosen. Nothing is sent."""
    chosen = choices.from_form(request.POST)
    _plan(request, incident, chosen, number(request, "version"))
    return redirect("interviews:board", incident.ref)


def _plan(request, incident: Incident, chosen: dict, version: int) -> None:
    now = timezone.now()
    offered = candidates(incident)
    hosts = choices.hosts_of(chosen, offered)
    asking = [host.user for host in hosts]
    if fetching.freshen(asking, incident.participants.select_related("user"), now=now):
        messages.info(request, "Not every calendar could be read again. What it said before counts.")
    house = schedule.house(incident, now=now, hosts=asking)
    if house is None:
        messages.error(
            request, "The plan counts from the end of the incident. Set the time of resolution first."
        )
        return
    settled = _settled(incident)
    left_out = set(
        NotAsked.objects.filter(participant__incident=incident).values_list("participant", flat=True)
    )
    people = choices.people_of(chosen, house.participants)
    people = [one for one in people if one.participant not in settled and one.participant not in left_out]
    if not people or not hosts:
        messages.error(request, "Choose at least one person who is not asked yet, and one interviewer.")
        return
    try:
        outcome = planning.make_plan(house, people, hosts)
        made = actions.propose(
            incident=incident, by=request.user, outcome=outcome, house=house, choices=chosen, version=version, now=now
        )  # fmt: skip
    except (ProblemError, NotPossible) as error:
        messages.error(request, str(error))
        return
    if outcome.left:
        messages.warning(
            request,
            f"{len(made)} of {len(people)} have a time. For the others the board says what stands in the way.",
        )
    else:
        messages.success(
            request,
            f"{len(made)} interview{'s fit' if len(made) != 1 else ' fits'}. Look, move what should be different, then send the invitations.",
        )


@incident_view(Permission.WRITE)
@require_POST
def loosen(request, incident, pk):
    """Give up the one thing that stands in the way of one person, and plan again."""
    participant = get_object_or_404(incident.participants, pk=pk)
    try:
        made = actions.loosen(
            incident=incident, by=request.user, participant=participant, reason=request.POST.get("reason", ""),
            version=number(request, "version"), now=timezone.now(),
        )  # fmt: skip
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("interviews:board", incident.ref)
    last = Plan.objects.get(incident=incident)
    if made:
        messages.success(request, f"{participant.name} has a time; the reason is kept with it.")
    if last.unplaced:
        _plan(request, incident, last.choices, last.version)
    return redirect("interviews:board", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def add(request, incident):
    participant = incident.participants.filter(pk=number(request, "participant")).first()
    interviewer = next(
        (user for user in candidates(incident) if user.pk == number(request, "interviewer")), None
    )
    if participant is None or interviewer is None:
        messages.error(request, "Choose who is asked and who asks.")
        return redirect("interviews:whom", incident.ref)
    try:
        made = actions.add(
            incident=incident, by=request.user, participant=participant, interviewer=interviewer,
            why=request.POST.get("why", "") or actions.schedule_reason(incident, participant),
        )  # fmt: skip
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("interviews:whom", incident.ref)
    messages.success(request, f"{participant.name} is on the board. Choose a time.")
    return redirect("interviews:move", incident.ref, made.pk)


@incident_view(Permission.WRITE)
@require_POST
def not_asked(request, incident, pk):
    participant = get_object_or_404(incident.participants, pk=pk)
    attempt(
        request,
        lambda: actions.need_not_be_asked(
            participant=participant, by=request.user, reason=request.POST.get("reason", "")
        ),
        f"Noted: {participant.name} need not be asked.",
    )
    return redirect("interviews:whom", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def ask_after_all(request, incident, pk):
    participant = get_object_or_404(incident.participants, pk=pk)
    actions.ask_after_all(participant=participant, by=request.user)
    messages.success(request, f"{participant.name} is among those to ask again.")
    return redirect("interviews:whom", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def take_in(request, incident):
    """Note somebody of the evidence as a participant, under the name by which the source knows them."""
    handle = request.POST.get("handle", "").replace("\x00", "")[:120]
    user = User.objects.active().filter(pk=number(request, "user")).first()
    name = request.POST.get("name", "").replace("\x00", "").strip()[:120]
    role = request.POST.get("role", "").replace("\x00", "").strip()[:60]
    if not (name or user) or not role:
        messages.error(request, "Say who it is and in which role they took part.")
        return redirect("interviews:whom", incident.ref)
    try:
        made = incidents.add_participant(
            incident=incident, by=request.user, name=name, role=role, user=user, known_as=[handle] if handle else []
        )  # fmt: skip
        messages.success(request, f"{made.name} is on the list of participants.")
    except incidents.NotPossible as error:
        messages.error(request, str(error))
    return redirect("interviews:whom", incident.ref)


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request, incident, pk):
    """Where a participant without an account is written to, and when they work."""
    participant = get_object_or_404(incident.participants.filter(user=None), pk=pk)
    same = "same" in request.POST
    given = as_on_monday(request.POST) if same else request.POST or None
    form = GuestForm(given, participant=participant)
    if request.method == "POST" and form.is_valid() and not same:
        attempt(request, lambda: _note(participant, request.user, form), f"Noted for {participant.name}.")
        return redirect(f"{reverse('interviews:whom', args=[incident.ref])}#person-{pk}")
    return TemplateResponse(
        request,
        "interviews/hours.html",
        {"incident": incident, "participant": participant, "form": form, "unsaved": same},
    )


def _note(participant: Participant, by: User, form: GuestForm) -> None:
    with transaction.atomic():
        actions.set_hours(participant=participant, by=by, zone=form.cleaned_data["zone"], hours=form.hours)
        if form.cleaned_data["email"]:
            set_address(participant=participant, by=by, email=form.cleaned_data["email"])
