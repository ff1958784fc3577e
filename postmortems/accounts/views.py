from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts import actions
from postmortems.accounts.access import organisation_view
from postmortems.accounts.forms import AcceptForm, InviteForm, ProfileForm, TeamForm
from postmortems.accounts.hours import as_on_monday
from postmortems.accounts.models import Invitation, Team, User
from postmortems.accounts.permissions import ORGANISATION_ROLES, ROLE_CHOICES, Permission
from postmortems.notices import post
from postmortems.web.paging import page_of


@require_safe
def people(request):
    words = _asked_for(request)
    found = _called(User.objects.active(), words).prefetch_related("teams")
    return TemplateResponse(
        request,
        "accounts/people.html",
        {
            "people": page_of(request, found, size=50),
            "teams": Team.objects.annotate(size=Count("members")),
            "q": words,
            "may_manage": request.user.may(Permission.MANAGE_PEOPLE),
        },
    )


def _asked_for(request) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()


def _called(people: QuerySet[User], words: str) -> QuerySet[User]:
    """Those with the words in their name or address."""
    if not words:
        return people
    return people.filter(Q(name__icontains=words) | Q(email__icontains=words))


@require_safe
def team(request, slug):
    team = get_object_or_404(Team, slug=slug)
    return TemplateResponse(
        request,
        "accounts/team.html",
        {
            "team": team,
            "members": team.members.filter(is_active=True),
            "services": team.services.all(),
            "may_manage": request.user.may(Permission.MANAGE_SETTINGS),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    same = "same" in request.POST  # fills in Tuesday to Friday; nothing is saved by it
    given = as_on_monday(request.POST) if same else request.POST or None
    form = ProfileForm(given, instance=User.objects.get(pk=request.user.pk), now=timezone.now())
    if request.method == "POST" and form.is_valid() and not same:
        actions.save_profile(by=request.user, changes=form.changes())
        messages.success(request, "Saved.")
        return redirect("accounts:profile")
    return TemplateResponse(
        request,
        "accounts/profile.html",
        {"form": form, "role": ORGANISATION_ROLES[request.user.role], "unsaved": same},
    )


@organisation_view(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request):
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(by=request.user, now=timezone.now(), site=settings.SITE_URL, **form.cleaned_data)
        except actions.NotPossible as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"A letter is on its way to {form.cleaned_data['email']}.")
            return redirect("accounts:invitations")
    now, words = timezone.now(), _asked_for(request)
    waiting = list(Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now))
    stuck = {letter.about for letter in post.stuck(one.about for one in waiting)}
    return TemplateResponse(
        request,
        "accounts/invitations.html",
        {
            "form": form,
            "open": waiting,
            "stuck": {one.pk for one in waiting if one.about in stuck},
            "people": page_of(request, _called(User.objects.all(), words), size=50),
            "q": words,
            "roles": ROLE_CHOICES,
            "role_table": ORGANISATION_ROLES.values(),
        },
    )


@organisation_view(Permission.MANAGE_PEOPLE)
@require_POST
def withdraw(request, pk):
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        actions.withdraw(by=request.user, invitation=invitation, now=timezone.now())
        messages.success(request, "The invitation no longer works.")
    except actions.NotPossible as error:
        messages.error(request, str(error))
    return redirect("accounts:invitations")


@organisation_view(Permission.MANAGE_PEOPLE)
@require_POST
def set_role(request, pk):
    person = get_object_or_404(User, pk=pk)
    try:
        if request.POST.get("role") in ORGANISATION_ROLES:
            actions.set_role(by=request.user, person=person, role=request.POST["role"])
        if "active" in request.POST:
            actions.set_active(by=request.user, person=person, active=request.POST["active"] == "1")
        messages.success(request, f"Saved for {person}.")
    except actions.NotPossible as error:
        messages.error(request, str(error))
    return redirect("accounts:invitations")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request, token):
    invitation = Invitation.objects.filter(token=token).first()
    if invitation is None or not invitation.is_open(timezone.now()):
        return TemplateResponse(
            request, "accounts/invitation_over.html", status=404 if invitation is None else 410
        )
    form = AcceptForm(request.POST or None, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept(invitation=invitation, now=timezone.now(), **form.cleaned_data)
        except actions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            messages.success(request, f"Welcome, {user.get_short_name()}.")
            return redirect("home")
    return TemplateResponse(request, "accounts/accept.html", {"form": form, "invitation": invitation})


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_team(request, slug=None):
    team = get_object_or_404(Team, slug=slug) if slug else None
    initial = {"name": team.name, "about": team.about, "members": team.members.all()} if team else {}
    form = TeamForm(request.POST or None, team=team, initial=initial)
    if request.method == "POST" and form.is_valid():
        team = actions.save_team(by=request.user, team=team, **form.cleaned_data)
        messages.success(request, f"{team.name} is saved.")
        return redirect("accounts:team", team.slug)
    return TemplateResponse(request, "accounts/edit_team.html", {"form": form, "team": team})
