from __future__ import annotations

from datetime import datetime

from django import forms

from postmortems.incidents.models import Incident
from postmortems.web.forms import MomentField
from postmortems.web.times import is_ambiguous


class PlanForm(forms.Form):
    """When the text that was read is to be published, on the clock of the incident's zone."""

    at = MomentField(label="When", step="60")
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    change_note = forms.CharField(label="What changed", required=False, max_length=500)
    despite = forms.CharField(
        label="Why publish all the same?",
        required=False,
        max_length=300,
        help_text="For what is missing now, if it still is then. The reason is recorded.",
    )

    def __init__(self, *args, incident: Incident, first: bool, blocked: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].in_zone(incident.zone, said="In {}, the zone of the incident.")
        if first:
            del self.fields["change_note"]
        if not blocked:
            del self.fields["despite"]

    def clean_at(self) -> datetime:
        at = self.cleaned_data["at"]
        zone = self.fields["at"].zone
        if is_ambiguous(at.astimezone(zone).replace(tzinfo=None), zone):
            raise forms.ValidationError("The clock shows this time twice that night. Choose another.")
        return at
