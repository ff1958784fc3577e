from __future__ import annotations

from zoneinfo import ZoneInfo

from django import forms

from postmortems.accounts.models import User, zone_choices
from postmortems.incidents.models import Incident
from postmortems.meetings import agenda, people
from postmortems.meetings.models import Meeting
from postmortems.meetings.planning.actions import Plan
from postmortems.web.forms import MomentField

USUAL = 60  # minutes


class PlanForm(forms.Form):
    """Times are typed on the clock of whoever plans; the page says the same in the incident's zone."""

    minutes = forms.IntegerField(
        label="How long, in minutes", min_value=agenda.SHORTEST, max_value=agenda.LONGEST
    )
    facilitator = forms.ModelChoiceField(
        None,
        required=False,
        label="Who leads it",
        empty_label="Nobody yet",
        help_text="Somebody who took no part in the incident.",
    )
    note_taker = forms.ModelChoiceField(
        None,
        required=False,
        label="Who takes the notes",
        empty_label="Nobody yet",
        help_text="Somebody else than who leads it.",
    )
    at = MomentField(label="When", step="300")
    place = forms.CharField(
        required=False,
        max_length=300,
        label="Where",
        help_text="A room, or the address of a call. Everybody who may know of the incident sees it.",
    )
    early_reason = forms.CharField(
        required=False,
        max_length=300,
        label="Why so soon",
        help_text="Only for a time at which people would have less than a day to read the draft. It is kept.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, incident: Incident, meeting: Meeting | None, zone: ZoneInfo, **kwargs):
        super().__init__(*args, **kwargs)
        suggested = people.facilitators(incident)
        whys = {one.user.pk: one.why for one in suggested}
        self.fields["facilitator"].queryset = User.objects.filter(pk__in=whys).order_by("name")
        self.fields["facilitator"].label_from_instance = lambda user: f"{user} – {whys[user.pk]}"
        self.fields["note_taker"].queryset = User.objects.filter(
            pk__in=[user.pk for user in people.note_takers(incident)]
        ).order_by("name")
        self.fields["at"].in_zone(zone.key, said="In {}, your own zone.")
        usual = self._initial(meeting) if meeting else self._suggested(incident, suggested)
        self.initial = {"minutes": USUAL} | usual | self.initial

    def _suggested(self, incident: Incident, suggested: list[people.Suggested]) -> dict:
        """The first who may lead it; the lead reviewer, who knows the draft, takes the notes."""
        facilitator = suggested[0].user.pk if suggested else None
        lead = people.lead_of(incident).pk
        return {"facilitator": facilitator, "note_taker": lead if lead != facilitator else None}

    def _initial(self, meeting: Meeting) -> dict:
        return {
            "minutes": meeting.minutes,
            "facilitator": meeting.facilitator_id,
            "note_taker": meeting.note_taker_id,
            "at": meeting.starts_at,
            "place": meeting.place,
            "early_reason": meeting.early_reason,
            "version": meeting.version,
        }

    def clean_place(self) -> str:
        return " ".join(self.cleaned_data["place"].split())

    def people(self) -> list:
        """How long and with whom: what proposed times depend on."""
        return [self[name] for name in ("minutes", "facilitator", "note_taker")]

    def rest(self) -> list:
        return [self[name] for name in ("at", "place", "early_reason", "version")]

    @property
    def plan(self) -> Plan:
        data = self.cleaned_data
        return Plan(
            starts_at=data["at"],
            minutes=data["minutes"],
            place=data["place"],
            facilitator=data["facilitator"],
            note_taker=data["note_taker"],
            early_reason=data["early_reason"].strip(),
        )


class PersonForm(forms.Form):
    """Somebody with an account, or a name and an address."""

    user = forms.ModelChoiceField(
        User.objects.active(), required=False, label="Somebody with an account", empty_label="–"
    )
    name = forms.CharField(required=False, max_length=120, label="Or a name")
    email = forms.EmailField(required=False, label="and an address")
    zone = forms.ChoiceField(choices=zone_choices, required=False, label="Their time zone")

    def clean(self):
        data = super().clean()
        if not data.get("user") and not data.get("name"):
            raise forms.ValidationError("Choose somebody, or write a name.")
        return data

    @property
    def person(self) -> dict:
        data = self.cleaned_data
        if data["user"]:
            return {"user": data["user"]}
        return {"name": data["name"], "email": data["email"], "zone": data["zone"] or "UTC"}
