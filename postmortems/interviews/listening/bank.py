"""The bank of questions, read once from `bank.toml`: by what a moment is about, by phase, by what was just said.

A question has a form (how, what, …), when it serves, and what it must not take for granted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("bank.toml")
PARTS = {"group": "", "phase": "phase-", "said": "said-", "probe": "probe-"}  # and what their keys begin with
FAMILY = 4  # questions of the family that follow those of what was said


@dataclass(frozen=True)
class Question:
    key: str  # acting/3
    ask: str
    form: str
    when: str
    presumes_not: str


@dataclass(frozen=True)
class Group:
    """Questions under one name; `family` of what was said is the group whose questions follow it."""

    key: str
    name: str
    about: str
    questions: tuple[Question, ...]
    family: str = ""


@dataclass(frozen=True)
class Signal:
    """Words that a speaker lets slip, and what to ask then."""

    words: tuple[str, ...]
    ask: str


@dataclass(frozen=True)
class Bank:
    groups: tuple[Group, ...]  # by what a moment was about
    phases: tuple[Group, ...]  # of the conversation
    said: tuple[Group, ...]  # by what kind of thing was just said
    probes: tuple[Group, ...]
    signals: tuple[Signal, ...]

    def group(self, key: str) -> Group | None:
        return next((group for group in self.groups if group.key == key), None)

    def after(self, said: Group) -> tuple[Question, ...]:
        """What to ask after something of this kind was said: its own questions, then a few of its family."""
        family = self.group(said.family)
        return said.questions + (family.questions[:FAMILY] if family else ())

    @property
    def everything(self) -> tuple[Group, ...]:
        return self.groups + self.phases + self.said + self.probes

    def question(self, key: str) -> Question | None:
        return _by_key().get(key)


@cache
def bank() -> Bank:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Bank(
        *(tuple(_group(one, prefix) for one in told[name]) for name, prefix in PARTS.items()),
        tuple(Signal(tuple(one["words"]), one["ask"]) for one in told["signal"]),
    )


@cache
def _by_key() -> dict[str, Question]:
    return {question.key: question for group in bank().everything for question in group.questions}


def _group(told: dict, prefix: str) -> Group:
    key = f"{prefix}{told['key']}"
    asked = tuple(
        Question(f"{key}/{number}", one["ask"], one["form"], one["when"], one["not"])
        for number, one in enumerate(told["questions"])
    )
    return Group(key, told["name"], told.get("about") or told["example"], asked, told.get("family", ""))
