"""What a page of something published need not ask or send again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.cache import get_conditional_response

from postmortems.publication.models import Revision
from postmortems.web.kept import kept

PAGE = ("base.html", "publication/revision.html", "web/messages.html")


def frozen_words(revision: Revision) -> dict[str, Any]:
    """Article and approvers, which never change: from the cache under their seal."""

    def make() -> dict[str, Any]:
        html, approved_by = Revision.objects.values_list(
            "html", "content__published__approved_by"
        ).get(pk=revision.pk)  # fmt: skip
        return {"html": html, "approved_by": approved_by}

    return kept("revision", (revision.pk, revision.digest), make)


def remembered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers 304 to a browser that has the page as it would be sent to this reader now.

    Not where something is to be said once, nor where the page would set the cookie that its forms need.
    """

    @wraps(view)
    def inner(request: HttpRequest, revision: Revision) -> HttpResponse:
        cookie = request.META.get("CSRF_COOKIE", "")
        if not cookie or request.htmx or len(get_messages(request)):
            return view(request, revision)
        tag = f'W/"{_tag(request.user, revision, cookie)}"'
        unchanged = get_conditional_response(request, etag=tag)
        response = unchanged or view(request, revision)
        response["ETag"] = tag
        return response

    return inner


def _tag(user, revision: Revision, cookie: str) -> str:
    """Of everything that the page is made from: the text and what is said of it today, the reader, the house."""
    printing = revision.printing
    told = (
        revision.pk, revision.digest, revision.newest, revision.gone, str(revision.published_by), printing.state, printing.progress,
        user.pk, user.name, user.role, user.theme, user.tz.key, cookie, edition(),
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


@cache
def edition() -> str:
    """Other templates and styles make another page of the same text."""
    sources = "".join(get_template(name).template.source for name in PAGE)
    return hashlib.sha256(
        f"{sources}{getattr(staticfiles_storage, 'manifest_hash', '')}".encode()
    ).hexdigest()
