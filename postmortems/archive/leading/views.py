from __future__ import annotations

from django.core.paginator import Paginator
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


@require_safe
def conditions(request):
    page = Paginator(rows.conditions(request.GET), rows.PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "archive/rows/conditions.html", {"page": page})


@require_safe
def promises(request):
    number = rows.page_of(request.GET)
    found, among = rows.promises(request.GET, now=timezone.now(), page=number)
    page = Paginator(range(among), rows.PAGE).get_page(number)
    return TemplateResponse(request, "archive/rows/promises.html", {"found": found, "page": page})


@require_safe
def due(request):
    number = rows.page_of(request.GET)
    found, among = rows.due(request.GET, now=timezone.now(), page=number)
    page = Paginator(range(among), rows.PAGE).get_page(number)
    return TemplateResponse(request, "archive/rows/due.html", {"found": found, "page": page})


@require_safe
def read(request):
    number = rows.page_of(request.GET)
    found, among = rows.read(request.GET, now=timezone.now(), page=number)
    page = Paginator(range(among), rows.PAGE).get_page(number)
    return TemplateResponse(request, "archive/rows/read.html", {"found": found, "page": page})


@require_safe
def surveyed(request):
    page = Paginator(rows.surveyed(request.GET), rows.PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "archive/rows/surveyed.html", {"page": page})
