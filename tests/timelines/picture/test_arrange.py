from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timelines.picture.arrange import badges, density, name_lines, rows_for, run_lengths, stack
from timelines.picture.scale import Scale


def test_names_with_room_stand_in_one_row():
    named = name_lines([100, 400, 800], [120, 120, 120], low=0, high=1000)
    assert {one.row for one in named} == {0}
    assert all(one.after for one in named)


def test_a_name_without_room_on_the_right_stands_left_of_its_line():
    named = name_lines([950], [120], low=0, high=1000)
    assert named[0].right <= 950
    assert not named[0].after


def test_names_of_one_instant_read_as_a_list():
    named = name_lines([500] * 5, [120] * 5, low=0, high=1000)
    assert [one.row for one in named] == [0, 1, 2, 3, 4]
    assert len({one.after for one in named}) == 1


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(1, 200)), max_size=12))
def test_spans_in_one_row_do_not_overlap(given_spans):
    spans = [(left, left + wide) for left, wide in given_spans]
    rows = rows_for(spans)
    for i, (left, right) in enumerate(spans):
        for j, (other_left, other_right) in enumerate(spans[:i]):
            assert rows[i] != rows[j] or right <= other_left or left >= other_right


@given(st.lists(st.floats(20, 900), max_size=80).map(sorted))
def test_badges_keep_their_order_and_never_overlap(xs):
    found = badges(xs, [18] * len(xs), low=14, high=910, shared=40)
    assert [member for each in found for member in each.members] == list(range(len(xs)))
    for one, other in zip(found, found[1:], strict=False):
        assert one.centre + one.width / 2 <= other.centre - other.width / 2 + 1e-6
    assert all(each.centre - each.width / 2 >= 14 - 1e-6 for each in found)
    assert all(each.centre + each.width / 2 <= 910 + 1e-6 for each in found)


def test_badges_with_room_stand_where_their_events_are():
    assert [each.centre for each in badges([100, 300, 700], [18] * 3, low=0, high=900, shared=40)] == [
        100,
        300,
        700,
    ]


def test_more_badges_than_the_line_carries_share_places():
    found = badges([float(x) for x in range(20, 820, 2)], [18] * 400, low=14, high=820, shared=40)
    assert len(found) < 25
    assert sum(len(each.members) for each in found) == 400


def test_marks_that_touch_are_stacked_and_those_that_do_not_are_level():
    assert stack([(10, 10), (50, 50), (52, 52)], size=11) == ([0, 0, 1], 3)


def test_a_full_lane_asks_for_density():
    assert stack([(x / 2, x / 2) for x in range(400)], size=11) is None


def test_a_few_events_of_one_instant_stay_marks_and_the_rest_is_counted():
    levels, _ = stack([(10, 10)] * 20, size=11)
    assert levels.count(None) == 13


@given(
    st.lists(st.tuples(st.floats(0, 86400), st.integers(0, 1000)), max_size=60), st.sampled_from([1, 30, 600])
)
def test_density_counts_everything_in_the_view(pairs, size):
    found = density(pairs, size, Scale(0, 86400, 0, 900))
    assert found.total == sum(count for _, count in pairs)
    assert len(found.counts) <= 302


def test_run_lengths_fold_silence():
    assert run_lengths((0, 3, 0, 0, 0, 1, 0)) == "0 3 0x3 1 0"
