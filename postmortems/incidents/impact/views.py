from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.incidents.impact import actions
from postmortems.incidents.impact.forms import FigureForm


@incident_view(Permission.READ)
@require_http_methods(["GET", "HEAD"])
def impact(request, incident):
    return TemplateResponse(request, "incidents/impact.html", _page(incident, FigureForm()))


def _page(incident, form: FigureForm) -> dict:
    return {"incident": incident, "form": form, "figures": incident.impact_figures.all()}


def _back(request, incident):
    """To where the form stood: the write-up or the page of the figures."""
    if request.POST.get("next") == "write-up":
        return redirect(f"{reverse('writeup:edit', args=[incident.ref])}#figures")
    return redirect("incidents:impact", incident.ref)


@incident_view(Permission.WRITE)
@require_POST
def add_figure(request, incident):
    form = FigureForm(request.POST)
    if form.is_valid():
        try:
            actions.add_figure(incident=incident, by=request.user, **form.cleaned_data)
        except actions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Noted.")
            return _back(request, incident)
    return TemplateResponse(request, "incidents/impact.html", _page(incident, form), status=422)


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_figure(request, incident, pk):
    figure = get_object_or_404(incident.impact_figures, pk=pk)
    form = FigureForm(request.POST or None, figure=figure)
    if request.method == "POST" and form.is_valid():
        actions.change_figure(figure=figure, by=request.user, **form.cleaned_data)
        messages.success(request, "Changed.")
        return redirect("incidents:impact", incident.ref)
    return TemplateResponse(
        request, "incidents/impact_figure.html", {"incident": incident, "form": form, "figure": figure}
    )


@incident_view(Permission.WRITE)
@require_POST
def remove_figure(request, incident, pk):
    figure = get_object_or_404(incident.impact_figures, pk=pk)
    actions.remove_figure(figure=figure, by=request.user)
    messages.success(request, f"“{figure.what}” is removed.")
    return _back(request, incident)
