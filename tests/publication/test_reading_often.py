"""A published page that many read: few questions, the same number for everybody, and never more than they may see."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.accounts.permissions import Permission
from postmortems.incidents.models import Incident
from postmortems.publication.withdrawing.actions import withdraw
from postmortems.writeup.writing.actions import save_section
from tests.publication.outside import shown


@pytest.fixture
def published(ready):
    cache.clear()
    shown.revision_of(ready)
    return ready


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    client.get("/me/")  # where forms get their cookie
    return client


def address(incident: Incident) -> str:
    return reverse("publication:newest", args=[incident.ref])


def queries(client: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


def test_a_reader_costs_three_queries_whoever_they_are(published, cast):
    where = address(published)
    signed_in(cast.rita).get(where)
    for who in (cast.rita, cast.mel, cast.alice, cast.ada):
        # the session, the reader, whether they may read it; for some, how much waits in the inbox
        asked = 3 + who.may(Permission.LEAD)
        assert queries(signed_in(who), where) == asked


def test_the_words_come_from_the_cache_and_are_those_that_were_published(published, cast):
    for _ in range(2):
        assert "We are sorry that 1,914 people waited" in signed_in(cast.rita).get(address(published)).text


def test_what_did_not_change_is_not_sent_again(published, cast):
    client, where = signed_in(cast.rita), address(published)
    first = client.get(where)
    again = client.get(where, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    other = signed_in(cast.mel).get(where, headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200  # their own name is on it
    assert "Mel" in other.text


def test_a_browser_learns_at_once_what_changed(published, cast):
    client, where = signed_in(cast.rita), reverse("publication:revision", args=[published.ref, 1])
    tag = client.get(where)["ETag"]

    def asked_again():
        return client.get(where, headers={"If-None-Match": tag})

    assert asked_again().status_code == 304
    published.revisions.get().printing.__class__.objects.update(state="running", progress=10)
    assert 'value="10"' in asked_again().text
    summary = published.sections.get(key="summary")
    save_section(
        incident=published, key="summary", text="Other words.", version=summary.version, by=cast.alice
    )
    shown.actions.publish(incident=published, by=cast.alice, now=shown.NOW, despite="tried out")
    assert "There is a newer one" in asked_again().text
    tag = client.get(where)["ETag"]
    cast.rita.name = "Rita Reader"
    cast.rita.save()
    assert "Rita" in asked_again().text


def test_who_may_read_is_asked_each_time(published, cast):
    client, where = signed_in(cast.rita), address(published)
    tag = client.get(where)["ETag"]
    Incident.objects.filter(pk=published.pk).update(restricted=True)
    assert client.get(where, headers={"If-None-Match": tag}).status_code == 404
    assert signed_in(cast.alice).get(where).status_code == 200
    Incident.objects.filter(pk=published.pk).update(restricted=False)
    assert client.get(where, headers={"If-None-Match": tag}).status_code == 304
    withdraw(revision=published.revisions.get(), by=cast.alice, reason="A figure was wrong.", now=shown.NOW)
    gone = client.get(where, headers={"If-None-Match": tag})
    assert gone.status_code == 410
    assert "We are sorry" not in gone.text


def test_what_is_to_be_said_once_is_said(published, cast):
    client, where = signed_in(cast.alice), address(published)
    tag = client.get(where)["ETag"]
    client.post(reverse("publication:publish", args=[published.ref]))  # nothing is new: the next page says so
    assert client.get(where, headers={"If-None-Match": tag}).status_code == 200


def test_a_page_that_brings_the_cookie_is_sent(published, cast):
    client = Client()
    client.force_login(cast.rita)
    assert "ETag" not in client.get(address(published))
