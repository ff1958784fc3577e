from __future__ import annotations

import secrets
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from postmortems.web.forms import MomentField
from postmortems.web.times import NoSuchTime, parse_local
from timelines.models import Event
from timelines.reading import FORMATS


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files of which at least one holds something; empty ones beside it are left out, and the page names them."""

    widget = ManyFiles

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) else [data]
        full = [file for file in files if file is None or file.size]
        if files and not full:
            names = ", ".join(file.name for file in files)
            one = len(files) == 1
            raise forms.ValidationError(
                f"{names} {'is' if one else 'are'} empty: {'it has' if one else 'they have'} no bytes at all."
                " Nothing was stored."
            )
        return [super(FilesField, self).clean(file, initial) for file in full or [None]]


class ZoneField(forms.CharField):
    """A name of the time zone database, typed with suggestions: the page carries their list once."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "zones", "placeholder": "Europe/Lisbon"}))
        super().__init__(required=False, max_length=60, **kwargs)

    def clean(self, value):
        name = super().clean(value).replace(" ", "_")
        if name and name not in available_timezones():
            raise forms.ValidationError(f"There is no time zone {name}; names look like Europe/Lisbon.")
        return name


def format_choices():
    return [("auto", "Find out by itself"), *((key, format.label) for key, format in FORMATS.items())]


class EvidenceForm(forms.Form):
    files = FilesField(
        label="Files",
        error_messages={"required": "Choose at least one file."},
        help_text="A Slack export (zip), alerts, pages, deployments, logs, shell history, or any table with a time column; also several of them in one archive.",
    )
    format = forms.ChoiceField(choices=format_choices, required=False, initial="auto")
    name = forms.CharField(
        label="Name of the source",
        required=False,
        max_length=120,
        help_text="For instance a host, or a workspace. Left out, the kind of source names it.",
    )
    zone = ZoneField(
        label="Its time zone", help_text="Only for times that state none, such as Europe/Lisbon."
    )
    year = forms.IntegerField(label="Year of its first line", required=False, min_value=1990, max_value=2100)
    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", secrets.token_urlsafe(24))


class AnswerForm(forms.Form):
    """What a source does not state; `captured` is typed in the zone given beside it, else in the incident's."""

    zone = ZoneField(label="Time zone of the source")
    year = forms.IntegerField(label="Year of the first line", required=False, min_value=1990, max_value=2100)
    day = forms.DateField(label="Day of the first line", required=False)
    captured = forms.CharField(label="When this was captured", required=False, max_length=40)
    format = forms.ChoiceField(
        label="Read it as", required=False, choices=lambda: [("", "as found"), *format_choices()[1:]]
    )
    time = forms.CharField(label="Column with the time", required=False, max_length=80)
    text = forms.CharField(label="Column with the text", required=False, max_length=80)
    actor = forms.CharField(label="Column with who it was", required=False, max_length=80)
    end = forms.CharField(label="Column with the end", required=False, max_length=80)
    dates = forms.ChoiceField(
        label="Dates are written",
        required=False,
        choices=[("", "as found"), ("ymd", "year first"), ("dmy", "day first"), ("mdy", "month first")],
    )

    def __init__(self, *args, incident_zone: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.incident_zone = incident_zone

    def clean_captured(self):
        if not (typed := self.cleaned_data["captured"]):
            return None
        zone = ZoneInfo(self.cleaned_data.get("zone") or self.incident_zone)
        try:
            return parse_local(typed, zone)
        except NoSuchTime as error:
            raise forms.ValidationError(str(error)) from error
        except ValueError as error:
            raise forms.ValidationError(
                "The moment of capture is a date and time, like 2026-03-10T02:14:00."
            ) from error

    def answer(self) -> dict:
        data = self.cleaned_data
        mapping = {
            name: data[name].strip()
            for name in ("time", "text", "actor", "end", "dates")
            if data[name].strip()
        }
        said = {name: data[name] for name in ("zone", "year", "day", "captured", "format")}
        return said | {"mapping": mapping}


class EventForm(forms.Form):
    """An event by hand, in the incident's zone."""

    at = MomentField(label="When")
    precision = forms.ChoiceField(
        choices=[
            ("second", "to the second"),
            ("minute", "to the minute"),
            ("hour", "about that hour"),
            ("day", "that day"),
        ],
        initial="minute",
    )
    text = forms.CharField(label="What happened", widget=forms.Textarea(attrs={"rows": 2}))
    actor = forms.CharField(label="Who or what", required=False, max_length=120)
    kind = forms.ChoiceField(
        choices=[
            ("note", "Something that happened"),
            ("customer message", "Something customers were told"),
            ("decision", "A decision"),
        ],
        initial="note",
    )
    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args, zone: str, event: Event | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].in_zone(zone)
        self.initial.setdefault("form_key", secrets.token_urlsafe(16))
        if event is not None:
            if event.kind == "graph":
                self.fields["kind"].choices = [("graph", "What a picture shows")]
            self.initial |= {name: getattr(event, name) for name in ("precision", "text", "actor", "kind")}
            self.initial["at"] = event.read_at


class OffsetForm(forms.Form):
    """Seconds to add to every time of a source: negative where its clock ran ahead."""

    sentence = "A clock offset is a number of seconds, at most ten days; -75 means that the source's clock runs 75 seconds ahead."
    seconds = forms.DecimalField(
        min_value=-864_000,
        max_value=864_000,
        max_digits=12,
        decimal_places=6,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places"), sentence
        ),
    )

    def __init__(self, data):
        super().__init__({"seconds": data.get("seconds", "").replace("−", "-").replace(",", ".")})
