from __future__ import annotations

from django import forms

from postmortems.incidents.impact.numbers import number_of, split
from postmortems.incidents.models import ImpactFigure


class FigureForm(forms.Form):
    """Either a number with its unit, or why it is unknown. "1,914 people" may be written into the number alone."""

    what = forms.CharField(
        label="What was hurt",
        max_length=160,
        help_text="Bookings that were not confirmed; people who waited.",
    )
    number = forms.CharField(
        label="How much", max_length=80, required=False, widget=forms.TextInput(attrs={"inputmode": "text"})
    )
    unit = forms.CharField(label="Unit", max_length=40, required=False, help_text="bookings, %, EUR, minutes")
    unknown_because = forms.CharField(label="or: unknown, because", max_length=300, required=False)

    def __init__(self, *args, figure: ImpactFigure | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if figure:
            self.initial = {
                "what": figure.what, "number": figure.written or "", "unit": figure.unit, "unknown_because": figure.unknown_because,
            }  # fmt: skip

    def clean(self) -> dict:
        data = super().clean()
        text, unit, why = (data.get(name, "") for name in ("number", "unit", "unknown_because"))
        if text and not unit:
            text, unit = split(text)
        data["number"], data["unit"] = None, unit
        if text and why:
            self.add_error("unknown_because", "A number, or why it is unknown: one of the two.")
        elif text and len(unit) > 40:
            self.add_error("unit", "A unit has at most 40 characters.")
        elif text:
            self._number(data, text)
        elif not why:
            self.add_error("number", "How much? Or say below why that is unknown.")
        else:
            data["unit"] = ""
        return data

    def _number(self, data: dict, text: str) -> None:
        try:
            data["number"] = number_of(text)
        except ValueError as error:
            self.add_error("number", str(error))
        else:
            if not data["unit"]:
                self.add_error("unit", "Of what? A number needs its unit.")
