from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from django import forms

from postmortems.interviews.listening.bank import Question, bank
from postmortems.interviews.models import Interview
from postmortems.web.times import NoSuchTime, parse_local
from timelines.models import Hypothesis, Intervention


class PassageForm(forms.Form):
    text = forms.CharField(label="In their words", widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
    about = forms.CharField(label="When, as they said it", required=False, max_length=80)
    earliest = forms.CharField(label="Not before", widget=forms.TextInput(attrs={"type": "datetime-local"}))
    latest = forms.CharField(
        label="Not after", required=False, widget=forms.TextInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args, zone: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["earliest"].help_text = f"In {zone}."

    def clean(self):
        data = super().clean()
        for name in ("earliest", "latest"):
            try:
                data[name] = parse_local(data[name], self.zone) if data.get(name) else None
            except (ValueError, OverflowError) as error:
                self.add_error(
                    name, str(error) if isinstance(error, NoSuchTime) else "This is not a date and time."
                )
        return data


def point_of(interview: Interview, value: str) -> dict | None:
    """`event-12` as the field and key of a question; None for one that is not of this incident."""
    found = re.fullmatch(r"(event|hypothesis|intervention)-(\d{1,17})", value, re.A)
    if not found:
        return None
    name, pk = found[1], int(found[2])
    rows = {
        "event": interview.incident.events,
        "hypothesis": Hypothesis.objects.filter(incident=interview.incident_id),
        "intervention": Intervention.objects.filter(incident=interview.incident_id),
    }[name]
    return {f"{name}_id": pk} if rows.filter(pk=pk).exists() else None


def banked(value: str) -> tuple[str, Question | None]:
    """`event-12/acting/3` as the point and the question of the bank."""
    point, _, key = value.partition("/")
    return point, bank().question(key)
