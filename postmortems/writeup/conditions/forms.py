from __future__ import annotations

from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.writeup.models import Condition, ConditionKind
from timelines.asked import Asked
from timelines.models import Event

OFFERED = 60
FOUND = 40


class ConditionForm(forms.Form):
    """A condition and the events it rests on: pinned ones are offered, every other one is found by its words."""

    sentence = forms.CharField(
        label="The condition, in one sentence", max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300, "dir": "auto"}),
        help_text="Something without which it would have gone otherwise. There are always several.",
    )  # fmt: skip
    kind = forms.ModelChoiceField(queryset=None, empty_label=None)
    made_sense = forms.CharField(
        label="How it made sense at the time", required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="Why was this reasonable, or invisible, before that day?",
    )  # fmt: skip
    events = forms.ModelMultipleChoiceField(queryset=None, required=False, label="The events it rests on")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, incident: Incident, condition: Condition | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.incident = incident
        self.fields["made_sense"].widget.attrs["data-cite"] = reverse("writeup:cite", args=[incident.ref])
        kinds = ConditionKind.objects.filter(retired_at=None)
        cited = condition.events.values("pk") if condition else []
        if condition:
            kinds = ConditionKind.objects.filter(Q(retired_at=None) | Q(pk=condition.kind_id))
            self.initial |= {
                "sentence": condition.sentence, "kind": condition.kind_id, "made_sense": condition.made_sense,
                "events": [event.pk for event in condition.events.all()], "version": condition.version,
            }  # fmt: skip
        self.fields["kind"].queryset = kinds
        self.fields["events"].queryset = incident.events.filter(Q(hidden=False) | Q(pk__in=cited))

    def clean_sentence(self) -> str:
        return " ".join(self.cleaned_data["sentence"].split())

    def events_shown(self, words: str = "") -> list[tuple[str, list[tuple[Event, bool]]]]:
        """What can be ticked: the events it rests on, those that were looked for, and the pinned ones."""
        chosen = {
            int(key) for key in self["events"].value() or [] if str(key).isascii() and str(key).isdigit()
        }
        known = self._rows(
            self.fields["events"].queryset.filter(pk__in=[key for key in chosen if key < 2**63])
        )
        seen = {event.pk for event in known}
        groups = [("It rests on", [(event, True) for event in known])]
        if words:
            hits = self._rows(Asked.of({"q": words}).events(self.incident).exclude(pk__in=seen), FOUND)
            seen |= {event.pk for event in hits}
            groups.append((f"With “{words}”", [(event, False) for event in hits]))
        pinned = self._rows(self.incident.events.pinned().exclude(pk__in=seen), OFFERED)
        groups.append(("Pinned", [(event, False) for event in pinned]))
        return groups

    def _rows(self, events: QuerySet[Event], most: int | None = None) -> list[Event]:
        """With the day in the incident's zone, as it will be published."""
        zone = ZoneInfo(self.incident.zone)
        rows = list(events.select_related("source").defer("raw", "extra").in_order()[:most])
        for event in rows:
            event.zone, event.day_in_words = zone, event.at.astimezone(zone).strftime("%-d %b")
        return rows


class KindForm(forms.ModelForm):
    class Meta:
        model = ConditionKind
        fields = ["name", "sentence", "helped"]
        labels = {
            "helped": "Conditions of this kind helped: they are told as what went well, not as part of the why"
        }
