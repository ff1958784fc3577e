"""Manners of the pages that hold somebody's private words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.debug import sensitive_post_parameters

from postmortems.interviews.refusals import Gone, NotPossible


def private_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No copy in any cache, not even the browser's own; no posted word in an error report; in no search engine."""

    @wraps(view)
    def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return sensitive_post_parameters()(inner)


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def version(request: HttpRequest) -> int:
    """The version that a form was opened with; 0, which nothing has, for anything that is no number."""
    text = request.POST.get("version", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def refusal(refused: NotPossible) -> JsonResponse:
    """410 where nothing more will ever be taken, 422 where other words would be."""
    return JsonResponse({"sentence": str(refused)}, status=410 if isinstance(refused, Gone) else 422)


def kept(note, at) -> JsonResponse:
    return JsonResponse({"version": note.version, "saved_at": at.isoformat()})
