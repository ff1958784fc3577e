"""Links and citations are words of their sentence: what is marked with them is marked without."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.language.coach import read
from postmortems.language.prose import mask

SENTENCES = [
    "The {on-call responder|role:17} should have noticed the {lag alert|event:345} at 18:09.",
    "{18:09 lag alert|event:345}: {the on-call responder|role:17} failed to react.",
    "Obviously {the incident commander|role:3} forgot to page anybody.",
    "The root cause was {C2|condition:2}, and {the engineer|role:4} made a mistake.",
    "- {the on-call responder|role:17} should have looked at {R3|item:3}.",
    "{They|role:17} failed to check {the replica|https://example.org/a_(b)}.",
    "At {18:09 lag alert|event:345} the responder carelessly ignored the page.",
]


def written(sentence: str, *, cited: bool) -> str:
    parts = sentence.replace("}", "{").split("{")
    for number in range(1, len(parts), 2):
        words, _, address = parts[number].partition("|")
        parts[number] = f"[{words}]({address})" if cited else words
    return "".join(parts)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_same_is_marked(sentence):
    plain, cited = read(written(sentence, cited=False), "story"), read(written(sentence, cited=True), "story")
    assert plain
    assert [mark.kind for mark in cited] == [mark.kind for mark in plain]
    assert not any("](" in mark.question for mark in cited)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["[", "]", "(event:3)", "(", ")", "[x]", "a word ", "\n", "!", "`", "18:09 ", "\\"]),
        max_size=30,
    ).map("".join)
)
def test_every_character_keeps_its_place(text):
    masked = mask(text)
    assert len(masked) == len(text)
    assert [n for n, sign in enumerate(masked) if sign == "\n"] == [
        n for n, sign in enumerate(text) if sign == "\n"
    ]
