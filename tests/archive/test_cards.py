"""Cards follow what is published and what is restricted, in the same transaction, whatever the way in."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from postmortems.archive import ledger
from postmortems.archive.models import Card, Reckoning, Tally
from postmortems.incidents.models import Incident
from postmortems.publication import actions as publication
from postmortems.publication.models import Revision
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.archive.publishing import published


def tallied() -> dict[str, int]:
    counts: dict[str, int] = {}
    for facet, n in Tally.objects.values_list("facet", "n"):
        counts[facet] = counts.get(facet, 0) + n
    return {facet: n for facet, n in counts.items() if n}


def counted() -> dict[str, int]:
    """The same from the cards themselves."""
    counts: dict[str, int] = {}
    for facets in Card.objects.for_everybody().values_list("facets", flat=True):
        for facet in facets:
            counts[facet] = counts.get(facet, 0) + 1
    return counts


def test_a_card_tells_the_newest_revision(cast):
    checkout, team = make.service("Checkout"), make.team("Payments")
    incident = make.incident(
        by=cast.alice, title="First words", tags=["dns"], services=[checkout], teams=[team]
    )
    make.condition(incident, "Retries had no budget", make.event(incident))
    make.item(incident, "Bound retries with a budget of 10 %")
    first = publication.publish(incident=incident, by=cast.alice, now=make.T0, despite="a test needs it")
    card = Card.objects.get(pk=incident.pk)
    assert card.revision == first
    assert {
        "all:",
        "tag:dns",
        f"service:{checkout.pk}",
        f"team:{team.pk}",
        "kind:Technical",
        "year:2026",
    } <= set(card.facets)
    assert [(c.number, c.kind, c.cited) for c in card.conditions.all()] == [(1, "Technical", 1)]
    assert [(i.number, i.what) for i in card.items.all()] == [(1, "Bound retries with a budget of 10 %")]
    save_section(incident=incident, key="story", text="More was found.", version=0, by=cast.alice)
    second = publication.publish(
        incident=incident, by=cast.alice, now=make.T0 + timedelta(days=3), despite="a test needs it"
    )
    card.refresh_from_db()
    assert card.revision == second
    assert card.first_published_at == make.T0
    assert Card.objects.count() == 1
    assert card.conditions.count() == card.items.count() == 1


def test_facets_follow_the_incident(cast):
    revision = published(cast.alice, "Something")
    incident = revision.incident
    service = make.service("Mail queue")
    incident.services.add(service)
    Incident.objects.filter(pk=incident.pk).update(tags=["queue"])
    assert {"tag:queue", f"service:{service.pk}"} <= set(Card.objects.get().facets)
    incident.services.clear()
    assert f"service:{service.pk}" not in Card.objects.get().facets


def test_the_ledger_holds_what_the_cards_hold(cast):
    for number in range(4):
        published(cast.alice, f"Number {number}", tags=["dns", f"tag {number % 2}"])
    hushed = published(cast.alice, "Hushed", tags=["hush"], restricted=True)
    assert tallied() == counted()
    assert "tag:hush" not in tallied()
    Incident.objects.filter(pk=hushed.incident_id).update(restricted=False)
    assert tallied()["tag:hush"] == 1
    Incident.objects.filter(tags__contains=["tag 1"]).update(restricted=True)
    assert tallied() == counted()
    ledger.add_up()
    assert tallied() == counted()
    assert Tally.objects.count() == len(counted())


def test_restricting_removes_what_was_reckoned(cast):
    revision = published(cast.alice, "Soon restricted")
    Reckoning.objects.create(as_of=make.T0, figures={})
    Incident.objects.filter(pk=revision.incident_id).update(restricted=True)
    assert not Reckoning.objects.exists()


def test_everything_can_be_made_anew(cast):
    published(cast.alice, "One", tags=["a"])
    before = list(Card.objects.values())
    with connection.cursor() as cursor:
        cursor.execute("update archive_card set facets = '{}'")
        cursor.execute("delete from archive_tally")
    ledger.make_anew()
    assert list(Card.objects.values()) == before
    assert tallied() == counted()


def test_a_revision_without_any_content_has_a_card(cast):
    Revision.objects.create(
        incident=cast.incident,
        number=1,
        title="Bare",
        content={},
        html="",
        words="",
        published_by=cast.alice,
        digest="d",
    )
    assert Card.objects.get().title == "Bare"
