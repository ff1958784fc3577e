"""A condition that earlier write-ups told of is said to have been met before, with what became of their items."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from postmortems.archive.before.finding import alike, met_before
from postmortems.publication import actions as publication
from postmortems.remediation import actions as items
from tests import make

words = st.lists(
    st.sampled_from(["retri", "budget", "gateway", "replica", "lag", "alert", "dashboard", "averag", "shop"])
)


@given(words, words)
def test_likeness_is_the_same_either_way_and_a_share(one, other):
    assert alike(one, other) == alike(other, one)
    assert 0 <= alike(one, other) <= 1


def test_one_word_in_common_is_no_likeness():
    assert alike(["retri"], ["retri"]) == 0
    assert alike(["retri", "budget"], ["retri", "budget", "gateway", "call"]) == 1


def publish(incident):
    return publication.publish(
        incident=incident, by=incident.opened_by, now=make.T0, despite="a test needs it"
    )


@pytest.fixture
def earlier(cast):
    incident = make.incident(by=cast.alice, title="An earlier one")
    condition = make.condition(incident, "Retries of the gateway had no budget")
    make.condition(incident, "The certificate was renewed by hand")
    make.item(incident, "Bound the retries of the gateway", conditions=[condition], owner=cast.ian, due_on=make.T0.date(), status="accepted")  # fmt: skip
    publish(incident)
    return incident


def test_the_earlier_condition_is_told_with_its_items_as_they_stand_today(client, cast, earlier):
    make.condition(cast.incident, "The gateway's retries have no budget")
    make.condition(cast.incident, "A dashboard averaged over shops")
    items.move(item=earlier.items.get(), by=cast.alice, status="done", now=make.T0 + timedelta(days=9))
    [met] = met_before(cast.incident, cast.alice)
    assert met.condition.number == 1
    [one] = met.earlier
    assert (one.told.card.incident, one.told.number) == (earlier, 1)
    assert [(item.number, item.status) for item in one.items] == [(1, "done")]
    client.force_login(cast.alice)
    page = client.get(reverse("archive:before", args=[cast.incident.ref])).text
    assert "Bound the retries of the gateway" in page
    assert "Done" in page


def test_what_was_not_published_or_may_not_be_read_is_not_told(cast, restricted, earlier):
    condition = make.condition(restricted, "Retries of the planted gateway had no budget")
    make.item(restricted, "Planted item", conditions=[condition])
    publish(restricted)
    make.condition(make.incident(by=cast.alice), "Retries of a drafted gateway had no budget")
    late = make.item(earlier, "Not published yet", conditions=[earlier.conditions.get(number=1)])
    make.condition(cast.incident, "Retries of the gateway had no budget")
    told = met_before(cast.incident, cast.rev)
    assert [one.told.card.incident for met in told for one in met.earlier] == [earlier]
    assert late.number not in [item.number for met in told for one in met.earlier for item in one.items]
    mine = met_before(cast.incident, cast.alice)
    assert restricted in [one.told.card.incident for met in mine for one in met.earlier]


def test_nothing_alike_is_said_in_a_sentence(client, cast, earlier):
    make.condition(cast.incident, "A seat map was drawn from memory")
    client.force_login(cast.alice)
    where = reverse("archive:before", args=[cast.incident.ref])
    assert "No earlier write-up" in client.get(where).text
    assert not client.get(where, headers={"HX-Request": "true"}).text.strip()
