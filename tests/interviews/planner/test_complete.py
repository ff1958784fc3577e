"""Problems in which a complete schedule is hidden, with nothing to spare: every interview that could be is needed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from postmortems.interviews.planner.soak import parse_problem, plan
from tests.interviews.planner.naive import Naive, at
from tests.interviews.planner.problems import always, iso, make_interviewer, make_person

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
ALL_DAY = always(("00:00", "24:00"))


def make_dense(seed: int, people: int, interviewers: int, days: int, a_day: int, waiting: float = 0) -> dict:
    """Interviewers are free for exactly `a_day` interviews back to back on some days, as many as there are people.

    Everybody has time for their own interview and for a fifth of everything else; some wait for others.
    """
    draw = random.Random(seed)
    mornings = draw.sample(
        [(host, day) for host in range(interviewers) for day in range(days)], -(-people // a_day)
    )
    free: list[list] = [[] for _ in range(interviewers)]
    seats = []
    for number, (host, day) in enumerate(mornings):
        begin = MONDAY + timedelta(days=day, hours=draw.randint(8, 11), minutes=draw.choice([0, 15, 30, 45]))
        count = min(a_day, people - number * a_day)
        seats += [begin + timedelta(hours=hour) for hour in range(count)]
        free[host].append((begin, begin + timedelta(hours=count, minutes=-15)))
    draw.shuffle(seats)
    guests = []
    for number, seat in enumerate(seats):
        own = [(seat, seat + timedelta(minutes=45))]
        for _ in range(days):
            begin = MONDAY + timedelta(days=draw.randrange(days), hours=draw.randint(7, 15))
            own.append((begin, begin + timedelta(minutes=15 * draw.randint(3, 12))))
        earlier = [f"p{one:03}" for one in range(number) if seats[one] + timedelta(hours=1) <= seat]
        waits = earlier and draw.random() < waiting
        guests.append(
            make_person(
                f"p{number:03}", hours=ALL_DAY, busy=around(own, days), rank=draw.randint(1, 3),
                after=draw.sample(earlier, 1) if waits else [],
            )
        )  # fmt: skip
    hosts = [
        make_interviewer(f"i{number:02}", hours=ALL_DAY, busy=around(own, days), daily_limit=a_day)
        for number, own in enumerate(free)
    ]
    draw.shuffle(guests)
    return {
        "now": iso(MONDAY), "resolved_at": iso(MONDAY - timedelta(days=1)), "fade_hours": 24 * (days + 1),
        "people": guests, "interviewers": hosts,
    }  # fmt: skip


def around(free: list[tuple[datetime, datetime]], days: int) -> list[list[str]]:
    """Appointments at all other times."""
    busy, since = [], MONDAY
    for begin, end in sorted(free):
        if since < begin:
            busy.append([iso(since), iso(begin)])
        since = max(since, end)
    return [*busy, [iso(since), iso(MONDAY + timedelta(days=days))]]


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
