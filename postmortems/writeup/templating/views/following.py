"""What one write-up follows: reading what a newer version or another template would change, accepting it, leaving it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.incidents.models import Incident
from postmortems.writeup.models import Outline, Template, TemplateVersion
from postmortems.writeup.sections import Sections
from postmortems.writeup.templating import actions
from postmortems.writeup.templating.comparing import difference
from postmortems.writeup.templating.outline import beginning, in_version, newest_of
from postmortems.writeup.templating.views.differences import shown

HOUSE = "house"


def told(incident: Incident) -> dict:
    """For the write-up's page: what it follows, and a newer version that nobody has left."""
    row = Outline.objects.filter(incident=incident).select_related("version__template").first()
    follows = row.version if row else beginning(incident.severity_id)
    newer = _newer(follows)
    return {
        "follows": follows,
        "newer": newer,
        "offered": newer if newer and not (row and row.left_id == newer.pk) else None,
        "difference": difference(in_version(follows), in_version(newer)) if newer else None,
    }


@incident_view(Permission.READ)
@require_safe
def outline(request, incident):
    """What it follows; what it would be with `to`, or with the newest version where there is one."""
    context = told(incident)
    row = Outline.objects.filter(incident=incident).select_related("by").first()
    follows = context["follows"]
    asked = request.GET.get("to", "")
    to = _version(asked) if asked else context["newer"]
    differs = (asked or to) and to != follows
    templates = Template.objects.filter(retired_at=None)
    context |= {
        "incident": incident,
        "may_read": request.user.may(Permission.LEAD),
        "row": row,
        "to": to,
        "to_key": to.pk if to else HOUSE,
        "comparison": shown(in_version(follows), in_version(to)) if differs else None,
        "kept": _kept(incident, in_version(to)) if differs else [],
        "others": [
            one for one in newest_of(templates.values_list("pk", flat=True)) if not follows or one.template_id != follows.template_id
        ],
        "seen": follows.pk if follows else HOUSE,
    }  # fmt: skip
    return TemplateResponse(request, "writeup/outline.html", context)


@incident_view(Permission.WRITE)
@require_POST
def follow(request, incident):
    if not (request.POST.get("to") and request.POST.get("seen")):
        messages.error(request, "Choose a template first.")
        return redirect("writeup:outline", incident.ref)
    version, seen = _version(request.POST["to"]), _version(request.POST["seen"])
    try:
        actions.follow(
            incident=incident, version=version, seen=seen and seen.pk, by=request.user, now=timezone.now()
        )
    except actions.Stale as reason:
        messages.warning(request, f"{reason} Please look once more.")
        return redirect("writeup:outline", incident.ref)
    messages.success(request, "The write-up has the sections you chose. No word of it was changed.")
    return redirect("writeup:edit", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def leave(request, incident):
    version = _version(request.POST.get("to", HOUSE))
    if version is None:
        messages.error(request, "There is no newer version to leave.")
        return redirect("writeup:outline", incident.ref)
    actions.leave(incident=incident, version=version, by=request.user, now=timezone.now())
    messages.success(request, "Left as it is. You can still take the newer version later.")
    return redirect("writeup:edit", incident.ref)


def _newer(follows: TemplateVersion | None) -> TemplateVersion | None:
    if follows is None:
        return None
    newest = newest_of([follows.template_id]).first()
    return newest if newest.number > follows.number else None


def _version(key: str) -> TemplateVersion | None:
    """By primary key; `house` is what comes with the house. Raises Http404."""
    if key == HOUSE:
        return None
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        raise Http404("There is no such version.")
    return get_object_or_404(TemplateVersion.objects.select_related("template", "by"), pk=int(key))


def _kept(incident: Incident, sections: Sections) -> list[str]:
    """Keys of texts with words that would have no place of their own any more."""
    written = incident.sections.filter(text__regex=r"\S").values_list("key", flat=True)
    return [key for key in written if key not in sections.by_key]
