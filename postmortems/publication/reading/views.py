"""What is published, as page, PDF and JSON, and what a revision changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.db.models import OuterRef, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from postmortems.publication.models import Printing, Revision
from postmortems.publication.reading.comparing import changes as changed
from postmortems.publication.reading.document import document_of, written
from postmortems.publication.reading.remembering import frozen_words, remembered
from postmortems.publication.reading.standing import standing as stands
from postmortems.publication.withdrawing.telling import withdrawn_answer
from postmortems.writeup.writing.differences import difference


def published_view(*, whole: bool = False) -> Callable:
    """Turns `ref` and `number` (the newest without one) into the revision the caller may read; `whole` with its content.

    404 to who may not see it; 410 with the reason where it was withdrawn.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, ref: str, number: int | None = None) -> HttpResponse:
            found = _revision(request, ref, number, whole=whole)
            return withdrawn_answer(request, found) if found.is_withdrawn else view(request, found)

        return inner

    return decorate


# What a page about a revision says, beside its words: fewer columns cost the ORM half the time of the page.
ABOUT = (
    "number", "title", "digest", "change_note", "published_at", "incident__ref", "incident__severity", "published_by__name",
    "published_by__email", *(f"printing__{name}" for name in ("state", "progress", "pages", "size", "file", "sha256")),
)  # fmt: skip


def _revision(request: HttpRequest, ref: str, number: int | None, *, whole: bool = False) -> Revision:
    """In one query, with what is said of it today: the `newest` number, and the last that is `gone` with all before it."""
    same = Revision.objects.filter(incident=OuterRef("incident")).order_by("-number").values("number")
    revisions = (
        Revision.objects.known_to(request.user).filter(incident__ref=ref.upper())
        .annotate(newest=Subquery(same[:1]), gone=Subquery(same.filter(withdrawal__isnull=False)[:1]))
        .select_related("incident", "printing", "published_by")
    )  # fmt: skip
    revisions = revisions.defer("words") if whole else revisions.only(*ABOUT)
    found = (revisions.order_by("-number") if number is None else revisions.filter(number=number)).first()
    if found is None:
        raise Http404("Nothing of this name is published that you can see.")
    found.is_withdrawn = found.gone is not None and found.number <= found.gone
    return found


@require_safe
@published_view()
@remembered
def revision(request, found):
    """Whether it may be read is asked each time; its words, which never change, are taken from the cache."""
    words = frozen_words(found)
    return TemplateResponse(
        request,
        "publication/revision.html",
        {
            "revision": found,
            "incident": found.incident,
            "article": mark_safe(words["html"]),  # noqa: S308 frozen as it was published, behind the sanitiser
            "newest": found.newest,
            "gone": found.gone,  # everything up to this one was withdrawn
            "compared": found.number > (found.gone or 0) + 1,
            "approved_by": words["approved_by"],
            "printing": found.printing,
            "has_items": 'id="items"' in words["html"],
        },
    )


@require_safe
@published_view(whole=True)
def standing(request, found):
    """How the items stand today: a page, and for the article a part of it that goes beside each item."""
    told = stands(found.content, found.incident.items.all(), timezone.localdate())
    return TemplateResponse(
        request,
        "publication/standing.html" + ("#standing" if request.htmx else ""),
        {
            "revision": found,
            "incident": found.incident,
            "items": told,
            "closed": sum(one.is_closed for one in told),
            "today": timezone.localdate(),
        },
    )


@require_safe
@published_view()
def printing(request, found):
    """How far the PDF is, as a fragment that asks again until it is done."""
    return TemplateResponse(
        request,
        "publication/revision.html#printing",
        {"revision": found, "incident": found.incident, "printing": found.printing},
    )


@require_safe
@published_view()
def pdf(request, found):
    if found.printing.state != Printing.State.DONE:
        return HttpResponse(
            "The PDF is still being set. Try again in a moment.\n",
            status=503,
            content_type="text/plain",
            headers={"Retry-After": "5"},
        )
    return FileResponse(
        found.printing.file.open("rb"),
        content_type="application/pdf",
        filename=f"{found.incident.ref}-r{found.number}.pdf",
        headers={"ETag": f'"{found.printing.sha256}"'},
    )


@require_safe
@published_view(whole=True)
def document(request, found):
    """Everything that is frozen, as JSON: docs/revision-format.md."""
    return HttpResponse(
        written(document_of(found)),
        content_type="application/json",
        headers={
            "ETag": f'"{found.digest}"',
            "Content-Disposition": f'attachment; filename="{found.incident.ref}-r{found.number}.json"',
        },
    )


@require_safe
@published_view(whole=True)
def changes(request, found):
    """What this revision changed, beside the one before it or the one that is asked for."""
    beside = request.GET.get("beside", "")
    standing = found.incident.revisions.standing().exclude(pk=found.pk)
    known = sorted(standing.values_list("number", flat=True))
    earlier = [one for one in known if one < found.number]
    wanted = (
        int(beside)
        if beside.isascii() and beside.isdigit() and int(beside) in known
        else max(earlier, default=0)
    )
    if not wanted:
        raise Http404("There is no earlier revision to lay beside it.")
    before = found.incident.revisions.get(number=wanted)
    told = [(one.title, difference(one.was, one.becomes)) for one in changed(before.content, found.content)]
    others = [one for one in known if one != wanted]
    return TemplateResponse(
        request,
        "publication/changes.html",
        {"revision": found, "before": before, "incident": found.incident, "changes": told, "others": others},
    )
