"""What is worth reading and what one put aside: only what may be opened, and what one means to read is one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postmortems.archive.listing import actions
from postmortems.archive.models import Later, Recommendation
from postmortems.incidents.models import Incident
from tests import make
from tests.archive.publishing import published

LIST = "/archive/reading/"


@pytest.fixture
def told(cast):
    return published(cast.alice, "A retry storm").incident


def recommend(incident, by, because="it shows how averages hide a storm"):
    return actions.recommend(incident=incident, by=by, because=because, now=make.T0)


def test_a_reviewer_recommends_and_everybody_finds_it(cast, client, told):
    client.force_login(cast.rev)
    client.post(f"/archive/{told.ref}/shelf/recommend/", {"because": "it shows how  averages\nhide a storm"})
    for name in ("rita", "mel"):
        client.force_login(cast[name])
        for page in (LIST, "/archive/", f"/archive/{told.ref}/shelf/"):
            assert "it shows how averages hide a storm" in client.get(page).content.decode(), (name, page)
    assert "worth-reading" not in client.get("/archive/?q=storm").content.decode()


def test_only_reviewers_recommend(cast, client, told):
    recommend(told, cast.alice)
    client.force_login(cast.rita)
    for what in ("add", "remove"):
        answer = client.post(f"/archive/{told.ref}/shelf/recommend/", {"because": "I like it", "what": what})
        assert answer.status_code == 403
    assert "Recommend it" not in client.get(f"/archive/{told.ref}/shelf/").content.decode()
    assert Recommendation.objects.get().because == "it shows how averages hide a storm"


def test_a_better_reason_takes_the_place_of_the_first(cast, told):
    recommend(told, cast.alice)
    recommend(told, cast.rev, "it is short")
    assert list(Recommendation.objects.values_list("because", "by__name")) == [("it is short", "Rev")]


@pytest.mark.parametrize("because", ["", "   ", "x" * 301])
def test_a_recommendation_needs_one_sentence(cast, client, told, because):
    client.force_login(cast.rev)
    answer = client.post(f"/archive/{told.ref}/shelf/recommend/", {"because": because})
    assert answer.status_code == 200
    assert not Recommendation.objects.exists()


def test_what_becomes_restricted_vanishes_for_who_is_outside(cast, client, told):
    recommend(told, cast.alice)
    actions.put_aside(incident=told, by=cast.rita, now=make.T0)
    Incident.objects.filter(pk=told.pk).update(restricted=True)
    client.force_login(cast.rita)
    for page in (LIST, "/archive/", "/"):
        assert "retry storm" not in client.get(page).content.decode(), page
    assert client.get(f"/archive/{told.ref}/shelf/").status_code == 404
    client.force_login(cast.alice)
    assert "retry storm" in client.get(LIST).content.decode()


def test_what_is_not_published_cannot_be_recommended(cast, client):
    client.force_login(cast.rev)
    where = f"/archive/{cast.incident.ref}/shelf/recommend/"
    assert client.post(where, {"because": "it will be good"}).status_code == 404


def test_what_one_puts_aside_nobody_else_sees(cast, client, told):
    client.force_login(cast.rita)
    client.post(f"/archive/{told.ref}/shelf/later/", {"what": "add"})
    client.post(f"/archive/{told.ref}/shelf/later/", {"what": "add"})
    assert Later.objects.count() == 1
    assert "You put aside" in client.get(LIST).content.decode()
    assert "A retry storm" in client.get("/").content.decode()
    client.force_login(cast.mel)
    assert "You put aside" not in client.get(LIST).content.decode()
    client.force_login(cast.rita)
    client.post(f"/archive/{told.ref}/shelf/later/", {"what": "remove"})
    assert not Later.objects.exists()


def test_who_joined_lately_is_shown_what_to_read_first(cast, client, told):
    recommend(told, cast.alice)
    client.force_login(cast.mel)
    assert "averages hide a storm" in client.get("/").content.decode()
    cast.mel.joined_at = make.T0 - timedelta(days=4000)
    cast.mel.save()
    assert "averages hide a storm" not in client.get("/").content.decode()


def test_a_long_list_costs_what_a_short_one_does(cast, client, told, django_assert_max_num_queries):
    recommend(told, cast.alice)
    client.force_login(cast.rita)
    client.get(LIST)
    with django_assert_max_num_queries(40) as few:
        client.get(LIST)
    for number in range(6):
        recommend(published(cast.alice, f"More {number}").incident, cast.alice)
    with django_assert_max_num_queries(len(few)):
        client.get(LIST)


def test_from_the_page_of_a_write_up_whoever_leads_it_finds_the_way_to_announce_it(cast, client, told):
    where = f"/incidents/{told.ref}/announce/1/"
    for name, may in (("alice", True), ("bob", False), ("rita", False)):
        client.force_login(cast[name])
        assert (where in client.get(f"/archive/{told.ref}/shelf/").content.decode()) is may, name
        assert (client.get(where).status_code == 200) is may, name
