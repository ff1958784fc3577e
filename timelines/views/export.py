from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.calendars import ics
from postmortems.incidents.access import incident_view
from timelines import exporting
from timelines.asked import Asked


@incident_view(Permission.READ)
@require_safe
def export(request, incident, kind):
    """The timeline under the same filters as the page, in UTC, however long: it is streamed."""
    events = Asked.of(request.GET).events(incident)
    events = events.select_related("source").defer("raw", "extra").in_order()
    attached = {"Content-Disposition": f'attachment; filename="{incident.ref}-timeline.{kind}"'}
    if kind == "ics":
        body = exporting.calendar(events[: exporting.CALENDAR_AT_MOST], str(incident), request.get_host())
        return HttpResponse(body, content_type=ics.TYPE, headers=attached)
    one_by_one = events.iterator(chunk_size=2000)
    body, content = {
        "jsonl": lambda: (exporting.json_lines(one_by_one), "application/x-ndjson"),
        "md": lambda: (exporting.markdown(one_by_one, str(incident)), "text/markdown; charset=utf-8"),
        "csv": lambda: (exporting.comma_separated(one_by_one), "text/csv; charset=utf-8"),
    }[kind]()
    return StreamingHttpResponse(body, content_type=content, headers=attached)
