"""What is a word to the archive: half-remembered names, whatever they were written with."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.finding import find, find_or_some
from tests.archive.publishing import published

STORY = """The client of hub.example.org logged `E_CONN-4711` and 0x7fd66 at https://grafana.example.org/d/7?from=now-1h),
after /var/lib/docker filled (~600 GB, 15%). Der Überlauf der Straße in Łódź, the café; 障害が発生しました。
The restore-test of the naïve “retry budget” ran kubectl get pod -o wide."""


@pytest.fixture
def shelf(cast):
    return published(cast.alice, "One of many names", STORY), published(
        cast.alice, "Another", "A budget, to retry."
    )


@pytest.mark.parametrize(
    "words",
    [
        "hub.example.org", "example", "grafana", "E_CONN-4711", "e-conn", "4711", "0x7fd66", "https://grafana.example.org/d/7?from=now-1h",
        "docker", "/var/lib", "~600", "15%", "überlauf", "ueberlauf or uberlauf", "UBERLAUF", "strasse", "Straße", "lodz", "cafe", "café",
        "naive", "障害", "発生", "restore test", "restore-test", '"restore test"', "“retry budget”", '"hub example"', "-missing grafana",
        "kubectl get pod -o wide", "grafana or missing", "budget --force or grafana", "inc-2026", '"retry budget',
    ],
)  # fmt: skip
def test_it_is_found_as_somebody_remembers_it(shelf, cast, words):
    assert shelf[0].incident_id in find(cast.rita, Asked(words=words)).shown


@pytest.mark.parametrize(
    "words",
    [
        "-grafana budget",
        '-"restore test" budget',
        '"budget retry"',
        "害障",
        "grafana -hub.example.org",
        "4712",
        "the and of",
    ],
)
def test_it_is_not_found_by_what_it_does_not_say(shelf, cast, words):
    assert shelf[0].incident_id not in find(cast.rita, Asked(words=words)).shown


def test_a_reference_finds_its_own_alone(shelf, cast):
    found = find(cast.rita, Asked(words=shelf[0].incident.ref))
    assert found.shown == [shelf[0].incident_id]


def test_with_one_wrong_word_of_three_the_nearest_are_shown_and_told_as_such(shelf, cast, client):
    found = find_or_some(cast.rita, Asked(words='budget "grafana wardrobe"'))
    assert found.some
    assert found.shown == [shelf[0].incident_id, shelf[1].incident_id]
    assert find_or_some(cast.rita, Asked(words="wardrobe grafana -docker")).total == 0
    client.force_login(cast.rita)
    page = client.get("/archive/", {"q": "grafana wardrobe"}).content.decode()
    assert "No write-up has all of these words" in page
    assert "One of many names" in page
    assert "nearly every text" in client.get("/archive/", {"q": "what we will do"}).content.decode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
def test_every_text_is_found_by_itself(db, text):
    with connection.cursor() as cursor:
        cursor.execute(
            "select archive_vector(%s), archive_asked('\"' || archive_plain(%s) || '\"') as asked,"
            " archive_vector(%s) @@ archive_asked('\"' || archive_plain(%s) || '\"'), archive_asked(%s, true) is not null",
            [text] * 5,
        )
        vector, asked, found, _ = cursor.fetchone()
    assert found or not asked, vector
