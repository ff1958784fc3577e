"""What was withdrawn is in no list and no letter, nor in one that was already written and waits."""

from __future__ import annotations

from datetime import date, timedelta

from postmortems.accounts.models import User
from postmortems.archive.listing import actions as listing
from postmortems.archive.listing import lists, teams
from postmortems.archive.models import Card
from postmortems.archive.recalling import month, sending
from postmortems.publication.withdrawing.actions import withdraw
from tests import make
from tests.archive.recalling.house import promised, recalled
from tests.archive.recalling.test_months import APRIL, MARCH


def test_nothing_recalls_what_was_withdrawn(cast, client):
    User.objects.update(joined_at=MARCH - timedelta(days=900))
    promised(cast.alice, "Stays", at=MARCH, due=date(2026, 3, 20))
    incident = promised(cast.alice, "Quokka matter", at=MARCH, due=date(2026, 3, 20))
    listing.recommend(incident=incident, by=cast.rev, because="quokkas teach", now=MARCH)
    listing.put_aside(incident=incident, by=cast.rita, now=MARCH)
    sending.recall_due(now=APRIL)
    withdraw(revision=incident.revisions.get(), by=cast.alice, reason="It named somebody.", now=APRIL)
    assert not Card.objects.filter(pk=incident.pk).exists()
    assert not lists.worth_reading(cast.alice).exists()
    assert not lists.put_aside(cast.rita).exists()
    assert teams.read_by([incident.pk]) == {}
    client.force_login(cast.rita)
    assert client.get(f"/archive/{incident.ref}/shelf/").status_code == 404
    assert client.post(f"/archive/{incident.ref}/read/").status_code == 404
    sending.recall_due(now=APRIL + timedelta(minutes=15))
    before, after = recalled(cast.ada, "month")
    assert "Quokka" in before.text
    assert before.state == "withdrawn"
    assert "Quokka" not in after.text + after.html
    assert "Stays" in after.text
    told = month.told_of(date(2026, 3, 1), now=APRIL, reader=cast.ada)
    assert incident.pk not in told.names
    later = make.T0 + timedelta(days=365 + 10)
    sending.recall_due(now=later)
    for letter in recalled(cast.alice, "year"):
        assert "Quokka" not in letter.subject + letter.text
