from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.language.kinds import Kind
from postmortems.writeup.coaching import actions
from postmortems.writeup.coaching.families import FAMILIES, about
from postmortems.writeup.models import HouseWord, SilencedKind


@organisation_view(Permission.LEAD)
@require_safe
def settings(request):
    """What the coach marks here, and why: for reviewers to read, for administrators to change."""
    words: dict[str, list[HouseWord]] = {}
    for word in HouseWord.objects.select_related("by"):
        words.setdefault(word.kind, []).append(word)
    silenced = {one.kind: one for one in SilencedKind.objects.select_related("by")}
    families = [
        (key, name, [(about(kind), words.get(kind, []), silenced.get(kind)) for kind in kinds])
        for key, (name, kinds) in FAMILIES.items()
    ]
    may_change = request.user.may(Permission.MANAGE_SETTINGS)
    return TemplateResponse(
        request, "writeup/coach_settings.html", {"families": families, "may_change": may_change}
    )


@require_POST
@organisation_view(Permission.MANAGE_SETTINGS)
def add_word(request, kind):
    found = _kind(kind)
    try:
        actions.add_word(kind=found, words=request.POST.get("words", ""), by=request.user, now=timezone.now())
    except ValueError as trouble:
        messages.error(request, str(trouble))
    return _back(found)


@require_POST
@organisation_view(Permission.MANAGE_SETTINGS)
def remove_word(request, pk):
    word = get_object_or_404(HouseWord, pk=pk)
    actions.remove_word(word=word, by=request.user)
    messages.success(request, f"“{word.words}” is no longer marked.")
    return _back(word.kind)


@require_POST
@organisation_view(Permission.MANAGE_SETTINGS)
def silence(request, kind):
    found = _kind(kind)
    try:
        actions.silence(kind=found, why=request.POST.get("why", ""), by=request.user, now=timezone.now())
    except ValueError as trouble:
        messages.error(request, str(trouble))
    return _back(found)


@require_POST
@organisation_view(Permission.MANAGE_SETTINGS)
def hear(request, kind):
    found = _kind(kind)
    actions.hear(kind=found, by=request.user)
    return _back(found)


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise Http404("There is no such kind of mark.") from None


def _back(kind: str):
    return redirect(f"{reverse('writeup:coach_settings')}#{kind}")
