from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.listening.verbs import gerund, inflect, past, third


@pytest.mark.parametrize(
    ("verb", "was", "being", "does"),
    [
        ("restart", "restarted", "restarting", "restarts"), ("roll", "rolled", "rolling", "rolls"),
        ("stop", "stopped", "stopping", "stops"), ("commit", "committed", "committing", "commits"),
        ("retry", "retried", "retrying", "retries"), ("see", "saw", "seeing", "sees"),
        ("go", "went", "going", "goes"), ("rebuild", "rebuilt", "rebuilding", "rebuilds"),
        ("debug", "debugged", "debugging", "debugs"), ("fix", "fixed", "fixing", "fixes"),
        ("tie", "tied", "tying", "ties"), ("have", "had", "having", "has"), ("open", "opened", "opening", "opens"),
        ("acknowledge", "acknowledged", "acknowledging", "acknowledges"), ("retake", "retook", "retaking", "retakes"),
    ],
)  # fmt: skip
def test_forms_of_verbs(verb, was, being, does):
    assert (past(verb), gerund(verb), third(verb)) == (was, being, does)


def test_the_verb_of_a_phrase_is_found_behind_adverbs():
    assert inflect("just restart it", past) == "just restarted it"
    assert inflect("go and restart it", past) == "went and restarted it"
    assert inflect("apply the patch", past) == "applied the patch"
    assert inflect("", past) == ""


@given(st.text(max_size=40))
def test_any_phrase_is_inflected_without_error(text):
    for form in (past, gerund, third):
        assert isinstance(inflect(text, form), str)
