from __future__ import annotations

import re

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, Func, TextField, Value
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from postmortems.incidents.models import Service, Severity
from postmortems.publication.models import Revision
from postmortems.web.paging import page_of

# Ranking every hit of a word that stands in most write-ups costs a second at a hundred thousand of them;
# the newest hits are ranked, and the page says so.
RANKED = 2000


@require_safe
def search(request):
    asked = {
        name: request.GET.get(name, "").replace("\x00", "").strip()[:200]
        for name in ("q", "severity", "service", "tag", "year")
    }
    found = Revision.objects.visible_to(request.user).current()
    if asked["severity"]:
        found = found.filter(incident__severity__key=asked["severity"])
    if asked["service"]:
        found = found.filter(incident__services__slug=asked["service"])
    if asked["tag"]:
        found = found.filter(incident__tags__contains=[asked["tag"]])
    if asked["year"].isascii() and asked["year"].isdigit() and 1990 <= int(asked["year"]) < 2100:
        found = found.filter(published_at__year=int(asked["year"]))
    if asked["q"]:
        query = SearchQuery(asked["q"], search_type="websearch", config="english")
        newest = found.filter(card__search=query).order_by("-published_at", "-id").values("pk")[:RANKED]
        found = Revision.objects.filter(pk__in=list(newest.values_list("pk", flat=True)))
        found = found.annotate(rank=SearchRank(F("card__search"), query)).order_by("-rank", "-published_at")
    rows = (
        found.select_related("incident__severity", "printing")
        .prefetch_related("incident__services")
        .defer("content", "html", "words")
    )
    page = page_of(request, rows, size=20)
    if asked["q"]:
        _snippets(page.object_list, query)
    return TemplateResponse(
        request,
        "archive/search.html",
        {
            "asked": asked,
            "any_filter": any(asked.values()),
            "page": page,
            "capped": bool(asked["q"]) and page.paginator.count >= RANKED,
            "severities": Severity.objects.all(),
            "services": Service.objects.all(),
        },
    )


def _snippets(revisions, query) -> None:
    """Highlights for the rows of one page alone; the marks are put in after escaping."""
    revisions = list(revisions)
    # The first two lines of an article are its head and its title, which stand above the snippet anyway.
    body = Func(
        F("words"), Value(r"^[^\n]*\n[^\n]*\n"), Value(""),
        function="regexp_replace", output_field=TextField(),
    )  # fmt: skip
    headline = SearchHeadline(
        body,
        query,
        config="english",
        start_sel="\x02",
        stop_sel="\x03",
        max_words=34,
        min_words=16,
        max_fragments=2,
    )
    found = dict(
        Revision.objects.filter(pk__in=[r.pk for r in revisions])
        .annotate(headline=headline)
        .values_list("pk", "headline")
    )
    for revision in revisions:
        text = escape(found.get(revision.pk, "")).replace("\x02", "<mark>").replace("\x03", "</mark>")
        revision.snippet = mark_safe(text)  # noqa: S308 escaped the line before


@require_safe
def feed(request):
    """What was newly published and this reader may see, as Atom."""
    made = Atom1Feed(
        title="Second Story: newly published", link=request.build_absolute_uri(reverse("archive:search")),
        description="Incident reviews, as they are published",
    )  # fmt: skip
    revisions = Revision.objects.visible_to(request.user).current().select_related("incident", "published_by")
    for revision in revisions.defer("content", "html")[:50]:
        address = request.build_absolute_uri(
            reverse("publication:revision", args=[revision.incident.ref, revision.number])
        )
        made.add_item(
            title=_xml(revision.title), link=address, unique_id=f"urn:sha256:{revision.digest}",
            description=escape(_xml(revision.words[:400])),  # readers take a summary for HTML
            pubdate=revision.published_at, updateddate=revision.published_at, author_name=_xml(str(revision.published_by)),
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _xml(text: str) -> str:
    """What XML can hold: some control characters have no place in it, not even escaped."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
