"""When somebody works, and when they are away, as they say it in a form: pairs of clock times, pairs of dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.http import QueryDict

from postmortems.calendars import away
from postmortems.calendars.hours import (
    DAY_NAMES,
    DEFAULT_HOURS,
    WEEKDAYS,
    Hours,
    HoursError,
    parse_clock,
    parse_hours,
)

MOST = 8  # stretches of one day
MOST_ABSENCES = 40
Pairs = list[list[str]]


class PairsWidget(forms.Widget):
    """Rows of two inputs; a row left empty counts for nothing. An empty one more is folded away under `more`."""

    template_name = "form/pairs.html"
    use_fieldset = True

    def __init__(self, *, kind: str, ends: tuple[str, str], more: str, most: int) -> None:
        super().__init__()
        self.kind, self.ends, self.more, self.most = kind, ends, more, most

    def value_from_datadict(self, data, files, name) -> Pairs:
        first, last = (_listed(data, f"{name}_{end}")[: 2 * self.most] for end in ("from", "to"))
        length = max(len(first), len(last))
        filled = ([*side, *[""] * (length - len(side))] for side in (first, last))
        pairs = ([begin.strip(), end.strip()] for begin, end in zip(*filled, strict=True))
        return [pair for pair in pairs if any(pair)]

    def value_omitted_from_data(self, data, files, name) -> bool:
        return f"{name}_from" not in data

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        pairs: Sequence[Sequence[str]] = value or []
        context["widget"] |= {
            "type": self.kind, "ends": self.ends, "rows": pairs or [("", "")], "more": self.more if len(pairs) < self.most else "",
            "invalid": "aria-invalid" in context["widget"]["attrs"],
        }  # fmt: skip
        return context

    def id_for_label(self, id_, index=None):
        return id_


def _listed(data, name: str) -> list[str]:
    return data.getlist(name) if isinstance(data, QueryDict) else list(data.get(name, []))


class HoursField(forms.Field):
    """The hours of one day, sorted. A day that ends at midnight ends at 00:00 on the clock, at 24:00 when it is clean."""

    def __init__(self, **kwargs) -> None:
        widget = PairsWidget(kind="time", ends=("from", "to"), more="One more", most=MOST)
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value):
        return [[begin, "00:00" if end == "24:00" else end] for begin, end in value or []]

    def clean(self, value) -> Pairs:
        pairs = sorted(_stretch(begin, end) for begin, end in value or [])
        for (_, before), (begin, _) in zip(pairs, pairs[1:], strict=False):
            if begin < before:
                raise forms.ValidationError(
                    f"Two stretches overlap: one goes on until {before}, another begins at {begin}."
                )
        if len(pairs) > MOST:
            raise forms.ValidationError(f"At most {MOST} stretches a day are kept.")
        return pairs


def _stretch(begin: str, end: str) -> list[str]:
    if not begin or not end:
        raise forms.ValidationError(f"Fill in both ends of a stretch: {begin or '…'} to {end or '…'}.")
    begin, end = begin[:5], end[:5]  # some browsers add the seconds
    end = "24:00" if end == "00:00" else end
    try:
        first, last = parse_clock(begin), parse_clock(end)
    except HoursError as error:
        raise forms.ValidationError(str(error)) from error
    if first >= last:
        raise forms.ValidationError(
            f"{begin} to {end} ends before it begins. Work past midnight is two stretches: one until 00:00,"
            " and one from 00:00 on the day after."
        )
    return [begin, end]


class AwayField(forms.Field):
    """Days away, as dates. What is over is not kept; `today` is set by the form."""

    today: date = date.min

    def __init__(self, **kwargs) -> None:
        widget = PairsWidget(kind="date", ends=("from", "to"), more="Another time away", most=MOST_ABSENCES)
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value) -> Pairs:
        found = [self._span(first, last) for first, last in value or []]
        if len(found) > MOST_ABSENCES:
            raise forms.ValidationError(f"At most {MOST_ABSENCES} of them are kept.")
        return away.kept(found)

    def _span(self, first: str, last: str) -> away.Span:
        if not first:
            raise forms.ValidationError("Say from which day on. A single day needs its first day alone.")
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError as error:
            raise forms.ValidationError("This is no date. Write it like 2026-12-24.") from error
        if end < begin:
            raise forms.ValidationError(f"From {begin:%-d %B %Y} to {end:%-d %B %Y} ends before it begins.")
        if end < self.today:
            raise forms.ValidationError(f"{end:%-d %B %Y} is over already. Is the year right?")
        if end - begin > away.LONGEST:
            raise forms.ValidationError("A time away is a year long at most.")
        return begin, end


class WeekForm(forms.Form):
    """The hours of each day of the week; `hours` has them when the form is clean."""

    hours: Hours

    def __init__(self, *args, hours: Hours | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        given = legible(hours)
        for day in WEEKDAYS:
            self.fields[day] = HoursField(label=DAY_NAMES[day])
            self.initial[day] = [list(pair) for pair in given.get(day, ())]

    @property
    def week(self) -> list[forms.BoundField]:
        return [self[day] for day in WEEKDAYS]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        self.hours = {day: data[day] for day in WEEKDAYS if data.get(day)}
        if not self.hours and not any(day in self.errors for day in WEEKDAYS):
            self.add_error(
                "mon", "Give at least one stretch of the week, or nobody could ever be talked with."
            )
        return data


def legible(hours: Hours | None) -> Hours:
    """The hours somebody told; the usual ones where none were, or where they cannot be read any more."""
    try:
        parse_hours(hours or {})
    except HoursError:
        return DEFAULT_HOURS
    return hours or DEFAULT_HOURS


def as_on_monday(data: QueryDict) -> QueryDict:
    """What was typed, with Tuesday to Friday as on Monday."""
    data = data.copy()
    for day in WEEKDAYS[1:5]:
        for end in ("from", "to"):
            data.setlist(f"{day}_{end}", data.getlist(f"mon_{end}"))
    return data
