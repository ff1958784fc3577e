from __future__ import annotations

import re
from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.finding import hits
from postmortems.publication.models import Revision

ENTRIES = 50


@require_safe
def feed(request):
    """What was newly published and this reader may see, as Atom; of one service, team or tag where one is asked for."""
    made = Atom1Feed(
        title="Second Story: newly published", link=request.build_absolute_uri(reverse("archive:search")),
        description="Incident reviews, as they are published",
    )  # fmt: skip
    asked = replace(Asked.of(request.GET), words="")
    newest = hits(request.user, asked).newest().values_list("pk", flat=True)[:ENTRIES]
    revisions = Revision.objects.visible_to(request.user).filter(card__in=list(newest))
    for revision in revisions.select_related("incident", "published_by").defer("content", "html"):
        address = request.build_absolute_uri(
            reverse("publication:revision", args=[revision.incident.ref, revision.number])
        )
        made.add_item(
            title=_xml(revision.title), link=address, unique_id=f"urn:sha256:{revision.digest}",
            description=escape(_xml(revision.words[:400])),  # readers take a summary for HTML
            pubdate=revision.published_at, updateddate=revision.published_at, author_name=_xml(str(revision.published_by)),
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _xml(text: str) -> str:
    """What XML can hold: some control characters have no place in it, not even escaped."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
