from __future__ import annotations

from postmortems.archive.models import Card
from postmortems.archive.searching.related import related
from postmortems.incidents.models import Incident
from tests import make
from tests.archive.publishing import published


def titles(user, revision) -> list[str]:
    return [card.title for card in related(user, Card.objects.get(pk=revision.incident_id))]


def test_the_nearest_comes_first_and_the_unlike_not_at_all(cast, client):
    service = make.service()
    one = published(cast.alice, "Certificate of the gateway expired", services=[service])
    published(cast.alice, "Another certificate expired at the gateway", services=[service])
    published(cast.alice, "Certificate renewal forgotten")
    published(cast.alice, "Disk was full")
    assert titles(cast.rita, one) == [
        "Another certificate expired at the gateway",
        "Certificate renewal forgotten",
    ]
    client.force_login(cast.rita)
    page = client.get(f"/archive/{one.incident.ref}/related/").content.decode()
    assert "Certificate renewal forgotten" in page
    assert "related/" in client.get(f"/archive/{one.incident.ref}/").content.decode()


def test_nothing_restricted_is_related(cast, client):
    one = published(cast.alice, "Quokkas at the gate")
    hushed = published(cast.alice, "Quokkas behind the gate", restricted=True)
    assert titles(cast.rita, one) == []
    assert titles(cast.alice, one) == ["Quokkas behind the gate"]
    client.force_login(cast.rita)
    assert client.get(f"/archive/{hushed.incident.ref}/related/").status_code == 404
    Incident.objects.filter(pk=one.incident_id).update(restricted=True)
    assert client.get(f"/archive/{one.incident.ref}/related/").status_code == 404


def test_words_of_any_kind_are_borne(cast):
    for title in ("' | \\ & !", "中文 中文", "🎭", "a'b''c", "x:*"):
        published(cast.alice, title)
    for card in Card.objects.all():
        related(cast.rita, card)
