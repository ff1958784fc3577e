"""Words of a reader and the events they find."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from timelines import storing
from timelines.asked import Asked
from timelines.line import Span, page
from timelines.tally import counted

pytestmark = pytest.mark.django_db
TEXTS = {
    "deploy": "deploy of payments-api-7f9 to db.example.org finished",
    "pool": "the pool is exhausted, 100% of 40 connections",
    "greek": "η βάση απαντά αργά",
    "path": "tail -f /var/log/app/current.log",
    "mail": "mail from ana@example.org",
}


@pytest.fixture
def told(incident):
    source = make.source(incident)
    storing.store(source, [make.record(text, id=key, actor="Ian O'Neill") for key, text in TEXTS.items()])
    return incident


def found(incident, words: str) -> set[str]:
    return {event.external_id for event in Asked(q=words).events(incident)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("deploy", {"deploy"}),
        ("DEPL", {"deploy"}),  # the beginning of a word
        ("payments-api", {"deploy"}),
        ("api", {"deploy"}),
        ("7f9", {"deploy"}),
        ("example.org", {"deploy", "mail"}),
        ("ana@example.org", {"mail"}),
        ("ana", {"mail"}),
        ("/var/log", {"path"}),
        ("current.log", {"path"}),
        ("pool connections", {"pool"}),
        ("pool deploy", set()),
        ('"pool is"', {"pool"}),
        ('"is pool"', set()),
        ("example -deploy", {"mail"}),
        ("%", {"pool"}),
        ("βάση", {"greek"}),
        ("o'neill", set(TEXTS)),
        ("-o'neill", set()),
    ],
)
def test_words_find_events(told, words, expected):
    assert found(told, words) == expected


def test_a_caption_is_found(told):
    told.events.filter(external_id="pool").update(caption="Saturation began")
    assert found(told, "saturation") == {"pool"}


def test_a_text_of_a_megabyte_is_stored_and_its_beginning_found(incident):
    long = "first " + " ".join(f"w{n}" for n in range(150_000)) + " final"
    storing.store(make.source(incident), [make.record(long, id="long")])
    assert found(incident, "first w77") == {"long"}
    assert found(incident, "final") == set()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    words=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
)
def test_no_words_are_an_error(told, words):
    found(told, words.strip())


def test_the_span_counts_what_is_found_and_rare_and_common_words_give_the_same_page(told):
    asked = Asked(q="example")
    span = Span.of(told, asked, counted(told))
    assert span.count == 2
    assert sum(n for bins in span.bins.values() for _, n in bins) == 2
    events = asked.events(told)
    assert [e.pk for e in page(events).events] == [e.pk for e in page(events, rare=True).events]
