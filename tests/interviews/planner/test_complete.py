"""Problems in which a complete schedule is hidden, with nothing to spare: every interview that could be is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postmortems.interviews.planner.soak import parse_problem, plan
from tests.interviews.planner.naive import Naive, at
from tests.interviews.planner.problems import (
    ALL_DAY,
    MONDAY,
    always,
    around,
    iso,
    make_dense,
    make_interviewer,
    make_person,
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "interviewers", "days", "a_day", "waiting"),
    [(40, 5, 4, 3, 0.3), (60, 8, 5, 6, 0.2), (45, 6, 3, 9, 0)],
)
def test_everybody_is_placed_where_everybody_can_be(people, interviewers, days, a_day, waiting):
    problem = make_dense(1, people, interviewers, days, a_day, waiting)
    found = plan(parse_problem(problem), time_limit=5).as_json()
    assert found["unplaced"] == []
    assert Naive(problem).broken(found) == []


@pytest.mark.slow
def test_two_hundred_people_fill_all_that_twenty_interviewers_have():
    problem = make_dense(7, 200, 20, 10, 3, 0.1)
    found = plan(parse_problem(problem), time_limit=30).as_json()
    assert found["complete"]
    assert Naive(problem).broken(found) == []


def test_a_day_is_rearranged_for_one_more():
    """Sixteen fit only if every day begins at its first minute, with nothing between the breaks."""
    people = [
        make_person(f"p{number:02}", hours=ALL_DAY, busy=around([(MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=13))], 1))
        for number in range(16)
    ]  # fmt: skip
    hosts = [
        make_interviewer(f"i{number}", hours=always(("09:15", "13:00")), daily_limit=4) for number in range(4)
    ]
    problem = {
        "now": iso(MONDAY), "resolved_at": iso(MONDAY - timedelta(days=1)), "fade_hours": 48, "slot_minutes": 5,
        "people": people, "interviewers": hosts,
    }  # fmt: skip
    found = plan(parse_problem(problem)).as_json()
    assert found["complete"]
    assert {at(one["start"]).minute for one in found["interviews"]} == {15}
