"""The board, and moving one interview on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.interviews.delivering.undelivered import Undelivered, undelivered
from postmortems.interviews.forms import attempt
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.models import Interview, JotNote, NotAsked, Plan
from postmortems.interviews.planner.rules import slot_starts
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.scheduling import actions, drawing, sayings, schedule
from postmortems.interviews.scheduling.bounds import FIRM
from postmortems.web.times import NoSuchTime, parse_local

FARTHEST = timedelta(days=60)  # past the window, that a drag may go


@incident_view(Permission.READ)
@require_safe
def board(request, incident):
    now = timezone.now()
    house = schedule.house(incident, now=now)
    shared = JotNote.objects.visible_to(request.user).filter(incident=incident, shared_at__isnull=False)
    context = {
        "incident": incident,
        "now": now,
        "shared": shared.exclude(author=request.user).select_related("author", "participant"),
    }
    if house is None:
        return TemplateResponse(request, "interviews/board.html", context)
    plan = Plan.objects.filter(incident=incident).select_related("by").first()
    left_out = {
        one.participant_id: one
        for one in NotAsked.objects.filter(participant__incident=incident).select_related("participant", "by")
    }
    drawn = drawing.board(
        house, drawing.zone_for(request.user, incident), day=request.GET.get("day", ""), plan=plan, left_out=left_out
    )  # fmt: skip
    standing = {one.participant_id for one in house.standing}
    stuck = _undelivered(request, incident)
    for row in drawn.rows:
        row.is_two = row.interview and request.user.pk in (row.interview.interviewer_id, row.person.user_id)
    return TemplateResponse(
        request,
        "interviews/board.html",
        context
        | {
            "house": house,
            "window": house.window,
            "plan": plan,
            "board": drawn,
            "undelivered": stuck,
            "left_out": [one for one in left_out.values() if one.participant_id not in standing],
            "declined": incident.interviews.filter(state=Interview.State.DECLINED).exclude(participant__in=standing).select_related("participant"),
            "late": [row for row in drawn.rows if row.late],
            "to_send": sum(row.ready for row in drawn.rows),
        },
    )  # fmt: skip


def _undelivered(request, incident) -> list[Undelivered]:
    """Letters that have not arrived, of conversations over and to come, for those who can do something about it."""
    if Permission.WRITE not in request.permissions:
        return []
    return undelivered(incident.interviews.select_related("participant__user", "interviewer"))


@incident_view(Permission.WRITE)
@require_safe
def rules(request, incident, pk):
    """Every start of one interview with the rule that binds there, for a hand that drags it."""
    interview = _movable(incident, pk)
    house = schedule.house(incident, now=timezone.now(), hosts=[interview.interviewer])
    if house is None:
        return JsonResponse({"starts": 0, "runs": [], "sentences": []})
    bounds, words = _bounds(house, interview)
    person, host = _two(bounds)
    sentences: dict[str, int] = {}
    runs = []
    for run in bounds.runs(person.id, host.id):
        if run.rule is None:
            runs.append([run.first, run.last, -1, False])
            continue
        slots = range(run.first, run.last + 1)
        for sentence, same in groupby(
            slots, key=lambda slot: words.say(run.rule, person, host, bounds.starts[slot])
        ):
            slots_of_it = list(same)
            number = sentences.setdefault(sentence, len(sentences))
            runs.append([slots_of_it[0], slots_of_it[-1], number, run.rule in FIRM])
    return JsonResponse(
        {
            "first": int(bounds.starts[0].timestamp()) if bounds.starts else 0,
            "step": schedule.SLOT * 60,
            "starts": len(bounds.starts),
            "length": schedule.MINUTES * 60,
            "runs": runs,
            "sentences": list(sentences),
            "name": interview.participant.name,
            "zone": person.zone.key,
            "host_zone": host.zone.key,
        }
    )


@incident_view(Permission.WRITE)
@require_safe
def move(request, incident, pk):
    """The times that fit, to choose from; and any other, with a reason."""
    interview = _movable(incident, pk)
    house = schedule.house(incident, now=timezone.now(), hosts=[interview.interviewer])
    asked_for = _asked_for(request.GET.get("at", ""))
    context = {"incident": incident, "interview": interview, "asked_for": asked_for}
    if house:
        bounds, _ = _bounds(house, interview)
        person, host = _two(bounds)
        fits = bounds.fitting(person.id, host.id)
        context |= {
            "window": house.window,
            "zone": person.zone,
            "city": sayings.city(person.zone),
            "host_city": sayings.city(host.zone) if host.zone != person.zone else "",
            "days": _by_day(fits, person.zone, host.zone),
            "typed": f"{asked_for.astimezone(person.zone):%Y-%m-%dT%H:%M}" if asked_for else "",
        }
    return TemplateResponse(request, "interviews/move.html", context)


@incident_view(Permission.WRITE)
@require_POST
def set_time(request, incident, pk):
    interview = get_object_or_404(
        incident.interviews.select_related("participant__user", "interviewer"), pk=pk
    )
    given = request.POST.get("at", "")
    who = interview.participant.user or interview.participant
    try:
        starts = parse_local(given, schedule.zone_of(who.zone))
        actions.set_time(
            interview=interview, by=request.user, starts_at=starts, now=timezone.now(),
            early_reason=request.POST.get("early_reason", ""), was=request.POST.get("was"),
        )  # fmt: skip
    except (NoSuchTime, NotPossible) as error:
        messages.error(request, str(error))
    except (ValueError, OverflowError):
        messages.error(request, "This is not a date and time.")
    else:
        sent = (
            " Both are told." if interview.invited_at else " Nothing is sent before you send the invitations."
        )
        messages.success(
            request,
            f"{interview.participant.name}: {sayings.moment(starts, schedule.zone_of(who.zone))}.{sent}",
        )
        return redirect(
            f"{reverse('interviews:board', args=[incident.ref])}{_day(request)}#person-{interview.participant_id}"
        )
    if interview.state not in drawing.MOVABLE:
        return redirect("interviews:board", incident.ref)
    again = "" if _asked_for(given) is None else f"?at={_asked_for(given):%Y-%m-%dT%H:%M:%SZ}"
    return redirect(reverse("interviews:move", args=[incident.ref, pk]) + again)


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
def cancel(request, incident, pk):
    interview = get_object_or_404(incident.interviews, pk=pk)
    if interview.state == Interview.State.PROPOSED and not interview.invited_at:
        attempt(
            request, lambda: actions.take_off(interview=interview, by=request.user), "Taken off the schedule."
        )
    else:
        attempt(
            request,
            lambda: inviting.cancel(interview=interview, by=request.user, now=timezone.now()),
            "Cancelled; who was invited is told.",
        )
    return redirect("interviews:board", incident.ref)


def _movable(incident, pk: int) -> Interview:
    return get_object_or_404(
        incident.interviews.filter(state__in=drawing.MOVABLE).select_related(
            "participant__user", "interviewer"
        ),
        pk=pk,
    )


def _bounds(house, interview: Interview):
    plan = Plan.objects.filter(incident=house.incident).first()
    window, now = house.window, house.now
    first = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    until = min(
        max(window.fades_at, now + timedelta(days=2), window.deadline.at if window.deadline else now),
        now + FARTHEST,
    )
    starts = slot_starts(first, until, schedule.SLOT)
    return house.bounds(interview, after=actions.after_of(plan, interview.participant_id), starts=starts)


def _two(bounds):
    return bounds.problem.people[0], bounds.problem.interviewers[0]


def _by_day(
    fits: list[datetime], zone: ZoneInfo, host_zone: ZoneInfo
) -> list[tuple[str, list[tuple[datetime, str]]]]:
    """Times by the person's day, each in their zone with the interviewer's beside it."""

    def words(at: datetime) -> str:
        beside = (
            "" if host_zone == zone else f" ({sayings.day_of(at, host_zone)}, {sayings.clock(at, host_zone)})"
        )
        return f"{sayings.clock(at, zone)} to {sayings.clock(at + schedule.LENGTH, zone)}{beside}"

    days = groupby(fits, key=lambda at: sayings.day_of(at, zone))
    return [(day, [(at, words(at)) for at in times]) for day, times in days]


def _asked_for(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _day(request) -> str:
    day = request.POST.get("day", "")
    return f"?day={day}" if len(day) == 10 and day.replace("-", "").isdigit() else ""
