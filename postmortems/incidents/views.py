from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.actions import free_slug
from postmortems.accounts.models import Team
from postmortems.accounts.permissions import Permission
from postmortems.audit.models import Entry
from postmortems.incidents import actions
from postmortems.incidents.access import incident_view
from postmortems.incidents.forms import (
    CircleForm,
    IncidentForm,
    LinkForm,
    ParticipantForm,
    ReasonForm,
    ServiceForm,
    SeverityForm,
)
from postmortems.incidents.models import INCIDENT_ROLES, Incident, Service, Severity
from postmortems.web.paging import page_of


@require_safe
def incident_list(request):
    asked = {
        name: request.GET.get(name, "").replace("\x00", "").strip()
        for name in ("q", "severity", "state", "service", "team", "tag", "year")
    }
    mine = request.GET.get("mine") == "1"
    found = _filtered(Incident.objects.visible_to(request.user), asked, mine, request.user)
    return TemplateResponse(
        request,
        "incidents/list.html",
        {
            "incidents": page_of(request, found.for_list(), most=5000),
            "asked": asked,
            "mine": mine,
            "any_filter": mine or any(asked.values()),
            "severities": Severity.objects.all(),
            "services": Service.objects.all(),
            "teams": Team.objects.all(),
            "states": Incident.State.choices,
            "may_open": request.user.may(Permission.OPEN_INCIDENT),
        },
    )


def _filtered(found, asked: dict, mine: bool, user):
    found = found.matching(asked["q"])
    if asked["severity"]:
        found = found.filter(severity__key=asked["severity"])
    if asked["state"] in Incident.State.values:
        found = found.filter(state=asked["state"])
    if asked["service"]:
        found = found.filter(services__slug=asked["service"])
    if asked["team"]:
        found = found.filter(teams__slug=asked["team"])
    if asked["tag"]:
        found = found.filter(tags__contains=[asked["tag"]])
    if re.fullmatch("(19|20)[0-9]{2}", asked["year"]):
        found = found.filter(opened_at__year=int(asked["year"]))
    if mine:
        found = found.filter(circle__user=user)
    return found.distinct() if mine else found


@organisation_view(Permission.OPEN_INCIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    form = IncidentForm(request.POST or None, zone=request.user.zone)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        incident = actions.open_incident(
            by=request.user,
            services=data["services"],
            teams=data["teams"],
            form_key=data["form_key"],
            **form.values(),
        )
        messages.success(request, f"{incident.ref} is open. Bring in the evidence while people rest.")
        return redirect(incident)
    return TemplateResponse(request, "incidents/edit.html", {"form": form})


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, incident):
    form = IncidentForm(request.POST or None, incident=incident)
    standing = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.edit_incident(
                incident=incident,
                by=request.user,
                version=data["version"] or 0,
                changes=form.values(),
                services=data["services"],
                teams=data["teams"],
            )
        except actions.Stale as stale:
            standing = stale.current
            form.data = form.data.copy()
            form.data["version"] = standing.version
        else:
            messages.success(request, "Saved.")
            return redirect(incident)
    return TemplateResponse(
        request, "incidents/edit.html", {"form": form, "incident": incident, "standing": standing}
    )


@incident_view(Permission.READ)
@require_safe
def people(request, incident):
    return TemplateResponse(request, "incidents/people.html", _people(incident))


def _people(incident, **forms) -> dict:
    return {
        "incident": incident,
        "participants": incident.participants.select_related("user"),
        "circle": incident.circle.select_related("user"),
        "participant_form": forms.get("participant_form") or ParticipantForm(auto_id="participant_%s"),
        "circle_form": forms.get("circle_form") or CircleForm(auto_id="circle_%s"),
        "roles": INCIDENT_ROLES,
    }


@incident_view(Permission.WRITE)
@require_POST
def add_participant(request, incident):
    form = ParticipantForm(request.POST, auto_id="participant_%s")
    if form.is_valid():
        try:
            participant = actions.add_participant(incident=incident, by=request.user, **form.cleaned_data)
        except actions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{participant.name} is noted as {participant.role}.")
            return redirect("incidents:people", incident.ref)
    return TemplateResponse(
        request, "incidents/people.html", _people(incident, participant_form=form), status=422
    )


@incident_view(Permission.WRITE)
@require_POST
def remove_participant(request, incident, pk):
    participant = get_object_or_404(incident.participants, pk=pk)
    _try(
        request,
        lambda: actions.remove_participant(participant=participant, by=request.user),
        "Removed from the list.",
    )
    return redirect("incidents:people", incident.ref)


@incident_view(Permission.LEAD)
@require_POST
def add_to_circle(request, incident):
    form = CircleForm(request.POST, auto_id="circle_%s")
    if form.is_valid():
        actions.add_to_circle(incident=incident, by=request.user, **form.cleaned_data)
        messages.success(request, f"{form.cleaned_data['user']} is in the circle.")
        return redirect("incidents:people", incident.ref)
    return TemplateResponse(request, "incidents/people.html", _people(incident, circle_form=form), status=422)


@incident_view(Permission.LEAD)
@require_POST
def remove_from_circle(request, incident, pk):
    member = get_object_or_404(incident.circle, pk=pk)
    _try(
        request,
        lambda: actions.remove_from_circle(member=member, by=request.user),
        f"{member.user} left the circle.",
    )
    return redirect("incidents:people", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def add_link(request, incident):
    form = LinkForm(request.POST)
    if form.is_valid():
        actions.add_link(incident=incident, by=request.user, **form.cleaned_data)
    else:
        messages.error(request, "A link needs a title and an address that starts with https:// or http://.")
    return redirect(incident)


@incident_view(Permission.WRITE)
@require_POST
def remove_link(request, incident, pk):
    actions.remove_link(link=get_object_or_404(incident.links, pk=pk), by=request.user)
    return redirect(incident)


@incident_view(Permission.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def no_review(request, incident):
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _try(
            request,
            lambda: actions.no_review_needed(
                incident=incident, by=request.user, now=timezone.now(), **form.cleaned_data
            ),
            "Noted, with the reason. The review can be reopened at any time.",
        )
        return redirect(incident)
    return TemplateResponse(request, "incidents/no_review.html", {"form": form, "incident": incident})


@incident_view(Permission.LEAD)
@require_POST
def reopen(request, incident):
    _try(
        request,
        lambda: actions.reopen_review(incident=incident, by=request.user, now=timezone.now()),
        "The review is open again.",
    )
    return redirect(incident)


@incident_view(Permission.LEAD)
@require_POST
def close(request, incident):
    _try(
        request,
        lambda: actions.close_review(incident=incident, by=request.user, now=timezone.now()),
        "The review is closed. Thank you.",
    )
    return redirect(incident)


@incident_view(Permission.LEAD)
@require_POST
def skip_stage(request, incident):
    stage, reason = request.POST.get("stage", ""), request.POST.get("reason", "")
    _try(
        request,
        lambda: actions.skip_stage(incident=incident, by=request.user, stage=stage, reason=reason),
        "Gone past, with the reason." if reason.strip() else "Taken up again.",
    )
    return redirect(incident)


@incident_view(Permission.READ)
@require_safe
def history(request, incident):
    entries = Entry.objects.about(incident.ref)
    return TemplateResponse(
        request,
        "incidents/history.html",
        {"incident": incident, "entries": page_of(request, entries, size=100)},
    )


# --- the organisation's settings -------------------------------------------------------------------


@organisation_view(Permission.MANAGE_SETTINGS)
@require_safe
def settings(request):
    return TemplateResponse(
        request,
        "incidents/settings.html",
        {"severities": Severity.objects.all(), "services": Service.objects.select_related("team")},
    )


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_severity(request, key):
    severity = get_object_or_404(Severity, key=key)
    form = SeverityForm(request.POST or None, instance=severity)
    if request.method == "POST" and form.is_valid():
        actions.save_severity(severity=form.save(commit=False), by=request.user)
        messages.success(request, f"{severity.name} is saved.")
        return redirect("incidents:settings")
    return TemplateResponse(request, "incidents/edit_severity.html", {"form": form, "severity": severity})


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_service(request, slug=None):
    service = get_object_or_404(Service, slug=slug) if slug else None
    form = ServiceForm(request.POST or None, instance=service)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        saved.slug = saved.slug or free_slug(Service, saved.name)
        actions.save_service(service=saved, by=request.user)
        messages.success(request, f"{saved.name} is saved.")
        return redirect("incidents:settings")
    return TemplateResponse(request, "incidents/edit_service.html", {"form": form, "service": service})


@organisation_view(Permission.READ_AUDIT)
@require_safe
def audit(request):
    """The organisation's trail, without what concerns restricted incidents the reader is not in the circle of."""
    hidden = Incident.objects.exclude(pk__in=Incident.objects.visible_to(request.user).values("pk")).values(
        "ref"
    )
    entries = Entry.objects.exclude(subject__in=hidden)
    return TemplateResponse(request, "incidents/audit.html", {"entries": page_of(request, entries, size=100)})


def _try(request: HttpRequest, change, done: str) -> None:
    try:
        change()
        messages.success(request, done)
    except actions.NotPossible as error:
        messages.error(request, str(error))
