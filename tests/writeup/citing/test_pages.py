from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from postmortems.remediation.models import Item
from postmortems.writeup.writing.actions import save_section
from tests import make

JSON = {"Accept": "application/json"}


@pytest.fixture
def event(incident):
    return make.event(incident, "the lag alert fired", pinned=True)


@pytest.fixture
def story(incident, event):
    text = f"At [18:09](event:{event.pk}) it began; see [C1](condition:1)."
    return save_section(incident=incident, key="story", text=text, version=0, by=incident.opened_by)


@pytest.fixture
def alice(client, cast):
    client.force_login(cast.alice)
    return client


def test_the_preview_leads_to_the_evidence(alice, incident, event):
    answer = alice.post(reverse("writeup:preview", args=[incident.ref]), {"text": f"[x](event:{event.pk})"})
    assert f'href="{reverse("timelines:event", args=[incident.ref, event.pk])}"' in answer.text


def test_who_only_reads_follows_citations_in_the_texts(client, cast, incident, event, story):
    client.force_login(cast.ian)
    page = client.get(reverse("writeup:edit", args=[incident.ref])).text
    assert f'href="{reverse("timelines:event", args=[incident.ref, event.pk])}" class="cite"' in page


def test_an_event_says_where_it_is_cited(alice, incident, event, story):
    address = reverse("writeup:cited", args=[incident.ref, "event", event.pk])
    assert f'hx-get="{address}"' in alice.get(reverse("timelines:event", args=[incident.ref, event.pk])).text
    page = alice.get(address, headers={"HX-Request": "true"}).text
    assert "Reason: The story" in page
    assert "<html" not in page
    assert "Reason: The story" in alice.get(address).text


def test_nothing_of_another_kind_is_cited(alice, incident):
    assert alice.get(reverse("writeup:cited", args=[incident.ref, "person", 1])).status_code == 404


def test_the_page_without_a_menu_has_what_to_write(alice, incident, event):
    page = alice.get(reverse("writeup:cite", args=[incident.ref])).text
    assert f"the lag alert fired](event:{event.pk})" in page
    assert (
        "Nothing has these words"
        in alice.get(reverse("writeup:cite", args=[incident.ref]), {"q": "zebra"}).text
    )


def test_an_item_cites_for_those_who_may_read_the_evidence_and_not_for_its_owner_alone(cast, incident, event):
    item = make.item(incident, owner=cast.mel, detail=f"As at [18:09](event:{event.pk}).")
    assert Item.objects.get(pk=item.pk).owner == cast.mel
    address = reverse("remediation:item", args=[incident.ref, item.number])
    seen = {}
    for who in (cast.alice, cast.mel):
        client = Client()
        client.force_login(who)
        seen[who] = client.get(address).text
    assert 'class="cite"' in seen[cast.alice]
    assert "lag alert" in seen[cast.alice]
    assert "As at 18:09." in seen[cast.mel]
    assert "lag alert" not in seen[cast.mel]


def test_forms_of_conditions_and_items_have_the_menu(alice, incident):
    for name in ("writeup:new_condition", "remediation:new"):
        page = alice.get(reverse(name, args=[incident.ref])).text
        assert f'data-cite="{reverse("writeup:cite", args=[incident.ref])}"' in page
        assert "js/citing.js" in page
