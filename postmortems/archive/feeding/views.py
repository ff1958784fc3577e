from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.models import Team
from postmortems.archive.feeding import actions, entries
from postmortems.archive.models import FeedKey
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.choices import choices
from postmortems.archive.searching.finding import find
from postmortems.incidents.models import Service
from postmortems.web import fetched


@require_safe
def feed(request):
    """For who is signed in; a feed program comes to `subscribed`."""
    return _answer(request, request.user, "atom")


@login_not_required
@require_safe
def subscribed(request, key, kind):
    found = FeedKey.objects.select_related("user").filter(key=key, user__is_active=True).first()
    if found is None or kind not in entries.TYPES:
        raise Http404
    return _answer(request, found.user, kind)


def _answer(request, user, kind: str) -> HttpResponse:
    asked = replace(Asked.of(request.GET), words="")
    revisions = list(entries.newest(user, asked))
    tag = entries.etag(revisions, kind)
    data = entries.written(revisions, kind=kind, about=", ".join(asked.chosen.values()))
    return fetched.answer(request, data, kind=entries.TYPES[kind], etag=tag)


@require_safe
def feeds(request):
    key = FeedKey.objects.filter(user=request.user).first()
    tags = choices(Asked(), find(request.user, Asked()).counts)[1]
    groups = [
        ("Everything", [("All newly published", {})]),
        ("Services", [(service.name, {"service": service.slug}) for service in Service.objects.all()[:200]]),
        ("Teams", [(team.name, {"team": team.slug}) for team in Team.objects.all()[:200]]),
        ("Tags", [(tag.name, {"tag": tag.value}) for tag in tags]),
    ]
    listed = [(name, [_listed(key, words, asked) for words, asked in rows]) for name, rows in groups if rows]
    return TemplateResponse(request, "archive/feeds.html", {"key": key, "groups": listed})


def _listed(key: FeedKey | None, words: str, asked: dict[str, str]) -> dict[str, str]:
    if key is None:
        return {"name": words}
    query = f"?{urlencode(asked)}" if asked else ""
    addresses = {
        kind: settings.SITE_URL + reverse("archive:subscribed", args=[key.key, kind]) + query
        for kind in entries.TYPES
    }
    return {"name": words, **addresses}


@require_POST
def change(request):
    if request.POST.get("what") == "remove":
        actions.remove_feed_key(by=request.user)
    else:
        actions.make_feed_key(by=request.user, now=timezone.now())
    return redirect("archive:feeds")
