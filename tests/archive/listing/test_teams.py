"""How far a write-up is read, in teams; nobody can be made out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from postmortems.archive.leading import rows
from postmortems.archive.leading.reckoning import figures_of
from postmortems.archive.listing import teams
from postmortems.archive.models import Card, Subscription, TeamRead
from postmortems.incidents.models import Incident
from tests import make
from tests.archive.publishing import published

NOW = make.T0 + timedelta(days=60)


@pytest.fixture
def told(cast):
    return published(cast.alice, "A retry storm", services=[make.service()]).incident


def team(number: int, people: int = 3, facet: str = "all:"):
    members = [make.user() for _ in range(people)]
    made = make.team(f"Team {number}", *members)
    if facet:
        Subscription.objects.create(user=members[0], team=made, facet=facet)
    return made, members


def read(client, person, incident) -> str:
    client.force_login(person)
    answer = client.post(f"/archive/{incident.ref}/read/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_of_a_team_counts_for_it_once_and_its_circle_is_told(cast, client, told):
    made = [team(n) for n in range(6)]
    for person in (made[0][1][0], made[0][1][1], made[3][1][2]):
        assert "Read by" not in read(client, person, told)  # they are not in its circle
    assert TeamRead.objects.count() == 2
    assert "Read by 2 of 6 subscribed teams" in read(client, cast.alice, told)


def test_nothing_is_told_below_five_subscribed_teams(cast, client, told):
    made = [team(n) for n in range(4)]
    read(client, made[0][1][0], told)
    assert "Read by" not in read(client, cast.alice, told)
    team(5, facet="")
    assert "Read by" not in read(client, cast.alice, told)


def test_a_team_of_two_is_not_kept_nor_counted(cast, client, told):
    for number in range(5):
        team(number)
    _, pair = team(9, people=2)
    read(client, pair[0], told)
    assert not TeamRead.objects.exists()
    assert teams.read_by([told.pk])[told.pk] == teams.ReadBy(0, 5)
    _, shrunk = team(10)
    shrunk[0].is_active = False
    shrunk[0].save()
    read(client, shrunk[1], told)
    assert not TeamRead.objects.exists()


def test_teams_that_follow_something_else_or_nothing_at_present_are_not_subscribed(cast, client, told):
    for number in range(5):
        team(number)
    team(6, facet="service:" + str(told.services.get().pk))
    team(7, facet="tag:dns")
    _, quiet = team(8)
    Subscription.objects.filter(user=quiet[0]).update(how="never")
    read(client, quiet[0], told)  # is kept, and counts once they follow again
    assert teams.read_by([told.pk])[told.pk] == teams.ReadBy(0, 6)


def test_of_a_restricted_write_up_nothing_is_kept_or_told(cast, client, told):
    made = [team(n) for n in range(6)]
    Incident.objects.filter(pk=told.pk).update(restricted=True)
    make.team("Of Alice", cast.alice, cast.bob, cast.ian)
    assert "Read by" not in read(client, cast.alice, told)
    assert not TeamRead.objects.exists()
    client.force_login(made[0][1][0])
    assert client.post(f"/archive/{told.ref}/read/").status_code == 404


def test_what_is_kept_names_nobody_and_no_hour(told):
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, data_type from information_schema.columns where table_name = 'archive_teamread'"
        )
        assert dict(cursor.fetchall()) == {"incident_id": "bigint", "team_id": "bigint", "on": "date"}


def test_to_look_changes_nothing(cast, client, told):
    _, members = team(1)
    client.force_login(members[0])
    for page in (f"/archive/{told.ref}/", f"/archive/{told.ref}/1/", f"/archive/{told.ref}/shelf/"):
        client.get(page)
    assert client.get(f"/archive/{told.ref}/read/").status_code == 405
    assert not TeamRead.objects.exists()


def test_leadership_sees_how_far_write_ups_are_read_and_which(cast, client, told):
    made = [team(n) for n in range(5)]
    other = published(cast.alice, "Nobody came to the end").incident
    hushed = published(cast.alice, "Hushed", restricted=True).incident
    for _, members in made[:2]:
        teams.keep(card=Card.objects.get(pk=told.pk), reader=members[0], today=NOW.date())
    figure = figures_of(NOW)["reviews"]["read"]
    assert (figure["n"], figure["dots"]) == (2, [0.0, 40.0])
    found, among = rows.read(now=NOW, page=1)
    assert among == 2
    assert {(row["ref"], row["n"], row["among"]) for row in found} == {(told.ref, 2, 5), (other.ref, 0, 5)}
    client.force_login(cast.rita)
    page = client.get("/archive/reviews/read/").content.decode()
    assert hushed.ref not in page
    assert "Team 1" not in page


def test_a_write_up_has_two_weeks_before_it_counts(cast, told):
    for number in range(5):
        team(number)
    assert figures_of(make.T0 + timedelta(days=10))["reviews"]["read"]["n"] == 0
