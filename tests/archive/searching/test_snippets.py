from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postmortems.archive.searching.snippets import AROUND, marked, window, without_head

LONG = "filler " * 200


def test_the_window_holds_the_words_where_they_come_together():
    text = f"{LONG}retry {LONG}the retries had no budgets {LONG}"
    cut = window(text, ["retri", "budget"])
    assert "retries had no budgets" in cut
    assert len(cut) < 4 * AROUND


def test_a_text_without_the_words_is_read_whole():
    assert window(LONG, ["wisteria"]) == LONG
    assert window(LONG, []) == LONG


@given(st.text(), st.lists(st.text(min_size=1, max_size=8), max_size=4))
def test_a_window_is_a_stretch_of_the_text(text, stems):
    assert window(text * 3, stems) in text * 3


@given(st.text())
def test_what_is_marked_holds_no_other_markup(text):
    assert "<" not in marked(text).replace("<mark>", "").replace("</mark>", "")


def test_marks_that_stood_in_the_text_itself_mark_nothing():
    assert marked("a\x02 b\x03\x03 \x02 c \x02retries\x03 d") == "a<mark> b</mark>  c <mark>retries</mark> d"
    assert marked("one \x02 alone") == "one  alone"


def test_the_head_and_the_title_stand_above_anyway():
    assert without_head("SEV1\nTitle\nwords\nmore") == "words\nmore"
    assert without_head("one line") == ""
