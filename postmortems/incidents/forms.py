from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from postmortems.accounts.models import Team, User, zone_choices
from postmortems.accounts.permissions import REVIEW_ROLE_CHOICES
from postmortems.incidents.durations import LABELS
from postmortems.incidents.models import INCIDENT_ROLES, TIME_NAMES, Incident, Link, Service, Severity
from postmortems.web.times import NoSuchTime, parse_local

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


class IncidentForm(forms.Form):
    """Times are typed in the incident's zone. Any order is accepted: contradictions are shown, not refused."""

    title = forms.CharField(
        max_length=200, help_text="What people noticed, in one line: “Checkout slow for everybody in Europe”."
    )
    severity = forms.ModelChoiceField(Severity.objects.all(), empty_label=None, widget=forms.RadioSelect)
    summary = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Two or three sentences for somebody who was not there. Markdown is welcome.",
    )
    zone = forms.ChoiceField(
        label="Time zone of the incident", choices=zone_choices, help_text="The times below are in this zone."
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    tags = forms.CharField(required=False, max_length=300, help_text="Separated by commas.")
    restricted = forms.BooleanField(
        required=False, label="Restricted: seen by its circle alone, also after publication"
    )
    form_key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, incident: Incident | None = None, zone: str = "UTC", **kwargs):
        super().__init__(*args, **kwargs)
        self.incident = incident
        self.fields["severity"].label_from_instance = lambda severity: (
            f"{severity.name} – {severity.sentence}"
        )
        for name in TIME_NAMES:
            self.fields[name] = forms.CharField(
                label=LABELS[name].capitalize(),
                required=False,
                widget=forms.TextInput(attrs={"type": "datetime-local", "step": "1"}),
            )
            self.fields[f"{name}_na"] = forms.BooleanField(required=False, label="does not apply")
        self.initial |= self._initial(incident, zone)

    def _initial(self, incident, zone) -> dict:
        if incident is None:
            return {
                "form_key": secrets.token_urlsafe(24),
                "zone": zone,
                "severity": Severity.objects.filter(rank=3).first(),
            }
        tz = ZoneInfo(incident.zone)
        data = {
            name: getattr(incident, name)
            for name in ("title", "severity", "summary", "zone", "restricted", "version")
        }
        data |= {
            "services": incident.services.all(),
            "teams": incident.teams.all(),
            "tags": ", ".join(incident.tags),
        }
        for name, at in incident.times.items():
            data[name] = at.astimezone(tz).strftime("%Y-%m-%dT%H:%M:%S") if at else ""
            data[f"{name}_na"] = name in incident.not_applicable
        return data

    def time_fields(self):
        return [(self[name], self[f"{name}_na"]) for name in TIME_NAMES]

    def clean_tags(self) -> list[str]:
        tags = [" ".join(tag.split()).lower() for tag in self.cleaned_data["tags"].split(",")]
        tags = list(dict.fromkeys(tag for tag in tags if tag))
        if any(len(tag) > 40 for tag in tags):
            raise forms.ValidationError("A tag has at most 40 characters.")
        return tags

    def clean(self):
        data = super().clean()
        try:
            tz = ZoneInfo(data.get("zone") or "UTC")
        except Exception:
            tz = ZoneInfo("UTC")
        for name in TIME_NAMES:
            data[name] = self._instant(name, data.get(name, ""), tz)
        return data

    def _instant(self, name: str, text: str, tz: ZoneInfo) -> datetime | None:
        if not text:
            return None
        try:
            at = parse_local(text, tz)
        except NoSuchTime as error:
            self.add_error(name, str(error))
        except ValueError:
            self.add_error(name, "This is not a date and time. Write it like 2026-03-10T02:14:00.")
        else:
            if at < EARLIEST:
                self.add_error(name, "This is before 1990. Is the year right?")
            elif at > timezone.now() + timedelta(minutes=5):
                self.add_error(name, "This is in the future. Is the day right?")
            else:
                return at
        return None

    def values(self) -> dict:
        data = self.cleaned_data
        values = {name: data[name] for name in ("title", "severity", "summary", "tags", "zone", "restricted")}
        values |= {f"{name}_at": data[name] for name in TIME_NAMES}
        values["not_applicable"] = [name for name in TIME_NAMES if data[f"{name}_na"] and not data[name]]
        return values


class ParticipantForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.active(), required=False, label="Somebody with an account", empty_label="–"
    )
    name = forms.CharField(max_length=120, required=False, label="or a name")
    email = forms.EmailField(required=False, label="E-mail")
    role = forms.CharField(
        max_length=60, widget=forms.TextInput(attrs={"list": "incident-roles"}), initial=INCIDENT_ROLES[1]
    )

    def clean(self):
        data = super().clean()
        if not data.get("user") and not data.get("name"):
            raise forms.ValidationError("Choose somebody with an account, or write a name.")
        return data


class CircleForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.active(), label="Person", empty_label="–")
    role = forms.ChoiceField(choices=REVIEW_ROLE_CHOICES, label="Place in the circle", initial="co")


class LinkForm(forms.ModelForm):
    url = forms.URLField(label="Address", max_length=500, assume_scheme="https")

    class Meta:
        model = Link
        fields = ["title", "url"]


class ReasonForm(forms.Form):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=600)


class SeverityForm(forms.ModelForm):
    class Meta:
        model = Severity
        fields = [
            "name", "sentence", "review_expected", "owner_hours", "jot_notes_hours", "preliminary_days", "soak_hours",
            "fade_hours", "notes_keep_days", "meeting_days", "survey_days", "remedy_soak_days", "publish_days", "remedies_high_days",
            "remedies_days", "effect_days", "approvals_needed",
        ]  # fmt: skip

    def clean(self):
        data = super().clean()
        if (
            data.get("soak_hours") is not None
            and data.get("fade_hours") is not None
            and data["soak_hours"] >= data["fade_hours"]
        ):
            self.add_error("fade_hours", "Interviews would end before they may begin.")
        return data


class ServiceForm(forms.ModelForm):
    class Meta:
        model = Service
        fields = ["name", "about", "team"]
