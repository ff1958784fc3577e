"""The page of the write-up: whose words it takes, and what its contents say."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from postmortems.writeup.models import SectionText
from postmortems.writeup.writing.actions import save_section
from tests import make

JSON = {"Accept": "application/json"}


@pytest.fixture
def alice(client, cast):
    client.force_login(cast.alice)
    return client


def send(client, incident, **fields):
    where = reverse("writeup:save", args=[incident.ref, "story"])
    return client.post(where, {"text": "It fell.", "version": "0"} | fields, headers=JSON)


def test_words_of_a_page_that_somebody_else_opened_are_refused(alice, cast, incident):
    assert send(alice, incident, writer=str(cast.bob.pk)).status_code == 403
    assert not SectionText.objects.exists()
    assert send(alice, incident, writer=str(cast.alice.pk)).status_code == 200


@pytest.mark.parametrize("version", ["7", "99999999", "-1", "x", "", "²"])
def test_a_version_that_never_was_loses_nothing(alice, incident, version):
    assert send(alice, incident, version=version).status_code == 200
    assert incident.sections.get(key="story").text == "It fell."


def test_the_contents_say_what_is_written_and_what_is_to_write(alice, cast, incident):
    save_section(incident=incident, key="story", text="It fell at noon.", version=0, by=cast.alice)
    make.condition(incident)
    page = alice.get(reverse("writeup:edit", args=[incident.ref])).text
    contents = re.search(r'(?s)<details class="contents".*?</details>', page).group()
    states = dict(re.findall(r'data-of="(\w+)".*?data-words>([^<]*)<', contents))
    assert states["story"] == "4 words"
    assert states["summary"] == "to write"
    assert states["sense"] == "empty"


def test_headings_of_a_preview_stand_below_those_of_the_published_page(alice, incident):
    page = alice.post(
        reverse("writeup:preview", args=[incident.ref]),
        {"text": "# One\n\ntext"},
        headers={"HX-Request": "true"},
    )
    assert "<h4>One</h4>" in page.text
