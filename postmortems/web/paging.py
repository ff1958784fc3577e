"""Paging by number for short lists. A timeline pages by key: `timelines.line`."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.http import HttpRequest


def page_of(request: HttpRequest, rows, *, size: int = 25, name: str = "page") -> Page:
    """The page the request asks for; the nearest one that exists when it asks for nonsense."""
    return Paginator(rows, size).get_page(request.GET.get(name))
