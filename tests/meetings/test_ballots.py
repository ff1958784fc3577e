"""Answers lose their order, their length and their company; fewer than five say nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from postmortems.meetings.surveying import ballots
from postmortems.meetings.surveying.ballots import LEAST, PAGE, Ballot


def choices(key: str):
    question = next(question for question in ballots.QUESTIONS if question.key == key)
    return st.sampled_from(["", *dict(question.choices)])


answers = st.builds(
    Ballot, choices("learned"), choices("again"), choices("safe"),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=60),
)  # fmt: skip


def boxed(inside, seed: int = 0) -> str:
    box = ""
    for one in inside:
        box = ballots.dropped_in(box, one, Random(seed))
    return box


@given(st.lists(answers, max_size=12), st.integers())
def test_nothing_gets_lost_in_the_box(inside, seed):
    assert Counter(ballots.opened(boxed(inside, seed))) == Counter(inside)


@given(st.lists(answers, min_size=1, max_size=12))
def test_the_box_does_not_tell_how_much_was_written(inside):
    assert len(boxed(inside)) % PAGE == 0


def test_the_box_does_not_tell_who_came_first():
    first = [ballots.opened(boxed([Ballot(better=f"{n}") for n in range(8)], seed))[0] for seed in range(60)]
    assert len(set(first)) > 4


@given(st.lists(answers, max_size=LEAST - 1))
def test_fewer_than_five_answers_say_nothing(inside):
    assert ballots.result(inside, Random(0)) is None


@given(st.lists(answers, min_size=LEAST, max_size=20), st.integers())
def test_answers_are_counted_question_by_question(inside, seed):
    found = ballots.result(inside, Random(seed))
    assert found.answers == len(inside)
    assert Counter(found.better) == Counter(one.better for one in inside if one.better)
    for counted in found.questions:
        assert counted.answers == sum(bool(getattr(one, counted.key)) for one in inside)
    assert ballots.from_json(ballots.as_json(found)) == found


def test_a_share_is_known_when_five_people_answered_that_question():
    five = [Ballot(learned="yes")] * 3 + [Ballot(learned="no")] * 2
    assert ballots.share(ballots.result(five, Random(0)), "learned") == 0.6
    assert ballots.share(ballots.result([*five[1:], Ballot()], Random(0)), "learned") is None
    assert ballots.share(None, "learned") is None


def test_what_a_form_sends_is_cut_to_what_was_asked():
    given = {
        "learned": "yes",
        "again": "' or 1=1",
        "better": "one\x00 \n two" + "x" * 600,
        "name": "Ian",
    }
    found = ballots.ballot(given)
    assert (found.learned, found.again, found.safe) == ("yes", "", "")
    assert found.better.startswith("one two")
    assert len(found.better) == ballots.LONGEST
    assert ballots.ballot({}).is_empty


def test_an_answer_has_no_place_for_a_person_or_a_moment():
    assert [field.name for field in fields(Ballot)] == ["learned", "again", "safe", "better"]
