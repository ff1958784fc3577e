from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.archive.searching.snippets import LONG, Place, begun, shown, snippets, window, without_head

FILLER = "filler " * 200
HEAD = "SEV1\nTitle\n"


def places(text: str, *stems: str) -> list[Place]:
    return [
        Place(at, end, frozenset(stem for stem in stems if text[at:end].startswith(stem)))
        for at, end in begun(text, stems)
    ]


def test_the_window_is_where_most_words_come_together():
    text = f"{FILLER}retry {FILLER}the retry had no budget {FILLER}"
    begin, end = window(text, places(text, "retry", "budget"))
    assert "retry had no budget" in text[begin:end]
    assert end - begin <= 2 * LONG


@pytest.mark.django_db
def test_forms_are_marked_and_words_that_only_begin_alike_are_not():
    told = snippets(
        [f"{HEAD}They retried; retries and the retrospective. Strange Störungen."], ["retri", "storungen"]
    )
    assert told == [
        "They <mark>retried</mark>; <mark>retries</mark> and the retrospective. Strange <mark>Störungen</mark>."
    ]


@pytest.mark.django_db
def test_words_far_apart_bring_two_passages_with_what_was_left_out_told():
    text = f"{HEAD}{FILLER}the gazebo {FILLER}a budget {FILLER}"
    told = snippets([text], ["gazebo", "budget"])[0]
    assert told.startswith("… ")
    assert told.endswith(" …")
    assert "the <mark>gazebo</mark>" in told.split(" … ")[0]
    assert "a <mark>budget</mark>" in told.split(" … ")[1]


@pytest.mark.django_db
def test_parts_of_names_and_signs_without_blanks_are_marked():
    told = snippets([f"{HEAD}At hub.example.org <b>障害が発生した</b>."], ["exampl", "障", "害"])
    assert told == ["At hub.<mark>example</mark>.org &lt;b&gt;<mark>障害</mark>が発生した&lt;/b&gt;."]


def test_a_text_without_the_words_shows_its_beginning():
    assert shown("Nothing of it.", []) == "Nothing of it."
    assert shown(FILLER, []).endswith("filler …")


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=8), max_size=4))
def test_what_is_shown_is_the_text_with_marks_alone(text, stems):
    text *= 4
    told = str(shown(text, places(text, *stems)))
    bare = told.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    for passage in unescape(bare).removeprefix("… ").removesuffix(" …").split(" … "):
        assert passage in text or "…" in text


def test_the_head_and_the_title_stand_above_anyway():
    assert without_head("SEV1\nTitle\nwords\nmore") == "words\nmore"
    assert without_head("one line") == ""
