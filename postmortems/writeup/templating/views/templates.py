"""Templates of the organisation: reviewers read them, administrators change them."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.incidents.models import Incident
from postmortems.writeup.models import Outline, Template, TemplateVersion
from postmortems.writeup.sections import BUILT_IN, R, Sections
from postmortems.writeup.templating import actions, file
from postmortems.writeup.templating.forms import AboutForm
from postmortems.writeup.templating.outline import in_version, newest_of
from postmortems.writeup.templating.views.differences import shown

VERSIONS = 100  # of one template that its page lists


@organisation_view(Permission.LEAD)
@require_safe
def templates(request):
    rows = list(Template.objects.prefetch_related("severities"))
    newest = {version.template_id: version for version in newest_of(one.pk for one in rows)}
    drafts = _drafts_by("version__template")
    for one in rows:
        one.newest, one.drafts = newest[one.pk], drafts.get(one.pk, 0)
    return TemplateResponse(
        request,
        "writeup/templates.html",
        {
            "in_use": [one for one in rows if not one.retired_at],
            "retired": [one for one in rows if one.retired_at],
            "house": BUILT_IN,
            "house_drafts": drafts.get(None, 0),
            "may_change": _may_change(request),
        },
    )


@organisation_view(Permission.LEAD)
@require_safe
def house(request):
    """What comes with the house, as it would be read beside the fields."""
    return TemplateResponse(
        request, "writeup/house_template.html", {"rs": by_r(BUILT_IN), "may_change": _may_change(request)}
    )


@organisation_view(Permission.LEAD)
@require_safe
def template(request, pk):
    one = get_object_or_404(Template, pk=pk)
    versions = list(one.versions.select_related("by")[:VERSIONS])
    drafts = _drafts_by("version")
    for version in versions:
        version.drafts = drafts.get(version.pk, 0)
    asked = request.GET.get("version")
    chosen = next((version for version in versions if str(version.number) == asked), versions[0])
    return TemplateResponse(
        request,
        "writeup/template.html",
        {
            "template": one,
            "versions": versions,
            "newest": versions[0],
            "chosen": chosen,
            "saved": "saved" in request.GET,
            "before": next((v for v in versions if v.number == chosen.number - 1), None),
            "rs": by_r(in_version(chosen)),
            "severities": one.severities.all(),
            "may_change": _may_change(request),
        },
    )


@organisation_view(Permission.LEAD)
@require_safe
def compare(request, pk):
    """Two versions beside each other, by the numbers `was` and `becomes`; without them, what the newest changed."""
    one = get_object_or_404(Template, pk=pk)
    becomes = _numbered(one, request.GET.get("becomes") or str(one.versions.first().number))
    was = _numbered(one, request.GET.get("was") or str(max(1, becomes.number - 1)))
    found = shown(in_version(was), in_version(becomes))
    return TemplateResponse(
        request,
        "writeup/template_compare.html",
        {
            "template": one,
            "was": was,
            "becomes": becomes,
            "difference": found,
            "versions": one.versions.values_list("number", flat=True)[:VERSIONS],
        },
    )


@organisation_view(Permission.LEAD)
@require_safe
def download(request, pk, number):
    version = get_object_or_404(
        TemplateVersion.objects.select_related("template"), template=pk, number=number
    )
    one = version.template
    answer = HttpResponse(
        file.write(one.name, one.sentence, in_version(version)),
        content_type="application/json; charset=utf-8",
    )
    name = slugify(one.name) or "template"
    answer["Content-Disposition"] = f'attachment; filename="{name}-{number}.json"'
    return answer


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def about(request, pk):
    """Name, when to use it, and which severities begin with it."""
    one = get_object_or_404(Template, pk=pk)
    form = AboutForm(request.POST or None, template=one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(template=one, by=request.user, **form.cleaned_data)
        except actions.Unusable as reason:
            form.add_error("name", str(reason))
        else:
            messages.success(request, f"“{form.cleaned_data['name']}” is saved.")
            return redirect("writeup:template", one.pk)
    return TemplateResponse(request, "writeup/template_about.html", {"template": one, "form": form})


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def retire(request, pk):
    one = get_object_or_404(Template, pk=pk)
    if request.POST.get("what") == "back":
        actions.bring_back(template=one, by=request.user)
        messages.success(request, f"“{one}” is in use again.")
    else:
        actions.retire(template=one, by=request.user, now=timezone.now())
        messages.success(
            request, f"“{one}” is retired. Write-ups that follow it go on; new ones do not begin with it."
        )
    return redirect("writeup:template", one.pk)


def by_r(sections: Sections) -> list[dict]:
    """Sections under the names of their R's, the opening first."""
    names = {"": ("Before the three R's", "")} | R
    return [{"key": r, "name": names[r][0], "sentence": names[r][1], "texts": sections.of(r)} for r in names]


def _drafts_by(what: str) -> dict[int | None, int]:
    """How many write-ups of open reviews follow what; None stands for what comes with the house."""
    rows = Outline.objects.filter(incident__state=Incident.State.REVIEWING).order_by()
    return dict(rows.values_list(what).annotate(n=Count("pk", filter=Q(pk__isnull=False))))


def _numbered(template: Template, number: str) -> TemplateVersion:
    found = None
    if number.isascii() and number.isdigit() and len(number) < 9:
        found = template.versions.select_related("by").filter(number=int(number)).first()
    if found is None:
        raise Http404("There is no such version.")
    return found


def _may_change(request) -> bool:
    return request.user.may(Permission.MANAGE_SETTINGS)
