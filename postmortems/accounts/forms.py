from __future__ import annotations

import holidays
from django import forms
from django.contrib.auth.password_validation import validate_password

from postmortems.accounts.models import Team, User, zone_choices
from postmortems.accounts.permissions import ROLE_CHOICES


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail")
    name = forms.CharField(label="Name", max_length=120, required=False)
    role = forms.ChoiceField(label="Role", choices=ROLE_CHOICES, initial="member")
    teams = forms.ModelMultipleChoiceField(
        label="Teams", queryset=Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )


class AcceptForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=120, help_text="As colleagues know you.")
    zone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        initial="UTC",
        help_text="Times are shown to you in this zone.",
    )
    password = forms.CharField(
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Ten characters or more; a short sentence is easy to keep in mind.",
    )

    def clean_password(self):
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]


class ProfileForm(forms.ModelForm):
    zone = forms.ChoiceField(
        label="Time zone", choices=zone_choices, help_text="Times are shown to you in this zone."
    )
    day_from = forms.TimeField(label="Working day from", widget=forms.TimeInput(attrs={"type": "time"}))
    day_to = forms.TimeField(label="to", widget=forms.TimeInput(attrs={"type": "time"}))

    class Meta:
        model = User
        fields = ["name", "zone", "country", "theme"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first = next(iter(self.instance.hours.values()), [["09:00", "17:30"]])
        self.initial.setdefault("day_from", first[0][0])
        self.initial.setdefault("day_to", first[-1][1])

    def clean_country(self):
        code = self.cleaned_data["country"].strip().upper()
        country, _, region = code.partition("-")
        if code:
            try:
                holidays.country_holidays(country, subdiv=region or None)
            except (NotImplementedError, KeyError) as error:
                raise forms.ValidationError(
                    "No public holidays are known for this. Use a country code such as PT, or with a region such as US-CA."
                ) from error
        return code

    def clean(self):
        data = super().clean()
        if data.get("day_from") and data.get("day_to") and data["day_from"] >= data["day_to"]:
            self.add_error("day_to", "The working day ends before it begins.")
        return data

    def changes(self) -> dict:
        data = self.cleaned_data
        day = [[data["day_from"].strftime("%H:%M"), data["day_to"].strftime("%H:%M")]]
        hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), day)
        return {name: data[name] for name in self.Meta.fields} | {"hours": hours}


class TeamForm(forms.Form):
    name = forms.CharField(max_length=80)
    about = forms.CharField(max_length=200, required=False)
    members = forms.ModelMultipleChoiceField(
        queryset=User.objects.active(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, team: Team | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        others = Team.objects.filter(name__iexact=name)
        if self.team:
            others = others.exclude(pk=self.team.pk)
        if others.exists():
            raise forms.ValidationError("There is a team of this name.")
        return name
