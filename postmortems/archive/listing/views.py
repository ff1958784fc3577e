from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.archive.listing import actions, lists, teams
from postmortems.archive.models import Card, Later, Recommendation
from postmortems.incidents.access import permissions
from postmortems.incidents.models import CircleMember

PAGE = 30


class BecauseForm(forms.Form):
    because = forms.CharField(
        label="Worth reading, because",
        max_length=300,
        help_text="One sentence: what does somebody learn who was not there?",
    )


@require_safe
def reading(request):
    """What is worth reading, and what one put aside."""
    page = Paginator(lists.worth_reading(request.user), PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(
        request,
        "archive/reading.html",
        {"page": page, "aside": lists.put_aside(request.user)[:PAGE]},
    )


def _card(request, ref: str) -> Card:
    """A published write-up that this reader may open; 404 for everything else."""
    cards = Card.objects.visible_to(request.user).select_related("incident", "revision")
    cards = cards.only("title", "incident", "revision__number")
    return get_object_or_404(cards, incident__ref=ref.upper())


@require_safe
def shelf(request, ref):
    """What the reading list says of one write-up: a part of its page, or a page of its own where there is no script."""
    return _shelf(request, _card(request, ref))


def _shelf(request, card: Card, form: BecauseForm | None = None) -> HttpResponse:
    allowed = permissions(request.user, card.incident)
    recommended = Recommendation.objects.filter(incident=card.incident).select_related("by").first()
    return TemplateResponse(
        request,
        "archive/shelf.html" + ("#shelf" if request.htmx else ""),
        {
            "card": card,
            "ref": card.incident.ref,
            "recommended": recommended,
            "later": Later.objects.filter(user=request.user, incident=card.incident).exists(),
            "form": form or BecauseForm(initial={"because": recommended.because if recommended else ""}),
            "may_recommend": Permission.WRITE in allowed,
            "may_announce": Permission.LEAD in allowed,
        },
    )


@require_POST
def recommend(request, ref):
    card = _card(request, ref)
    if Permission.WRITE not in permissions(request.user, card.incident):
        raise PermissionDenied("The reading list is kept by reviewers.")
    if request.POST.get("what") == "remove":
        actions.take_off(incident=card.incident, by=request.user)
        messages.success(request, "It is off the reading list.")
        return _after(request, card)
    form = BecauseForm(request.POST)
    if not form.is_valid():
        return _shelf(request, card, form)
    try:
        actions.recommend(
            incident=card.incident, by=request.user, because=form.cleaned_data["because"], now=timezone.now()
        )
    except actions.NotPossible as error:
        form.add_error("because", str(error))
        return _shelf(request, card, form)
    messages.success(request, "It stands on the reading list.")
    return _after(request, card)


@require_POST
def later(request, ref):
    card = _card(request, ref)
    if request.POST.get("what") == "remove":
        actions.put_back(incident=card.incident, by=request.user)
    else:
        actions.put_aside(incident=card.incident, by=request.user, now=timezone.now())
    return _after(request, card)


def _after(request, card: Card) -> HttpResponse:
    return _shelf(request, card) if request.htmx else redirect("publication:newest", card.incident.ref)


@require_POST
def read(request, ref):
    """Somebody came to the end of it. What is kept of that: archive/listing/teams.py. Its circle is told how far it is read."""
    card = Card.objects.visible_to(request.user).filter(incident__ref=ref.upper()).defer("search").first()
    if card is None:
        raise Http404("Nothing of this name is published that you can see.")
    teams.keep(card=card, reader=request.user, today=timezone.now().date())
    told = None
    if CircleMember.objects.filter(incident=card.pk, user=request.user).exists():
        told = teams.read_by([card.pk]).get(card.pk)
    return TemplateResponse(request, "archive/read.html", {"told": told})
