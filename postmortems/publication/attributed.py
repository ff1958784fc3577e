"""Words published as somebody's: which there are in the draft, and who agreed to them.

What counts is told in `interviews.releasing.attribution`; here it meets the document that would be published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from postmortems.incidents.models import Incident
from postmortems.interviews.models import Passage
from postmortems.interviews.releasing import attributed
from postmortems.interviews.releasing.attributed import Claim
from postmortems.publication import article
from postmortems.writeup.models import Section


def claims(incident: Incident, document: Mapping[str, Any]) -> list[Claim]:
    """Every wording of the draft that needs somebody's consent."""
    texts = dict(document["texts"])
    texts |= {f"C{one['number']}": one["made_sense"] for one in document["conditions"]}
    texts |= {f"R{one['number']}": one["detail"] for one in document["items"]}
    return attributed.claims(incident, events=[event["id"] for event in document["events"]], texts=texts)


def place(where: str, document: Mapping[str, Any]) -> str:
    """Where the words stand, as a reader of the document would say it."""
    if where == "timeline":
        return "the timeline"
    titles = {one["key"]: one["title"] for one in article.sections_in(document)}
    return f"“{titles[where]}”" if where in titles else where


def worth_looking_at() -> QuerySet[Incident]:
    """Reviews with something in them that may be attributed: a released recollection on the line, or a quotation."""
    released = Passage.objects.filter(interview__incident=OuterRef("pk"), event__hidden=False)
    quoted = Section.objects.filter(incident=OuterRef("pk"), text__contains=">")
    return Incident.objects.filter(Q(Exists(released)) | Q(Exists(quoted)), state=Incident.State.REVIEWING)
