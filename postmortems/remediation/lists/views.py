from __future__ import annotations

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.models import Team, User
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.bulk import actions as bulk
from postmortems.remediation.lists import export, saving
from postmortems.remediation.lists.asked import NAMES, SHOWS, Asked
from postmortems.remediation.lists.effects import to_look_at
from postmortems.remediation.lists.pages import COUNTED, in_order, page_of
from postmortems.remediation.lists.standing import SOON, of_teams
from postmortems.remediation.models import UNDONE_STATUSES, Item

SHORT = 20  # rows of a list beside the main one


@require_safe
def mine(request):
    """What I am to do, overdue first; what waits for somebody to look, or to be decided; what my teams promised."""
    today, now = timezone.localdate(), timezone.now()
    own = Item.objects.filter(owner=request.user)
    teams = list(request.user.teams.all())
    of_others = Item.objects.filter(team__in=teams).exclude(owner=request.user)
    undone = own.filter(status__in=UNDONE_STATUSES)
    return TemplateResponse(
        request,
        "remediation/mine.html",
        {
            "own": page_of(undone, request.GET.get("after", "")),
            "overdue": own.overdue(today).order_by()[: COUNTED + 1].count(),
            "soon": own.due_between(today, today + SOON).order_by()[: COUNTED + 1].count(),
            "done": page_of(own.filter(status="done"), "", size=SHORT),
            "parked": page_of(own.filter(status="parked"), "", size=SHORT),
            "of_teams": page_of(of_others.filter(status__in=UNDONE_STATUSES), "", size=SHORT)
            if teams
            else None,
            "to_verify": page_of(of_others.filter(status="done"), "", size=SHORT) if teams else None,
            "effects": to_look_at(request.user, now=now),
            "standings": of_teams(teams, Item.objects.all(), today=today),
            "today": today,
            "last": bulk.last_of(request.user, now=now),
        },
    )


@require_safe
def everything(request):
    return _list(request, Asked.of(request.GET))


@require_safe
def of_team(request, slug):
    team = get_object_or_404(Team, slug=slug)
    return _list(request, Asked.of(request.GET.dict() | {"team": team.slug}))


def _list(request, asked: Asked):
    today = timezone.localdate()
    page = page_of(asked.items(request.user, today), request.GET.get("after", ""))
    team = Team.objects.filter(slug=asked.team).first() if asked.team else None
    seen = Item.objects.visible_to(request.user)
    shown = [item.pk for item in page.rows]
    return TemplateResponse(
        request,
        "remediation/list.html",
        {
            "asked": asked,
            "team": team,
            "standing": of_teams([team], seen, today=today)[0] if team else None,
            "page": page,
            "changeable": set(Item.objects.changeable_by(request.user).filter(pk__in=shown).values_list("pk", flat=True)) if shown else set(),
            "today": today,
            "shows": SHOWS.items(),
            "types": Item.Type.choices,
            "statuses": Item.Status.choices,
            "all_teams": Team.objects.all(),
            "people": User.objects.active(),
            "views": saving.visible(request.user)[: saving.MOST],
            "last": bulk.last_of(request.user, now=timezone.now()),
        },
    )  # fmt: skip


@require_safe
def take_along(request):
    """The list under the same filters as the page, however long: it is streamed."""
    asked = Asked.of(request.GET)
    items = in_order(asked.items(request.user, timezone.localdate())).for_list()
    return StreamingHttpResponse(
        export.comma_separated(items.iterator(chunk_size=1000)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="items.csv"'},
    )


# --- views under a name ------------------------------------------------------------------------------


@require_POST
def save_view(request):
    query = {name: request.POST[name] for name in NAMES if request.POST.get(name)}
    try:
        view = saving.save_view(
            by=request.user, name=request.POST.get("name", ""), query=query,
            shared=request.POST.get("shared") == "1",
        )  # fmt: skip
        messages.success(request, f"“{view.name}” is kept among the views of items.")
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect(list_address(query))


@require_POST
def forget_view(request, pk):
    view = get_object_or_404(saving.visible(request.user), pk=pk)
    try:
        saving.forget_view(view=view, by=request.user)
        messages.success(request, f"“{view.name}” is forgotten.")
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect(list_address(view.query))


def list_address(query) -> str:
    address = Asked.of(query).address
    return reverse("remediation:all") + (f"?{address}" if address else "")
