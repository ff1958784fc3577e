"""What several pages of this room do with a posted form."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from postmortems.accounts.models import zone_choices
from postmortems.calendars.hours import DEFAULT_HOURS, WEEKDAYS, HoursError, parse_hours
from postmortems.interviews.refusals import NotPossible

DAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


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


class WeekForm(forms.Form):
    """A zone, and for each day the hours at work as text: `09:00-12:30, 13:30-17:30`."""

    zone = forms.ChoiceField(label="Time zone", choices=zone_choices)

    def __init__(self, *args, zone: str, hours: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["zone"] = zone
        given = hours or DEFAULT_HOURS
        for key in WEEKDAYS:
            self.fields[key] = forms.CharField(
                label=DAY_NAMES[key], required=False, max_length=120,
                help_text="Such as 09:00-12:30, 13:30-17:30; empty for a day off." if key == WEEKDAYS[0] else "",
            )  # fmt: skip
            self.initial[key] = ", ".join(f"{begin}-{end}" for begin, end in given.get(key, []))

    def clean(self):
        data = super().clean()
        self.hours = {}
        for key in WEEKDAYS:
            try:
                if intervals := _intervals(data.get(key, "")):
                    parse_hours({key: intervals})
                    self.hours[key] = intervals
            except (HoursError, ValueError) as error:
                self.add_error(key, str(error))
        return data


def _intervals(text: str) -> list[list[str]]:
    found = []
    for part in filter(None, (part.strip() for part in text.replace("–", "-").split(","))):
        begin, _, end = part.partition("-")
        found.append([begin.strip(), end.strip()])
    return found
