from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib.auth.password_validation import validate_password

from postmortems.accounts.hours import AwayField, WeekForm
from postmortems.accounts.models import Team, User, zone_choices
from postmortems.accounts.permissions import ROLE_CHOICES
from postmortems.calendars import away
from postmortems.calendars.holidays import is_known


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


class ProfileForm(WeekForm, forms.ModelForm):
    zone = forms.ChoiceField(
        label="Time zone", choices=zone_choices, help_text="Times are shown to you in this zone."
    )
    absences = AwayField(
        label="Days away",
        help_text="First and last day; one day needs the first alone. Empty both to take it back.",
    )

    class Meta:
        model = User
        fields = ["name", "zone", "country", "theme"]

    def __init__(self, *args, instance: User, now: datetime, **kwargs):
        super().__init__(*args, instance=instance, hours=instance.hours, **kwargs)
        today = now.astimezone(instance.tz).date()
        self.fields["absences"].today = today
        self.initial["absences"] = away.kept(away.ahead(instance.absences, today))

    def clean_country(self):
        code = self.cleaned_data["country"].strip().upper()
        if code and not is_known(code):
            raise forms.ValidationError(
                "No public holidays are known for this. Use a country code such as PT, or with a region such as US-CA."
            )
        return code

    def changes(self) -> dict:
        data = self.cleaned_data
        kept = {name: data[name] for name in (*self.Meta.fields, "absences")}
        return kept | {"hours": self.hours}


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
