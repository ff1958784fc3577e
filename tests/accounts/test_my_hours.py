"""My account: hours of each day, days away, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.calendars.decent import Reader, next_decent

pytestmark = pytest.mark.django_db
PAGE = "/me/"


@pytest.fixture
def mel(client, cast) -> User:
    client.force_login(cast.mel)
    return cast.mel


def typed(**given: list[str]) -> dict:
    """The form as it stands, with other pairs for some days: `mon=["09:00", "12:00", …]`."""
    pairs = {"mon": ["09:00", "17:00"]} | given
    data = {"name": "Mel", "zone": "Europe/Lisbon", "country": "", "theme": ""}
    for name, ends in pairs.items():
        data |= {f"{name}_from": ends[::2], f"{name}_to": ends[1::2]}
    return data


def save(client, **given: list[str]):
    return client.post(PAGE, typed(**given))


def test_each_day_has_hours_of_its_own(client, mel):
    answer = save(
        client, mon=["13:30", "17:00", "09:00", "12:30", "", ""], sat=["10:00", "00:00"], absences=["", ""]
    )
    assert answer.status_code == 302
    mel.refresh_from_db()
    assert mel.hours == {"mon": [["09:00", "12:30"], ["13:30", "17:00"]], "sat": [["10:00", "24:00"]]}
    page = client.get(PAGE).content.decode()
    assert page.count('name="mon_from"') == 3
    assert 'name="sat_to" value="00:00"' in page


def test_a_browser_that_sends_seconds_is_understood(client, mel):
    save(client, mon=["09:00:00", "17:00:00"])
    mel.refresh_from_db()
    assert mel.hours == {"mon": [["09:00", "17:00"]]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mon": ["09:00", ""]}, "Fill in both ends of a stretch: 09:00 to …."),
        ({"tue": ["17:00", "09:00"]}, "17:00 to 09:00 ends before it begins. Work past midnight is two stretches"),
        ({"tue": ["09:00", "12:00", "11:00", "14:00"]}, "one goes on until 12:00, another begins at 11:00"),
        ({"wed": ["9 Uhr", "12:00"]}, "is no time of day"),
        ({"mon": ["", ""]}, "Give at least one stretch of the week"),
        ({"absences": ["", "2999-01-02"]}, "Say from which day on."),
        ({"absences": ["2999-01-05", "2999-01-02"]}, "ends before it begins"),
        ({"absences": ["2001-01-01", "2001-01-02"]}, "2 January 2001 is over already"),
        ({"absences": ["soon", ""]}, "This is no date."),
        ({"absences": ["2999-01-01", "3001-01-01"]}, "A time away is a year long at most."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_saved(client, mel, given, said):
    answer = save(client, **given)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    mel.refresh_from_db()
    assert (mel.hours, mel.absences) == ({}, [])


def test_what_was_typed_stays_in_the_form(client, mel):
    page = save(client, tue=["17:00", "09:00"]).content.decode()
    assert 'id="id_tue" value="17:00"' in page
    assert 'href="#id_tue"' in page


def test_tuesday_to_friday_as_on_monday_without_saving(client, mel):
    page = client.post(PAGE, typed(mon=["07:15", "11:45"]) | {"same": "1"}).content.decode()
    assert page.count('_from" id="id_') == 8
    assert page.count('value="07:15"') == 5
    mel.refresh_from_db()
    assert mel.hours == {}


def test_days_away_are_joined_and_forgotten_when_they_are_over(client, mel):
    save(client, absences=["2999-01-03", "2999-01-04", "2999-01-01", "2999-01-02", "2999-02-01", ""])
    mel.refresh_from_db()
    assert mel.absences == [["2999-01-01", "2999-01-04"], ["2999-02-01", "2999-02-01"]]
    yesterday = (timezone.now() - timedelta(days=2)).date().isoformat()
    User.objects.filter(pk=mel.pk).update(absences=[[yesterday, yesterday]])
    assert yesterday not in client.get(PAGE).content.decode()


def test_somebody_away_gets_letters_when_they_are_back(mel):
    mel.zone, mel.absences = "Europe/Lisbon", [["2026-03-26", "2026-03-30"]]
    wednesday, thursday = datetime(2026, 3, 25, 15, tzinfo=UTC), datetime(2026, 3, 26, 10, tzinfo=UTC)
    assert next_decent(wednesday, mel.reader) == wednesday
    assert next_decent(thursday, mel.reader) == datetime(2026, 3, 31, 8, tzinfo=UTC)
    assert Reader.from_json(mel.reader.as_json()) == mel.reader


def test_days_off_are_holidays_and_days_away(mel):
    mel.country, mel.absences = "PT", [["2026-04-24", "2026-04-24"], ["2026-06-01", "2026-06-20"]]
    found = mel.days_off(date(2026, 4, 20), date(2026, 4, 30))
    assert found == {date(2026, 4, 24), date(2026, 4, 25)}
