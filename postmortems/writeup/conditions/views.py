from __future__ import annotations

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.writeup.conditions import actions
from postmortems.writeup.models import ConditionKind


class ConditionForm(forms.Form):
    sentence = forms.CharField(
        label="The condition, in one sentence", max_length=300,
        help_text="Something without which it would have gone otherwise. There are always several.",
    )  # fmt: skip
    kind = forms.ModelChoiceField(queryset=None, empty_label=None)
    made_sense = forms.CharField(
        label="How it made sense at the time", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why was this reasonable, or invisible, before that day?",
    )  # fmt: skip
    events = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label="The events it rests on", widget=forms.CheckboxSelectMultiple,
        help_text="Pinned events can be cited. Pin what matters on the timeline first.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, incident, condition=None, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = ConditionKind.objects.filter(retired_at=None)
        self.fields["kind"].queryset = (
            kinds | ConditionKind.objects.filter(conditions=condition) if condition else kinds
        )
        cited = condition.events.values("pk") if condition else []
        self.fields["events"].queryset = (
            (incident.events.pinned() | incident.events.filter(pk__in=cited)).distinct().in_order()
        )
        self.fields["events"].label_from_instance = lambda event: f"{_clock(event, incident)} {event}"
        if condition:
            self.initial = {
                "sentence": condition.sentence, "kind": condition.kind_id, "made_sense": condition.made_sense,
                "events": condition.events.all(), "version": condition.version,
            }  # fmt: skip


def _clock(event, incident) -> str:
    """The time of an event in the incident's zone, as it will be published: no more precise than its source."""
    at = event.at.astimezone(ZoneInfo(incident.zone))
    if event.certainty == "approximate":
        return f"~{at:%H:%M}"
    return at.strftime("%H:%M" if event.precision in ("minute", "hour", "day") else "%H:%M:%S")


@incident_view(Permission.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def condition(request, incident, number=None):
    found = get_object_or_404(incident.conditions, number=number) if number else None
    form = ConditionForm(request.POST or None, incident=incident, condition=found)
    standing = None
    if request.method == "POST" and form.is_valid():
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
            return redirect(f"{reverse('writeup:edit', args=[incident.ref])}#conditions")
    return TemplateResponse(
        request,
        "writeup/condition.html",
        {"incident": incident, "form": form, "condition": found, "standing": standing},
    )


@incident_view(Permission.WRITE)
@require_POST
def remove_condition(request, incident, number):
    actions.remove_condition(
        condition=get_object_or_404(incident.conditions, number=number), by=request.user, now=timezone.now()
    )
    messages.success(request, f"C{number} is removed; its number will not be used again.")
    return redirect(f"{reverse('writeup:edit', args=[incident.ref])}#conditions")
