from __future__ import annotations

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from postmortems.archive.leading import fixed_page, printing, recurs_page, reviews_page, rows
from postmortems.archive.leading.reckoning import standing


@require_safe
def recurs(request):
    as_of, figures = standing(timezone.now())
    told = recurs_page.told(figures["recurs"])
    return TemplateResponse(request, "archive/recurs.html", {"here": "recurs", "as_of": as_of, **told})


@require_safe
def fixed(request):
    as_of, figures = standing(timezone.now())
    return TemplateResponse(
        request, "archive/fixed.html", {"here": "fixed", "as_of": as_of, **fixed_page.told(figures["fixed"])}
    )


@require_safe
def reviews(request):
    as_of, figures = standing(timezone.now())
    told = reviews_page.told(figures["reviews"])
    return TemplateResponse(request, "archive/reviews.html", {"here": "reviews", "as_of": as_of, **told})


@require_safe
def numbers(request):
    """What these numbers cannot say."""
    return TemplateResponse(request, "archive/numbers.html", {"here": "numbers"})


@require_safe
def printed(request):
    """All of it as one document to print."""
    as_of, made = printing.printed(timezone.now())
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="incident-reviews-{as_of:%Y-%m-%d}.pdf"'},
    )


# --- the rows behind a figure ----------------------------------------------------------------------


def _rows(request, name: str, found: Sequence, among: int) -> TemplateResponse:
    """A page of rows; beyond `rows.MOST` they are neither counted nor paged through, and the page says so."""
    return TemplateResponse(
        request,
        f"archive/rows/{name}.html",
        {"found": found, "page": _page(request, among), "more": among > rows.MOST},
    )


def _page(request, among: int) -> Page:
    return Paginator(range(min(among, rows.MOST)), rows.PAGE).get_page(rows.page_of(request.GET))


def _listed(request, name: str, found: QuerySet) -> TemplateResponse:
    among = found[: rows.MOST + 1].count()
    first = (_page(request, among).number - 1) * rows.PAGE
    return _rows(request, name, found[first : first + rows.PAGE], among)


@require_safe
def conditions(request):
    return _listed(request, "conditions", rows.conditions(request.GET))


@require_safe
def promises(request):
    found, among = rows.promises(request.GET, now=timezone.now(), page=rows.page_of(request.GET))
    return _rows(request, "promises", found, among)


@require_safe
def due(request):
    found, among = rows.due(request.GET, now=timezone.now(), page=rows.page_of(request.GET))
    return _rows(request, "due", found, among)


@require_safe
def read(request):
    found, among = rows.read(now=timezone.now(), page=rows.page_of(request.GET))
    return _rows(request, "read", found, among)


@require_safe
def surveyed(request):
    return _listed(request, "surveyed", rows.surveyed(request.GET))
