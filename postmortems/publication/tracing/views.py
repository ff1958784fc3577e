from __future__ import annotations

from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.publication.tracing.reading import trace_of


@incident_view(Permission.READ)
@require_safe
def trace(request, incident):
    return TemplateResponse(
        request, "publication/trace.html", {"incident": incident, "trace": trace_of(incident)}
    )
