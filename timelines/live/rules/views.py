from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from timelines.actions import NotPossible
from timelines.live.rules import actions
from timelines.live.rules.forms import FIELDS, RuleForm, told_of
from timelines.live.rules.trying import tried
from timelines.models import Rule


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request):
    """Filled in from the address, where the inbox asks for a rule like one of its rows."""
    if request.method != "POST":
        known = {name: request.GET[name] for name in RuleForm.base_fields if name in request.GET}
        return _page(request, RuleForm(initial=known))
    return _answer(request, None)


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request, pk):
    found = get_object_or_404(Rule, pk=pk)
    return (
        _answer(request, found)
        if request.method == "POST"
        else _page(request, RuleForm(initial=told_of(found)), found)
    )


def _answer(request, found: Rule | None):
    """Show what the rule as typed would take, or keep it."""
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _page(request, form, found, status=422)
    if request.POST.get("what") == "try":
        data = form.cleaned_data
        return _page(request, form, found, trial=tried(data["field"], data["pattern"], data["connection"]))
    try:
        if found:
            actions.edit(rule=found, by=request.user, wanted=form.wanted())
        else:
            actions.add(by=request.user, wanted=form.wanted())
    except NotPossible as error:
        form.add_error(None, str(error))
        return _page(request, form, found, status=422)
    messages.success(
        request, "The rule holds from the next message on. What waits in the inbox can be sorted again there."
    )
    return _back()


def _page(request, form: RuleForm, found: Rule | None = None, trial=None, status: int = 200):
    context = {"form": form, "rule": found, "trial": trial, "fields": FIELDS}
    return TemplateResponse(request, "live/rule.html", context, status=status)


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def change_rule(request, pk, what):
    found = get_object_or_404(Rule, pk=pk)
    if what in ("earlier", "later"):
        actions.move(rule=found, by=request.user, earlier=what == "earlier")
    elif what in ("on", "off"):
        actions.switch(rule=found, by=request.user, active=what == "on")
    else:
        actions.remove(rule=found, by=request.user)
        messages.success(request, "The rule is taken away. What it did stays as it is.")
    return _back()


def _back():
    return redirect(reverse("live:connections") + "#rules")
