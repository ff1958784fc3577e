"""One interview against all rules: what the board tells agrees with what the planner does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.calendars.hours import parse_hours
from postmortems.interviews.planner.problem import Interviewer, Person, Problem
from postmortems.interviews.planner.soak import plan
from postmortems.interviews.scheduling.bounds import FIRM, RULES, Bounds, Standing
from postmortems.interviews.scheduling.sayings import Sayings

LISBON, KATHMANDU = ZoneInfo("Europe/Lisbon"), ZoneInfo("Asia/Kathmandu")
RESOLVED = datetime(2026, 3, 26, 3, 40, tzinfo=UTC)  # a Thursday
HOURS = parse_hours(
    {day: [["09:00", "12:30"], ["13:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
)
NAMES = {"ben": "Ben", "mara": "Mara", "ana": "Ana", "kim": "Kim"}


def person(id: str = "ben", **fields) -> Person:
    return Person(**({"id": id, "zone": LISBON, "hours": HOURS} | fields))


def host(id: str = "mara", **fields) -> Interviewer:
    return Interviewer(**({"id": id, "zone": LISBON, "hours": HOURS} | fields))


def problem(people=None, hosts=None, **fields) -> Problem:
    given = {"now": RESOLVED + timedelta(hours=2), "resolved_at": RESOLVED}
    return Problem(
        people=tuple(people or [person()]), interviewers=tuple(hosts or [host()]), **(given | fields)
    )


def lisbon(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    month = 3 if day > 25 else 4
    return datetime(2026, month, day, hour, minute, tzinfo=LISBON).astimezone(UTC)


def said(given: Problem, start: datetime, others=(), who="ben") -> str | None:
    bounds = Bounds(given, others, [start])
    broken = bounds.broken(who, "mara", start)
    one = bounds.people[who]
    return (
        Sayings(given, NAMES, list(others)).say(broken[0], one, bounds.interviewers["mara"], start)
        if broken
        else None
    )


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        (lisbon(27, "10:15"), None),
        (lisbon(27, "17:00"), "Ben’s working hours end at 17:30 in Lisbon."),
        (lisbon(27, "08:30"), "Ben’s working hours begin at 09:00 in Lisbon."),
        (lisbon(27, "12:00"), "Ben is not at work from 12:30 to 13:30 in Lisbon."),
        (lisbon(28, "10:00"), "Ben does not work on Saturdays."),
        (lisbon(26, "10:00"), "People rest until Fri 27 March, 03:40 in Lisbon."),
        (lisbon(26, "04:00"), "That time has passed."),
        (lisbon(2, "10:00"), "Interviews end by Thu 2 April, 04:40 in Lisbon, before memory fades."),
    ],
)
def test_the_rule_that_binds_is_one_plain_sentence(start, sentence):
    assert said(problem(), start) == sentence


def test_what_binds_comes_from_either_side():
    assert (
        said(problem([person(holidays=frozenset({date(2026, 3, 27)}))]), lisbon(27, "10:00"))
        == "Ben is off on Fri 27 March."
    )
    busy = ((lisbon(27, "10:30"), lisbon(27, "11:30")),)
    assert said(problem([person(busy=busy)]), lisbon(27, "10:00")) == "Ben has something else then."
    assert said(problem(hosts=[host(busy=busy)]), lisbon(27, "10:00")) == "Mara has something else then."
    far = host(zone=KATHMANDU)
    assert (
        said(problem(hosts=[far]), lisbon(27, "15:00")) == "Mara’s working hours end at 17:30 in Kathmandu."
    )
    night = ((RESOLVED - timedelta(hours=5), RESOLVED),)
    late = problem([person(worked=night)], soak=timedelta(0), now=RESOLVED)
    assert (
        said(late, lisbon(26, "11:00"))
        == "Ben worked outside their hours and rests until Thu 26 March, 14:40 in Lisbon."
    )


def test_interviews_that_stand_are_told_by_name():
    ana = Standing("ana", "mara", lisbon(27, "10:00"), lisbon(27, "10:45"))
    assert (
        said(problem(), lisbon(27, "10:15"), [ana])
        == "Mara has an interview with Ana from 10:00 to 10:45 in Lisbon."
    )
    assert said(problem(), lisbon(27, "10:45"), [ana]).endswith(
        "10:45 in Lisbon, and a break belongs between."
    )
    assert said(problem(), lisbon(27, "11:00"), [ana]) is None
    stranger = Standing("p99", "mara", lisbon(27, "10:00"), lisbon(27, "10:45"))
    assert (
        said(problem(), lisbon(27, "10:15"), [stranger])
        == "Mara has an interview from 10:00 to 10:45 in Lisbon."
    )


def test_what_people_do_for_another_incident_stays_there():
    elsewhere = Standing("ana", "mara", lisbon(27, "10:00"), lisbon(27, "10:45"), elsewhere=True)
    assert (
        said(problem(), lisbon(27, "10:15"), [elsewhere])
        == "Mara has an interview from 10:00 to 10:45 in Lisbon."
    )
    waits = problem([person(after=("ana",)), person("ana")])
    assert said(waits, lisbon(27, "09:00"), [elsewhere]) is None


def test_limits_order_and_pairs():
    three = [
        Standing(f"x{n}", "mara", at, at + timedelta(minutes=45))
        for n, at in enumerate(lisbon(27, c) for c in ("09:00", "10:00", "14:00"))
    ]
    assert said(problem(), lisbon(27, "16:00"), three) == "Mara has 3 interviews on that day already."
    assert (
        said(problem(hosts=[host(not_with=frozenset({"ben"}))]), lisbon(27, "10:00"))
        == "Mara and Ben are not to talk with each other."
    )
    ana = Standing("ana", "kim", lisbon(27, "14:00"), lisbon(27, "14:45"))
    assert (
        said(problem([person(after=("ana",)), person("ana")]), lisbon(27, "10:00"), [ana])
        == "Ana is asked first, until Fri 27 March, 14:45 in Lisbon."
    )
    assert (
        said(problem([person(), person("ana", after=("ben",))]), lisbon(27, "16:00"), [ana])
        == "Ana is asked afterwards, at Fri 27 March, 14:00 in Lisbon."
    )


def test_runs_cover_every_start_once_with_the_rule_that_binds():
    bounds = Bounds(problem(), [])
    runs = bounds.runs("ben", "mara")
    assert [run.first for run in runs] == [0, *(run.last + 1 for run in runs[:-1])]
    assert runs[-1].last == len(bounds.starts) - 1
    for run in runs:
        for slot in (run.first, run.last):
            broken = bounds.broken("ben", "mara", bounds.starts[slot])
            assert (broken[0] if broken else None) == run.rule


times = st.integers(0, 7 * 96).map(lambda n: RESOLVED.replace(minute=0) + timedelta(minutes=15 * n))
stretches = st.lists(
    st.tuples(times, st.integers(1, 12)).map(lambda p: (p[0], p[0] + timedelta(minutes=15 * p[1]))),
    max_size=3,
).map(tuple)
zones = st.sampled_from([LISBON, KATHMANDU, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Vancouver")])
persons = st.builds(
    person,
    zone=zones,
    busy=stretches,
    worked=stretches,
    holidays=st.frozensets(st.dates(date(2026, 3, 26), date(2026, 4, 3)), max_size=2),
)
hosts = st.builds(host, zone=zones, busy=stretches, daily_limit=st.integers(0, 2), responded=st.booleans())


@settings(max_examples=50, deadline=None)
@given(persons, hosts, st.integers(0, 48), st.integers(24, 168))
def test_the_first_start_that_fits_is_the_one_the_planner_takes(one, asks, soak, fade):
    given_problem = problem([one], [asks], soak=timedelta(hours=soak), fade=timedelta(hours=fade))
    answer = plan(given_problem)
    fits = Bounds(given_problem, []).fitting("ben", "mara")
    assert [placed.start for placed in answer.interviews] == fits[:1]


@settings(max_examples=50, deadline=None)
@given(persons, hosts, st.integers(0, 48), st.integers(24, 120))
def test_what_the_planner_says_binds_gives_a_seat_that_breaks_nothing_else(one, asks, soak, fade):
    given_problem = problem([one], [asks], soak=timedelta(hours=soak), fade=timedelta(hours=fade))
    for unplaced in plan(given_problem).unplaced:
        if unplaced.constraint and unplaced.constraint != "fade":
            seat = Bounds(given_problem, []).seat("ben", unplaced.constraint)
            assert seat, unplaced
            assert seat.rules
            words = Sayings(given_problem, NAMES, [])
            assert all(words.say(rule, one, asks, seat.start).endswith(".") for rule in seat.rules)


def test_every_rule_has_words_of_its_own():
    words = Sayings(problem([person(worked=((RESOLVED - timedelta(hours=5), RESOLVED),))]), NAMES, [])
    ben = words.problem.people[0]
    told = {rule: words.say(rule, ben, host(), lisbon(27, "23:00")) for rule in RULES}
    assert len(set(told.values())) == len(RULES) - (told["hours"] == told["host_hours"])
    assert set(RULES) >= FIRM
