"""What is published, as page, PDF and JSON, and what a revision changed."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from postmortems.publication.models import Printing, Revision
from postmortems.publication.reading.comparing import changes as changed
from postmortems.publication.reading.document import document_of
from postmortems.publication.reading.standing import standing as stands
from postmortems.writeup.writing.differences import difference


def _revision(request, ref: str, number: int | None, *, whole: bool = False) -> Revision:
    revisions = (
        Revision.objects.visible_to(request.user).filter(incident__ref=ref.upper())
        .select_related("incident__severity", "printing", "published_by").defer("words", *([] if whole else ["content"]))
    )  # fmt: skip
    revision = (revisions.filter(number=number) if number else revisions.order_by("-number")).first()
    if revision is None:
        raise Http404("Nothing of this name is published that you can see.")
    return revision


@require_safe
def revision(request, ref, number=None):
    found = _revision(request, ref, number)
    newest = (
        Revision.objects.filter(incident=found.incident)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return TemplateResponse(
        request,
        "publication/revision.html",
        {
            "revision": found,
            "incident": found.incident,
            "article": mark_safe(found.html),  # noqa: S308 frozen as it was published, behind the sanitiser
            "newest": newest,
            "printing": found.printing,
            "has_items": 'id="items"' in found.html,
        },
    )


@require_safe
def standing(request, ref, number):
    """How the items stand today: a page, and for the article a part of it that goes beside each item."""
    found = _revision(request, ref, number, whole=True)
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
def printing(request, ref, number):
    """How far the PDF is, as a fragment that asks again until it is done."""
    found = _revision(request, ref, number)
    return TemplateResponse(
        request,
        "publication/revision.html#printing",
        {"revision": found, "incident": found.incident, "printing": found.printing},
    )


@require_safe
def pdf(request, ref, number):
    found = _revision(request, ref, number)
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
def document(request, ref, number):
    """Everything that is frozen, as JSON: docs/revision-format.md."""
    found = _revision(request, ref, number, whole=True)
    return JsonResponse(
        document_of(found),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={
            "ETag": f'"{found.digest}"',
            "Content-Disposition": f'attachment; filename="{found.incident.ref}-r{found.number}.json"',
        },
    )


@require_safe
def changes(request, ref, number):
    """What this revision changed, beside the one before it or the one that is asked for."""
    found = _revision(request, ref, number, whole=True)
    beside = request.GET.get("beside", "")
    known = sorted(found.incident.revisions.exclude(number=number).values_list("number", flat=True))
    earlier = [one for one in known if one < number]
    wanted = (
        int(beside)
        if beside.isascii() and beside.isdigit() and int(beside) in known
        else max(earlier, default=0)
    )
    if not wanted:
        raise Http404("There is nothing before the first revision.")
    before = _revision(request, ref, wanted, whole=True)
    told = [(one.title, difference(one.was, one.becomes)) for one in changed(before.content, found.content)]
    others = [one for one in known if one != wanted]
    return TemplateResponse(
        request,
        "publication/changes.html",
        {"revision": found, "before": before, "incident": found.incident, "changes": told, "others": others},
    )
