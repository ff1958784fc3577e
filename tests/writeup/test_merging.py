"""Two texts from one: nothing that anybody wrote is lost, whatever the order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.writeup.writing.merging import Clash, Merged, around, merge, moves

BASE = "The queue grew.\n\nThe pager was quiet.\n\nSupport called at noon."


def test_changes_in_different_paragraphs_come_together():
    theirs = BASE.replace("quiet", "silent for ten minutes")
    mine = BASE.replace("noon", "12:04")
    assert merge(BASE, theirs, mine) == Merged(
        "The queue grew.\n\nThe pager was silent for ten minutes.\n\nSupport called at 12:04."
    )


def test_two_people_in_one_sentence_come_together():
    assert merge(
        "The old queue grew slowly.", "The oldest queue grew slowly.", "The old queue grew quickly."
    ) == Merged("The oldest queue grew quickly.")


def test_far_apart_changes_of_a_long_text_of_few_words_come_together():
    lines = [f"at {number} the queue grew and the pager was quiet, the queue grew\n" for number in range(400)]
    standing, written = lines.copy(), lines.copy()
    standing[20], written[390] = "the queue shrank\n", "the pager was loud\n"
    both = standing.copy()
    both[390] = written[390]
    assert merge("".join(lines), "".join(standing), "".join(written)) == Merged("".join(both))


def test_far_apart_changes_of_a_long_paragraph_come_together():
    words = ["the", "queue", "grew", "and", "the", "pager", "was", "quiet", "then"] * 60
    standing, written = words.copy(), words.copy()
    standing[15] = "loud"
    written[500] = "shrank"
    both = standing.copy()
    both[500] = written[500]
    assert merge(" ".join(words), " ".join(standing), " ".join(written)) == Merged(" ".join(both))


def test_both_added_at_the_end():
    merged = merge("It began.", "It began. Mara looked.", "It began. Noor called.")
    assert merged.clashes == ()
    assert "Mara looked" in merged.text
    assert "Noor called" in merged.text


def test_both_began_an_empty_text():
    merged = merge("", "One", "Two")
    assert merged == Merged("One Two")


def test_the_same_words_changed_differently_are_told_and_what_stands_keeps_its_place():
    merged = merge("The pager was quiet.", "The pager was loud.", "The pager was silent.")
    assert merged.text == "The pager was loud."
    assert merged.clashes == (Clash(14, "quiet", "loud", "silent"),)
    assert merged.text[14:].startswith("loud")


def test_deleting_what_another_changes_is_a_clash():
    merged = merge("One two three.", "One three.", "One twofold three.")
    [clash] = merged.clashes
    assert "twofold" in clash.written


@pytest.mark.parametrize("text", ["", "x", BASE, "ä\u2028b\n\n\n", "\U0001f468\u200d\U0001f469"])
def test_nobody_changed_anything(text):
    assert merge(text, text, text) == Merged(text)


words = st.lists(st.sampled_from(["one", "two", "three", ".", ",", "\n", "\n\n", " ", "é"]), max_size=25).map(
    "".join
)


@given(words, words)
def test_a_change_on_one_side_alone_is_taken(base, other):
    assert merge(base, other, base).text == other
    assert merge(base, base, other).text == other
    assert merge(base, other, other) == Merged(other)


@given(words, st.text(max_size=40), st.text(max_size=40))
def test_every_added_word_is_in_the_text_or_in_a_clash(base, theirs, mine):
    merged = merge(base, theirs, mine)
    kept = merged.text + " " + " ".join(clash.written for clash in merged.clashes)
    new = set(re.findall(r"\w+", mine)) - set(re.findall(r"\w+", base))
    assert new <= set(re.findall(r"\w+", kept))
    standing = set(re.findall(r"\w+", theirs)) - set(re.findall(r"\w+", base))
    assert standing <= set(re.findall(r"\w+", merged.text))
    for clash in merged.clashes:
        assert merged.text[clash.at :].startswith(clash.stands)


@given(words, words)
def test_moves_lead_from_one_text_to_the_other(before, after):
    at, place, made = 0, 0, ""
    for begin, end, length in moves(before, after):
        assert at <= begin <= end
        kept = before[at:begin]
        assert after[place : place + len(kept)] == kept
        place += len(kept)
        made += kept + after[place : place + length]
        place, at = place + length, end
    assert made + before[at:] == after


def test_an_addition_right_behind_a_place_does_not_move_it():
    assert moves("one two", "one more two") == [(4, 4, 5)]


def test_a_clash_is_shown_among_the_words_around_it():
    assert around("The pager was loud.", 14, "loud") == ("The pager was ", ".")
    assert around("one two three four five", 8, "three", reach=6) == ("…two ", " four …")
    assert around("It was somebody else's.", 7, "loud") == ("", "")


def test_a_sentence_behind_one_whose_last_word_changes_is_no_clash():
    base = "Support called at noon."
    merged = merge(base, "Support called at 12:04.", base + " Then it fell.")
    assert merged.text == "Support called at 12:04. Then it fell."
    assert not merged.clashes


def test_a_sentence_before_one_whose_first_word_changes_is_no_clash():
    base = "The queue grew."
    merged = merge(base, "The long queue grew.", "The pager fell silent. " + base)
    assert merged.text == "The pager fell silent. The long queue grew."
    assert not merged.clashes
