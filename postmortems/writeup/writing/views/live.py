from __future__ import annotations

import time

from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.writeup.models import Section
from postmortems.writeup.templating.outline import section_of
from postmortems.writeup.writing import live, merging


@incident_view(Permission.WRITE)
@require_safe
def events(request, incident):
    """Server-sent events: who is here, and what was saved. With every place taken the page asks from time to time instead."""
    if not live.PLACES.acquire(blocking=False):
        return HttpResponse(
            "Every place is taken.", status=503, content_type="text/plain", headers={"Retry-After": "30"}
        )
    if not connection.in_atomic_block:
        connection.close()  # a stream lasts, and needs no database
    return StreamingHttpResponse(
        live.Stream(incident.pk),
        content_type="text/event-stream",
        # packed, an event would wait for the next ones to fill a block
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Encoding": "identity"},
    )


@incident_view(Permission.WRITE)
@require_POST
def here(request, incident):
    """This page is at a section now, or at none."""
    section, page = request.POST.get("section", ""), request.POST.get("page", "")
    if section and section_of(incident, section) is None:
        raise Http404("There is no such section.")
    live.move(incident.pk, f"{request.user.pk}/{page[:40]}", request.user.name, section, now=time.time())
    return HttpResponse(status=204)


@incident_view(Permission.WRITE)
@require_safe
def text(request, incident, key):
    """What stands in a section, with how places move from the text numbered `since` to it."""
    if section_of(incident, key) is None:
        raise Http404("There is no such section.")
    section = Section.objects.filter(incident=incident, key=key).select_related("saved_by").first()
    if section is None:
        return JsonResponse({"version": 0, "text": "", "moves": []})
    since = request.GET.get("since", "")
    known = (
        section.history.filter(version=int(since)).first()
        if since.isascii() and since.isdigit() and len(since) < 9
        else None
    )
    return JsonResponse(
        {
            "version": section.version,
            "text": section.text,
            "moves": merging.moves(known.text, section.text) if known else [],
            "by": str(section.saved_by),
        }
    )
