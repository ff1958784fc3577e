from __future__ import annotations

import csv
import difflib
import json
from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Max, Min
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.uploads import over_limit
from timelines import actions, line
from timelines.forms import AnswerForm, EventForm, EvidenceForm
from timelines.models import Event, Import, RawRecord
from timelines.reading import FORMATS

RAW_SHOWN = 100_000


@incident_view(Permission.READ)
@require_safe
def timeline(request, incident):
    asked = line.Asked.of(request.GET)
    events = asked.narrow(incident.events.all())
    page = line.page(events, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    svg, table = line.draw(incident, asked, zone=request.user.tz)
    return TemplateResponse(
        request,
        "timelines/timeline.html",
        {
            "incident": incident,
            "asked": asked,
            "page": page,
            "picture": mark_safe(svg),  # noqa: S308 made by timelines.picture, which escapes every text
            "table": table,
            "sources": incident.sources.all(),
            "phases": [choice for choice in Event.Phase.choices if choice[0]],
            "any": bool(page.events) or incident.events.exists(),
            "event_form": EventForm(zone=incident.zone),
            **line.facets(incident),
        },
    )


@incident_view(Permission.READ)
@require_safe
def event(request, incident, pk):
    event = get_object_or_404(incident.events.select_related("source", "raw__imported", "added_by"), pk=pk)
    editions = list(
        RawRecord.objects.filter(source=event.source, external_id=event.external_id)
        .select_related("imported")
        .order_by("stored_at", "id")
    )
    newest = _shown(event.raw) if event.raw else ""
    return TemplateResponse(
        request,
        "timelines/event.html",
        {
            "incident": incident,
            "event": event,
            "raw": newest,
            "cut": event.raw is not None and len(event.raw.body) > RAW_SHOWN,
            "editions": editions,
            "difference": _difference(editions),
            "thread": incident.events.filter(source=event.source, thread=event.thread or event.external_id).in_order()[:50],
            "root": incident.events.filter(source=event.source, external_id=event.thread).first() if event.thread else None,
            "neighbours": incident.events.shown().filter(at__range=(event.at - timedelta(minutes=2), event.at + timedelta(minutes=2)))
            .exclude(pk=event.pk).select_related("source").in_order()[:12],
            "phases": Event.Phase.choices,
        },
    )  # fmt: skip


def _shown(raw: RawRecord) -> str:
    text = bytes(raw.body[:RAW_SHOWN]).decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _difference(editions: list[RawRecord]) -> list[str]:
    if len(editions) < 2:
        return []
    before, after = (_shown(edition).splitlines() for edition in editions[-2:])
    return list(difflib.unified_diff(before, after, "before", "after", lineterm="", n=1))[:400]


@incident_view(Permission.READ)
@require_safe
def raw(request, incident, pk):
    """The bytes as they came, as a download: never shown as what they say they are."""
    event = get_object_or_404(incident.events.select_related("raw"), pk=pk, raw__isnull=False)
    return HttpResponse(
        bytes(event.raw.body),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="event-{event.pk}.raw"',
            "X-Content-Type-Options": "nosniff",
        },
    )


# --- annotation ------------------------------------------------------------------------------------


def _back(request, incident, event: Event | None = None):
    """To the page the form stood on, at the event; to the row alone for htmx."""
    if event is not None and request.htmx:
        return TemplateResponse(
            request,
            "timelines/timeline.html#event",
            {"incident": incident, "event": event, "phases": Event.Phase.choices[1:]},
        )
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}):
        to = line.address(incident)
    return redirect(f"{to}#event-{event.pk}" if event else to)


def _event(incident, pk) -> Event:
    return get_object_or_404(incident.events.select_related("source"), pk=pk)


@incident_view(Permission.WRITE)
@require_POST
def pin(request, incident, pk):
    event = _event(incident, pk)
    change = actions.pin if request.POST.get("pinned") == "1" else actions.unpin
    change(event=event, by=request.user)
    return _back(request, incident, event)


@incident_view(Permission.WRITE)
@require_POST
def caption(request, incident, pk):
    event = _event(incident, pk)
    actions.caption(event=event, by=request.user, text=request.POST.get("caption", ""))
    return _back(request, incident, event)


@incident_view(Permission.WRITE)
@require_POST
def hide(request, incident, pk):
    event = _event(incident, pk)
    try:
        actions.hide(event=event, by=request.user, reason=request.POST.get("reason", ""))
    except actions.NotPossible as error:
        messages.error(request, str(error))
    return _back(request, incident, event)


@incident_view(Permission.WRITE)
@require_POST
def show(request, incident, pk):
    event = _event(incident, pk)
    actions.show(event=event, by=request.user)
    return _back(request, incident, event)


@incident_view(Permission.WRITE)
@require_POST
def phase(request, incident, pk):
    event = _event(incident, pk)
    try:
        actions.mark_phase(event=event, by=request.user, phase=request.POST.get("phase", ""))
    except actions.NotPossible as error:
        messages.error(request, str(error))
    return _back(request, incident, event)


@incident_view(Permission.TAKE_PART)
@require_POST
def add(request, incident):
    form = EventForm(request.POST, zone=incident.zone)
    if form.is_valid():
        event = actions.add_by_hand(incident=incident, by=request.user, **form.cleaned_data)
        messages.success(request, "The event is on the line.")
        return redirect("timelines:event", incident.ref, event.pk)
    return TemplateResponse(request, "timelines/add.html", {"incident": incident, "form": form}, status=422)


# --- evidence --------------------------------------------------------------------------------------


@incident_view(Permission.READ)
@require_safe
def imports(request, incident):
    return TemplateResponse(request, "timelines/imports.html", _evidence(incident) | {"form": EvidenceForm()})


def _evidence(incident) -> dict:
    found = list(incident.imports.select_related("source", "by").prefetch_related("skips")[:50])
    return {
        "incident": incident,
        "imports": found,
        "working": any(not i.is_over and i.state != Import.State.ASKING for i in found),
        "sources": incident.sources.annotate(
            n=Count("events"), first=Min("events__at"), last=Max("events__at")
        ),
        "formats": FORMATS.values(),
        "labels": {key: format.label for key, format in FORMATS.items()},
    }


@incident_view(Permission.READ)
@require_safe
def import_list(request, incident):
    """The list of imports by itself, asked for again while something is being read."""
    return TemplateResponse(request, "timelines/imports.html#imports", _evidence(incident))


@incident_view(Permission.TAKE_PART)
@require_POST
def receive(request, incident):
    if trouble := over_limit(request):
        messages.error(request, trouble)
        return redirect("timelines:imports", incident.ref)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return TemplateResponse(
            request, "timelines/imports.html", _evidence(incident) | {"form": form}, status=422
        )
    data = form.cleaned_data
    for number, upload in enumerate(data["files"]):
        actions.receive_file(
            incident=incident, by=request.user, upload=upload, format=data["format"] or "auto", name=data["name"].strip(),
            zone=data["zone"], year=data["year"], form_key=f"{data['form_key']}/{number}" if data["form_key"] else "",
        )  # fmt: skip
    count = len(data["files"])
    messages.success(
        request, f"{count} file{'s are' if count > 1 else ' is'} being read. You can leave this page."
    )
    return redirect("timelines:imports", incident.ref)


@incident_view(Permission.TAKE_PART)
@require_POST
def answer(request, incident, pk):
    imported = get_object_or_404(incident.imports, pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.answer(imported=imported, by=request.user, **form.answer())
        except actions.NotPossible as error:
            messages.error(request, str(error))
    else:
        messages.error(request, "; ".join(error for errors in form.errors.values() for error in errors))
    return redirect("timelines:imports", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def offset(request, incident, pk):
    source = get_object_or_404(incident.sources, pk=pk)
    try:
        seconds = float(request.POST.get("seconds", "").replace("−", "-"))
        if abs(seconds) > 10 * 86400:
            raise ValueError
    except ValueError:
        messages.error(
            request,
            "A clock offset is a number of seconds, at most ten days; −75 means the source runs 75 seconds ahead.",
        )
    else:
        actions.set_clock_offset(source=source, by=request.user, offset=timedelta(seconds=seconds))
        messages.success(
            request, f"{source.name} is shifted by {seconds:+g} seconds. What it wrote is kept as it was."
        )
    return redirect("timelines:imports", incident.ref)


# --- taking it along -------------------------------------------------------------------------------

EXPORTED = (
    "at",
    "until",
    "precision",
    "certainty",
    "source",
    "actor",
    "kind",
    "text",
    "caption",
    "phase",
    "pinned",
    "link",
)


def _exported(incident, asked):
    for event in (
        asked.narrow(incident.events.all())
        .select_related("source")
        .defer("raw")
        .in_order()
        .iterator(chunk_size=2000)
    ):
        yield {
            name: event.source.name
            if name == "source"
            else value.isoformat()
            if hasattr(value, "isoformat")
            else value
            for name in EXPORTED
            for value in [getattr(event, name)]
        }


@incident_view(Permission.READ)
@require_safe
def export(request, incident, kind):
    rows = _exported(incident, line.Asked.of(request.GET))
    if kind == "jsonl":
        body, content = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "application/x-ndjson"
    else:
        body, content = _csv(rows), "text/csv; charset=utf-8"
    return StreamingHttpResponse(
        body,
        content_type=content,
        headers={"Content-Disposition": f'attachment; filename="{incident.ref}-timeline.{kind}"'},
    )


def _csv(rows):
    class Echo:
        def write(self, value):
            return value

    writer = csv.writer(Echo())
    yield writer.writerow(EXPORTED)
    for row in rows:
        yield writer.writerow([_harmless(row[name]) for name in EXPORTED])


def _harmless(value):
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return (
        f"'{value}"
        if isinstance(value, str) and value[:1] in "=+-@\t\r" and value
        else ""
        if value is None
        else value
    )


@incident_view(Permission.LEAD)
@require_safe
def original(request, incident, pk):
    """The file as it was brought in."""
    imported = get_object_or_404(incident.imports, pk=pk)
    return FileResponse(
        imported.file.open("rb"),
        as_attachment=True,
        filename=imported.filename,
        content_type="application/octet-stream",
    )
