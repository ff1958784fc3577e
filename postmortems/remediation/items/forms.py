from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.remediation import actions
from postmortems.remediation.models import Item


class ItemForm(forms.ModelForm):
    tracker_url = forms.URLField(
        label="In the team's tracker", required=False, max_length=500, assume_scheme="https"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Item
        fields = [
            "what",
            "type",
            "how_we_know",
            "owner",
            "team",
            "due_on",
            "size",
            "conditions",
            "detail",
            "tracker_url",
        ]
        widgets = {
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "conditions": forms.CheckboxSelectMultiple,
            "detail": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "what": "What will be done",
            "conditions": "The conditions it answers",
            "detail": "More, where it helps",
        }
        help_texts = {
            "what": "Begin with a verb: “Serve bookings from the primary while a replica lags by more than 5 s”."
        }

    def __init__(self, *args, incident, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["conditions"].queryset = incident.conditions.all()
        self.fields["detail"].widget.attrs["data-cite"] = reverse("writeup:cite", args=[incident.ref])
        self.fields["owner"].queryset = User.objects.active()
        self.fields["owner"].empty_label, self.fields["team"].empty_label = "nobody yet", "none"
        self.fields["type"].choices = [("", "Choose"), *Item.Type.choices]
        self.fields["size"].choices = [("", "not said"), *Item.Size.choices]
        policy, due_on = incident.severity, due_by_policy(incident)
        self.fields[
            "due_on"
        ].help_text = (
            f"{policy.name} asks for remedies within {policy.remedies_days} days, by {due_on:%-d %B %Y}."
        )
        if not self.instance.pk and due_on > timezone.localdate():
            self.fields["due_on"].initial = due_on
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in actions.FIELDS}


def due_by_policy(incident: Incident) -> date:
    """By when the severity's policy asks for remedies, counted from the end of impact."""
    begin = incident.resolved_at or incident.opened_at
    return timezone.localtime(begin).date() + timedelta(days=incident.severity.remedies_days)
