"""Feeds by a secret address: what its owner may see, in two formats, until it is taken back."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from postmortems.archive.feeding import actions
from postmortems.archive.models import FeedKey
from postmortems.incidents.models import Incident
from tests import make
from tests.archive.publishing import published

ENTRY = "{http://www.w3.org/2005/Atom}entry"


def address(key: FeedKey, kind: str = "atom") -> str:
    return reverse("archive:subscribed", args=[key.key, kind])


@pytest.fixture
def key(cast):
    return actions.make_feed_key(by=cast.rita, now=make.T0)


def test_a_feed_program_reads_without_signing_in(cast, client, key):
    checkout = make.service()
    published(cast.alice, "One", tags=["dns"], services=[checkout])
    published(cast.alice, "Two & <b>")
    assert len(ElementTree.fromstring(client.get(address(key)).content).findall(ENTRY)) == 2
    told = json.loads(client.get(address(key, "json")).content)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert {item["title"] for item in told["items"]} == {"One", "Two & <b>"}
    for asked in ("tag=dns", "service=checkout"):
        told = json.loads(client.get(f"{address(key, 'json')}?{asked}").content)
        assert [item["title"] for item in told["items"]] == ["One"], asked
    assert json.loads(client.get(f"{address(key, 'json')}?service=nowhere").content)["items"] == []


def test_it_holds_what_its_owner_may_see(cast, client, key):
    revision = published(cast.alice, "Hushed", restricted=True)
    hers = actions.make_feed_key(by=cast.alice, now=make.T0)
    for kind in ("atom", "json"):
        assert b"Hushed" not in client.get(address(key, kind)).content
        assert b"Hushed" in client.get(address(hers, kind)).content
    Incident.objects.filter(pk=revision.incident_id).update(restricted=False)
    assert b"Hushed" in client.get(address(key)).content


def test_what_did_not_change_is_not_sent_again(cast, client, key):
    first = client.get(address(key))
    assert client.get(address(key), headers={"If-None-Match": first["ETag"]}).status_code == 304
    published(cast.alice, "New")
    assert client.get(address(key), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_address_that_was_renewed_or_taken_back_is_gone(cast, client, key):
    renewed = actions.make_feed_key(by=cast.rita, now=make.T0)
    assert client.get(address(key)).status_code == 404
    assert client.get(address(renewed)).status_code == 200
    actions.remove_feed_key(by=cast.rita)
    assert client.get(address(renewed)).status_code == 404


def test_a_closed_account_reads_no_more(cast, client, key):
    type(cast.rita).objects.filter(pk=cast.rita.pk).update(is_active=False)
    assert client.get(address(key)).status_code == 404
    assert client.get(address(key, "exe")).status_code == 404


def test_everybody_manages_their_own(cast, client):
    client.force_login(cast.mel)
    assert "No addresses yet" in client.get("/archive/feeds/").content.decode()
    assert client.post("/archive/feeds/change/", {"what": "make"}).status_code == 302
    key = FeedKey.objects.get(user=cast.mel)
    assert key.key in client.get("/archive/feeds/").content.decode()
    client.post("/archive/feeds/change/", {"what": "remove"})
    assert not FeedKey.objects.exists()
