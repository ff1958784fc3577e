"""The agenda's minutes add up, most of them belong to the line, and what people edit is read back as they left it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postmortems.meetings import agenda
from postmortems.meetings.agenda import Material, Point, Stop

FULL = Material(
    stops=(
        Stop("Detect, from 18:02", ("18:02 the lag alert fired", "18:09 the page was answered")),
        Stop("Diagnose, from 18:09", tuple(f"18:{n} moment {n}" for n in range(10, 18))),
    ),
    themes=("C1 Retries had no budget", "C2 The dashboard averaged over all shops"),
    questions=("What did the dashboard show between 18:20 and 18:41?",),
    done=("R1 Bound retries with a budget (accepted)",),
    parked=("Serve bookings from the primary",),
)
words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)
lines = st.lists(words, max_size=20).map(tuple)
materials = st.builds(
    Material,
    stops=st.lists(st.builds(Stop, words, lines), max_size=6).map(tuple),
    themes=lines, questions=lines, done=lines, parked=lines,
)  # fmt: skip


@given(st.integers(0, 500), st.lists(st.integers(0, 60), min_size=1, max_size=20))
def test_shares_add_up_and_keep_the_order_of_their_weights(total, weights):
    shares = agenda.shared_out(total, weights)
    assert sum(shares) == total
    for one, two in itertools.combinations(range(len(weights)), 2):
        if weights[one] > weights[two]:
            assert shares[one] >= shares[two]
    if total >= len(weights):
        assert min(shares) >= 1


@given(materials, st.integers(agenda.SHORTEST, agenda.LONGEST))
def test_an_agenda_takes_as_long_as_its_meeting(material, minutes):
    points = agenda.draft(material, minutes)
    assert agenda.total(points) == minutes
    assert agenda.total(agenda.read(agenda.write(points))) == minutes


def test_the_line_gets_35_to_40_minutes_of_an_hour_and_is_asked_about_before_it_is_left():
    points = agenda.draft(FULL, 60)
    titles = [point.title for point in points]
    assert titles == [
        "Opening and ground rules", "Walk along the line", "What is missing, or went differently for you?",
        "Themes and open questions", "Done so far", "Parking lot for remedies", "Next steps and the survey",
    ]  # fmt: skip
    assert 35 <= points[1].minutes + points[2].minutes <= 40


def test_what_it_is_made_from_is_in_it():
    text = agenda.write(agenda.draft(FULL, 60))
    for said in (
        "18:09 the page was answered", "C1 Retries had no budget", "between 18:20 and 18:41", "R1 Bound retries",
        "Serve bookings from the primary",
    ):  # fmt: skip
        assert said in text


def test_phases_share_the_walk_by_how_much_there_is_to_tell():
    walk = agenda.draft(FULL, 60)[1]
    assert "### Detect, from 18:02 (about 7 min)" in walk.body
    assert "### Diagnose, from 18:09 (about 26 min)" in walk.body


def test_a_review_with_nothing_yet_has_an_agenda_too():
    points = agenda.draft(Material(), 30)
    assert "forward in time" in points[1].body
    assert agenda.total(points) == 30


def test_a_long_list_is_cut_and_says_so():
    points = agenda.draft(Material(themes=tuple(f"C{n}" for n in range(40))), 60)
    assert "… and 28 more" in points[3].body


@given(materials)
def test_points_are_read_back_as_they_were_written(material):
    points = agenda.draft(material, 60)
    assert agenda.read(agenda.write(points)) == points


def test_what_people_make_of_it_is_read_as_they_mean_it():
    text = "Hello all\n\n## Welcome (5 minutes)\nshort\n### not a point (9 min)\n##Line [ 30 min ]\n## Without a time\n\n```\n## in code (7 min)\n```\n"
    assert agenda.read(text) == [
        Point("", 0, "Hello all"),
        Point("Welcome", 5, "short\n### not a point (9 min)"),
        Point("Line", 30, ""),
        Point("Without a time", 0, "```\n## in code (7 min)\n```"),
    ]
    assert agenda.read("") == []


def test_each_point_has_its_clock():
    at = datetime(2026, 3, 20, 14, tzinfo=UTC)
    rows = agenda.timed([Point("a", 5), Point("b"), Point("c", 10)], at)
    assert [(row.begins - at, row.ends - at) for row in rows] == [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(minutes=5), timedelta(minutes=15)),
    ]
