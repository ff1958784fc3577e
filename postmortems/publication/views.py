from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.publication import actions, article, content
from postmortems.publication.models import Printing, Revision
from postmortems.publication.readiness import reasons


@incident_view(Permission.READ)
@require_safe
def readiness(request, incident):
    document = content.of(incident)
    found = reasons(incident, document)
    revisions = (
        Revision.objects.filter(incident=incident)
        .select_related("printing", "published_by")
        .defer("content", "html", "words", "search")
        .order_by("-number")
    )
    return TemplateResponse(
        request,
        "publication/readiness.html",
        {
            "incident": incident,
            "blocking": [reason for reason in found if reason.blocks],
            "advice": [reason for reason in found if not reason.blocks],
            "revisions": revisions,
            "digest": content.digest(document),
            "approvers": incident.circle.filter(role="approver").select_related("user"),
            "approvals": incident.approvals.filter(digest=content.digest(document)).values_list(
                "by", flat=True
            ),
            "is_approver": incident.circle.filter(role="approver", user=request.user).exists(),
            "article": mark_safe(article.render(document)),  # noqa: S308 every text went through the sanitiser
        },
    )


@incident_view(Permission.LEAD)
@require_POST
def publish(request, incident):
    try:
        revision = actions.publish(
            incident=incident, by=request.user, now=timezone.now(), change_note=request.POST.get("change_note", ""),
            despite=request.POST.get("despite", ""),
        )  # fmt: skip
    except actions.NotReady as not_ready:
        messages.error(
            request, f"Not published yet. {not_ready} Or say why it should be published all the same."
        )
        return redirect("publication:readiness", incident.ref)
    except actions.Unchanged:
        messages.warning(request, "Nothing changed since the last revision, so no new one was made.")
        return redirect("publication:readiness", incident.ref)
    messages.success(request, f"Revision {revision.number} is published. The PDF is being set.")
    return redirect("publication:revision", incident.ref, revision.number)


@incident_view(Permission.APPROVE)
@require_POST
def approve(request, incident):
    try:
        actions.approve(
            incident=incident, by=request.user, digest=request.POST.get("digest", ""), now=timezone.now()
        )
        messages.success(request, "You approved exactly this text.")
    except actions.Changed:
        messages.warning(request, "The draft changed while you were reading. Please look once more.")
    return redirect("publication:readiness", incident.ref)


def _revision(request, ref: str, number: int | None) -> Revision:
    revisions = (
        Revision.objects.visible_to(request.user).filter(incident__ref=ref.upper())
        .select_related("incident__severity", "printing", "published_by").defer("content", "words", "search")
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
