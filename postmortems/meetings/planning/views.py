from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.meetings import agenda, doors, people
from postmortems.meetings.finding import Slot
from postmortems.meetings.models import Meeting
from postmortems.meetings.planning import actions, rules
from postmortems.meetings.planning.forms import USUAL, PersonForm, PlanForm
from postmortems.meetings.planning.proposing import proposals, window
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.settling import parked
from postmortems.meetings.surveying import survey as surveys


@incident_view(Permission.SEE)
@require_safe
def meeting(request, incident):
    """When and where, for everybody who may come; what it is about, for those who read the review."""
    return _page(request, incident, doors.current(incident))


@incident_view(Permission.READ)
@require_safe
def earlier(request, incident, pk):
    found = get_object_or_404(incident.meetings.select_related("facilitator", "note_taker"), pk=pk)
    found.incident = incident
    return _page(request, incident, found)


def _page(request, incident, meeting: Meeting | None, **more):
    now, reads = timezone.now(), Permission.READ in request.permissions
    context = {"incident": incident, "meeting": meeting, "now": now, "policy_date": policy_date(incident)}
    if meeting is not None:
        rows = list(meeting.attendances.select_related("user"))
        context |= {
            "rows": rows if reads else [],
            "mine": next((row for row in rows if row.user_id == request.user.pk), None),
            "coming": sum(row.coming is not False for row in rows),
            "came": sum(row.came for row in rows),
            "over": meeting.ends_at <= now,
            "zones": zones(request, incident, meeting.starts_at),
        }
    if meeting is not None and reads:
        points = agenda.read(meeting.agenda)
        context |= {
            "told": _told(meeting, now),
            "timed": agenda.timed(points, meeting.starts_at),
            "total": agenda.total(points),
            "may_write": doors.may_write(request, meeting),
            "parked": parked(incident),
            "survey": getattr(meeting, "survey", None),
            "result": surveys.result(meeting),
            "others": incident.meetings.exclude(pk=meeting.pk).order_by("-starts_at")[:20],
            "person_form": PersonForm(initial={"zone": incident.zone}),
        }
    return TemplateResponse(request, "meetings/meeting.html", context | more)


def policy_date(incident) -> datetime | None:
    return rules.policy_date(incident.severity, incident.resolved_at)


def zones(request, incident, *moments: datetime) -> list[ZoneInfo]:
    """The reader's zone first, the incident's beside it where its clock shows another time at one of the moments."""
    mine, theirs = request.user.tz, ZoneInfo(incident.zone)
    differ = any(at.astimezone(mine).utcoffset() != at.astimezone(theirs).utcoffset() for at in moments)
    return [mine, theirs] if differ else [mine]


def _told(meeting: Meeting, now: datetime) -> list[str]:
    """What there is to say about a planned meeting."""
    if meeting.state != Meeting.State.PLANNED:
        return []
    by = policy_date(meeting.incident)
    told = []
    listed = set(meeting.attendances.exclude(user=None).values_list("user", flat=True))
    missing = [
        one.name for one in people.expected(meeting.incident) if one.user and one.user.pk not in listed
    ]
    if missing:
        told.append(f"Not on the list, and in the circle or the incident: {', '.join(missing)}.")
    if meeting.facilitator is None:
        told.append("Nobody leads the meeting yet. It should be somebody who took no part in the incident.")
    elif sentence := people.no_facilitator(meeting.incident, meeting.facilitator):
        told.append(sentence)
    if by is not None and meeting.starts_at > by:
        told.append(f"It is {rules.against_policy(meeting.starts_at, by)}.")
    if not meeting.draft_sent_at and now < meeting.ends_at:
        due = meeting.starts_at - rules.READING
        told.append(
            "The draft is not out yet, and people need a day to read what concerns them."
            + (" Today is the day to send it." if now <= due and due - now < rules.READING else "")
        )
    return told


@dataclass(frozen=True)
class Offered:
    """A time that is proposed, and how it is said: in the planner's own zone for the form, and against the policy."""

    slot: Slot
    at: str
    policy: str


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, incident):
    now, standing = timezone.now(), doors.current(incident)
    if standing is not None and standing.state != Meeting.State.PLANNED:
        standing = None
    form = PlanForm(
        request.POST or None, incident=incident, meeting=standing, zone=request.user.tz, initial=request.GET.dict()
    )  # fmt: skip
    if (
        request.method == "POST"
        and form.is_valid()
        and (done := _plan(request, incident, standing, form, now))
    ):
        return done
    chosen = (
        form
        if form.is_bound
        else PlanForm(request.GET, incident=incident, meeting=standing, zone=request.user.tz)
    )
    return TemplateResponse(
        request, "meetings/plan.html", {"incident": incident, "meeting": standing, "form": form, **_offers(request, incident, standing, chosen, now)}
    )  # fmt: skip


def _plan(request, incident, standing: Meeting | None, form: PlanForm, now: datetime):
    try:
        if standing is None:
            actions.plan(incident=incident, by=request.user, plan=form.plan, now=now)
            messages.success(
                request, "The meeting is planned. Nobody is written to before you send the invitations."
            )
        else:
            version = form.cleaned_data["version"] or 0
            actions.change(meeting=standing, by=request.user, plan=form.plan, version=version, now=now)
            messages.success(request, "The meeting is changed. Who was invited is told.")
        return redirect("meetings:meeting", incident.ref)
    except NotPossible as error:
        form.add_error("early_reason" if "takes a reason" in str(error) else None, str(error))
    except Stale as stale:
        form.add_error(
            None,
            "Somebody else changed the meeting in the meantime: what stands now is told below. Save again to let yours stand.",
        )
        form.data = form.data.copy()
        form.data["version"] = stale.standing.version
    return None


def _offers(request, incident, standing: Meeting | None, chosen: PlanForm, now: datetime) -> dict:
    """Times at which those whom the form names, and those whom the review concerns, could meet."""
    chosen.is_valid()
    data = chosen.cleaned_data
    minutes = data.get("minutes") or (standing.minutes if standing else USUAL)
    needed = [user for user in (data.get("facilitator"), data.get("note_taker")) if user]
    if not chosen.data:
        offered = [chosen.initial.get(name) for name in ("facilitator", "note_taker")]
        needed = list(User.objects.active().filter(pk__in=[pk for pk in offered if pk]))
    by = policy_date(incident)
    found = proposals(incident, minutes=minutes, needed=needed, meeting=standing, now=now)
    since, until = window(incident, standing, now)
    return {
        "offers": [
            Offered(slot, slot.start.astimezone(request.user.tz).strftime("%Y-%m-%dT%H:%M"), rules.against_policy(slot.start, by) if by else "")
            for slot in found
        ],
        "minutes": minutes, "since": since, "until": until, "policy_date": by, "zones": zones(request, incident, since, until),
    }  # fmt: skip


# --- letters and people -----------------------------------------------------------------------------


@incident_view(Permission.WRITE)
@require_POST
def invite(request, incident):
    def change() -> str:
        sent = actions.invite(meeting=doors.the_meeting(incident), by=request.user, now=timezone.now())
        return (
            f"{sent} invitation{' is' if sent == 1 else 's are'} on the way."
            if sent
            else "Everybody on the list was invited already."
        )

    return _answer(request, incident, change)  # fmt: skip


@incident_view(Permission.WRITE)
@require_POST
def send_draft(request, incident):
    def change() -> str:
        sent = actions.send_draft(meeting=doors.the_meeting(incident), by=request.user, now=timezone.now())
        return f"{sent} {'person is' if sent == 1 else 'people are'} asked to read the draft."

    return _answer(request, incident, change)


@incident_view(Permission.WRITE)
@require_POST
def cancel(request, incident):
    def change() -> str:
        actions.cancel(meeting=doors.the_meeting(incident), by=request.user, now=timezone.now())
        return "The meeting is cancelled. Who was invited is told."

    return _answer(request, incident, change)


@incident_view(Permission.SEE)
@require_POST
def come(request, incident):
    """Anybody who may know of the incident may come to its meeting."""
    meeting, now = doors.the_meeting(incident), timezone.now()

    def change() -> str:
        if request.POST.get("coming") == "no":
            actions.stay_away(meeting=meeting, by=request.user, now=now)
            return "Thank you for saying so."
        actions.come(meeting=meeting, by=request.user, now=now)
        return "You are on the list. Your calendar is told once the invitations are out."

    return _answer(request, incident, change)


@incident_view(Permission.WRITE)
@require_POST
def add_person(request, incident):
    meeting, form = doors.the_meeting(incident), PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, meeting, person_form=form)

    def change() -> str:
        person = actions.add_person(meeting=meeting, by=request.user, now=timezone.now(), **form.person)
        return f"{person} is on the list."

    return _answer(request, incident, change)


@incident_view(Permission.WRITE)
@require_POST
def remove_person(request, incident, pk):
    attendance = get_object_or_404(
        doors.the_meeting(incident).attendances.select_related("meeting__incident", "user"), pk=pk
    )

    def change() -> str:
        actions.remove_person(attendance=attendance, by=request.user, now=timezone.now())
        return f"{attendance} is no longer on the list."

    return _answer(request, incident, change)  # fmt: skip


def _answer(request, incident, change):
    try:
        messages.success(request, change())
    except NotPossible as error:
        messages.error(request, str(error))
    except Meeting.DoesNotExist:
        raise Http404("This meeting is gone.") from None
    return redirect("meetings:meeting", incident.ref)
