from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from timelines.asked import Asked

EXPORTED = (
    "at", "until", "precision", "certainty", "source", "actor", "kind", "place", "text", "caption", "phase", "pinned",
    "hidden", "hidden_reason", "link", "external_id",
)  # fmt: skip


def _exported(events):
    for event in events.select_related("source").defer("raw", "extra").in_order().iterator(chunk_size=2000):
        row = {name: getattr(event, name) for name in EXPORTED if name != "source"} | {
            "source": event.source.name
        }
        yield {name: _stamp(row[name]) if isinstance(row[name], datetime) else row[name] for name in EXPORTED}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@incident_view(Permission.READ)
@require_safe
def export(request, incident, kind):
    """The timeline under the same filters as the page, in UTC, however long: it is streamed."""
    rows = _exported(Asked.of(request.GET).narrow(incident.events.all()))
    if kind == "jsonl":
        body, content = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "application/x-ndjson"
    else:
        body, content = _csv(rows), "text/csv; charset=utf-8"
    return StreamingHttpResponse(
        body,
        content_type=content,
        headers={"Content-Disposition": f'attachment; filename="{incident.ref}-timeline.{kind}"'},
    )


class _Echo:
    """A file that gives back what is written to it, so that csv makes one line at a time."""

    def write(self, value: str) -> str:
        return value


def _csv(rows):
    writer = csv.writer(_Echo())
    yield writer.writerow(EXPORTED)
    for row in rows:
        yield writer.writerow([_harmless(row[name]) for name in EXPORTED])


def _harmless(value):
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ")[:1] in tuple("=+-@\t\r\n") else value
