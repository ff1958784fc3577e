"""What an organisation tells the coach: words of its own, and kinds it does not want to see."""

from __future__ import annotations

import pytest
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.language.kinds import Kind
from postmortems.writeup.coaching import actions
from postmortems.writeup.coaching.reading import notes_in, place_of
from postmortems.writeup.coaching.wishes import wishes_of
from postmortems.writeup.models import HouseWord, SilencedKind
from tests.make import T0


def kinds_in(incident, text: str) -> list[str]:
    return [note.kind for note in notes_in(place_of(incident, "story"), text, wishes_of(incident), {})]


@pytest.fixture
def ada(client, cast):
    client.force_login(cast.ada)
    return client


def test_words_of_the_house_are_marked_until_they_are_removed(ada, incident):
    assert kinds_in(incident, "It was a Blue  Monday at noon.") == []
    ada.post(reverse("writeup:add_word", args=["judgement"]), {"words": "  blue monday "})
    assert kinds_in(incident, "It was a Blue  Monday at noon.") == ["judgement"]
    word = HouseWord.objects.get()
    assert word.words == "blue monday"
    ada.post(reverse("writeup:remove_word", args=[word.pk]))
    assert kinds_in(incident, "It was a blue monday at noon.") == []


def test_the_same_words_are_added_once(cast):
    for words in ("clown show", "Clown Show"):
        actions.add_word(kind=Kind.JUDGEMENT, words=words, by=cast.ada, now=T0)
    assert HouseWord.objects.count() == 1


@pytest.mark.parametrize("words", ["", " ", "x", "…!", "y" * 81])
def test_words_that_say_nothing_are_refused_in_a_sentence(ada, words):
    answer = ada.post(reverse("writeup:add_word", args=["judgement"]), {"words": words}, follow=True)
    assert "Words to mark have 2 to 80 characters." in answer.content.decode()
    assert not HouseWord.objects.exists()


def test_a_silenced_kind_is_marked_nowhere_and_says_why(ada, incident):
    text = "The root cause was a full disk."
    assert kinds_in(incident, text) == ["single_cause"]
    ada.post(reverse("writeup:silence_kind", args=["single_cause"]), {"why": "our forms ask for it"})
    assert kinds_in(incident, text) == []
    assert "our forms ask for it" in ada.get(reverse("writeup:coach_settings")).content.decode()
    ada.post(reverse("writeup:hear_kind", args=["single_cause"]))
    assert kinds_in(incident, text) == ["single_cause"]


def test_silencing_takes_a_why_and_hearing_twice_is_once(ada, cast):
    ada.post(reverse("writeup:silence_kind", args=["judgement"]), {"why": " "})
    assert not SilencedKind.objects.exists()
    actions.silence(kind=Kind.JUDGEMENT, why="x", by=cast.ada, now=T0)
    for _ in range(2):
        ada.post(reverse("writeup:hear_kind", args=["judgement"]))
    assert Entry.objects.filter(verb="coach.heard").count() == 1


def test_a_kind_that_does_not_exist_is_not_found(ada):
    assert ada.post(reverse("writeup:add_word", args=["nonsense"]), {"words": "abc"}).status_code == 404


def test_reviewers_read_it_and_find_nothing_to_change(client, cast):
    client.force_login(cast.rev)
    actions.add_word(kind=Kind.JUDGEMENT, words="clown show", by=cast.ada, now=T0)
    page = client.get(reverse("writeup:coach_settings")).content.decode()
    assert "clown show" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>")[0]
