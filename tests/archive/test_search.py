"""Has this happened before? What a reader finds, and what stays with its circle."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.publication import actions
from postmortems.publication.models import Printing, Revision
from postmortems.writeup.writing.actions import save_section
from tests import make

SEARCH, FEED = "archive:search", "archive:feed"


def published(by, title: str, story: str = "", **fields) -> Revision:
    incident = make.incident(by=by, title=title, **fields)
    if story:
        save_section(incident=incident, key="story", text=story, version=0, by=by)
    return actions.publish(incident=incident, by=by, now=make.T0, despite="a test needs it")


def found(client, **asked) -> str:
    answer = client.get(reverse(SEARCH), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_title_outranks_a_mention(client, cast):
    published(cast.alice, "Payments were slow", "A certificate was mentioned once.")
    published(cast.alice, "An expired certificate", "Nothing else.")
    client.force_login(cast.rita)
    page = found(client, q="certificate")
    assert "2 write-ups" in page
    assert page.index("An expired certificate") < page.index("Payments were slow")


def test_snippets_mark_the_words_and_escape_everything_else(client, cast):
    published(
        cast.alice,
        "Templates <b>broke</b>",
        "The page showed `<script>alert(1)</script>` beside the gazebo, to everybody.",
    )
    client.force_login(cast.rita)
    page = found(client, q="gazebo")
    assert "<mark>gazebo</mark>" in page
    assert "<script>alert(1)" not in page
    assert "<b>broke" not in page


def test_a_snippet_does_not_repeat_the_title(client, cast):
    published(cast.alice, "The gazebo of lag", "In the gazebo, somebody noticed.")
    client.force_login(cast.rita)
    page = found(client, q="gazebo")
    assert "<mark>gazebo</mark>, somebody" in page
    assert "<mark>gazebo</mark> of lag" not in page


def test_only_the_newest_revision_is_found(client, cast):
    first = published(cast.alice, "Twice told", "The word wisteria stood here.")
    section = first.incident.sections.get(key="story")
    save_section(
        incident=first.incident,
        key="story",
        text="It was corrected to oleander.",
        version=section.version,
        by=cast.alice,
    )
    actions.publish(incident=first.incident, by=cast.alice, now=make.T0, despite="a test needs it")
    client.force_login(cast.rita)
    assert "Nothing found" in found(client, q="wisteria")
    assert "1 write-up" in found(client, q="oleander")


def test_a_restricted_review_is_nowhere_for_others(client, cast):
    revision = published(cast.alice, "Hushed matter of quokkas", "quokkas", restricted=True)
    page = reverse("publication:revision", args=[revision.incident.ref, 1])
    printed = reverse("publication:pdf", args=[revision.incident.ref, 1])
    for name in ("rita", "mel", "rev"):
        client.force_login(cast[name])
        told = found(client, q="quokkas")
        assert "0 write-ups" in told, name
        assert "Hushed" not in told, name
        assert "Hushed" not in found(client), name
        assert "Hushed" not in client.get(reverse(FEED)).content.decode(), name
        assert client.get(page).status_code == client.get(printed).status_code == 404, name
    client.force_login(cast.alice)
    assert "1 write-up" in found(client, q="quokkas")
    assert "Hushed" in client.get(reverse(FEED)).content.decode()
    assert client.get(page).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "((("}, {"q": "' or 1=1 --"}, {"q": "a\x00b"}, {"q": '"never closed'}, {"q": "-"}, {"q": "the"}, {"q": "🎭" * 300},
        {"q": ":* & | !"}, {"q": "<>"}, {"q": "中文"}, {"q": "x" * 9000}, {"year": "²"}, {"year": "99999999999"}, {"year": "-1"},
        {"severity": "'"}, {"service": "%"}, {"tag": '{"a":'}, {"page": "0"}, {"page": "-3"}, {"page": "x"}, {"page": "9" * 30},
    ],
)  # fmt: skip
def test_nonsense_is_answered_kindly(client, cast, asked):
    published(cast.alice, "Something")
    client.force_login(cast.rita)
    found(client, **asked)


def test_filters_narrow_the_result(client, cast):
    published(cast.alice, "A grave one", severity="sev1", tags=["dns"])
    published(cast.alice, "A small one", severity="sev3")
    client.force_login(cast.rita)
    for asked in (
        {"severity": "sev1"},
        {"tag": "dns"},
        {"severity": "sev1", "tag": "dns", "q": "grave", "year": "2026"},
    ):
        page = found(client, **asked)
        assert "A grave one" in page, asked
        assert "A small one" not in page, asked
    assert "Nothing found" in found(client, year="1999")


def test_a_full_archive_costs_no_more_queries_than_a_small_one(client, cast):
    def add(count: int) -> None:
        for number in range(count):
            one = make.incident(by=cast.alice, title=f"Lag number {number}")
            revision = Revision.objects.create(
                incident=one, number=1, title=one.title, content={}, html="<p>lag</p>", words="lag", published_at=make.T0,
                published_by=cast.alice, digest="0" * 64,
            )  # fmt: skip
            Printing.objects.create(revision=revision)

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    client.force_login(cast.rita)
    addresses = [reverse(SEARCH), reverse(SEARCH) + "?q=lag", reverse(FEED)]
    add(1)
    small = [cost(address) for address in addresses]
    add(30)
    assert [cost(address) for address in addresses] == small
