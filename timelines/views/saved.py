from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from timelines import saving
from timelines.actions import NotPossible
from timelines.asked import NAMES, address, instant


@incident_view(Permission.READ)
@require_POST
def save_view(request, incident):
    query = {name: request.POST[name] for name in NAMES if request.POST.get(name)}
    try:
        view = saving.save(
            incident=incident, by=request.user, name=request.POST.get("name", ""), query=query,
            shared=request.POST.get("shared") == "1" and Permission.WRITE in request.permissions,
        )  # fmt: skip
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{view.name}” is kept among the views of this timeline.")
    return redirect(address(incident, **query))


@incident_view(Permission.READ)
@require_POST
def forget_view(request, incident, pk):
    view = get_object_or_404(saving.visible(incident, request.user), pk=pk)
    where = address(incident, **view.query)
    try:
        saving.forget(view=view, by=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        said = '“{}” is forgotten. <a href="{}">Look at it once more</a> to keep it again.'
        messages.success(request, format_html(said, view.name, where))
    return redirect(address(incident))


@incident_view(Permission.READ)
@require_safe
def at(request, incident, moment):
    """A permanent link to a moment: the line opened there, whatever is imported later."""
    when = instant(moment)
    if when is None:
        raise Http404("This is no moment. It looks like 2026-03-10T18:02:11Z.")
    nearest = incident.events.shown().filter(at__gte=when).in_order().values_list("pk", flat=True).first()
    where = address(incident, after=when.isoformat())
    return redirect(f"{where}#event-{nearest}" if nearest else f"{where}#events")
