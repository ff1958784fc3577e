from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.archive.listing import lists
from postmortems.calendars.holidays import UnknownCountry, public_holidays
from postmortems.desk import facts
from postmortems.desk.stages import next_step, stages
from postmortems.incidents.access import incident_view, permissions
from postmortems.incidents.actions import SKIPPABLE
from postmortems.incidents.models import CircleMember, Incident
from postmortems.incidents.policy import Deadline, deadlines
from postmortems.interviews.models import Interview
from postmortems.interviews.scheduling.window import window_of
from postmortems.meetings.models import Meeting
from postmortems.publication.approving import letters
from postmortems.publication.models import Revision
from postmortems.publication.readiness import reasons
from postmortems.remediation.models import UNDONE_STATUSES, Item

SHOWN = 20  # reviews of one kind on the home page
AT_ONCE = 6  # of them with all that is known, the others by a line


@require_safe
def home(request):
    now = timezone.now()
    mine = (
        Incident.objects.readable_by(request.user)
        .filter(state="reviewing", pk__in=CircleMember.objects.filter(user=request.user).values("incident"))
        .alias(told=Exists(Revision.objects.standing().filter(incident=OuterRef("pk"))))
        .for_list().prefetch_related("circle").order_by("-opened_at")
    )  # fmt: skip
    reviews, told = list(mine.filter(told=False)[:SHOWN]), list(mine.filter(told=True)[:SHOWN])
    found = facts.of(reviews + told)
    shown, told = (reviews, told) if len(told) > 1 else (reviews + told, [])
    steps = {incident: next_step(found[incident.pk], now) for incident in shown + told}
    # whoever took part is asked by name where they are needed; what is next for a review is for those who write it
    asking = [incident for incident in shown if Permission.WRITE in permissions(request.user, incident)]
    items = (
        Item.objects.filter(owner=request.user, status__in=UNDONE_STATUSES)
        .visible_to(request.user)
        .for_list()
        .order_by("by_when", "pk")
    )
    asked = (
        Interview.objects.filter(participant__user=request.user, state__in=["invited", "accepted", "moving", "writing"])
        .select_related("incident", "interviewer").order_by("starts_at")
    )  # fmt: skip
    return TemplateResponse(
        request,
        "desk/home.html",
        {
            "steps": [(incident, steps[incident]) for incident in asking[:AT_ONCE]],
            "further": [(incident, steps[incident]) for incident in asking[AT_ONCE:]],
            "paths": [(incident, stages(found[incident.pk], now)) for incident in shown[:AT_ONCE]],
            "told": [(incident, steps[incident], found[incident.pk]) for incident in told],
            "items_left": sum(found[incident.pk].items_open for incident in told),
            "items": items[:20],
            "asked": asked[:10],
            "to_approve": letters.unanswered(request.user)[:10],
            # those one has not answered yet; who said that they come has it in the calendar
            "meetings": Meeting.objects.visible_to(request.user).asking(request.user, now).select_related("incident")[:10],
            "published": Revision.objects.visible_to(request.user).current().select_related("incident__severity").defer("content", "html", "words")[:6],
            "worth_reading": lists.worth_reading(request.user)[:3] if now - request.user.joined_at < timedelta(days=lists.NEW_FOR) else [],
            "aside": lists.put_aside(request.user)[:5],
            "today": timezone.localdate(),
            "may_open": request.user.may(Permission.OPEN_INCIDENT),
        },
    )  # fmt: skip


@incident_view(Permission.SEE)
@require_safe
def overview(request, incident):
    now = timezone.now()
    reads = Permission.READ in request.permissions
    blocking = len(reasons(incident, weights=["blocking"])) if reads else 0
    found = facts.of([incident], blocking={incident.pk: blocking})[incident.pk]
    first = (
        Revision.objects.filter(incident=incident)
        .order_by("number")
        .values_list("published_at", flat=True)
        .first()
    )
    return TemplateResponse(
        request,
        "desk/overview.html",
        {
            "incident": incident,
            "stages": stages(found, now),
            "step": next_step(found, now) if reads else None,
            "facts": found,
            "participants": incident.participants.all() if reads else [],
            "deadlines": _deadlines(incident, first, now),
            "window": window_of(incident) if reads else None,
            "skippable": SKIPPABLE,
            "services": incident.services.select_related("team"),
            "teams": incident.teams.all(),
            "links": incident.links.all(),
            "published": Revision.objects.visible_to(request.user).filter(incident=incident).order_by("-number").values_list("number", flat=True).first(),
            "times": [(name.replace("_", " "), at, name in incident.not_applicable) for name, at in incident.times.items()],
        },
    )  # fmt: skip


def _deadlines(
    incident: Incident, published_at: datetime | None, now: datetime
) -> list[tuple[Deadline, str]]:
    """By when, in the working days of the lead reviewer; who opened the incident was the first to be that."""
    if incident.resolved_at is None:
        return []
    place = incident.circle.filter(role="lead").select_related("user").first()
    lead = place.user if place else incident.opened_by
    first = incident.resolved_at.astimezone(lead.tz).date()
    try:
        holidays = public_holidays(lead.country, first, first + timedelta(days=366))
    except UnknownCountry:  # a calendar that a newer release of the list no longer has
        holidays = {}
    found = deadlines(
        incident.severity, incident.resolved_at, zone=lead.tz, holidays=holidays, named_at=incident.opened_at,
        published_at=published_at, met_at=incident.meetings.aggregate(first=Min("held_at"))["first"],
    )  # fmt: skip
    return [(deadline, deadline.state(now)) for deadline in _decided(found, incident)]


def _decided(found: list[Deadline], incident: Incident) -> list[Deadline]:
    """The window as it was decided for this review, in the place of the policy's."""
    window = window_of(incident)
    instead = {"soak": window.opens_at, "fade": window.fades_at}
    moved = [replace(one, at=instead.get(one.key, one.at)) for one in found]
    if window.decision and window.decision.full_edition_at:
        moved.append(Deadline("full", "Full edition", window.decision.full_edition_at))
    return sorted(moved, key=lambda deadline: deadline.at)


@require_safe
def help_page(request):
    return TemplateResponse(request, "desk/help.html")
