from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.incidents.actions import Stale as IncidentStale
from postmortems.web.uploads import over_limit
from timelines.actions import NotPossible
from timelines.models import Event, Hypothesis, Intervention
from timelines.reading import Unreadable
from timelines.story import actions, level, phases, series, told
from timelines.story.forms import HypothesisForm, IndicatorFileForm, IndicatorForm, InterventionForm

KINDS = {"hypothesis": (Hypothesis, HypothesisForm), "intervention": (Intervention, InterventionForm)}
BACK = 24 * 3600  # seconds in which something taken away can be put back
WAITS = 3600  # seconds in which a file waits for its details


@incident_view(Permission.READ)
@require_safe
def story(request, incident):
    return TemplateResponse(
        request,
        "timelines/story.html",
        {
            "incident": incident,
            "hypotheses": incident.hypotheses.prefetch_related("events", "interventions"),
            "interventions": incident.interventions.select_related("hypothesis").prefetch_related("events"),
            "moments": told.told_and_known(incident),
            "told_after": told.first_told_after(incident),
        },
    )


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_span(request, incident, kind):
    model, form_class = KINDS[kind]
    initial = _from_event(request, incident)
    form = form_class(request.POST or None, incident=incident, initial=initial)
    if form.is_valid():
        events = form.cleaned_data["events"]
        span = actions.add(kind=model, incident=incident, by=request.user, fields=form.said(), events=events)
        messages.success(request, "Noted.")
        return redirect(f"{reverse('timelines:story', args=[incident.ref])}#{kind}-{span.pk}")
    return _span_page(request, incident, kind, form)


def _from_event(request, incident) -> dict:
    """Begun from an event: its time, its words where they are few, and the event itself."""
    pk = request.GET.get("event", "")
    event = incident.events.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    return {"begins_at": event.at, "event": event.pk} if event else {"begins_at": incident.detected_at}


def _span_page(request, incident, kind, form, span=None):
    return TemplateResponse(
        request,
        "timelines/span.html",
        {"incident": incident, "kind": kind, "form": form, "span": span},
        status=422 if request.method == "POST" else 200,
    )


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_span(request, incident, kind, pk):
    model, form_class = KINDS[kind]
    span = get_object_or_404(model, incident=incident, pk=pk)
    form = form_class(request.POST or None, incident=incident, instance=span)
    if form.is_valid():
        started = request.POST.get("version", "")
        try:
            actions.change(
                span=span, by=request.user, version=int(started) if started.isdigit() else 0, fields=form.said(),
                events=form.cleaned_data["events"],
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
            span.refresh_from_db()
            return _span_page(request, incident, kind, form, span)
        return redirect(f"{reverse('timelines:story', args=[incident.ref])}#{kind}-{span.pk}")
    return _span_page(request, incident, kind, form, span)


@incident_view(Permission.WRITE)
@require_POST
def remove_span(request, incident, kind, pk):
    model, _ = KINDS[kind]
    span = get_object_or_404(model, incident=incident, pk=pk)
    sentence = span.sentence
    kept = actions.remove(span=span, by=request.user)
    token = TimestampSigner(salt=f"span-{incident.pk}").sign_object({"kind": kind, "fields": _plain(kept)})
    said = '“{}” is taken away. <a href="{}?back={}">Put it back</a>'
    messages.success(
        request, format_html(said, sentence, reverse("timelines:put_back", args=[incident.ref]), token)
    )
    return redirect("timelines:story", incident.ref)


def _plain(kept: dict) -> dict:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in kept.items()}


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def put_back(request, incident):
    """What was taken away, once more: the address carries it, signed, for a day."""
    token = request.POST.get("back") or request.GET.get("back", "")
    try:
        kept = TimestampSigner(salt=f"span-{incident.pk}").unsign_object(token, max_age=BACK)
    except BadSignature:
        messages.error(request, "This can no longer be put back here; the history of the incident names it.")
        return redirect("timelines:story", incident.ref)
    model, _ = KINDS[kept["kind"]]
    fields = kept["fields"]
    if request.method != "POST":
        context = {"incident": incident, "back": token, "sentence": fields["sentence"]}
        return TemplateResponse(request, "timelines/put_back.html", context)
    events = incident.events.filter(pk__in=fields.pop("events"))
    for name in ("added_by_id", "added_at"):
        fields.pop(name, None)
    if "hypothesis_id" in fields and not incident.hypotheses.filter(pk=fields["hypothesis_id"]).exists():
        fields["hypothesis_id"] = None
    fields |= {name: _instant(fields[name]) for name in ("begins_at", "ends_at")}
    span = actions.add(kind=model, incident=incident, by=request.user, fields=fields, events=events)
    return redirect(f"{reverse('timelines:story', args=[incident.ref])}#{kept['kind']}-{span.pk}")


def _instant(written):
    from timelines.asked import instant

    return instant(written) if written else None


# --- phases and the incident's times ---------------------------------------------------------------


@incident_view(Permission.READ)
@require_safe
def phases_page(request, incident):
    found = told.phases_of(incident)
    events = incident.events.select_related("source").in_bulk(
        {pk for stretch in found for pk in (stretch.begun_by, stretch.ended_by) if pk}
    )
    labels = dict(Event.Phase.choices)
    begins = {stretch.start for stretch in found}
    rows = [
        (labels[s.phase], s, events.get(s.begun_by), events.get(s.ended_by), s.end in begins) for s in found
    ]
    proposed = [
        (one, incident.times[one.name], one.apart(incident.times[one.name]), events.get(one.event))
        for one in phases.times(found)
    ]
    return TemplateResponse(
        request, "timelines/phases.html", {"incident": incident, "rows": rows, "proposed": proposed}
    )


@incident_view(Permission.WRITE)
@require_POST
def take_times(request, incident):
    chosen = set(request.POST.getlist("time"))
    proposed = {one.name: one.at for one in phases.times(told.phases_of(incident)) if one.name in chosen}
    version = request.POST.get("version", "")
    try:
        actions.take_times(
            incident=incident,
            by=request.user,
            version=int(version) if version.isdigit() else 0,
            times=proposed,
        )
        messages.success(request, "The incident's times are taken from its phases.")
    except IncidentStale:
        messages.error(request, "Somebody changed the incident in the meantime. Look at the times again.")
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("timelines:phases", incident.ref)


# --- the service level -----------------------------------------------------------------------------


@incident_view(Permission.READ)
@require_safe
def level_page(request, incident):
    context = {"incident": incident, "levels": level.told(incident), "form": IndicatorFileForm()}
    return TemplateResponse(request, "timelines/level.html", context)


@incident_view(Permission.WRITE)
@require_POST
def add_level(request, incident):
    """First the file, with its series to choose from; then what the chosen one means. In between it waits an hour."""
    files = request.FILES
    if trouble := over_limit(request):
        messages.error(request, trouble)
        return redirect("timelines:level", incident.ref)
    waiting = f"level/{incident.pk}/{request.user.pk}"
    if "name" not in request.POST:
        form = IndicatorFileForm(request.POST, files)
        if not form.is_valid():
            return _level(request, incident, form=form)
        upload, zone = form.cleaned_data["file"], form.cleaned_data["zone"]
        given = upload.read(series.LARGEST + 1), upload.name, zone
    else:
        form, given = IndicatorFileForm(), cache.get(waiting)
    if given is None:
        messages.error(request, "The file waited too long. Bring it in again.")
        return redirect("timelines:level", incident.ref)
    raw, name, zone = given
    try:
        lines = series.read(raw, name, ZoneInfo(zone) if zone else None)
    except Unreadable as error:
        form.add_error("file", str(error))
        return _level(request, incident, form=form)
    if "name" not in request.POST:
        cache.set(waiting, given, WAITS)
        details = IndicatorForm(initial={"name": lines[0].name})
        return _level(request, incident, lines=lines, details=details, status=200)
    details = IndicatorForm(request.POST)
    which = request.POST.get("which", "")
    chosen = lines[int(which) if which.isdigit() and int(which) < len(lines) else 0]
    if details.is_valid():
        try:
            actions.add_indicator(
                incident=incident, by=request.user, line=chosen, raw=raw, filename=name, fields=details.said()
            )
        except NotPossible as error:
            details.add_error(None, str(error))
        else:
            cache.delete(waiting)
            messages.success(request, "The service level is in the picture.")
            return redirect("timelines:level", incident.ref)
    return _level(request, incident, lines=lines, details=details, which=which)


def _level(request, incident, *, status: int = 422, **context):
    found = {"incident": incident, "levels": level.told(incident)} | context
    return TemplateResponse(request, "timelines/level.html", found, status=status)


@incident_view(Permission.WRITE)
@require_POST
def change_level(request, incident, pk, what):
    indicator = get_object_or_404(incident.indicators.select_related("incident"), pk=pk)
    if what == "show":
        actions.show_indicator(indicator=indicator, by=request.user)
    elif what == "remove":
        actions.remove_indicator(indicator=indicator, by=request.user)
        messages.success(request, f"“{indicator.name}” is taken away.")
    else:
        count = actions.note_crossings(indicator=indicator, by=request.user)
        messages.success(
            request, f"{count} moments are on the timeline." if count else "No new moments were found."
        )
    return redirect("timelines:level", incident.ref)
