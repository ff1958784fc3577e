"""Pages, prints, documents, pictures and feeds for people without an account.

`middleware.Outside` calls these before anything else of the house is asked: no view here may use a session or a user.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from postmortems.publication import pictures
from postmortems.publication.models import Audience, Twin
from postmortems.publication.outside import addresses, news, shelf
from postmortems.publication.outside.document import document_of
from postmortems.publication.outside.keeping import SHELF, Answer, kept
from postmortems.publication.reading.document import written
from postmortems.web import feeds

PAGE = "text/html; charset=utf-8"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # an address of a partner is a secret, and leads to other sites
}
View = Callable[..., HttpResponse]


def _open(view: View) -> View:
    """Open to everybody, while the installation has an outside at all."""

    @login_not_required
    @require_safe
    @wraps(view)
    def opened(request: HttpRequest, side: str = "public", **arguments) -> HttpResponse:
        try:
            if not settings.PUBLIC_SIDE:
                raise Http404
            response = view(request, addresses.SIDES[side], **arguments)
        except Http404:
            response = _nothing()
        return _mannered(response, addresses.SIDES[side])

    return opened


def _mannered(response: HttpResponse, audience: str) -> HttpResponse:
    public = audience == Audience.PUBLIC
    if response.status_code in (200, 304, 410):
        shared = (
            "public, max-age=60, stale-while-revalidate=60" if public else "private, max-age=60, no-transform"
        )
        response["Cache-Control"] = shared
    else:
        response["Cache-Control"] = "no-cache"
    if not (public and settings.PUBLIC_INDEXED):
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    for name, value in HEADERS.items():
        response.setdefault(name, value)
    if response.status_code != 304:
        response["Content-Length"] = str(len(response.content))
    return response


def nothing(request: HttpRequest) -> HttpResponse:
    """For what is no address at all."""
    return _mannered(_nothing(), Audience.PARTNER)


def _nothing() -> HttpResponse:
    return HttpResponse(render_to_string("public/nothing.html", _house()), status=404)


def _house() -> dict[str, object]:
    return {"organisation": settings.ORGANISATION, "site": settings.SITE_URL}


def _page(template: str, *, status: int = 200, **told) -> Answer:
    return Answer.of(render_to_string(template, _house() | told).encode(), PAGE, status=status)


# --- one text ----------------------------------------------------------------------------------------


def _of_text(make: Callable[..., Answer]) -> View:
    """What `make` answers of the twin at the address, or that it was withdrawn."""

    @_open
    @wraps(make)
    def view(request, audience, key, number=None, **more) -> HttpResponse:
        def answer() -> Answer:
            try:
                twin = shelf.find(audience, key, number)
            except shelf.Gone as gone:
                return _withdrawn(gone, audience)
            if twin is None:
                raise Http404
            return make(twin, **more)

        return kept(request.path, key, answer).to(request)

    return view


def _withdrawn(gone: shelf.Gone, audience: str) -> Answer:
    newest = addresses.path(gone.newest, "newest") if gone.newest else ""
    public = audience == Audience.PUBLIC
    return _page("public/withdrawn.html", status=410, gone=gone, newest=newest, public=public)


@_of_text
def page(twin: Twin) -> Answer:
    newest = shelf.find(twin.audience, twin.key)
    public, printing = twin.audience == Audience.PUBLIC, shelf.printed(twin)
    return _page(
        "public/twin.html",
        twin=twin,
        article=mark_safe(twin.html),  # noqa: S308 frozen as it was published, behind the sanitiser
        summary=shelf.short(twin.content.get("texts", {}).get("summary", "")),
        newest=newest if newest is not None and newest.number != twin.number else None,
        earlier=[(one, addresses.path(one)) for one in shelf.earlier(twin)],
        printing=printing,
        public=public,
        indexed=public and settings.PUBLIC_INDEXED,
        canonical=addresses.address(newest or twin) if public else "",
        pdf_at=addresses.path(twin, "pdf"),
        document_at=addresses.path(twin, "document"),
        newest_at=addresses.path(twin, "newest"),
    )


@_of_text
def document(twin: Twin) -> Answer:
    return Answer.of(
        written(document_of(twin)),
        "application/json",
        Content_Disposition=f'attachment; filename="{addresses.name_of(twin)}.json"',
    )


@_of_text
def pdf(twin: Twin) -> Answer:
    printing = shelf.printed(twin)
    if printing is None:
        return _page("public/being_set.html", status=503, back=addresses.path(twin))
    with printing.file.open("rb") as file:
        inline = f'inline; filename="{addresses.name_of(twin)}.pdf"'
        return Answer.of(file.read(), "application/pdf", etag=printing.sha256, Content_Disposition=inline)


@_of_text
def image(twin: Twin, name: str) -> Answer:
    found = pictures.behind(twin, f"images/{name}")
    if found is None or name != pictures.name_of(found.digest, found.kind):
        raise Http404
    with found.file.open("rb") as file:
        return Answer.of(
            file.read(), found.kind, etag=found.digest, Content_Security_Policy="default-src 'none'; sandbox"
        )


# --- the shelf of all public ones ----------------------------------------------------------------------


@_open
def front(request, audience) -> HttpResponse:
    return kept(request.path, SHELF, lambda: _list(shelf.listed())).to(request)


@_open
def year(request, audience, year) -> HttpResponse:
    def answer() -> Answer:
        found = shelf.listed(year=year)
        if not found:
            raise Http404
        return _list(found, year=year)

    return kept(request.path, SHELF, answer).to(request)


def _list(rows: list[shelf.Told], *, year: int | None = None) -> Answer:
    years = shelf.years()
    more = year or len(years) > 1 or sum(count for _, count in years) > len(rows)
    return _page(
        "public/shelf.html",
        rows=rows,
        years=years if more else [],
        year=year,
        indexed=settings.PUBLIC_INDEXED,
    )


@_open
def feed(request, audience, kind) -> HttpResponse:
    def answer() -> Answer:
        entries = news.entries()
        told = news.written(entries, kind)
        return Answer.of(told, feeds.TYPES[kind], etag=feeds.etag(entries, kind).strip('"'))

    return kept(request.path, SHELF, answer).to(request)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """For search engines: what is public, unless the installation would rather not be found."""
    told = {"indexed": settings.PUBLIC_SIDE and settings.PUBLIC_INDEXED}
    return HttpResponse(render_to_string("public/robots.txt", told), content_type="text/plain")
