from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from postmortems.archive.announcing.actions import LONGEST
from postmortems.incidents.models import Incident
from postmortems.notices.models import Channel
from postmortems.remediation.models import TeamChannel


class AnnouncementForm(forms.Form):
    text = forms.CharField(
        label="What is said",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Two or three sentences for somebody who does not know it yet. Without any, the summary is sent.",
    )
    to_followers = forms.BooleanField(label="Tell those who follow it", required=False)
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(), label="Channels", required=False, widget=forms.CheckboxSelectMultiple
    )
    addresses = forms.CharField(
        label="Further addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Of people without an account: they are told in the words of the public version, once there is one.",
    )

    def __init__(self, *args, incident: Incident, **kwargs):
        super().__init__(*args, **kwargs)
        if incident.restricted:
            del self.fields["channels"]
            self.fields["addresses"].help_text = "Of people who are in the circle. Nobody else is told of it."
            return
        places = TeamChannel.objects.values("channel")
        field = self.fields["channels"]
        field.queryset = Channel.objects.filter(Q(pk__in=places) | Q(house__isnull=False))
        teams = dict(TeamChannel.objects.values_list("channel", "team__name"))
        field.label_from_instance = lambda one: f"{one.name}, of {teams.get(one.pk, 'everybody')}"
        if not field.queryset.exists():
            del self.fields["channels"]

    def clean_addresses(self) -> list[str]:
        found = [one for one in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if one]
        for one in found:
            try:
                validate_email(one)
            except ValidationError:
                raise ValidationError(f"{one[:80]} is not an address.") from None
        return found
