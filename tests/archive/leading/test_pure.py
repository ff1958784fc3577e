from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.archive.leading import quarters
from postmortems.archive.leading.dots import Spread, draw
from postmortems.archive.leading.tables import SIZES, size_of, table

days = st.lists(st.floats(0, 5000), min_size=1, max_size=40).map(sorted)


def test_the_last_quarters_run_over_the_year():
    assert quarters.up_to(date(2026, 2, 3), 3) == ["2025-Q3", "2025-Q4", "2026-Q1"]
    assert quarters.span("2025-Q4") == (datetime(2025, 10, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "2026", "2026-Q5", "0000-Q1", "²026-Q1", "2026-Q1; drop", "9999-Q4"])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(ValueError):
        quarters.begin(text)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_every_day_lies_in_its_quarter(day):
    first, after = quarters.span(quarters.of(day))
    assert first.date() <= day < after.date()
    assert quarters.up_to(day)[-1] == quarters.of(day)


@given(days)
def test_every_value_has_its_dot_inside_the_picture(values):
    spread = Spread(len(values), values, [values[0], values[len(values) // 2], values[-1]])
    drawn = draw(spread, title="Ages")
    assert drawn.count("<circle") == len(values)
    assert 'cx="-' not in drawn
    assert 'cy="-' not in drawn
    assert spread.said in drawn


def test_pictures_that_are_compared_have_one_axis():
    one, other = (draw(Spread(1, [value], [value] * 3), title="Ages", up_to=59) for value in (3.0, 59.0))
    axis = [re.findall(r'<text class="tick[^>]*>([^<]+)', drawn) for drawn in (one, other)]
    assert axis[0] == axis[1]
    assert axis[0][0] == "0 days"


def test_titles_are_escaped():
    assert "<b>" not in draw(Spread(1, [3.0], [3, 3, 3]), title="<b>bold</b>")


def test_many_values_say_what_a_dot_stands_for():
    assert Spread(400, [1.0] * 40, [1, 1, 1]).each == "Each dot stands for 2.5 in a hundred."
    assert Spread(1, [3.0], [3, 3, 3]).said == "One: 3 days."
    assert Spread(3, [1.0, 2.0, 9.0], [1, 2, 9]).said == "3 in all, from 1 to 9 days."


def test_nothing_is_drawn_of_nothing():
    assert draw(Spread(0, [], []), title="Ages") == ""


def test_a_dot_has_the_area_of_its_count():
    assert size_of(0, 100) == 0
    assert size_of(1, 1000) == 1
    assert size_of(25, 100) == SIZES / 2
    assert size_of(100, 100) == SIZES


def test_a_table_has_every_cell_and_the_way_to_its_rows():
    made = table(
        [{"kind": "A & B", "quarter": "2026-Q1", "n": 3}], line="kind", column="quarter",
        columns=[("2025-Q4", "2025-Q4"), ("2026-Q1", "2026-Q1")], lines=[("A & B", "A & B")],
    )  # fmt: skip
    assert [cell.n for cell in made.lines[0].cells] == [0, 3]
    assert made.lines[0].cells[1].query == "kind=A+%26+B&quarter=2026-Q1"
    assert made.total == 3


def test_quarters_before_anything_is_known_are_left_out():
    shown = quarters.up_to(date(2026, 12, 1), 12)
    assert quarters.from_the_first(shown, ["2025-Q2"])[0] == ("2025-Q2", "2025-Q2")
    assert len(quarters.from_the_first(shown, ["2026-Q4"])) == len(quarters.from_the_first(shown, [])) == 4
    assert len(quarters.from_the_first(shown, shown)) == 12
