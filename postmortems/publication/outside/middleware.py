from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve

from postmortems.publication.outside import urls, views

Handler = Callable[[HttpRequest], HttpResponse]
BEGINS = ("/public/", "/partners/")
WITHOUT_SLASH = tuple(one.rstrip("/") for one in BEGINS)


class Outside:
    """What outsiders read is answered here, before sessions, sign-in and everything else of the house."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        where = request.path_info
        if where.startswith(BEGINS) or where in (*WITHOUT_SLASH, "/robots.txt"):
            return _answer(request, where)
        return self.get_response(request)


def _answer(request: HttpRequest, where: str) -> HttpResponse:
    try:
        found = resolve(where, urls)
    except Resolver404:
        if _is_address(f"{where}/"):
            return HttpResponsePermanentRedirect(f"{request.path}/")
        return views.nothing(request)
    return found.func(request, *found.args, **found.kwargs)


def _is_address(where: str) -> bool:
    try:
        return bool(resolve(where, urls))
    except Resolver404:
        return False
