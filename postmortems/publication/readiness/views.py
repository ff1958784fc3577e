from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.incidents import actions
from postmortems.incidents.access import incident_view
from postmortems.incidents.models import Severity
from postmortems.publication.readiness import PARTS, RULES, WEIGHTS, reasons, weight_of
from postmortems.writeup.templating.outline import section_of


@incident_view(Permission.READ)
@require_safe
def checks(request, incident, key):
    """What the rules ask of one text; a fragment beside it."""
    about = section_of(incident, key)
    if about is None:
        raise Http404("There is no such section.")
    found = [one for one in reasons(incident, parts=("", about.r)) if one.section == key]
    return TemplateResponse(
        request, "publication/checks.html", {"incident": incident, "about": about, "found": found}
    )


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request, key):
    """How much each rule weighs for incidents of a severity. What stands as we suggest is not kept."""
    severity = get_object_or_404(Severity, key=key)
    if request.method == "POST":
        actions.weigh_rules(severity=severity, by=request.user, weights=_weights(request.POST))
        messages.success(request, f"Saved for {severity.name}.")
        return redirect("publication:policy", key)
    rows = [(rule, weight_of(rule, severity.readiness)) for rule in RULES]
    return TemplateResponse(
        request,
        "publication/policy.html",
        {
            "severity": severity,
            "weights": WEIGHTS,
            "parts": [(name, [row for row in rows if row[0].part == part]) for part, name in PARTS.items()],
        },
    )


def _weights(data) -> dict[str, str]:
    asked = [rule for rule in RULES if not rule.final]
    if data.get("all") == "suggested":
        return {}
    if data.get("all") == "blocking":
        said = dict.fromkeys((rule.code for rule in asked), "blocking")
    else:
        said = {rule.code: data.get(rule.code, "") for rule in asked}
    return {
        rule.code: said[rule.code] for rule in asked if said[rule.code] in WEIGHTS and said[rule.code] != rule.weight
    }  # fmt: skip
