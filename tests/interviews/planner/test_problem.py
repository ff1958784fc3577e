"""A malformed problem is one sentence, and the command says it with exit status 2."""

from __future__ import annotations

import io
import json
import re
import sys
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.interviews.planner.soak import ProblemError, parse_problem, plan
from tests.interviews.planner.problems import make_interviewer, make_person, make_problem

ANA, MARA = make_person("ana"), make_interviewer("mara")


def refusal(problem: object) -> str:
    with pytest.raises(ProblemError) as caught:
        parse_problem(problem)
    return str(caught.value)


def test_what_is_missing_has_its_default():
    problem = parse_problem(make_problem([ANA], [MARA]))
    assert (problem.soak, problem.fade) == (timedelta(hours=24), timedelta(hours=168))
    assert (problem.interview_minutes, problem.break_minutes, problem.slot_minutes) == (45, 15, 15)
    assert problem.deadline is None
    (ana,), (mara,) = problem.people, problem.interviewers
    assert (ana.rank, ana.busy, ana.worked, ana.after, ana.holidays) == (1, (), (), (), frozenset())
    assert (mara.daily_limit, mara.responded, mara.not_with) == (3, False, frozenset())


def test_instants_keep_their_moment_whatever_their_offset():
    problem = parse_problem(make_problem([ANA], [MARA], now="2026-06-02T10:00:00+05:45"))
    assert problem.now == datetime(2026, 6, 2, 4, 15, tzinfo=UTC)


@pytest.mark.parametrize("name", ["now", "resolved_at", "people", "interviewers"])
def test_what_cannot_be_missing_at_the_top(name):
    problem = make_problem([ANA], [MARA])
    del problem[name]
    assert refusal(problem) == f"The problem lacks the key {name!r}."


@pytest.mark.parametrize("name", ["id", "zone", "hours"])
def test_what_cannot_be_missing_of_a_person(name):
    person = {key: value for key, value in ANA.items() if key != name}
    assert refusal(make_problem([person], [MARA])).endswith(f"lacks the key {name!r}.")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"nwo": 1}, "The problem has an unknown key 'nwo'."),
        ({"now": "2026-06-02T08:00:00"}, "The problem: 'now' must be a time with its offset or Z, not '2026-06-02T08:00:00'."),
        ({"now": "yesterday"}, "The problem: 'now' must be an ISO 8601 time, not 'yesterday'."),
        ({"now": 5}, "The problem: 'now' must be an ISO 8601 time, not 5."),
        ({"now": "0001-01-01T00:00:00+14:00"}, "The problem: 'now' must be between the years 1900 and 2900, not '0001-01-01T00:00:00+14:00'."),
        ({"deadline": "soon"}, "The problem: 'deadline' must be an ISO 8601 time, not 'soon'."),
        ({"soak_hours": -1}, "The problem: 'soak_hours' must be from 0 to 8784 hours."),
        ({"fade_hours": float("nan")}, "The problem: 'fade_hours' must be a number of hours."),
        ({"fade_hours": "168"}, "The problem: 'fade_hours' must be a number of hours."),
        ({"slot_minutes": 0}, "The problem: 'slot_minutes' must be at least 1."),
        ({"slot_minutes": 7.5}, "The problem: 'slot_minutes' must be a whole number."),
        ({"interview_minutes": True}, "The problem: 'interview_minutes' must be a whole number."),
        ({"interview_minutes": 1441}, "The problem: 'interview_minutes' must be at most 1440."),
        ({"break_minutes": None}, "The problem: 'break_minutes' must be a whole number."),
        ({"people": {}}, "The problem: 'people' must be a list."),
        ({"people": ["ana"]}, "Person 1 must be an object."),
        ({"people": [ANA, ANA]}, "Two people have the id 'ana'."),
        ({"interviewers": [MARA, MARA]}, "Two interviewers have the id 'mara'."),
    ],
)  # fmt: skip
def test_what_is_wrong_at_the_top(change, sentence):
    assert refusal(make_problem([ANA], [MARA]) | change) == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": ""}, "Person 1: 'id' must be a text that is not empty."),
        ({"id": 7}, "Person 1: 'id' must be a text that is not empty."),
        ({"zone": "Mars"}, "Person 'ana': 'Mars' is no time zone; use an IANA name such as Europe/Lisbon."),
        ({"zone": None}, "Person 'ana': 'zone' must be the name of a time zone."),
        ({"rank": "1"}, "Person 'ana': 'rank' must be a whole number."),
        ({"hours": {"Mon": []}}, "Person 'ana': 'Mon' is no day of the week; use mon, tue, wed, thu, fri, sat, sun."),
        ({"hours": {"mon": [["17:00", "09:00"]]}}, "Person 'ana': The hours of mon from 17:00 to 09:00 end before they begin; split an interval that passes midnight at 24:00."),
        ({"hours": {"mon": [["9", "17"]]}}, "Person 'ana': '9' is no time of day; write it as HH:MM, from 00:00 to 24:00."),
        ({"holidays": ["3 April"]}, "Person 'ana': 'holidays' must be a list of dates such as '2026-04-03'."),
        ({"busy": [["2026-06-02T10:00:00Z", "2026-06-02T09:00:00Z"]]}, "Person 'ana': an interval in 'busy' ends before it begins (2026-06-02T10:00:00Z to 2026-06-02T09:00:00Z)."),
        ({"worked": ["2026-06-02T10:00:00Z"]}, "Person 'ana': 'worked' must be a list of pairs of times."),
        ({"after": "ben"}, "Person 'ana': 'after' must be a list of ids."),
        ({"after": ["ben"]}, "Person 'ana' is to come after 'ben', who is not among the people."),
        ({"after": ["ana"]}, "The wishes in 'after' go round in a circle: 'ana' after 'ana'."),
        ({"daily_limit": 3}, "Person 'ana' has an unknown key 'daily_limit'."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_person(change, sentence):
    assert refusal(make_problem([ANA | change], [MARA])) == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"daily_limit": -1}, "Interviewer 'mara': 'daily_limit' must be at least 0."),
        ({"responded": 1}, "Interviewer 'mara': 'responded' must be true or false."),
        ({"not_with": [1]}, "Interviewer 'mara': 'not_with' must be a list of ids."),
        ({"rank": 1}, "Interviewer 'mara' has an unknown key 'rank'."),
    ],
)
def test_what_is_wrong_with_an_interviewer(change, sentence):
    assert refusal(make_problem([ANA], [MARA | change])) == sentence


def test_a_circle_is_told_link_by_link():
    people = [
        make_person("ana", after=["ben"]),
        make_person("ben", after=["cleo"]),
        make_person("cleo", after=["ben"]),
    ]
    assert refusal(make_problem(people, [MARA])) == (
        "The wishes in 'after' go round in a circle: 'ben' after 'cleo' after 'ben'."
    )


@pytest.mark.parametrize("problem", [None, [], "problem", 5])
def test_a_problem_is_an_object(problem):
    assert refusal(problem) == "The problem must be an object."


FULL = make_problem(
    [ANA | {"busy": [["2026-06-02T09:00:00Z", "2026-06-02T10:00:00Z"]], "worked": [], "after": ["ben"], "rank": 2},
     make_person("ben", holidays=["2026-06-03"])],
    [MARA | {"daily_limit": 2, "responded": True, "not_with": ["x"]}],
    deadline="2026-06-03T08:00:00Z",
)  # fmt: skip
ODD = st.sampled_from(
    [None, True, -1, 0, 2**70, 1.5, float("inf"), "", "x", [], [[]], [["a", "b"]], {}, {"mon": 1}]
)


@settings(deadline=None)
@given(st.data())
def test_anything_else_in_any_place_is_answered_or_refused_in_one_sentence(data):
    problem = deepcopy(FULL)
    place = problem
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(ODD)
    refused = ""
    try:
        plan(parse_problem(problem))
    except ProblemError as error:
        refused = str(error)
    assert refused == "" or refused.endswith(".")
    assert "\n" not in refused


# The command


def run(*args: str, given: str | None = None, monkeypatch=None) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    if given is not None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    try:
        call_command("plan_interviews", *args, stdout=out, stderr=err)
    except SystemExit as exit:
        return exit.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_prints_the_answer(tmp_path, monkeypatch):
    problem = make_problem([ANA], [MARA])
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problem))
    code, out, err = run(str(file))
    assert (code, err) == (0, "")
    assert json.loads(out) == plan(parse_problem(problem)).as_json()
    assert run("-", given=json.dumps(problem), monkeypatch=monkeypatch) == (0, out, "")
    assert run("--json", str(file)) == (0, out, "")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("{", "The problem is not JSON: "),
        ("[" * 100_000, "The problem is nested too deeply to be one."),
        ("{}", "The problem lacks the key"),
        ('{"now": 1, "now": 2}', "The key 'now' stands twice in one object."),
        ('{"soak_hours": NaN}', "The problem is not JSON: NaN is no number."),
        ('{"soak_hours": -Infinity}', "The problem is not JSON: -Infinity is no number."),
        ('{"soak_hours": ' + "9" * 5000 + "}", "A number of 5000 digits is too large"),
        ("", "The problem is not JSON: "),
    ],
)
def test_the_command_refuses_with_status_2(given, sentence, monkeypatch):
    code, out, err = run("-", given=given, monkeypatch=monkeypatch)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)
    assert len(err.strip().splitlines()) == 1


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_refused_in_one_sentence(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("any") / "problem.json"
    file.write_bytes(data)
    code, out, err = run(str(file))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_a_mark_at_the_beginning_is_no_mistake_and_other_encodings_are(tmp_path):
    file = tmp_path / "problem.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(make_problem([ANA], [MARA])).encode())
    assert run(str(file))[0] == 0
    file.write_bytes(b'{"now": "\xe9"}')
    assert run(str(file)) == (2, "", "The problem must be JSON in UTF-8.\n")


def test_what_is_long_or_deep_is_quoted_briefly():
    deep = "x"
    for _ in range(900):
        deep = [deep]
    for change in (
        {"id": "x" * 10**6, "after": ["y"]},
        {"zone": "Z" * 10**6},
        {"hours": {"mon": [[deep, "17:00"]]}},
    ):
        assert len(refusal(make_problem([ANA | change], [MARA]))) < 400
    assert len(refusal(make_problem([ANA], [MARA], now=deep))) < 200


@pytest.mark.parametrize("limit", ["nan", "-1", "soon", "inf"])
def test_a_time_limit_is_a_number_of_seconds(limit, tmp_path):
    with pytest.raises(CommandError):
        call_command("plan_interviews", str(tmp_path / "none.json"), f"--time-limit={limit}")


def test_a_file_that_is_not_there(tmp_path):
    code, _, err = run(str(tmp_path / "none.json"))
    assert code == 2
    assert "cannot be read: No such file or directory." in err


def test_the_guide_prints_the_answer_that_its_example_has():
    guide = (Path(__file__).resolve().parents[3] / "docs" / "interview-planner.md").read_text(
        encoding="utf-8"
    )
    problem, told = (json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", guide, re.M | re.S))
    assert plan(parse_problem(problem)).as_json() == told
