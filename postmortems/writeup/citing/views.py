from __future__ import annotations

from dataclasses import asdict

from django.http import Http404, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.writeup.citing import drafts, menu
from postmortems.writeup.citing.references import SHELVES

LISTED = 200  # hits on the page for those without a menu


@incident_view(Permission.READ)
@require_safe
def cite(request, incident):
    """What can be cited, and what to write for it: for the menu in JSON, else as a page."""
    asked = request.GET.get("q", "")
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"shelves": [asdict(shelf) for shelf in menu.find(incident, asked)]})
    shelves = menu.find(incident, asked, most=LISTED)
    return TemplateResponse(
        request, "writeup/cite.html", {"incident": incident, "asked": asked, "shelves": shelves}
    )


@incident_view(Permission.READ)
@require_safe
def cited(request, incident, kind, number):
    """Where the draft cites it."""
    if kind not in SHELVES:
        raise Http404("Nothing of this kind is cited.")
    name = "writeup/cited.html#cited" if request.htmx else "writeup/cited.html"
    places = drafts.where_cited(incident, kind, number)
    return TemplateResponse(
        request, name, {"incident": incident, "places": places, "kind": kind, "number": number}
    )
