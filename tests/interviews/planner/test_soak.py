"""The planner against a planner that tries everything; then each rule and each wish on its own."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortems.interviews.planner.soak import parse_problem, plan
from tests.interviews.planner.naive import Naive, at
from tests.interviews.planner.problems import (
    always,
    make_interviewer,
    make_large,
    make_person,
    make_problem,
    small_problems,
)


def patiently(examples: int):
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def answer(problem: dict, **given) -> dict:
    return plan(parse_problem(problem), **given).as_json()


def starts(problem: dict) -> dict[str, str]:
    """When each person starts, as HH:MM in UTC on the first day and with the date on others."""
    return {one["person"]: one["start"][8:16] for one in answer(problem)["interviews"]}


def who(problem: dict) -> dict[str, str]:
    return {one["person"]: one["interviewer"] for one in answer(problem)["interviews"]}


@pytest.mark.slow
@patiently(60)
@given(small_problems())
def test_no_schedule_is_better(problem):
    naive, found = Naive(problem), answer(problem)
    assert found["proven"]
    assert naive.broken(found) == []
    assert naive.worth(naive.seated(found)) == naive.best()


@pytest.mark.slow
@patiently(30)
@given(small_problems())
def test_the_constraint_named_is_the_first_that_would_do(problem):
    naive, found = Naive(problem), answer(problem)
    people = {one["id"]: one for one in naive.people}
    for one in found["unplaced"]:
        constraint, start = naive.why(people[one["person"]], found, timedelta(days=3))
        if one["constraint"] == "fade" and constraint != "fade":
            continue  # the planner looks further ahead than this test has time for
        assert one["constraint"] == constraint
        assert (one["loosen"] is None) == (constraint is None)
        if constraint == "fade":
            end = (start + naive.length).isoformat().replace("+00:00", "Z")
            assert one["loosen"].startswith(f"interviews until {end} instead of ")
        if constraint in ("soak", "rest"):
            assert start.isoformat().replace("+00:00", "Z") in one["loosen"]


@pytest.mark.slow
@patiently(25)
@given(small_problems(people=5, interviewers=3), st.randoms(use_true_random=False))
def test_the_same_problem_has_the_same_answer_in_any_order(problem, random):
    again = deepcopy(problem)
    random.shuffle(again["people"])
    random.shuffle(again["interviewers"])
    assert answer(problem) == answer(problem) == answer(again)


@pytest.mark.slow
@patiently(25)
@given(small_problems())
def test_a_longer_fade_as_told_places_the_person(problem):
    found = answer(problem)
    for one in found["unplaced"]:
        if one["constraint"] == "fade":
            until = at(one["loosen"].split()[2])
            hours = (until - at(problem["resolved_at"])) / timedelta(hours=1)
            loosened = answer(problem | {"fade_hours": hours})
            assert len(loosened["interviews"]) > len(found["interviews"])


# Rule by rule


def test_nobody_is_talked_to_before_the_soak_is_over_or_after_the_fade():
    problem = make_problem([make_person("ana")], [make_interviewer("mara")], soak_hours=26.25)
    assert starts(problem) == {"ana": "02T10:15"}
    assert starts(problem | {"fade_hours": 27}) == {"ana": "02T10:15"}
    late = answer(problem | {"fade_hours": 26.9})
    assert late["unplaced"] == [
        {
            "person": "ana",
            "constraint": "fade",
            "loosen": "interviews until 2026-06-02T11:00:00Z instead of 2026-06-02T10:54:00Z",
        }
    ]


def test_the_past_is_over():
    problem = make_problem([make_person("ana")], [make_interviewer("mara")], now="2026-06-02T12:00:01Z")
    assert starts(problem) == {"ana": "02T12:15"}


@pytest.mark.parametrize(
    ("slot", "first", "second"),
    [(15, "02T09:00", "02T10:00"), (25, "02T09:00", "02T10:00"), (40, "02T09:00", "02T10:00"), (7, "02T09:00", "02T10:00"), (120, "02T09:00", "02T10:00")],
)  # fmt: skip
def test_slots_are_counted_from_the_full_hour(slot, first, second):
    problem = make_problem(
        [make_person("ana"), make_person("ben")], [make_interviewer("mara")], slot_minutes=slot
    )
    assert starts(problem) == {"ana": first, "ben": second}


def test_slots_are_those_of_utc_even_in_kathmandu():
    person = make_person("ana", zone="Asia/Kathmandu", hours=always(("15:00", "17:00")))
    problem = make_problem([person], [make_interviewer("mara")], slot_minutes=30)
    (interview,) = answer(problem)["interviews"]
    assert interview["start"] == "2026-06-02T09:30:00Z"
    assert interview["person_local"] == "2026-06-02T15:15:00+05:45"


def test_an_interview_lies_within_one_interval_even_when_the_next_one_touches_it():
    person = make_person("ana", hours=always(("09:00", "09:30"), ("09:30", "10:15"), ("16:00", "24:00")))
    assert starts(make_problem([person], [make_interviewer("mara")])) == {"ana": "02T09:30"}


def test_a_day_may_end_at_midnight():
    both = {"hours": always(("23:15", "24:00"))}
    assert starts(make_problem([make_person("ana", **both)], [make_interviewer("mara", **both)])) == {
        "ana": "02T23:15"
    }


def test_holidays_are_days_off_for_either():
    off = {"holidays": ["2026-06-02"]}
    assert starts(make_problem([make_person("ana", **off)], [make_interviewer("mara")])) == {
        "ana": "03T09:00"
    }
    assert starts(make_problem([make_person("ana")], [make_interviewer("mara", **off)])) == {
        "ana": "03T09:00"
    }


def test_back_to_back_with_an_appointment_is_allowed():
    busy = [
        ["2026-06-02T08:00:00Z", "2026-06-02T09:45:00Z"],
        ["2026-06-02T10:30:00Z", "2026-06-02T18:00:00Z"],
    ]
    assert starts(make_problem([make_person("ana", busy=busy)], [make_interviewer("mara")])) == {
        "ana": "02T09:45"
    }


def test_eleven_hours_of_rest_follow_work_outside_hours():
    evening = make_person("ana", worked=[["2026-06-01T19:00:00Z", "2026-06-01T21:59:00Z"]])
    assert starts(make_problem([evening], [make_interviewer("mara")])) == {"ana": "02T09:00"}
    late = make_person("ana", worked=[["2026-06-01T19:00:00Z", "2026-06-01T22:00:00Z"]])
    assert starts(make_problem([late], [make_interviewer("mara")])) == {"ana": "02T09:00"}
    night = make_person("ana", worked=[["2026-06-01T23:00:00Z", "2026-06-02T00:10:00Z"]])
    assert starts(make_problem([night], [make_interviewer("mara")])) == {"ana": "02T12:00"}
    long = make_person("ana", worked=[["2026-06-01T23:00:00Z", "2026-06-02T02:10:00Z"]])
    assert starts(make_problem([long], [make_interviewer("mara")])) == {"ana": "02T13:15"}


def test_work_inside_hours_needs_no_rest_but_on_a_holiday_it_does():
    problem = make_problem([], [make_interviewer("mara", hours=always(("00:00", "24:00")))])
    day = {"hours": always(("00:00", "12:00"), ("12:00", "24:00"))}
    worked = {"worked": [["2026-06-01T10:00:00Z", "2026-06-02T07:00:00Z"]]}
    assert starts(problem | {"people": [make_person("ana", **day, **worked)]}) == {"ana": "02T08:00"}
    off = {"holidays": ["2026-06-01"]}
    assert starts(problem | {"people": [make_person("ana", **day, **worked, **off)]}) == {"ana": "02T18:00"}


def test_nobody_talks_to_themselves_or_to_somebody_they_should_not():
    problem = make_problem(
        [make_person("ana"), make_person("ben")],
        [make_interviewer("ana"), make_interviewer("ben", not_with=["cleo"]), make_interviewer("cleo")],
    )
    # Each would be the smallest for themselves; at nine they sit together, so ten o'clock is for the other one.
    assert who(problem) == {"ana": "ben", "ben": "ana"}
    assert starts(problem) == {"ana": "02T09:00", "ben": "02T10:00"}
    alone = make_problem([make_person("ana")], [make_interviewer("mara", not_with=["ana"])])
    assert answer(alone)["unplaced"][0]["constraint"] == "not_with"


def test_an_interviewer_has_a_break_and_a_daily_limit_on_their_own_calendar():
    people = [make_person(f"p{number}") for number in range(5)]
    problem = make_problem(people, [make_interviewer("mara", daily_limit=2)], break_minutes=20)
    assert list(starts(problem).values()) == ["02T09:00", "02T10:15", "03T09:00", "03T10:15", "04T09:00"]
    # 14:00 UTC is midnight in Brisbane: the afternoon belongs to the next day there.
    brisbane = make_interviewer(
        "mara", zone="Australia/Brisbane", daily_limit=1, hours=always(("00:00", "24:00"))
    )
    assert list(starts(make_problem(people[:2], [brisbane])).values()) == ["02T09:00", "02T14:00"]


def test_a_person_who_also_asks_is_in_one_place_at_a_time():
    problem = make_problem(
        [make_person("ana"), make_person("ben", hours=always(("09:00", "09:45")))],
        [make_interviewer("ana"), make_interviewer("mara", daily_limit=1, not_with=["ben"])],
    )
    # At nine Ana could be asked by Mara or ask Ben, not both; Ben has the next morning as well.
    assert starts(problem) == {"ana": "02T09:00", "ben": "03T09:00"}
    assert starts(problem | {"fade_hours": 34}) == {"ana": "02T10:00", "ben": "02T09:00"}


def test_people_come_after_those_they_wait_for():
    problem = make_problem(
        [make_person("ana", after=["ben"]), make_person("ben", after=["cleo"], rank=3), make_person("cleo", rank=9)],
        [make_interviewer("mara"), make_interviewer("noor")],
    )  # fmt: skip
    assert starts(problem) == {"cleo": "02T09:00", "ben": "02T10:00", "ana": "02T11:00"}
    problem["people"][2]["hours"] = {}
    found = answer(problem)
    assert [(one["person"], one["constraint"]) for one in found["unplaced"]] == [
        ("ana", "after"), ("ben", "after"), ("cleo", "hours"),
    ]  # fmt: skip


# Which schedule


def test_most_people_come_first():
    """Ana would be earlier at nine; but then Ben, who has no other time, would have none."""
    problem = make_problem(
        [make_person("ana"), make_person("ben", rank=2, hours=always(("09:00", "09:45")))],
        [make_interviewer("mara")],
        fade_hours=33,
    )
    assert starts(problem) == {"ana": "02T10:00", "ben": "02T09:00"}


def test_those_who_responded_ask_only_when_nobody_else_can():
    people = [make_person("ana"), make_person("ben")]
    hosts = [make_interviewer("a", responded=True), make_interviewer("b", daily_limit=1)]
    assert who(make_problem(people, hosts)) == {"ana": "b", "ben": "b"}
    assert who(make_problem(people, hosts, fade_hours=40)) == {"ana": "a", "ben": "b"}


def test_rank_decides_then_id_then_the_smaller_interviewer():
    people = [make_person("ana", rank=2), make_person("ben"), make_person("cleo")]
    hosts = [make_interviewer("b"), make_interviewer("a")]
    problem = make_problem(people, hosts)
    assert starts(problem) == {"ben": "02T09:00", "cleo": "02T09:00", "ana": "02T10:00"}
    assert who(problem) == {"ben": "a", "cleo": "b", "ana": "a"}


# What is told


def test_the_deadline_is_reported_and_binds_nothing():
    people = [make_person("ana"), make_person("ben")]
    problem = make_problem(people, [make_interviewer("mara")], deadline="2026-06-02T10:44:59Z")
    assert answer(problem)["deadline"] == {"met": False, "last_end": "2026-06-02T10:45:00Z", "late": ["ben"]}
    problem["deadline"] = "2026-06-02T10:45:00Z"
    assert answer(problem)["deadline"] == {"met": True, "last_end": "2026-06-02T10:45:00Z", "late": []}
    del problem["deadline"]
    assert answer(problem)["deadline"]["met"]


@pytest.mark.parametrize(
    ("change", "constraint", "words"),
    [
        ({"hours": {}}, "hours", "45 minutes of ana outside their hours"),
        ({"zone": "Pacific/Auckland", "hours": always(("08:00", "12:00"))}, "hours", "45 minutes of"),
        ({"busy": [["2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z"]]}, "busy", "45 minutes of ana taken"),
        ({"worked": [["2028-01-01T00:00:00Z", "2028-01-01T04:00:00Z"]]}, "rest", "instead of from 2028-01-01T15:00:00Z on"),
    ],
)  # fmt: skip
def test_what_would_have_to_give(change, constraint, words):
    (one,) = answer(make_problem([make_person("ana", **change)], [make_interviewer("mara")]))["unplaced"]
    assert one["constraint"] == constraint
    assert words in one["loosen"]


def test_a_limit_of_none_can_be_raised():
    (one,) = answer(make_problem([make_person("ana")], [make_interviewer("mara", daily_limit=0)]))["unplaced"]
    assert one["constraint"] == "daily_limit"
    assert one["loosen"] == "1 instead of 0 interviews by mara on 2026-06-02"


def test_two_obstacles_are_no_single_one():
    host = make_interviewer("mara", daily_limit=0, not_with=["ana"])
    (one,) = answer(make_problem([make_person("ana")], [host]))["unplaced"]
    assert one == {"person": "ana", "constraint": None, "loosen": None}


def test_a_shorter_soak_never_leads_into_the_incident():
    """Ana's only time is before the incident was over: no soak at all would not help."""
    busy = [["2026-06-01T08:15:00Z", "2028-01-01T00:00:00Z"]]
    early = make_person("ana", hours={"mon": [["06:00", "08:15"]]}, holidays=["2026-06-08"], busy=busy)
    host = make_interviewer("mara", hours={"mon": [["06:00", "08:15"]]})
    problem = make_problem([early], [host], now="2026-06-01T05:00:00Z", interview_minutes=30)
    (one,) = answer(problem)["unplaced"]
    assert one["constraint"] is None


def test_those_waited_for_are_told_in_order_of_their_ids():
    people = [
        make_person("ana", after=["cleo", "ben"]),
        make_person("ben", hours={}),
        make_person("cleo", hours={}),
    ]
    one = answer(make_problem(people, [make_interviewer("mara")]))["unplaced"][0]
    assert one == {"person": "ana", "constraint": "after", "loosen": "not waiting for ben and cleo"}


def test_a_chain_of_hundreds_is_no_trouble():
    people = [make_person(f"p{n:04}", after=[f"p{n - 1:04}"] if n else []) for n in range(1500)]
    found = answer(make_problem(people, [make_interviewer("mara", daily_limit=9)]), time_limit=0.5)
    assert [one["person"] for one in found["interviews"]] == [
        f"p{n:04}" for n in range(len(found["interviews"]))
    ]


def test_work_that_lasted_for_centuries_is_looked_at_at_once():
    ever = [["1900-01-01T00:00:00Z", "2026-06-01T00:00:00Z"]]
    for hours in ({"hours": always(("00:00", "12:00"), ("12:00", "24:00"))}, {}):
        assert starts(
            make_problem([make_person("ana", worked=ever, **hours)], [make_interviewer("mara")])
        ) == {"ana": "02T09:00"}


def test_nobody_to_talk_to_or_nobody_to_talk():
    assert answer(make_problem([], [make_interviewer("mara")]))["complete"]
    nobody = answer(make_problem([make_person("ana")], []))
    assert nobody["unplaced"] == [{"person": "ana", "constraint": None, "loosen": None}]
    assert nobody["proven"]


def test_an_answer_is_json():
    problem = make_problem([make_person("ana"), make_person("ben", hours={})], [make_interviewer("mara")])
    assert json.loads(json.dumps(answer(problem))) == answer(problem)


# Clocks that change


@pytest.mark.parametrize(
    ("zone", "resolved", "hours", "expected"),
    [
        # Berlin, 29 March: the clock goes from 02:00 to 03:00, which is 01:00 UTC.
        ("Europe/Berlin", "2026-03-28T00:00:00Z", ("01:30", "03:30"), None),
        ("Europe/Berlin", "2026-03-28T00:00:00Z", ("01:30", "03:15"), "2026-03-29T00:30:00Z"),
        ("Europe/Berlin", "2026-03-28T00:00:00Z", ("02:15", "03:45"), "2026-03-29T01:00:00Z"),
        # Berlin, 25 October: 02:00 to 03:00 comes twice, at 00:00 and at 01:00 UTC.
        ("Europe/Berlin", "2026-10-24T00:00:00Z", ("02:00", "03:00"), "2026-10-25T00:00:00Z"),
        # Lord Howe Island, 5 April: the clock goes back half an hour at 02:00, which is 15:00 UTC.
        ("Australia/Lord_Howe", "2026-04-03T14:00:00Z", ("01:30", "02:00"), "2026-04-04T14:30:00Z"),
    ],
)
def test_hours_follow_the_clock_on_the_wall(zone, resolved, hours, expected):
    everything = make_interviewer("mara", hours=always(("00:00", "24:00")))
    person = make_person("ana", zone=zone, hours={"sun": [list(hours)]})
    problem = make_problem([person], [everything], now=resolved, resolved_at=resolved, fade_hours=36 + 24)
    naive = Naive(problem)
    found = answer(problem)
    assert naive.worth(naive.seated(found)) == naive.best()
    if expected:
        assert found["interviews"][0]["start"] == expected


def test_a_date_to_which_the_clock_goes_back_is_one_date():
    """St. John's put its clock back at one past midnight until 2011, to the evening before."""
    everything = {"hours": always(("00:00", "24:00"))}
    problem = make_problem(
        [make_person(name, **everything) for name in ("ana", "ben", "cleo")],
        [make_interviewer("mara", zone="America/St_Johns", daily_limit=1, **everything)],
        now="2008-11-02T02:30:00Z", resolved_at="2008-11-01T02:30:00Z", interview_minutes=1, slot_minutes=30,
    )  # fmt: skip
    found = answer(problem)
    assert Naive(problem).broken(found) == []
    # At 02:30 UTC the second of November begins, at 03:00 it is the first once more, and from 03:30 the second.
    assert [one["start"][:16] for one in found["interviews"]] == [
        "2008-11-02T02:30", "2008-11-02T03:00", "2008-11-03T03:30",
    ]  # fmt: skip


# Size


@pytest.mark.slow
def test_a_dozen_people_and_four_interviewers_are_always_proven_and_quick():
    for seed in range(6):
        problem = make_large(seed, 12, 4, 2, slot_minutes=5)
        began = time.monotonic()
        found = answer(problem)
        assert found["proven"]
        assert time.monotonic() - began < 5
        assert found["complete"]
        assert Naive(problem).broken(found) == []


@pytest.mark.slow
def test_two_hundred_people_are_all_placed_within_the_limit_and_always_alike():
    problem = make_large(1, 200, 20, 10)
    began = time.monotonic()
    found = answer(problem, time_limit=20)
    assert time.monotonic() - began < 20
    assert found["complete"]
    assert Naive(problem).broken(found) == []
    assert answer(problem, time_limit=20) == found


@pytest.mark.slow
@patiently(15)
@given(st.integers(0, 10_000), st.integers(13, 30), st.integers(1, 6), st.integers(1, 3))
def test_beyond_the_exact_sizes_the_rules_hold_and_most_are_placed(seed, people, interviewers, days):
    problem = make_large(seed, min(people, 3 * interviewers * days), interviewers, days)
    found = answer(problem, time_limit=2)
    assert found["complete"]
    assert Naive(problem).broken(found) == []


def test_no_time_at_all_still_gives_an_answer_that_keeps_the_rules():
    problem = make_large(3, 14, 5, 1)
    found = answer(problem, time_limit=0)
    assert not found["proven"]
    assert len(found["interviews"]) > 10
    assert Naive(problem).broken(found) == []
