from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timelines.picture.printing import as_seen, for_print
from timelines.picture.words import clean, in_words, runs_right_to_left, shorten, width_of, wrapped


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (90, "1 min 30 s"),
        (27 * 60, "27 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (3 * 86400 + 4 * 3600, "3 days 4 h"),
        (90 * 86400, "90 days"),
    ],
)
def test_lengths_in_words(seconds, words):
    assert in_words(seconds) == words


@given(st.text(max_size=200), st.floats(0, 400))
def test_shortened_text_fits(text, room):
    short = shorten(text, room, 12)
    assert width_of(short, 12) <= max(room, 0) + 1e-6


@given(st.text(max_size=200), st.floats(30, 400), st.integers(1, 3))
def test_wrapped_text_fits(text, room, lines):
    found = wrapped(text, room, 12, lines=lines)
    assert len(found) <= lines
    assert all(width_of(line, 12) <= room + 1e-6 for line in found)


def test_a_letter_and_its_marks_are_not_parted():
    assert shorten("e\u0301" * 40, 60, 12).rstrip("…").endswith("\u0301")


def test_marks_that_turn_the_direction_are_left_out():
    assert clean("safe\u202egnp.exe\u2066") == "safegnp.exe"


def test_what_xml_cannot_carry_is_left_out():
    assert clean("a\x00b\ud800c\ufffed\n\te") == "abcd e"


@pytest.mark.parametrize(
    ("text", "answer"), [("שלום", True), ("12 שלום", True), ("hello שלום", False), ("123", False)]
)
def test_the_first_letter_decides_the_direction(text, answer):
    assert runs_right_to_left(text) is answer


# What a reader sees from left to right; brackets turn, numbers and foreign words do not.
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("אבג", "גבא"),
        ("אבג 13:42 דה", "הד 13:42 גבא"),
        ("אב (HTTP 503) גד", "דג (HTTP 503) בא"),
        ("אב 2.4.1", "2.4.1 בא"),
    ],
)
def test_right_to_left_words_in_print(text, seen):
    assert as_seen(text, right_to_left=True) == seen


def test_a_foreign_word_in_an_english_line_turns_alone():
    assert as_seen("deploy אבג done", right_to_left=False) == "deploy גבא done"


def test_arabic_letters_are_joined_in_print():
    # seen-lam-alef-meem: initial, the joined lam-alef in its final form, isolated; from right to left
    assert as_seen("سلام", right_to_left=True) == "\ufee1\ufefc\ufeb3"


def test_only_right_to_left_words_change_in_print():
    svg = '<text x="1">plain &amp; simple</text><text direction="rtl" text-anchor="end">אב</text>'
    assert for_print(svg) == '<text x="1">plain &amp; simple</text><text>בא</text>'
