from __future__ import annotations

from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.archive.before.finding import met_before
from postmortems.incidents.access import incident_view


@incident_view(Permission.READ)
@require_safe
def met(request, incident):
    """Whether the conditions of this incident were met before: a page, and a part of the page of its items."""
    return TemplateResponse(
        request,
        "archive/before.html" + ("#before" if request.htmx else ""),
        {"incident": incident, "found": met_before(incident, request.user)},
    )
