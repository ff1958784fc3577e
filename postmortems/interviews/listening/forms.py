from __future__ import annotations

import re

from django import forms

from postmortems.interviews.listening.bank import Question, bank
from postmortems.interviews.models import Interview
from postmortems.web.forms import MomentField
from timelines.models import Hypothesis, Intervention


class PassageForm(forms.Form):
    text = forms.CharField(label="In their words", widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
    about = forms.CharField(label="When, as they said it", required=False, max_length=80)
    earliest = MomentField(label="Not before", step="")
    latest = MomentField(label="Not after", step="", required=False)

    def __init__(self, *args, zone: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["earliest"].in_zone(zone)
        self.fields["latest"].in_zone(zone, said="")


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
