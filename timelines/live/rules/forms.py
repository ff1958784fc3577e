from __future__ import annotations

from django import forms

from postmortems.incidents.models import Service, Severity
from timelines.live.rules.actions import Wanted
from timelines.models import Connection, Rule

FIELDS = ("service", "repository", "severity", "title", "label:alertname")


class Words(forms.TextInput):
    def __init__(self, **attrs):
        super().__init__(attrs={"dir": "auto", "autocomplete": "off"} | attrs)


class RuleForm(forms.Form):
    field = forms.CharField(
        label="When its", max_length=80, initial="service", widget=Words(list="rule-fields"),
        help_text="service, repository, severity, title, or a label by its name.",
    )  # fmt: skip
    pattern = forms.CharField(
        label="is like", max_length=200, widget=Words(placeholder="bookings*"),
        help_text="* stands for anything; capital letters do not matter.",
    )  # fmt: skip
    connection = forms.ModelChoiceField(
        Connection.objects.all(), label="and it came from", required=False, empty_label="any connection"
    )
    does = forms.ChoiceField(choices=Rule.Does.choices, label="then")
    service = forms.ModelChoiceField(
        Service.objects.all(), label="Of the service", required=False, empty_label="any",
        help_text="Only incidents of this service; an opened one gets it.",
    )  # fmt: skip
    severity = forms.ModelChoiceField(
        Severity.objects.all(), label="Opened as", required=False, empty_label="–"
    )
    hours = forms.IntegerField(
        label="No older than, in hours", min_value=1, max_value=720, initial=12,
        help_text="An incident opened longer ago takes nothing by this rule.",
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        if data.get("does") == Rule.Does.OPEN and not data.get("severity"):
            self.add_error("severity", "Say which severity an incident has that this rule opens.")
        return data

    def wanted(self) -> Wanted:
        return Wanted(**self.cleaned_data)


def told_of(rule: Rule) -> dict:
    """The form's first values for a rule that there is."""
    return {name: getattr(rule, name) for name in RuleForm.base_fields}
