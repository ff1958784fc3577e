from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.releasing import lines

BODY = """How did it begin?

@02:14 I saw the alert  and took it for weather.
(off the record 14:05–14:12)
Then Jo called.
Then Jo called."""


def test_what_can_be_decided_about_is_a_line():
    found = lines.of(BODY)
    assert [line.number for line in found] == [0, 2, 3, 4, 5]
    assert [line.is_mark for line in found] == [False, False, True, False, False]


def test_a_correction_takes_the_place_of_its_line_alone():
    after = lines.replaced(BODY, "Then Jo called.", "Then Jo\nwrote.", near=5)
    assert after.split("\n")[4:] == ["Then Jo called.", "Then Jo wrote."]
    assert lines.replaced(BODY, "@02:14 I saw the alert and took it for weather.", "x") is not None
    assert lines.replaced(BODY, "something else", "x") is None


@pytest.mark.parametrize(
    ("body", "words", "left"),
    [
        ("a\nIt was me.\nb", "It was me.", "a\n(struck)\nb"),
        ("a\n@02:14 It was me.\nb", "It was me.", "a\n(struck)\nb"),
        ("@2026-03-26 02:14 It was me.", "It was me.", "(struck)"),
        ("- It was\n  me. Then rain.", "It was me.", "- (struck) Then rain."),
        ("It was me. It was me.", "It was me.", "(struck) (struck)"),
        ("nothing here", "It was me.", "nothing here"),
        ("kept", "  ", "kept"),
        ("ok, the book is ok", "ok", "(struck), the book is (struck)"),
        (r"a (b) \d+ $1", r"(b) \d+", "a (struck) $1"),
    ],
)
def test_struck_words_are_gone_and_leave_a_mark(body, words, left):
    assert lines.without(body, words) == left


@given(st.text(max_size=60), st.text("xyzXYZ \n().*+", min_size=1, max_size=30), st.text(max_size=60))
def test_no_words_survive_being_struck(before, words, after):
    wanted = " ".join(words.split())
    if wanted in "(struck) (struck)":
        return
    left = f" {' '.join(lines.without(f'{before} {words} {after}', words).split())} "
    assert f" {wanted} " not in left
