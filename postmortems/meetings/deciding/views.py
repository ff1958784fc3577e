from __future__ import annotations

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.meetings import doors
from postmortems.meetings.deciding import actions, due
from postmortems.meetings.deciding.actions import Decision
from postmortems.meetings.refusals import NotPossible, Stale
from postmortems.meetings.settling import parked
from postmortems.remediation.models import Item

MOST = 100  # parked ideas on one page


class DecideForm(forms.Form):
    owner = forms.ModelChoiceField(
        None, required=False, empty_label="Nobody yet", help_text="Needed to accept it."
    )
    due_on = forms.DateField(
        required=False, label="Due", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    type = forms.ChoiceField(choices=Item.Type.choices, label="What kind of remedy it is")
    reason = forms.CharField(
        required=False,
        max_length=300,
        label="Reason",
        help_text="Needed to drop it; the write-up will tell it.",
    )
    early_reason = forms.CharField(
        required=False,
        max_length=300,
        label="Why now",
        help_text="It has not settled yet. Deciding now takes a reason, which is kept.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, item: Item, now, **kwargs):
        kwargs.setdefault(
            "initial",
            {
                "owner": item.owner_id,
                "due_on": item.due_on or due.due_on(item.incident, timezone.localdate()),
                "type": item.type,
                "version": item.version,
            },
        )
        super().__init__(*args, prefix=f"r{item.number}", **kwargs)
        self.fields["owner"].queryset = User.objects.active()
        if not item.is_settling(now):
            del self.fields["early_reason"]

    def decision(self, how: str) -> Decision:
        data = self.cleaned_data
        return Decision(
            how=how,
            owner=data["owner"],
            due_on=data["due_on"],
            type=data["type"],
            reason=data["reason"],
            early_reason=data.get("early_reason", ""),
        )


@incident_view(Permission.READ)
@require_safe
def decide(request, incident):
    """What is parked, with what can become of it."""
    return _page(request, incident)


def _page(request, incident, bound: DecideForm | None = None, number: int = 0, status: int = 200):
    now, meeting = timezone.now(), doors.current(incident)
    items = list(parked(incident).select_related("incident__severity", "owner")[:MOST])
    rows = [
        (item, bound if item.number == number else DecideForm(item=item, now=now), item.is_settling(now))
        for item in items
    ]
    decided = (
        incident.items.exclude(status=Item.Status.PARKED).exclude(decide_from=None).select_related("owner")
    )
    return TemplateResponse(
        request,
        "meetings/decide.html",
        {"incident": incident, "meeting": meeting, "rows": rows, "decided": decided[:MOST], "now": now},
        status=status,
    )


@incident_view(Permission.WRITE)
@require_POST
def decide_one(request, incident, number):
    item = get_object_or_404(incident.items.select_related("incident__severity"), number=number)
    now = timezone.now()
    form = DecideForm(request.POST, item=item, now=now)
    if form.is_valid():
        try:
            item = actions.decide(
                item=item, by=request.user, decision=form.decision(request.POST.get("how", "")),
                version=form.cleaned_data["version"], now=now,
            )  # fmt: skip
            messages.success(request, f"R{item.number} is {item.get_status_display().lower()}.")
            return redirect("meetings:decide", incident.ref)
        except NotPossible as error:
            form.add_error(None, str(error))
        except Stale as stale:
            form.add_error(
                None,
                f"Somebody else changed R{number} in the meantime. It now reads “{stale.standing.what}”.",
            )
            form.data = form.data.copy()
            form.data[form.add_prefix("version")] = stale.standing.version
    if item.status != Item.Status.PARKED:
        messages.error(request, f"R{number} is {item.get_status_display().lower()} already.")
        return redirect("meetings:decide", incident.ref)
    return _page(request, incident, form, number, status=422)
