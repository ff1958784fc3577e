from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.markdown import Reference, to_html
from postmortems.writeup.citing.grammar import citation, citations_of
from postmortems.writeup.files import draft, returned
from tests.vectors import VECTORS


def shown(text: str) -> str:
    """The words of a text that is one citation, as a reader sees them."""
    page = to_html(text, refer=lambda kind, number: Reference("/there/", ""))
    found = re.fullmatch(
        r'(?s)<p>(?:\| )?<a href="/there/" class="cite" rel="[^"]*">([^<]*)</a>(?: \|)?</p>\n', page
    )
    assert found, page
    return html.unescape(found[1])


ANY = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("[]()!*_`\\<>&~|#-:\n \"'")),
    max_size=40,
)


def as_one_line(words: str) -> str:
    return " ".join(words.replace("\x00", "").split())


@settings(max_examples=500, deadline=None)
@given(ANY, st.sampled_from(["event", "condition", "item", "role"]), st.integers(1, 10**18 - 1))
def test_any_words_can_be_those_of_a_citation(words, kind, number):
    text = citation(words, kind, number)
    assert citations_of(text) == [(kind, number)]
    if as_one_line(words):
        assert shown(text) == as_one_line(words)


@pytest.mark.parametrize("vector", VECTORS)
def test_words_that_attack_stay_words(vector):
    vector = vector.encode("utf-8", "replace").decode()
    if as_one_line(vector):
        assert shown(citation(vector, "event", 3)) == as_one_line(vector)


def test_usual_words_are_written_as_they_are():
    assert (
        citation("18:09 lag alert on payments_db-2 (replica)", "event", 345)
        == "[18:09 lag alert on payments_db-2 (replica)](event:345)"
    )


def test_a_citation_stands_in_a_cell_of_a_table():
    page = to_html(
        f"| when |\n|---|\n| {citation('a | b', 'event', 3)} |",
        refer=lambda kind, number: Reference("/there/", ""),
    )
    assert ">a | b</a></td>" in page


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(ANY, st.sampled_from(["event", "condition", "item"]), st.integers(1, 999)), max_size=5)
)
def test_citations_come_back_from_a_file_to_the_letter(given_ones):
    text = " and ".join(citation(*one) for one in given_ones)
    back = returned.read(draft.write(draft.Draft({}, (draft.Text("story", text, 3),))))
    assert back.texts["story"].text == text
    assert citations_of(back.texts["story"].text) == list(
        dict.fromkeys((kind, number) for _, kind, number in given_ones)
    )
