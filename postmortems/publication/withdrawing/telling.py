"""What is answered where a withdrawn revision stood: that it was withdrawn, when, by whom in which role, and why.

Neither its title nor a word of it; and to those alone who could read it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from postmortems.publication.models import Revision
from postmortems.publication.reading.document import tombstone_of, written
from postmortems.publication.withdrawing.covering import of_revision


def withdrawn_answer(request: HttpRequest, revision: Revision) -> HttpResponse:
    """410, as a page; where JSON is asked for, as the link of the chain that it is."""
    withdrawal = of_revision(revision)
    if request.path.endswith(".json"):
        return HttpResponse(
            written(tombstone_of(revision, withdrawal)), content_type="application/json", status=410
        )
    standing = revision.incident.revisions.standing().order_by("-number").values_list("number", flat=True)
    return TemplateResponse(
        request,
        "publication/withdrawn.html",
        {
            "revision": revision,
            "incident": revision.incident,
            "withdrawal": withdrawal,
            "newest": standing.first(),
        },
        status=410,
    )
