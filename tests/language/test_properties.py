"""What holds for any text whatever."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.language.coach import Preferences, read
from postmortems.language.kinds import Kind
from postmortems.language.sections import SECTIONS

BLAME = [
    "Marlene failed to run the smoke test.",
    "The root cause was an expired certificate.",
    "The approver should have looked at the plan first.",
    "It was obvious that the disk would fill up.",
]
PIECES = st.sampled_from(
    [
        *BLAME, "\n", "\n\n", "- ", "> ", "```", "`", "| ", "# ", "**", "_", "[", "](", ")", "<b>", "<!--", "“", "”", '"', "'",
        "should have ", "n't", "’ve", "10:07 <ben> ", "P2: ", "…", "🙂", "\u2028", "\x00", "\x01", "\x02", "\ud800", "é", "ß",
        "Why did you ", "never ", "the ", "nobody ", ";", "—", "| --- |", "---\n", "e.g. ", "/", "//", "http://x.y/z ",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join))
PLAIN = st.text(alphabet="abcdefghij .\n", max_size=200)


@given(TEXTS, st.sampled_from([None, *SECTIONS, "other"]))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_marks_lie_inside_it(text, section):
    marks = read(text, section)
    assert marks == read(text, section)
    assert list(marks) == sorted(marks)
    for mark in marks:
        assert 0 <= mark.start < mark.end <= len(text)
        assert mark.kind in Kind
        assert mark.question
        assert mark.question.endswith("?")


@given(
    TEXTS,
    st.lists(st.text(max_size=8), max_size=3),
    st.dictionaries(st.sampled_from([*Kind]), st.lists(st.text(max_size=8))),
)
@settings(max_examples=60, deadline=None)
def test_any_wishes_are_borne(text, names, extra):
    read(text, None, Preferences(people=names, things=names, extra=extra, dismissed=names, silenced=names))


@given(st.sampled_from(BLAME), PLAIN, PLAIN)
@settings(max_examples=60, deadline=None)
def test_a_mark_does_not_change_with_what_stands_elsewhere(sentence, before, after):
    def of(text: str, at: int):
        return {
            (mark.start - at, mark.end - at, mark.kind, mark.question, mark.key)
            for mark in read(text, "reason")
            if at <= mark.start < at + len(sentence)
        }

    head = before.replace("\n", " ").strip() + "\n\n"
    text = head + sentence + "\n\n" + after
    assert of(text, len(head)) == of(sentence, 0)
    assert of(sentence, 0)


@pytest.mark.parametrize(
    "piece",
    [
        "a", "a ", "the ", "never ", "should ", "(", "[", "![", "`", "*", "_", "<", "<a ", "<!--", "> ", "|", "-", "—", '"', "“", "'",
        "a.", "a-", "a/", "www.", "http://", ":a", "10:07 ", "P2: ", "Owner: ", "customers said ", "not human error ", "if only ",
        "Priscilla and ", "who ", "very very ", "# ", "\n", "\t", " ", ";", "didn't've ", "](", "user ", 'says "',
    ],
)  # fmt: skip
def test_a_text_made_to_take_time_is_read(piece):
    """Where the time grew with the square of the length, these would take minutes; `make bench` measures it."""
    text = piece * (64_000 // len(piece))
    assert all(0 <= mark.start < mark.end <= len(text) for mark in read(text))
