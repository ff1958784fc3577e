from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from timelines import actions
from timelines.asked import address
from timelines.forms import EventForm
from timelines.masking.raw import Masks
from timelines.models import Event, RawRecord
from timelines.rows import row
from timelines.views.line import reader

RAW_SHOWN = 100_000  # bytes
AROUND = timedelta(minutes=2)


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
    show = _reader(event, request)
    newest = show(event.raw) if event.raw else ""
    root = event.thread or event.external_id
    near = (event.at - AROUND, event.at + AROUND)
    return {
        "incident": incident,
        "event": event,
        "raw": newest,
        "cut": event.raw is not None and len(event.raw.body) > RAW_SHOWN,
        "editions": [edition for edition in editions if len(editions) > 1],
        "difference": _difference(editions, show),
        "root": incident.events.filter(source=event.source, external_id=event.thread).first() if event.thread else None,
        "thread": incident.events.filter(source=event.source, thread=root).exclude(pk=event.pk).in_order()[:50],
        "neighbours": incident.events.shown().filter(at__range=near).exclude(pk=event.pk).select_related("source").in_order()[:12],
        "zone": ZoneInfo(incident.zone),
        "phases": Event.Phase.choices[1:],
        "here": request.get_full_path(),
        "mine": actions.may_edit(event, request.user),
        "masked": event.raw is not None and event.secrets.exists(),
    }  # fmt: skip


def _reader(event: Event, request) -> Callable[[RawRecord], str]:
    """How raw records are shown: as they came for those who curate, else behind the masks of their event."""
    if Permission.WRITE in request.permissions:
        return lambda raw: _words(raw)[:RAW_SHOWN]
    masks = Masks.of(event)
    return lambda raw: masks.over(_words(raw))[:RAW_SHOWN]


def _words(raw: RawRecord) -> str:
    """Somewhat more than is shown, so that a secret that is cut by the end of it is known as one."""
    text = bytes(raw.body[: RAW_SHOWN + 20_000]).decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _difference(editions: list[RawRecord], show: Callable[[RawRecord], str]) -> list[str]:
    """What changed between the two newest editions, with a line of what stands around it."""
    if len(editions) < 2:
        return []
    before, after = (show(edition).splitlines()[:2000] for edition in editions[-2:])
    return list(difflib.unified_diff(before, after, "before", "after", lineterm="", n=1))[2:400]


@incident_view(Permission.WRITE)
@require_safe
def raw(request, incident, pk):
    """The bytes as they came, unmasked, as a download: never shown as what they say they are.

    `?edition=` names an older one.
    """
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
        here = address(incident)
    if request.htmx:
        return HttpResponse(row(event, reader(request, [event.source], [event])))
    return redirect(f"{here}#event-{event.pk}")


def _event(incident, pk) -> Event:
    return get_object_or_404(incident.events.select_related("source"), pk=pk)


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def annotate(request, incident, pk):
    """The forms of one row, fetched when somebody asks for them; without script they stand on the event's page."""
    event = _event(incident, pk)
    if request.method == "POST":
        said = request.POST
        try:
            actions.annotate(
                event=event, by=request.user, text=said.get("caption", ""),
                begins=said.get("phase", ""), ends=said.get("ends_phase", ""),
            )  # fmt: skip
        except actions.NotPossible as error:
            messages.error(request, str(error))
        return _back(request, incident, event)
    if not request.htmx:
        return redirect("timelines:event", incident.ref, pk)
    context = {"incident": incident, "event": event, "phases": Event.Phase.choices[1:], "in_list": True}
    return TemplateResponse(request, "timelines/event.html#annotate", context)


@incident_view(Permission.WRITE)
@require_POST
def pin(request, incident, pk):
    event = _event(incident, pk)
    change = actions.pin if request.POST.get("pinned") == "1" else actions.unpin
    change(event=event, by=request.user)
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


# --- by hand ---------------------------------------------------------------------------------------


@incident_view(Permission.TAKE_PART)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request, incident):
    form = EventForm(request.POST or None, zone=incident.zone)
    if form.is_valid():
        event = actions.add_by_hand(incident=incident, by=request.user, **form.cleaned_data)
        messages.success(request, "The event is on the timeline.")
        return redirect("timelines:event", incident.ref, event.pk)
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(
        request, "timelines/add.html", {"incident": incident, "form": form}, status=status
    )


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
