"""What several pages of this room do with a posted form."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from postmortems.accounts.hours import WeekForm
from postmortems.accounts.models import zone_choices
from postmortems.incidents.models import Participant
from postmortems.interviews.refusals import NotPossible


def number(request: HttpRequest, name: str) -> int:
    """A primary key out of a form; 0, which nothing has, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def attempt(request: HttpRequest, change: Callable[[], object], done: str) -> None:
    """Make the change and say `done`, or say why it was refused."""
    try:
        change()
        messages.success(request, done)
    except NotPossible as error:
        messages.error(request, str(error))


class GuestHoursForm(WeekForm):
    """When somebody without an account works, and in which zone."""

    zone = forms.ChoiceField(label="Time zone", choices=zone_choices)

    def __init__(self, *args, participant: Participant, **kwargs) -> None:
        initial = {"zone": participant.zone, "email": participant.email}
        super().__init__(*args, hours=participant.hours, initial=initial, **kwargs)


class GuestForm(GuestHoursForm):
    """The same, with where to write to, for a reviewer who notes it."""

    email = forms.EmailField(
        label="E-mail", required=False, help_text="Letters go there: the invitation, and what follows it."
    )
