from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils import timezone

from postmortems.web.times import NoSuchTime, parse_local

FIRST, LAST = 1990, 2099  # years


class Renderer(TemplatesSetting):
    """Every form and field goes through one pair of templates."""

    form_template_name = "form/form.html"
    field_template_name = "form/field.html"


class MomentField(forms.CharField):
    """A wall-clock time in the zone that the form sets with `in_zone`; an instant in UTC when it is clean."""

    def __init__(self, *, step: str = "1", **kwargs):
        attrs = {"type": "datetime-local"} | ({"step": step} if step else {})
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)
        self.shape = "%Y-%m-%dT%H:%M:%S" if step == "1" else "%Y-%m-%dT%H:%M"
        self.zone = ZoneInfo("UTC")

    def in_zone(self, zone: str, *, said: str = "In {}.") -> None:
        """Whoever copies a time from a page, where it stands in their own zone, is told that it is another one."""
        self.zone = ZoneInfo(zone)
        shown = timezone.get_current_timezone_name()
        elsewhere = f" Pages show you times in {shown}." if said == "In {}." and shown != zone else ""
        self.help_text = said.format(zone) + elsewhere

    def clean(self, value) -> datetime | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            at = parse_local(typed, self.zone)
        except NoSuchTime as error:
            raise forms.ValidationError(str(error)) from error
        except ValueError as error:
            raise forms.ValidationError(
                "This is not a date and time. Write it like 2026-03-10T02:14:00."
            ) from error
        if not FIRST <= at.year <= LAST:
            raise forms.ValidationError(f"Years from {FIRST} to {LAST} are kept. Is the year right?")
        return at

    def prepare_value(self, value):
        return value.astimezone(self.zone).strftime(self.shape) if isinstance(value, datetime) else value
