"""Facets and their counts: of what this reader may open, and of nothing else."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from postmortems.archive.models import Card
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.finding import find
from postmortems.incidents.models import Incident
from postmortems.publication import actions
from tests import make
from tests.archive.publishing import published

READERS = ("rita", "mel", "rev", "ada")


@pytest.fixture
def shelf(cast):
    checkout, queue = make.service("Checkout"), make.service("Queue")
    published(cast.alice, "A gazebo fell", "gazebo", services=[checkout], tags=["dns"], severity="sev1")
    published(cast.alice, "Another gazebo", "gazebo", services=[checkout, queue], tags=["dns", "lag"])
    published(cast.alice, "Hushed gazebo", "gazebo", services=[queue], tags=["hush"], restricted=True)
    return cast


def test_counts_are_of_what_is_found(shelf, client):
    client.force_login(shelf.rita)
    page = client.get("/archive/?q=gazebo&tag=dns").content.decode()
    assert "Checkout (2)" in page
    assert "Queue (1)" in page
    page = client.get("/archive/?q=gazebo&service=queue").content.decode()
    assert "1 write-up" in page
    assert "Checkout (1)" in page
    assert "selected>Queue (1)" in page


@pytest.mark.parametrize(
    "address", ["/archive/", "/archive/?q=gazebo", "/archive/?q=gazebo&order=newest", "/archive/?year=2026"]
)
def test_a_restricted_one_is_counted_for_its_circle_alone(shelf, client, address):
    for name in READERS:
        client.force_login(shelf[name])
        page = client.get(address).content.decode()
        assert "hush" not in page.lower(), name
        assert "2 write-ups" in page, name
        assert "Queue (1)" in page, name
    client.force_login(shelf.alice)
    page = client.get(address).content.decode()
    assert "3 write-ups" in page
    assert "Queue (2)" in page
    assert "?tag=hush" in page


def test_restricting_later_hides_at_once(shelf, client):
    Incident.objects.filter(title="Another gazebo").update(restricted=True)
    client.force_login(shelf.rita)
    for address in ("/archive/", "/archive/?q=gazebo", "/archive/?service=checkout"):
        page = client.get(address).content.decode()
        assert ">1 write-up" in page, address
        assert "lag" not in page, address


def test_what_is_chosen_stays_in_the_form_though_nothing_is_left(shelf, client):
    client.force_login(shelf.rita)
    page = client.get("/archive/?year=1999").content.decode()
    assert '<option value="1999" selected>1999 (0)' in page
    assert client.get("/archive/?service=nowhere").status_code == 200


def test_a_page_beyond_the_last_is_the_last(cast):
    for number in range(25):
        published(cast.alice, f"Gazebo {number}")
    for asked in (
        Asked(page=900),
        Asked(words="gazebo", page=900),
        Asked(words="gazebo", newest=True, page=900),
    ):
        found = find(cast.rita, asked)
        assert found.total == 25
        assert len(found.shown) == 5, asked


def test_every_page_shows_every_match_once(cast):
    for number in range(45):
        published(cast.alice, f"Gazebo {number}")
    for order in (False, True):
        shown = [
            key
            for page in (1, 2, 3)
            for key in find(cast.rita, Asked(words="gazebo", newest=order, page=page)).shown
        ]
        assert sorted(shown) == sorted(Card.objects.values_list("pk", flat=True))


def test_captions_conditions_and_items_are_found_and_outweigh_the_story(cast, client):
    incident = make.incident(by=cast.alice, title="One")
    make.condition(incident, "Wisteria had no budget", make.event(incident))
    actions.publish(incident=incident, by=cast.alice, now=make.T0, despite="a test needs it")
    published(cast.alice, "Two", "Somewhere in the story a wisteria is mentioned.")
    found = find(cast.rita, Asked(words="wisteria"))
    assert found.shown[0] == incident.pk
    assert found.total == 2


def test_the_address_is_read_kindly():
    asked = Asked.of(QueryDict("q=%00a%20&page=²&year=2026&order=up&tag=" + "x" * 300))
    assert (asked.words, asked.page, asked.newest) == ("a", 1, False)
    assert asked.chosen["year"] == "2026"
    assert len(asked.chosen["tag"]) == 200
