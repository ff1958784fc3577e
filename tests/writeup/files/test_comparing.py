from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from postmortems.writeup.files.comparing import Piece, pieces

LINES = st.lists(st.sampled_from(["a", "b", "c", "d e"]), max_size=12).map("\n".join)


def test_what_goes_and_what_comes():
    assert pieces("one\ntwo\nthree", "one\n2\nthree") == [
        Piece("same", "one"), Piece("gone", "two"), Piece("new", "2"), Piece("same", "three"),
    ]  # fmt: skip
    assert pieces("a\nb\nc\nd\ne\nf", "a\nb\nc\nd\ne\nF")[0] == Piece("same", "a\n…\ne")
    assert pieces("", "x") == [Piece("new", "x")]


@given(LINES, LINES)
def test_every_line_that_comes_or_goes_is_shown(was, becomes):
    found = pieces(was, becomes)
    new = [line for piece in found if piece.how == "new" for line in piece.text.split("\n")]
    assert set(becomes.split("\n")) - set(was.split("\n")) <= {*new, ""}
    assert not [piece for piece in pieces(was, was) if piece.how != "same"]


def test_very_long_texts_are_compared_in_no_time():
    chance = random.Random(7)
    one, two = ("\n".join(str(chance.randrange(900)) for _ in range(200_000)) for _ in range(2))
    start = time.process_time()
    pieces(one, two)
    assert time.process_time() - start < 5
