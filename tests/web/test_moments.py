"""A time that somebody types is taken in the zone beside it, or refused in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone

from postmortems.web.forms import MomentField


def field(zone: str) -> MomentField:
    made = MomentField(required=False)
    made.in_zone(zone)
    return made


def test_it_is_on_the_clock_of_its_zone_and_shown_there_again():
    lisbon = field("Europe/Lisbon")
    assert lisbon.clean("2026-07-10T02:14") == datetime(2026, 7, 10, 1, 14, tzinfo=UTC)
    assert lisbon.prepare_value(datetime(2026, 7, 10, 1, 14, tzinfo=UTC)) == "2026-07-10T02:14:00"
    assert lisbon.prepare_value("half past two") == "half past two"
    assert lisbon.clean("") is None


@pytest.mark.parametrize(
    ("typed", "zone", "sentence"),
    [
        ("yesterday", "UTC", "not a date and time"),
        ("0001-01-01T00:00", "Asia/Tokyo", "not a date and time"),
        ("9999-12-31T23:59", "America/Lima", "not a date and time"),
        ("0001-01-01T00:00+14:00", "UTC", "not a date and time"),
        ("1989-12-31T23:59", "UTC", "Is the year right?"),
        ("2026-03-29T01:30", "Europe/Lisbon", "does not exist in Europe/Lisbon"),
    ],
)
def test_what_is_no_time_is_refused_in_a_sentence(typed, zone, sentence):
    with pytest.raises(forms.ValidationError, match=sentence):
        field(zone).clean(typed)


def test_whose_pages_are_on_another_clock_is_told():
    with timezone.override(ZoneInfo("Europe/Lisbon")):
        assert field("UTC").help_text == "In UTC. Pages show you times in Europe/Lisbon."
        assert field("Europe/Lisbon").help_text == "In Europe/Lisbon."
