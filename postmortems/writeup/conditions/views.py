from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.writeup.citing.references import references_of
from postmortems.writeup.conditions import actions
from postmortems.writeup.conditions.forms import ConditionForm, KindForm
from postmortems.writeup.conditions.reading import conditions_of
from postmortems.writeup.models import Condition, ConditionKind


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def condition(request, incident, number=None):
    """Write one. Looking for events sends the whole form and saves nothing of it."""
    found = get_object_or_404(Condition.ever.filter(incident=incident), number=number) if number else None
    form = ConditionForm(
        request.POST or None, incident=incident, condition=found, initial=_asked_for(request)
    )
    looking = "look" in request.POST
    standing = None
    if request.method == "POST" and not looking and form.is_valid():
        data = form.cleaned_data
        version = data.pop("version") or 1
        data["kind"] = data["kind"].key
        try:
            saved = actions.save_condition(
                incident=incident, by=request.user, condition=found, version=version, **data
            )
        except actions.ConditionStale as stale:
            standing = stale.condition
            form.data = form.data.copy()
            form.data["version"] = standing.version
        else:
            messages.success(request, f"C{saved.number} is recorded.")
            return redirect(_page(incident))
    words = request.POST.get("words", "").replace("\x00", "").strip()[:200]
    context = {
        "incident": incident, "form": form, "condition": found, "standing": standing, "words": words, "looking": looking,
        "groups": form.events_shown(words),
    }  # fmt: skip
    part = "#evidence" if looking and request.htmx else ""
    return TemplateResponse(request, f"writeup/condition.html{part}", context)


def _asked_for(request: HttpRequest) -> dict:
    """A new condition may be begun from an event, or with a kind."""
    event = request.GET.get("event", "")
    known = event.isascii() and event.isdigit() and len(event) < 18
    return {"events": [int(event)] if known else [], "kind": request.GET.get("kind", "")[:20]}


def _page(incident) -> str:
    return f"{reverse('writeup:edit', args=[incident.ref])}#conditions"


@incident_view(Permission.WRITE)
@require_POST
def remove_condition(request, incident, number):
    found = get_object_or_404(incident.conditions, number=number)
    actions.remove_condition(condition=found, by=request.user, now=timezone.now())
    messages.success(request, f"C{number} is removed. Below the others it can be brought back.")
    return redirect(_page(incident))


@incident_view(Permission.WRITE)
@require_POST
def bring_back(request, incident, number):
    found = get_object_or_404(Condition.ever.filter(incident=incident), number=number)
    actions.bring_back(condition=found, by=request.user)
    messages.success(request, f"C{number} stands again.")
    return redirect(_page(incident))


@incident_view(Permission.WRITE)
@require_POST
def move_condition(request, incident, number):
    """One place up or down among its like, or to the place of another one."""
    found = get_object_or_404(incident.conditions.select_related("kind"), number=number)
    like = list(incident.conditions.filter(kind__helped=found.kind.helped))
    place = next(n for n, one in enumerate(like) if one.pk == found.pk)
    to = request.POST.get("to", "")
    if to in ("up", "down"):
        other = max(0, place - 1) if to == "up" else place + 2
    elif to == "last":
        other = len(like)
    else:
        other = next((n for n, one in enumerate(like) if str(one.number) == to), place)
    actions.move_condition(
        condition=found, by=request.user, before=like[other] if other < len(like) else None
    )
    if request.htmx:
        conditions = conditions_of(incident)
        refer = references_of(incident, [one.made_sense for one in conditions.standing])
        context = {"incident": incident, "conditions": conditions, "refer": refer, "moved": number}
        return TemplateResponse(request, "writeup/_conditions.html", context)
    return redirect(f"{_page(incident)[: -len('conditions')]}condition-{number}")


@incident_view(Permission.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def of_event(request, incident, pk):
    """The conditions that rest on an event; a fragment of its page, and a page where there is no script."""
    event = get_object_or_404(incident.events.select_related("source"), pk=pk)
    if request.method == "POST":
        if Permission.WRITE not in request.permissions:
            raise PermissionDenied("Conditions are written by the reviewers.")
        found = get_object_or_404(incident.conditions, number=_number(request.POST.get("condition", "")))
        actions.cite(condition=found, by=request.user, event=event, cited=request.POST.get("cited") == "1")
        if not request.htmx:
            messages.success(request, f"C{found.number} is saved.")
            return redirect("writeup:conditions_of_event", incident.ref, pk)
    resting = set(event.conditions.values_list("pk", flat=True))
    conditions = [(one, one.pk in resting) for one in incident.conditions.select_related("kind")]
    part = "#resting" if request.htmx else ""
    return TemplateResponse(
        request,
        f"writeup/of_event.html{part}",
        {"incident": incident, "event": event, "conditions": conditions},
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise Http404("There is no such condition.")
    return int(text)


# --- the organisation's kinds -------------------------------------------------------------------------


@organisation_view(Permission.MANAGE_SETTINGS)
@require_safe
def kinds(request):
    return TemplateResponse(request, "writeup/kinds.html", {"kinds": ConditionKind.objects.all()})


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_kind(request, key=None):
    kind = get_object_or_404(ConditionKind, key=key) if key else None
    form = KindForm(request.POST or None, instance=kind)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_kind(kind=form.save(commit=False), by=request.user)
        except actions.NotPossible as error:
            form.add_error("helped", str(error))
        else:
            messages.success(request, f"{saved.name} is saved.")
            return redirect("writeup:kinds")
    return TemplateResponse(request, "writeup/kind.html", {"form": form, "kind": kind})


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def move_kind(request, key):
    actions.move_kind(
        kind=get_object_or_404(ConditionKind, key=key), by=request.user, up=request.POST.get("to") == "up"
    )
    return redirect("writeup:kinds")


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def retire_kind(request, key):
    kind = get_object_or_404(ConditionKind, key=key)
    retires = request.POST.get("retired") == "1"
    try:
        actions.retire_kind(kind=kind, by=request.user, now=timezone.now() if retires else None)
    except actions.NotPossible as error:
        messages.error(request, str(error))
    else:
        word = "takes no new conditions" if retires else "takes conditions again"
        messages.success(request, f"{kind.name} {word}.")
    return redirect("writeup:kinds")
