"""The survey's questions, and what may be said about its answers. Pure.

Answers lie in a box, a JSON text, until the survey closes: in no order that tells who came first, with no moment,
and of a length that does not tell how much somebody wrote. What is published is counted per question, so that
nowhere the answers of one person stand together.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

LEAST = 5  # answers, below which nothing is shown
LONGEST = 500  # characters of what could be better
PAGE = 8192  # bytes to whose multiples the box is filled up

LEARNED, AGAIN, SAFE = "learned", "again", "safe"


@dataclass(frozen=True)
class Question:
    key: str
    text: str
    choices: tuple[tuple[str, str], ...]  # what is stored, what is read


QUESTIONS = (
    Question(
        LEARNED, "Did you learn something that changes how you work?",
        (("yes", "Yes"), ("little", "A little"), ("no", "No")),
    ),
    Question(AGAIN, "Would you come to a meeting like this again?", (("yes", "Yes"), ("perhaps", "Perhaps"), ("no", "No"))),
    Question(
        SAFE, "Did you feel safe to say what you saw?",
        (("yes", "Yes"), ("partly", "In part"), ("no", "No")),
    ),
)  # fmt: skip
BETTER = "What is one thing to do better next time?"


@dataclass(frozen=True)
class Ballot:
    """One answer, of nobody. A question that was left out is an empty word."""

    learned: str = ""
    again: str = ""
    safe: str = ""
    better: str = ""

    @property
    def is_empty(self) -> bool:
        return not any((self.learned, self.again, self.safe, self.better))


@dataclass(frozen=True)
class Counted:
    """How often each choice of a question was taken, in the order of the question."""

    key: str
    text: str
    choices: tuple[tuple[str, int], ...]

    @property
    def answers(self) -> int:
        return sum(number for _, number in self.choices)


@dataclass(frozen=True)
class Result:
    answers: int
    questions: tuple[Counted, ...]
    better: tuple[str, ...]


def ballot(given: dict[str, str]) -> Ballot:
    """What a form sent, as an answer: an unknown choice is none, a text loses what is beyond its length."""
    chosen = {
        question.key: given.get(question.key, "") if given.get(question.key) in dict(question.choices) else ""
        for question in QUESTIONS
    }
    return Ballot(**chosen, better=" ".join(given.get("better", "").replace("\x00", "").split())[:LONGEST])


def dropped_in(box: str, one: Ballot, chance: Random) -> str:
    """The box with one more answer in it, shaken."""
    inside = [*opened(box), one]
    chance.shuffle(inside)
    text = json.dumps(
        [[one.learned, one.again, one.safe, one.better] for one in inside]
    )  # ASCII: bytes are characters
    return text.ljust(-(-len(text) // PAGE) * PAGE)


def opened(box: str) -> list[Ballot]:
    return [Ballot(*one) for one in json.loads(box)] if box else []


def result(inside: Sequence[Ballot], chance: Random) -> Result | None:
    """What is shown of the answers, or nothing while there are fewer than five.

    Each question is counted by itself and the texts are shaken once more.
    """
    if len(inside) < LEAST:
        return None
    texts = [one.better for one in inside if one.better]
    chance.shuffle(texts)
    return Result(len(inside), tuple(_counted(question, inside) for question in QUESTIONS), tuple(texts))


def _counted(question: Question, inside: Sequence[Ballot]) -> Counted:
    taken = Counter(getattr(one, question.key) for one in inside)
    return Counted(question.key, question.text, tuple((label, taken[key]) for key, label in question.choices))


def as_json(found: Result) -> dict:
    """What is kept of a result: counts by the choices' keys, which outlive a change of the wording."""
    return {
        "answers": found.answers,
        "counts": {
            question.key: [number for _, number in counted.choices]
            for question, counted in zip(QUESTIONS, found.questions, strict=True)
        },
        "better": list(found.better),
    }


def from_json(kept: dict) -> Result:
    questions = tuple(
        Counted(
            question.key,
            question.text,
            tuple(
                (label, number)
                for (_, label), number in zip(question.choices, kept["counts"][question.key], strict=True)
            ),
        )
        for question in QUESTIONS
    )
    return Result(kept["answers"], questions, tuple(kept["better"]))


def share(found: Result | None, key: str) -> float | None:
    """The part of the people who said a plain yes to a question among those who answered it; None where nobody may know."""
    if found is None:
        return None
    counted = next(question for question in found.questions if question.key == key)
    return counted.choices[0][1] / counted.answers if counted.answers >= LEAST else None
