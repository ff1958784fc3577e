"""Questions that open a story pass; those that close it are told how, and get a form that passes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.listening import linter
from postmortems.interviews.listening.linter import BECAUSE, LONGEST, check
from tests.interviews.listening.corpus import BAD, OPEN

PEOPLE = ["Ian Kovač", "Mara"]
EVERYTHING = [*OPEN, *(text for _, text in BAD)]


def test_there_are_enough_of_both():
    assert len(OPEN) >= 90
    assert len(BAD) >= 150
    assert len(set(EVERYTHING)) >= len(EVERYTHING) - 2


@pytest.mark.parametrize("question", OPEN)
def test_a_question_that_opens_a_story_passes(question):
    assert check(question, PEOPLE).findings == ()


@pytest.mark.parametrize(("kind", "question"), BAD)
def test_a_question_that_closes_it_is_told_how(kind, question):
    verdict = check(question, PEOPLE)
    assert kind in {finding.kind for finding in verdict.findings}
    assert all(finding.because for finding in verdict.findings)


@pytest.mark.parametrize("question", [text for _, text in BAD])
def test_what_is_offered_instead_opens_a_story(question):
    instead = check(question, PEOPLE).instead
    assert check(instead, PEOPLE).is_open
    assert re.match(r"(?:What|How|Which|Where|When)\b", instead)
    assert instead.endswith("?")
    assert not re.search(r"\b(?:Ian|Mara|Kovač)\b", instead)  # nobody is named as the one who did it


@pytest.mark.parametrize(
    ("question", "instead"),
    [
        ("Why did you restart it?", "What did you see just before you restarted it?"),
        ("Why did you roll back the deploy?", "What did you see just before you rolled back the deploy?"),
        ("Why did you think it was DNS?", "What did you see that made it look as if it was DNS?"),
        ("Why didn't you check the logs first?", "What did you know about the logs at that moment?"),
        ("Why was the alarm silenced?", "How did it come about that the alarm was silenced?"),
        ("Why did the alert fire late?", "How did it come about that the alert fired late?"),
        ("How come nobody was paged?", "How did it come about that nobody was paged?"),
        ("Why couldn't you log in?", "What happened when you tried to log in?"),
        ("Who restarted the database?", "What was going on when somebody restarted the database?"),
        ("Who told you that it was down?", "How did you learn that it was down?"),
        ("Did you see the alert?", "What did you see of the alert?"),
        ("Did you check the dashboard?", "What did you know about the dashboard at that moment?"),
        ("Was there a runbook?", "What was there by way of a runbook?"),
        ("Do you remember what you saw?", "What do you remember of what you saw?"),
        ("Should you have checked the logs first?", "What did you know about the logs at that moment?"),
        ("How would you fix the alerting?", "How did the alerting work for you during the incident?"),
        ("Why did it take so long?", "What filled the time between first seeing it and knowing what it was?"),
        (
            "Why is the alert threshold set to 90?",
            "How did it come about that the alert threshold is set to 90?",
        ),
        ("Why did Mara restart it?", "How did it come about that somebody restarted it?"),
        ("Who noticed first?", "How was it first noticed?"),
        ("Are you sure?", "How sure are you?"),
        ("Were the graphs green?", "What were the graphs like at that moment?"),
        ("What went wrong?", "What turned out to be different from what you expected?"),
        ("So you restarted it?", "What did you see just before you restarted it?"),
    ],
)
def test_the_new_form_keeps_the_words_of_the_old_one(question, instead):
    assert check(question, PEOPLE).instead == instead


@pytest.mark.parametrize(
    ("question", "words"),
    [("So why did you do it?", "why"), ("You’re tired, aren’t you?", "aren’t you"), ("Ｗｈｙ so?", "Ｗｈｙ")],
)
def test_a_finding_points_at_the_words(question, words):
    assert words in {question[found.start : found.end] for found in check(question).findings}


def test_a_name_is_blamed_only_when_it_is_a_person():
    assert not check("How did Orion break the database?", ["Orion"]).is_open
    assert check("How did Orion look to you?", ["Orion"]).is_open


def test_curly_quotes_and_invisible_characters_hide_nothing():
    assert [found.kind for found in check("W\u200bhy did you wait?").findings] == ["why"]
    assert "yes or no" in {found.kind for found in check("Didn’t you see it?").findings}


def test_the_heaviest_comes_first():
    kinds = [found.kind for found in check("Why did you fail to fix it, and who is to blame?").findings]
    assert kinds == [kind for kind in BECAUSE if kind in kinds]


@given(st.text(max_size=400), st.lists(st.text(max_size=30), max_size=4))
def test_any_text_is_read(text, people):
    verdict = check(text, people)
    for found in verdict.findings:
        assert 0 <= found.start <= found.end <= min(len(text), LONGEST)
    assert verdict.is_open == (verdict.instead == "")
    if verdict.instead:
        assert check(verdict.instead, people).is_open


@given(
    st.sampled_from([one for one in EVERYTHING if one.strip("?…")]),
    st.sampled_from(["", "So ", "Okay, ", "Ian, ", "And ", "  "]),
    st.sampled_from(["", " ", "?", "…", "\n"]),
)
def test_how_it_is_led_in_and_closed_changes_little(question, before, after):
    bare = {found.kind for found in check(question, PEOPLE).findings}
    told = {found.kind for found in check(f"{before}{question}{after}", PEOPLE).findings}
    assert bool(bare) == bool(told)


@pytest.mark.parametrize("mark", ["", ".", "?", ".?"])
def test_a_request_is_open_whatever_mark_closes_it(mark):
    for request in ("Tell me about the minutes before the page", "Tell me about the time before you joined"):
        assert check(f"{request}{mark}", PEOPLE).is_open


@given(st.lists(st.sampled_from(" ".join(EVERYTHING).split()), max_size=30).map(" ".join))
def test_whatever_is_offered_passes(text):
    verdict = check(text, PEOPLE)
    assert verdict.is_open or check(verdict.instead, PEOPLE).is_open


@pytest.mark.parametrize(
    "pattern", ["if " * 5000, "what " * 5000, "a" * 100_000, "should " * 5000, "the " * 4000, "," * 9000]
)
def test_long_and_hostile_text_is_read_at_once(pattern):
    assert len(check(pattern, PEOPLE).instead) <= linter.LONGEST
