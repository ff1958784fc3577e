from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postmortems.archive.models import Word
from postmortems.archive.searching.asked import Asked
from postmortems.archive.searching.spelling import distance, learn_words, meant
from postmortems.incidents.models import Incident
from tests.archive.publishing import published


def test_a_misspelt_word_is_met_with_one_that_exists(cast, client):
    published(cast.alice, "An expired certificate", "The certificate of the gateway had expired.")
    assert learn_words() == 1
    assert learn_words() == 0
    assert meant(cast.rita, Asked(words="certifcate gateway")) == "certificate gateway"
    client.force_login(cast.rita)
    page = client.get("/archive/?q=certifcate").content.decode()
    assert "Did you mean" in page
    assert "q=certificate" in page


def test_no_word_of_a_restricted_write_up_is_offered(cast, client):
    published(cast.alice, "Hushed", "quokkas came", restricted=True)
    opened = published(cast.alice, "Open for now", "wallabies came")
    learn_words()
    assert Word.objects.filter(word="quokkas").exists()
    assert meant(cast.rita, Asked(words="quokkaz")) == ""
    assert meant(cast.alice, Asked(words="quokkaz")) == "quokkas"
    assert meant(cast.rita, Asked(words="walabies")) == "wallabies"
    Incident.objects.filter(pk=opened.incident_id).update(restricted=True)
    assert meant(cast.rita, Asked(words="walabies")) == ""


def test_nothing_is_offered_that_finds_nothing(cast):
    published(cast.alice, "Certificate", "certificate")
    published(cast.alice, "Gateway", "gateway")
    learn_words()
    assert meant(cast.rita, Asked(words="certifcate gateway")) == ""


def test_a_word_of_every_text_is_not_taken_for_a_slip(cast):
    published(cast.alice, "Chat", "The chat was down.")
    learn_words()
    assert meant(cast.rita, Asked(words="caht")) == "chat"
    assert meant(cast.rita, Asked(words="what we")) == ""


def test_a_swap_is_one_step():
    assert distance("gatewya", "gateway") == 1
    assert distance("retry", "retries") == 3
    assert distance("", "abc") == 3


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_the_same_both_ways_and_nothing_only_for_the_same(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
