from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.publication.printing.tables import LANDSCAPE, PORTRAIT, length, setting

CELLS = st.text(st.characters(codec="utf-8"), max_size=60)


def test_words_are_kept_whole_and_what_is_longer_gets_the_room():
    how = setting(
        [["House", "What they saw"], ["a large one", "A queue of people at the desk, and no list. " * 4]]
    )
    assert not how.across
    assert how.shares[0] >= 100 * 6 * 9 * 0.5 / PORTRAIT
    assert how.shares[1] > 3 * how.shares[0]


@pytest.mark.parametrize(
    ("columns", "across", "shown"),
    [(3, False, 3), (8, True, 8), (14, True, 14), (17, True, 17), (30, False, 0)],
)
def test_a_wide_table_is_turned_and_the_widest_is_set_row_by_row(columns, across, shown):
    how = setting([[f"column{n:02}" for n in range(columns)], [f"cell{n:02}content" for n in range(columns)]])
    assert (how.across, len(how.shares)) == (across, shown)


def test_within_a_list_no_page_is_turned():
    rows = [["abcdefghijklmnop"] * 8]
    assert setting(rows).across
    assert not setting(rows, may_turn=False).shares


def test_a_table_without_cells_is_none():
    assert setting([]) is None
    assert setting([[], []]) is None


def test_letters_of_east_asia_are_wide_and_marks_are_not():
    assert [length(text) for text in ("abc", "日本", "e\u0301", "\u200bx")] == [3, 4, 1, 1]


@given(st.lists(st.lists(CELLS, max_size=12), max_size=8))
def test_the_columns_fill_the_page_and_each_has_some(rows):
    how = setting(rows)
    if how and how.shares:
        assert sum(how.shares) == pytest.approx(100, abs=0.2)
        room = LANDSCAPE if how.across else PORTRAIT
        assert all(share * room / 100 > how.size / 2 for share in how.shares)
