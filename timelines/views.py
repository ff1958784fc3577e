from __future__ import annotations

import csv
import difflib
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Prefetch
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.paging import page_of
from postmortems.web.uploads import over_limit
from timelines import actions, line
from timelines.forms import AnswerForm, EventForm, EvidenceForm, OffsetForm
from timelines.models import Event, Import, RawRecord, Skip
from timelines.preview import HEAD, Preview, preview
from timelines.reading import FORMATS

RAW_SHOWN = 100_000  # bytes
IMPORTS_SHOWN = 30
SKIPS_SHOWN = 200
AROUND = timedelta(minutes=2)


@incident_view(Permission.READ)
@require_safe
def timeline(request, incident):
    asked, span, whole = line.focus(incident, line.Asked.of(request.GET))
    events = asked.narrow(incident.events.all())
    page = line.page(events, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    wide, narrow, rows = line.draw(incident, asked, span, zone=request.user.tz)
    return TemplateResponse(
        request,
        "timelines/timeline.html",
        {
            "incident": incident,
            "asked": asked,
            "span": span,
            "whole": whole,
            "page": page,
            # made by timelines.picture, which escapes every text
            "wide": mark_safe(wide),  # noqa: S308
            "narrow": mark_safe(narrow),  # noqa: S308
            "rows": rows,
            "moments": [(name.replace("_", " "), at) for name, at in incident.times.items() if at],
            "sources": incident.sources.all(),
            "phases": Event.Phase.choices[1:],
            "any": bool(span.count) or incident.events.exists(),
            "event_form": EventForm(zone=incident.zone),
            "here": request.get_full_path(),
            **line.facets(incident),
        },
    )


@incident_view(Permission.READ)
@require_safe
def event(request, incident, pk):
    event = get_object_or_404(incident.events.select_related("source", "raw__imported", "added_by"), pk=pk)
    return TemplateResponse(request, "timelines/event.html", _event_page(incident, event, request))


def _event_page(incident, event, request) -> dict:
    editions = list(
        RawRecord.objects.filter(source=event.source, external_id=event.external_id)
        .select_related("imported__by").order_by("stored_at", "id")[:50]
    )  # fmt: skip
    newest = _shown(event.raw) if event.raw else ""
    root = event.thread or event.external_id
    near = (event.at - AROUND, event.at + AROUND)
    return {
        "incident": incident,
        "event": event,
        "raw": newest,
        "cut": event.raw is not None and len(event.raw.body) > RAW_SHOWN,
        "editions": [edition for edition in editions if len(editions) > 1],
        "difference": _difference(editions),
        "root": incident.events.filter(source=event.source, external_id=event.thread).first() if event.thread else None,
        "thread": incident.events.filter(source=event.source, thread=root).exclude(pk=event.pk).in_order()[:50],
        "neighbours": incident.events.shown().filter(at__range=near).exclude(pk=event.pk).select_related("source").in_order()[:12],
        "zone": ZoneInfo(incident.zone),
        "phases": Event.Phase.choices[1:],
        "here": request.get_full_path(),
        "mine": actions.may_edit(event, request.user),
    }  # fmt: skip


def _shown(raw: RawRecord) -> str:
    text = bytes(raw.body[:RAW_SHOWN]).decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _difference(editions: list[RawRecord]) -> list[str]:
    """What changed between the two newest editions, with a line of what stands around it."""
    if len(editions) < 2:
        return []
    before, after = (_shown(edition).splitlines()[:2000] for edition in editions[-2:])
    return list(difflib.unified_diff(before, after, "before", "after", lineterm="", n=1))[2:400]


@incident_view(Permission.READ)
@require_safe
def raw(request, incident, pk):
    """The bytes as they came, as a download: never shown as what they say they are. `?edition=` names an older one."""
    event = get_object_or_404(incident.events.select_related("raw"), pk=pk, raw__isnull=False)
    record = event.raw
    if (edition := request.GET.get("edition", "")).isdigit() and len(edition) < 18:
        record = get_object_or_404(RawRecord, pk=edition, source=event.source, external_id=event.external_id)
    return HttpResponse(
        bytes(record.body),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{incident.ref}-event-{event.pk}-{record.pk}.raw"',
            "X-Content-Type-Options": "nosniff",
        },
    )


# --- annotation ------------------------------------------------------------------------------------


def _back(request, incident, event: Event):
    """To the row alone for htmx; else to the page the form stood on, at the event."""
    here = request.POST.get("next", "")
    if not here.startswith("/") or not url_has_allowed_host_and_scheme(here, allowed_hosts=None):
        here = line.address(incident)
    if request.htmx:
        return TemplateResponse(
            request,
            "timelines/timeline.html#event",
            {"incident": incident, "event": event, "phases": Event.Phase.choices[1:], "here": here},
        )
    return redirect(f"{here}#event-{event.pk}")


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
    else:
        if not request.htmx:  # the row is gone from a plain page; for htmx it stays, with its own way back
            undo = reverse("timelines:event", args=[incident.ref, event.pk])
            messages.success(
                request,
                format_html('The event is hidden. <a href="{}">Look at it, or show it again</a>.', undo),
            )
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


# --- by hand ---------------------------------------------------------------------------------------


@incident_view(Permission.TAKE_PART)
@require_POST
def add(request, incident):
    form = EventForm(request.POST, zone=incident.zone)
    if form.is_valid():
        event = actions.add_by_hand(incident=incident, by=request.user, **form.cleaned_data)
        messages.success(request, "The event is on the timeline.")
        return redirect("timelines:event", incident.ref, event.pk)
    return TemplateResponse(request, "timelines/add.html", {"incident": incident, "form": form}, status=422)


@incident_view(Permission.TAKE_PART)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, incident, pk):
    event = _event(incident, pk)
    if not actions.may_edit(event, request.user):
        raise PermissionDenied(
            "Only an event that you added by hand can be changed. Others can be captioned or hidden."
        )
    form = EventForm(request.POST or None, zone=incident.zone, event=event)
    if form.is_valid():
        data = form.cleaned_data
        actions.edit_by_hand(
            event=event, by=request.user, **{name: data[name] for name in ("at", "text", "precision", "actor", "kind")}
        )  # fmt: skip
        messages.success(request, "The event is changed.")
        return redirect("timelines:event", incident.ref, event.pk)
    return TemplateResponse(
        request,
        "timelines/add.html",
        {"incident": incident, "form": form, "event": event},
        status=422 if request.method == "POST" else 200,
    )


# --- evidence --------------------------------------------------------------------------------------


@incident_view(Permission.READ)
@require_safe
def imports(request, incident):
    return TemplateResponse(
        request, "timelines/imports.html", _evidence(request, incident) | {"form": EvidenceForm()}
    )


def _evidence(request, incident) -> dict:
    found = page_of(request, _imports(incident), size=IMPORTS_SHOWN)
    for imported in found:
        _with_preview(imported)
    return {
        "incident": incident,
        "imports": found,
        "working": any(imported.state in (Import.State.WAITING, Import.State.RUNNING) for imported in found),
        "sources": _sources(incident),
        "formats": FORMATS.values(),
        "zones": sorted(available_timezones()),
    }


def _imports(incident):
    skips = Prefetch("skips", Skip.objects.order_by("id")[:SKIPS_SHOWN], to_attr="first_skips")
    return incident.imports.select_related("source", "by").prefetch_related(skips)


def _sources(incident):
    counted = incident.sources.annotate(n=Count("events"), first=Min("events__at"), last=Max("events__at"))
    return counted.order_by("lane", "pk")  # an aggregate forgets the order of the model


def _with_preview(imported: Import) -> Import:
    """What has a question, or could not be read, shows how its file begins."""
    imported.preview = Preview()
    if imported.state in (Import.State.ASKING, Import.State.FAILED):
        try:
            with imported.file.open("rb") as file:
                imported.preview = preview(file.read(HEAD))
        except OSError:
            pass  # the message of the import says that the file is gone
    return imported


@incident_view(Permission.READ)
@require_safe
def import_row(request, incident, pk):
    """One import by itself, asked for again while it is being read; the sources ride along when it is over."""
    imported = _with_preview(get_object_or_404(_imports(incident), pk=pk))
    context = {
        "incident": incident,
        "i": imported,
        "formats": FORMATS.values(),
        "sources": _sources(incident) if imported.is_over else None,
    }
    return TemplateResponse(request, "timelines/_import.html", context)


@incident_view(Permission.TAKE_PART)
@require_POST
def receive(request, incident):
    files = request.FILES  # the body is read here, up to its limit
    if trouble := over_limit(request):
        messages.error(request, trouble)
        return redirect("timelines:imports", incident.ref)
    form = EvidenceForm(request.POST, files)
    if not form.is_valid():
        return TemplateResponse(
            request, "timelines/imports.html", _evidence(request, incident) | {"form": form}, status=422
        )
    data = form.cleaned_data
    for number, upload in enumerate(data["files"]):
        actions.receive_file(
            incident=incident, by=request.user, upload=upload, format=data["format"] or "auto", name=data["name"].strip(),
            zone=data["zone"], year=data["year"], form_key=f"{data['form_key']}/{number}" if data["form_key"] else "",
        )  # fmt: skip
    count = len(data["files"])
    messages.success(
        request,
        f"{count} files are being read. You can leave this page."
        if count > 1
        else "The file is being read. You can leave this page.",
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
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, error)
    return redirect("timelines:imports", incident.ref)


@incident_view(Permission.TAKE_PART)
@require_POST
def set_aside(request, incident, pk):
    imported = get_object_or_404(incident.imports, pk=pk)
    try:
        actions.set_aside(imported=imported, by=request.user)
    except actions.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{imported.filename} is taken away. Nothing of it was on the timeline.")
    return redirect("timelines:imports", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def offset(request, incident, pk):
    source = get_object_or_404(incident.sources, pk=pk)
    form = OffsetForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["seconds"][0])
    else:
        seconds = form.cleaned_data["seconds"]
        actions.set_clock_offset(source=source, by=request.user, offset=timedelta(seconds=float(seconds)))
        messages.success(
            request, f"{source.name} is shifted by {seconds:+g} seconds. What it wrote is kept as it was."
        )
    return redirect("timelines:imports", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def zone(request, incident, pk):
    source = get_object_or_404(incident.sources, pk=pk)
    try:
        actions.set_source_zone(source=source, by=request.user, zone=request.POST.get("zone", "").strip())
    except actions.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The times of {source.name} are read as {source.zone} now.")
    return redirect("timelines:imports", incident.ref)


# --- taking it along -------------------------------------------------------------------------------

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
    rows = _exported(line.Asked.of(request.GET).narrow(incident.events.all()))
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


@incident_view(Permission.LEAD)
@require_safe
def original(request, incident, pk):
    """The file as it was brought in."""
    imported = get_object_or_404(incident.imports, pk=pk)
    try:
        file = imported.file.open("rb")
    except OSError as error:
        raise Http404("This file is no longer in the storage.") from error
    return FileResponse(
        file, as_attachment=True, filename=imported.filename, content_type="application/octet-stream"
    )
