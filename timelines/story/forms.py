from __future__ import annotations

from decimal import Decimal

from django import forms

from postmortems.incidents.models import Incident
from postmortems.web.forms import MomentField
from timelines.forms import ZoneField
from timelines.models import Hypothesis, Indicator, Intervention

PINNED = 200  # events that a form offers


class SpanForm(forms.ModelForm):
    begins_at = MomentField(label="From")
    ends_at = MomentField(label="Until", required=False)
    events = forms.ModelMultipleChoiceField(label="Events it rests on", queryset=None, required=False)

    def __init__(self, *args, incident: Incident, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("begins_at", "ends_at"):
            self.fields[name].in_zone(incident.zone)
        pinned = incident.events.pinned().in_order().values_list("pk", flat=True)[:PINNED]
        cited = self.instance.events.values_list("pk", flat=True) if self.instance.pk else ()
        asked = [self.initial["event"]] if self.initial.get("event") else []
        self.fields["events"].queryset = incident.events.filter(pk__in=[*pinned, *cited, *asked]).in_order()
        if asked:
            self.initial["events"] = asked
        if self.instance.pk:
            self.initial["events"] = list(cited)
        if "hypothesis" in self.fields:
            self.fields["hypothesis"].queryset = incident.hypotheses.all()

    def clean(self):
        data = super().clean()
        begins, ends = data.get("begins_at"), data.get("ends_at")
        if begins and ends and ends < begins:
            self.add_error("ends_at", "The end lies before the beginning.")
        return data

    def said(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "events"}


class HypothesisForm(SpanForm):
    class Meta:
        model = Hypothesis
        fields = ("sentence", "held_by", "begins_at", "ends_at", "outcome", "became")
        labels = {
            "sentence": "What was believed",
            "held_by": "By whom",
            "outcome": "What became of it",
            "became": "What showed it",
        }
        help_texts = {
            "sentence": "As it was believed then, such as “The replica is slow because of the nightly copy”.",
            "held_by": "As people say it: “the two on the bridge”.",
        }


class InterventionForm(SpanForm):
    class Meta:
        model = Intervention
        fields = ("sentence", "tried_by", "begins_at", "ends_at", "hypothesis", "effect", "seen")
        labels = {
            "sentence": "What was tried", "tried_by": "By whom", "effect": "What followed", "seen": "What showed it",
            "hypothesis": "Because it was believed that",
        }  # fmt: skip


class IndicatorFileForm(forms.Form):
    file = forms.FileField(
        label="File", error_messages={"empty": "This file is empty. Nothing was stored."},
        help_text="The answer of Prometheus to query_range as JSON, or a table (CSV) with a time and a value column.",
    )  # fmt: skip
    zone = ZoneField(label="Its time zone", help_text="Only for tables whose times state none.")


class IndicatorForm(forms.ModelForm):
    objective = forms.DecimalField(
        label="Objective in percent", min_value=Decimal("0"), max_value=Decimal("100"), max_digits=8, decimal_places=5, initial="99.9",
        help_text="Which share should be good, such as 99.9.",
    )  # fmt: skip
    spent_before = forms.DecimalField(
        label="Spent before the incident, in percent of the budget", required=False, min_value=0, max_value=1000, max_digits=7, decimal_places=2,
        help_text="Where it is known: then the page says what is left.",
    )  # fmt: skip

    class Meta:
        model = Indicator
        fields = ("name", "meaning", "threshold", "unit", "objective", "window_days", "spent_before")
        labels = {"window_days": "Window in days", "meaning": "What a value means"}
        help_texts = {
            "threshold": "For a value that should be at most or at least this.",
            "window_days": "Over which the objective is promised.",
        }

    def clean_objective(self):
        return self.cleaned_data["objective"] / 100

    def clean_spent_before(self):
        spent = self.cleaned_data["spent_before"]
        return None if spent is None else spent / 100

    def clean_window_days(self):
        days = self.cleaned_data["window_days"]
        if not 1 <= days <= 366:
            raise forms.ValidationError("A window of 1 to 366 days.")
        return days

    def clean(self):
        data = super().clean()
        if data.get("meaning") in ("at_most", "at_least") and data.get("threshold") is None:
            self.add_error("threshold", "Say the threshold: what should the value be at most, or at least?")
        return data

    def said(self) -> dict:
        return dict(self.cleaned_data)
