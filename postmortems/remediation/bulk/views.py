from __future__ import annotations

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from postmortems.accounts.models import Team, User
from postmortems.remediation.actions import NotPossible
from postmortems.remediation.bulk import actions
from postmortems.remediation.lists.views import list_address
from postmortems.remediation.models import Bulk, Item


class ChangeForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.active(), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), required=False)
    due_on = forms.DateField(required=False)
    days = forms.IntegerField(required=False, min_value=-3650, max_value=3650)
    status = forms.ChoiceField(choices=[("", ""), *Item.Status.choices], required=False)
    reason = forms.CharField(required=False, max_length=300)
    early_reason = forms.CharField(required=False, max_length=300)

    def change(self) -> actions.Change:
        given = self.cleaned_data
        return actions.Change(**{**given, "days": given["days"] or 0})


@require_POST
def change(request):
    """The rows that were ticked on the list, all the same way."""
    form = ChangeForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "Nothing was changed: " + " ".join(e for es in form.errors.values() for e in es)
        )
    elif not (ticked := ticked_in(request.POST)):
        messages.error(request, "Tick the items that are meant.")
    else:
        try:
            outcome = actions.change_items(
                items=ticked, by=request.user, change=form.change(), now=timezone.now()
            )
            tell(request, outcome, len(ticked))
        except NotPossible as error:
            messages.error(request, str(error))
    return _back(request)


def ticked_in(data) -> list[int]:
    return [
        int(text) for text in data.getlist("item") if text.isascii() and text.isdigit() and len(text) < 18
    ]


def asked_in(data) -> dict[str, str]:
    """The filters of the list that a form was on; its own fields have the same names, so theirs begin with `on_`."""
    return {name.removeprefix("on_"): value for name, value in data.items() if name.startswith("on_")}


def _back(request):
    """To the page the form was on: one's own items, one item, or the list under the same filters."""
    where = asked_in(request.POST)
    page = where.pop("page", "")
    if page == "item":
        seen = Item.objects.visible_to(request.user).select_related("incident")
        if item := seen.filter(pk__in=ticked_in(request.POST)).first():
            return redirect("remediation:item", item.incident.ref, item.number)
    return redirect("remediation:mine" if page == "mine" else list_address(where))


def tell(request, outcome: actions.Outcome, ticked: int) -> None:
    if len(outcome.changed) == 1 and ticked == 1:
        item = outcome.changed[0]
        became = f"is {item.get_status_display().lower()}" if request.POST.get("status") else "is changed"
        messages.success(request, f"R{item.number} of {item.incident.ref} {became}.")
    elif outcome.changed:
        count = len(outcome.changed)
        messages.success(request, f"{count} item{' is' if count == 1 else 's are'} changed.")
    for item, why in outcome.left[:5]:
        messages.warning(request, f"{item.incident.ref} R{item.number} stays as it is. {why}")
    if len(outcome.left) > 5:
        messages.warning(request, f"So do {len(outcome.left) - 5} more.")
    if not outcome.changed and not outcome.left:
        messages.info(request, "There was nothing to change." if ticked else "Nothing was ticked.")


@require_POST
def undo(request, pk):
    bulk = get_object_or_404(Bulk, pk=pk, by=request.user)
    try:
        outcome = actions.take_back(bulk=bulk, by=request.user, now=timezone.now())
        count = len(outcome.changed)
        messages.success(request, f"Taken back: {count} item{' is' if count == 1 else 's are'} as before.")
        for item, why in outcome.left[:5]:
            messages.warning(request, f"{item.incident.ref} R{item.number} stays as it is. {why}")
    except NotPossible as error:
        messages.error(request, str(error))
    return _back(request)
