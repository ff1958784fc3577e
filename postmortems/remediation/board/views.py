from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.models import Team
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.board.columns import columns
from postmortems.remediation.bulk import actions as bulk
from postmortems.remediation.bulk.views import ticked_in
from postmortems.remediation.models import Bulk, Item


@require_safe
def board(request):
    team = _team(request.GET.get("team", ""))
    return TemplateResponse(request, "remediation/board.html", _board(request, team))


@require_POST
def move(request):
    """One card to another column. Answers with the board, and with what was said about it."""
    team = _team(request.POST.get("team", ""))
    said = ""
    try:
        outcome = bulk.change_items(
            items=ticked_in(request.POST)[:1], by=request.user, now=timezone.now(),
            change=bulk.Change(status=request.POST.get("status", ""), reason=request.POST.get("reason", ""),
                               early_reason=request.POST.get("early_reason", "")),
        )  # fmt: skip
        said = _said(request, outcome)
    except NotPossible as error:
        messages.error(request, str(error))
    return _answer(request, team, said)


@require_POST
def undo(request, pk):
    team = _team(request.POST.get("team", ""))
    found = get_object_or_404(Bulk, pk=pk, by=request.user)
    said = ""
    try:
        outcome = bulk.take_back(bulk=found, by=request.user, now=timezone.now())
        said = "Taken back." if outcome.changed else "Somebody has changed it since; it stays."
    except NotPossible as error:
        messages.error(request, str(error))
    return _answer(request, team, said)


def _said(request, outcome: bulk.Outcome) -> str:
    for _, why in outcome.left:
        messages.error(request, why)
    if not outcome.changed:
        return ""
    item = outcome.changed[0]
    return f"R{item.number} of {item.incident.ref} is {item.get_status_display().lower()}."


def _answer(request, team: Team | None, said: str):
    if request.htmx:
        return TemplateResponse(
            request, "remediation/board.html#board", _board(request, team) | {"said": said}
        )
    if said:
        messages.success(request, said)
    return redirect(reverse("remediation:board") + (f"?team={team.slug}" if team else ""))


def _team(slug: str) -> Team | None:
    return get_object_or_404(Team, slug=slug) if slug else None


def _board(request, team: Team | None) -> dict:
    now, today = timezone.now(), timezone.localdate()
    shown = columns(request.user, team=team, today=today, now=now)
    return {
        "team": team,
        "all_teams": Team.objects.all(),
        "columns": shown,
        "nothing": not any(column.cards for column in shown),
        "statuses": Item.Status.choices,
        "last": bulk.last_of(request.user, now=now),
    }
