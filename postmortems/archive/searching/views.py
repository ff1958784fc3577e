from __future__ import annotations

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from postmortems.archive.following.facets import offered as facets_to_follow
from postmortems.archive.listing.lists import worth_reading
from postmortems.archive.models import Card
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.choices import choices
from postmortems.archive.searching.finding import RANKED, SIZE, Found, find_or_some
from postmortems.archive.searching.related import related
from postmortems.archive.searching.snippets import snippets
from postmortems.archive.searching.spelling import meant
from postmortems.publication.models import Revision


@require_safe
def search(request):
    asked = Asked.of(request.GET)
    found = find_or_some(request.user, asked)
    ranked = bool(asked.words) and not asked.newest
    facets, tags = choices(asked, found.counts)
    return TemplateResponse(
        request,
        "archive/search.html",
        {
            "asked": asked,
            "found": found,
            "rows": rows_of(request.user, found, asked.words),
            "page": Paginator(range(found.within if ranked else found.total), SIZE).get_page(asked.page),
            "ranked": ranked,
            "best_of": RANKED if ranked and found.total > RANKED else 0,
            "facets": facets,
            "tags": tags,
            "worth_reading": [] if asked.anything or asked.page > 1 else worth_reading(request.user)[:2],
            "follow": facets_to_follow(request.user, asked),
            "meant": meant(request.user, asked) if asked.words and (found.some or not found.total) else "",
        },
    )


@require_safe
def resembling(request, ref):
    """Write-ups like this one: a list under it, or a page of its own where there is no script."""
    card = get_object_or_404(Card.objects.visible_to(request.user).defer("search"), incident__ref=ref)
    template = "archive/related.html#related" if request.htmx else "archive/related.html"
    return TemplateResponse(
        request, template, {"card": card, "ref": ref, "cards": related(request.user, card)}
    )


def rows_of(user, found: Found, words: str) -> list[Revision]:
    """The newest revisions of these incidents, asked once more whether this reader may see them."""
    rows = (
        Revision.objects.visible_to(user)
        .filter(card__in=found.shown)
        .select_related("incident__severity", "printing", "card")
        .prefetch_related("incident__services")
        .defer("content", "html", "card__search", *([] if words else ["words"]))
    )
    by_incident = {row.incident_id: row for row in rows}
    listed = [by_incident[key] for key in found.shown if key in by_incident]
    if words and listed:
        passages = snippets([row.words for row in listed], found.stems)
        for row, snippet in zip(listed, passages, strict=True):
            row.snippet = snippet
    return listed
