from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from zoneinfo import available_timezones

from django.contrib import messages
from django.db.models import Count, Max, Min, Prefetch
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.web.paging import page_of
from postmortems.web.uploads import over_limit
from timelines import actions
from timelines.bundles import opened
from timelines.forms import AnswerForm, EvidenceForm, OffsetForm
from timelines.importing import local_copy
from timelines.models import Import, Skip
from timelines.preview import HEAD, Preview, preview
from timelines.reading import FORMATS, Unreadable

IMPORTS_SHOWN = 30
SKIPS_SHOWN = 200
OPENED = 20 * 1024 * 1024  # bytes of an archive that is opened to show how a part of it begins


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
        with suppress(OSError, Unreadable):  # the message of the import says what is wrong with the file
            imported.preview = preview(_beginning(imported))
    return imported


def _beginning(imported: Import) -> bytes:
    """Of a part of an archive, how its first file begins; a large archive is not opened for that."""
    if not imported.names:
        with imported.file.open("rb") as file:
            return file.read(HEAD)
    if imported.size > OPENED:
        return b""
    with local_copy(imported) as path, opened(path, lambda size: None).open(imported.names[0]) as file:
        return file.read(HEAD)


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
    answer = TemplateResponse(request, "timelines/_import.html", context)
    if (
        imported.names and "parts" not in request.GET
    ):  # it was taken apart: the other parts have rows of their own
        answer["HX-Refresh"] = "true"
    return answer


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
    if empty := [file.name for file in files.getlist("files") if not file.size]:
        messages.warning(request, f"Left out, because nothing is in it: {', '.join(empty)}.")
    count = len(data["files"])
    messages.success(
        request,
        f"{count} files are here. What they hold is read in the background: you can leave this page."
        if count > 1
        else "The file is here. What it holds is read in the background: you can leave this page.",
    )
    return redirect("timelines:imports", incident.ref)


@incident_view(Permission.TAKE_PART)
@require_POST
def answer(request, incident, pk):
    imported = get_object_or_404(incident.imports, pk=pk)
    form = AnswerForm(request.POST, incident_zone=incident.zone)
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
        file, as_attachment=True, filename=imported.original_name, content_type="application/octet-stream"
    )
