"""When phases ran, and which times follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from timelines.story.phases import Mark, stretches, times

T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
NAMES = ("", "detect", "diagnose", "mitigate", "recover")


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def marks(*rows):
    return [Mark(at(minutes), number, begins, ends) for number, (minutes, begins, ends) in enumerate(rows, 1)]


def told(found):
    return [
        (one.phase, (one.start - T0).seconds // 60, one.end and (one.end - T0).seconds // 60) for one in found
    ]


def test_a_phase_ends_where_the_next_begins_and_the_last_one_with_the_impact():
    found = stretches(marks((0, "detect", ""), (7, "diagnose", ""), (30, "mitigate", "")), at(50))
    assert told(found) == [("detect", 0, 7), ("diagnose", 7, 30), ("mitigate", 30, 50)]


def test_a_marked_end_lets_phases_overlap():
    found = stretches(
        marks((0, "diagnose", ""), (10, "mitigate", ""), (25, "", "diagnose"), (40, "", "mitigate")), None
    )
    assert told(found) == [("diagnose", 0, 25), ("mitigate", 10, 40)]


def test_a_phase_that_comes_again_is_two():
    found = stretches(marks((0, "mitigate", ""), (10, "", "mitigate"), (20, "mitigate", "")), at(30))
    assert told(found) == [("mitigate", 0, 10), ("mitigate", 20, 30)]


def test_one_event_ends_a_phase_and_begins_another():
    found = stretches(marks((0, "detect", ""), (7, "diagnose", "detect")), None)
    assert told(found) == [("detect", 0, 7), ("diagnose", 7, None)]


def test_times_follow_from_phases():
    found = stretches(
        marks((0, "detect", ""), (7, "diagnose", "detect"), (30, "mitigate", ""), (44, "recover", "mitigate"), (60, "", "recover")),
        None,
    )  # fmt: skip
    assert {one.name: one.at for one in times(found)} == {
        "impact_began": at(0), "detected": at(7), "mitigated": at(44), "resolved": at(60)
    }  # fmt: skip


def test_what_is_not_marked_is_not_proposed():
    assert [one.name for one in times(stretches(marks((3, "diagnose", "")), at(9)))] == ["detected"]


rows = st.lists(st.tuples(st.integers(0, 90), st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=12)


@given(rows, st.one_of(st.none(), st.integers(0, 120)))
def test_no_phase_ends_before_it_begins_and_the_order_of_marks_does_not_matter(given_rows, resolved):
    found = stretches(marks(*given_rows), None if resolved is None else at(resolved))
    assert all(one.end is None or one.end >= one.start for one in found)
    assert stretches(reversed(marks(*given_rows)), None if resolved is None else at(resolved)) == found
