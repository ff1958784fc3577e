from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.publication.printing.code import parted, room
from postmortems.publication.printing.tables import length


def test_a_line_is_parted_at_a_blank_where_there_is_one_nearby():
    assert parted("kubectl get pods --namespace=production", 20) == [
        "kubectl get pods ",
        "--namespace=produc",
        "tion",
    ]
    assert parted("short", 20) == ["short"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=400), st.integers(8, 90))
def test_the_pieces_are_the_line_and_fit(line, width):
    pieces = parted(line, width)
    assert "".join(pieces) == line
    assert all(length(piece) <= max(width, 2) for piece in pieces)


def test_a_mark_stays_with_its_letter():
    assert parted("0" * 8 + "\u0300" * 8 + "0", 8) == ["0" * 8 + "\u0300" * 8, "0"]


def test_within_lists_there_is_less_room_and_always_some():
    assert room(0)[0] > room(2)[0] >= room(30, 500)[0] > 10


@pytest.mark.parametrize(("longest", "size"), [(84, ""), (90, "7.5pt"), (105, "6.8pt"), (106, "")])
def test_what_would_just_fit_is_set_smaller_rather_than_parted(longest, size):
    assert room(0, longest)[1] == size
