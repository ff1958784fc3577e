from __future__ import annotations

import secrets
from zoneinfo import ZoneInfo

from django import forms

from postmortems.web.times import NoSuchTime, parse_local

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

    at = forms.CharField(label="From", widget=forms.TextInput(attrs={"type": "datetime-local", "step": "1"}))
    until = forms.CharField(
        label="To", required=False, widget=forms.TextInput(attrs={"type": "datetime-local", "step": "1"})
    )
    precision = forms.ChoiceField(choices=PRECISIONS, initial="minute")
    text = forms.CharField(
        label="What happened there", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args, zone: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["at"].help_text = f"In {zone}."
        self.fields["until"].help_text = "Left empty, it is one moment."
        self.initial.setdefault("form_key", secrets.token_urlsafe(16))

    def clean_at(self):
        return self._time(self.cleaned_data["at"])

    def clean_until(self):
        return self._time(self.cleaned_data["until"]) if self.cleaned_data["until"] else None

    def _time(self, typed: str):
        try:
            at = parse_local(typed, self.zone)
        except NoSuchTime as error:
            raise forms.ValidationError(str(error)) from error
        except ValueError as error:
            raise forms.ValidationError(
                "This is not a date and time. Write it like 2026-03-10T02:14:00."
            ) from error
        if not 1990 <= at.year < 2100:
            raise forms.ValidationError("Years from 1990 to 2099 are kept. Is the year right?")
        return at

    def clean(self):
        data = super().clean()
        if data.get("at") and data.get("until") and data["until"] < data["at"]:
            self.add_error("until", "The end lies before the beginning.")
        return data
