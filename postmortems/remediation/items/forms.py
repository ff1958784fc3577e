from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from postmortems.accounts.models import User
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
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in actions.FIELDS}
