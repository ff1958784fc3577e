"""The bank of questions keeps its own rules."""

from __future__ import annotations

import pytest

from postmortems.interviews.listening.bank import bank
from postmortems.interviews.listening.linter import check

QUESTIONS = [question for group in bank().everything for question in group.questions]


def test_it_has_enough_for_every_part_of_a_conversation():
    assert len(bank().groups) == 10
    assert [phase.key for phase in bank().phases] == [
        "phase-warm-up", "phase-specifics", "phase-context", "phase-surprise", "phase-close",
    ]  # fmt: skip
    assert len(bank().said) == 8
    assert 60 <= len(QUESTIONS) <= 140
    assert len({question.ask for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_every_question_opens_a_story_and_says_when_it_serves(question):
    assert check(question.ask).is_open
    assert len(question.ask) <= 120
    assert question.when
    assert question.presumes_not
    words = question.ask.lower()
    assert question.form == "tell" or question.form in words
    assert bank().question(question.key) == question


def test_every_family_is_a_group_and_every_signal_has_a_question_that_opens():
    for said in bank().said:
        assert bank().group(said.family)
        assert len(bank().after(said)) >= 4
    for signal in bank().signals:
        assert signal.words
        assert check(signal.ask).is_open
