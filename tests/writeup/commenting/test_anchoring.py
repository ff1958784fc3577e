from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.writeup.commenting.anchoring import (
    WORK,
    Comparison,
    Page,
    Place,
    nearest,
    of_words,
    unmarked,
)

STORY = (
    "The queue grew from noon on.\n\n"
    "The pager was quiet all night, and nobody looked at the replica.\n\n"
    "Support called at two. The replica was an hour behind."
)
ANY = st.text(max_size=300)
WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "the", "a", "of", "it", "was", "no"]), max_size=60
).map(" ".join)
PASSAGE = "nobody looked at the replica"


def found(was: str, words: str, now: str) -> str | None:
    at = was.index(words)
    place = Comparison(was, now).place(at, at + len(words))
    return None if place is None else now[place.start : place.end]


@st.composite
def passages(draw):
    text = draw(ANY.filter(bool))
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


@given(passages(), ANY)
def test_a_place_is_always_inside_the_text_and_holds_something(passage, now):
    was, start, end = passage
    place = Comparison(was, now).place(start, end)
    if place is not None:
        assert 0 <= place.start < place.end <= len(now)
        assert place.whole == (now[place.start : place.end] == was[start:end])


@given(passages())
def test_in_the_same_text_words_stand_where_they_stood(passage):
    was, start, end = passage
    assert Comparison(was, was).place(start, end) == Place(start, end)


@given(WORDS, WORDS, WORDS, WORDS)
def test_edits_around_a_passage_leave_it_on_its_words(before, after, new_before, new_after):
    was, now = f"{before}\n{PASSAGE}\n{after}", f"{new_before}\n{PASSAGE}\n{new_after}"
    assert found(was, PASSAGE, now) == PASSAGE


@given(WORDS, WORDS, st.integers(1, len(PASSAGE) - 1))
def test_words_put_into_a_passage_belong_to_it(before, after, at):
    was, now = f"{before}\n{PASSAGE}\n{after}", f"{before}\n{PASSAGE[:at]}zeta{PASSAGE[at:]}\n{after}"
    assert found(was, PASSAGE, now) == PASSAGE[:at] + "zeta" + PASSAGE[at:]


@given(WORDS, WORDS, WORDS)
def test_a_passage_cut_out_and_put_in_elsewhere_is_found_again(one, two, three):
    was = f"{one}\n{PASSAGE}\n{two}\n{three}"
    assert found(was, PASSAGE, f"{one}\n{two}\n{PASSAGE}\n{three}") == PASSAGE


@given(ANY, ANY)
def test_what_is_the_same_between_two_changes_is_the_same(was, now):
    at = now_at = 0
    for change in Comparison(was, now).changes:
        assert was[at : change.start] == now[now_at : change.now_start]
        at, now_at = change.end, change.now_end
    assert was[at:] == now[now_at:]


@pytest.mark.parametrize(
    ("words", "now", "left"),
    [
        ("pager was quiet", STORY.replace("was quiet", "was very quiet"), "pager was very quiet"),
        ("replica", STORY.replace("looked at the replica", "looked at the replicas"), "replicas"),
        ("pager was quiet all night", STORY.replace("quiet all", "silent the whole"), "pager was silent the whole night"),
        # of the second replica, not of the first
        ("The replica was", STORY.replace("nobody looked at the replica", "nobody looked"), "The replica was"),
        ("pager was quiet", STORY.replace("The pager was quiet", "Nothing rang"), None),
        ("quiet", STORY.replace("quiet", "loud"), None),
        ("noon", "", None),
        # a common word that is gone is not looked for in whatever was written since
        ("noon", STORY.replace("from noon on", "from one on") + " It was noon in Lisbon.", None),
        ("The queue grew from noon on.", STORY[30:] + "\n\nThe queue grew from noon on.", "The queue grew from noon on."),
    ],
)  # fmt: skip
def test_what_is_left_of_a_passage(words, now, left):
    assert found(STORY, words, now) == left


def test_of_two_places_the_one_among_its_own_words_counts():
    was = "First the disk was full. Later the disk was full again, as the graph showed."
    now = "As was said, the disk was full there. Afterwards: Later the disk was full again, as the graph showed."
    at = was.rindex("the disk was full")
    place = Comparison(was, now).place(at, at + len("the disk was full"))
    assert place is not None
    assert now[place.start :].startswith("the disk was full again, as the graph")


def test_texts_beyond_comparing_are_searched_for_the_words():
    rolls = random.Random(4)
    was, now = (" ".join(rolls.choice("abcdefgh") for _ in range(40_000)) for _ in range(2))
    assert len(was) * len(now) > WORK
    assert found(was + PASSAGE, PASSAGE, PASSAGE + now) == PASSAGE
    assert found(was + PASSAGE, PASSAGE, now) is None


def test_the_nearest_of_the_same_words():
    assert nearest("no yes no yes no", "no", 8) == Place(7, 9)
    assert nearest("no", "yes", 0) is None
    assert nearest("no", "", 0) is None
    assert nearest("yes no", "no", 99) == Place(4, 6)


@pytest.mark.parametrize(
    ("source", "words", "number", "stands"),
    [
        ("He **said** it\nagain", "said it again", 0, "said** it\nagain"),
        ("See [the graph](https://example.org/the/graph) and the graph", "the graph", 1, "the graph"),
        ("| a | b |\n|---|---|\n| one | two |", "one two", 0, "one | two"),
        ("Ünïcode wörds 数据库 here", "wörds 数据库", 0, "wörds 数据库"),
        ("the first, the second", "the", 1, "the"),
        ("the first, the second", "the", 99, "the"),
        ("(the first.) the first!", "“the first!”", 0, "the first"),
        ("Did (it) **ring**?", "(it) ring?", 0, "(it) **ring"),
        ("the first.", " first. ", 0, "first."),
        ("the first", "fir", 0, None),
        ("some – words", "–", 0, "–"),
        ("some words", "", 0, None),
    ],
)
def test_words_of_a_page_are_found_in_its_source(source, words, number, stands):
    place = of_words(source, words, number)
    assert (None if place is None else source[place.start : place.end]) == stands


@given(ANY, ANY, st.integers(-3, 10**12))
def test_any_words_of_any_page(source, words, number):
    place = of_words(source, words, number)
    if place is not None:
        assert 0 <= place.start < place.end <= len(source)


@given(ANY | WORDS, st.integers(0, 300), st.integers(1, 300))
def test_words_as_they_are_read_are_found_again_at_their_place(source, at, length):
    place = Place(min(at, len(source)), min(at + length, len(source)))
    words, number = Page(source).as_read(place)
    if words:
        found = of_words(source, words, number)
        assert found is not None
        assert place.start <= found.start < found.end <= place.end


def test_a_quotation_in_one_line_has_no_marks():
    assert (
        unmarked("> see [the **graph**](https://example.org/x) and `a_b`, ~~not~~")
        == "see the graph and a_b, not"
    )
