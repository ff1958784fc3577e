from __future__ import annotations

import secrets

from django import forms

from postmortems.web.forms import MomentField

PRECISIONS = [("second", "to the second"), ("minute", "to the minute"), ("hour", "about that hour")]


class PictureForm(forms.Form):
    picture = forms.FileField(
        label="The picture",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        error_messages={
            "required": "Choose a picture first.",
            "empty": "This file is empty: it has no bytes at all.",
        },
        help_text="PNG, JPEG, WebP or GIF, up to 15 MB. Where it was taken, and with what, is not kept.",
    )
    alt = forms.CharField(
        label="What it shows", required=False, max_length=500,
        help_text="One sentence for those who do not see it: “Errors rise from 0.2 % to 14 % within two minutes.”",
    )  # fmt: skip


class MomentForm(forms.Form):
    """Which moment a picture shows, in the incident's zone."""

    at = MomentField(label="From")
    until = MomentField(label="To", required=False)
    precision = forms.ChoiceField(choices=PRECISIONS, initial="minute")
    text = forms.CharField(
        label="What happened there", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args, zone: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].in_zone(zone)
        self.fields["until"].in_zone(zone)
        self.fields["until"].help_text = "Left empty, it is one moment."
        self.initial.setdefault("form_key", secrets.token_urlsafe(16))

    def clean(self):
        data = super().clean()
        if data.get("at") and data.get("until") and data["until"] < data["at"]:
            self.add_error("until", "The end lies before the beginning.")
        return data
