"""Which events are points at which somebody decided, and which questions fit them. Pure.

A source says by its kind that a command was typed, a deploy begun, a page taken, work handed over; a message
says it in words. What is found is a place to ask about, never a judgement of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from postmortems.interviews.listening.bank import Question, bank


@dataclass(frozen=True)
class Point:
    """A kind of decision point: what it is called in a sentence, and the groups of questions that fit it."""

    key: str
    name: str  # "the rollback at 02:14"
    groups: tuple[str, ...]


POINTS = {
    point.key: point
    for point in (
        Point("rollback", "the rollback", ("acting", "picture", "outcome", "goals")),
        Point("deploy", "the deploy", ("goals", "acting", "outcome", "process")),
        Point("escalation", "the escalation", ("help", "talking", "interpretation")),
        Point("handover", "the hand-over", ("talking", "picture", "help")),
        Point("page", "the page", ("cues", "interpretation", "help")),
        Point("command", "the command", ("acting", "goals", "outcome", "experience")),
        Point("hypothesis", "the idea", ("interpretation", "picture", "experience")),
        Point("intervention", "what was tried", ("acting", "goals", "outcome")),
        Point("decision", "the decision", ("goals", "acting", "outcome")),
        Point("moment", "the moment", ("cues", "interpretation", "acting")),
    )
}
# first match decides; of kinds, which are words of the sources
KINDS = (
    ("rollback", r"roll(?:ed)?[ -]?back|revert"),
    ("escalation", r"escalat|call(?:ed)?[ -]?in|page escalat"),
    ("handover", r"hand(?:ed)?[ -]?over|reassign|assigned|shift|command(?:er)? chang|role"),
    ("page", r"^page|paged|acknowledg|incident opened|alert seen"),
    ("deploy", r"deploy|release|merge|commit|push|package change|config|flag|scal|maintenance|cloud change|change$"),
    ("command", r"command|terminal|shell|sudo|console|cloud call|session"),
)  # fmt: skip
# of messages: what somebody does, or believes
WORDS = (
    ("rollback", r"\b(?:roll(?:ing|ed)? (?:it |this |that |them )?back|revert(?:ing|ed)?|undo(?:ing)? (?:the|that|it))\b"),
    ("escalation", r"\b(?:escalat\w+|(?:i'll|i will|i'm|let me|let's|can we|we need to|going to) (?:page|call|wake|get hold of|pull in|ring|raise)(?:ing)?\b|(?:paging|calling|waking|pulling in|looping in))\b"),
    ("handover", r"\b(?:hand(?:ing|ed)? (?:it |this |that )?over|taking over|take over from|i have the (?:command|lead)|i(?:'m| am) (?:ic|incident commander|in charge)|over to you|yours now)\b"),
    ("deploy", r"\b(?:deploy(?:ing|ed)|shipp(?:ing|ed)|merg(?:ing|ed)|releas(?:ing|ed)|pushing (?:the|a) (?:fix|change)|toggl(?:ing|ed)|flipp(?:ing|ed)|scal(?:ing|ed) (?:up|down|out))\b"),
    ("command", r"\b(?:restart(?:ing|ed)?|reboot(?:ing|ed)?|kill(?:ing|ed)|fail(?:ing|ed)? (?:it |this |that )?over|drain(?:ing|ed)|flush(?:ing|ed)|truncat(?:ing|ed)|i(?:'m| am) (?:running|stopping|starting|switching|disabling|enabling|throttling|blocking)|running the)\b"),
    ("decision", r"\b(?:let's|we(?:'ll| will| should)|i(?:'ll| will)|decid(?:e|ed|ing)|going (?:with|to) |agreed|plan is|holding off|hold off)\b"),
    ("hypothesis", r"\b(?:i think|i suspect|looks like|seems (?:like|to)|might be|could be|my (?:guess|bet|theory)|probably|maybe it|must be|smells like|i bet|suspect(?:ing)?|theory|hypothesis)\b"),
)  # fmt: skip
_KINDS = tuple((key, re.compile(pattern, re.I)) for key, pattern in KINDS)
_WORDS = tuple((key, re.compile(pattern, re.I)) for key, pattern in WORDS)
_ANY_KIND, _ANY_WORD = (
    re.compile("|".join(pattern for _, pattern in table), re.I) for table in (KINDS, WORDS)
)
SPOKEN = re.compile(r"message|comment|note|recollection|mail|update|said|post|reply", re.I)
READ = 500  # characters of a message


def point_of(kind: str, text: str, *, pinned: bool = False) -> str:
    """The key of the decision point that an event is; "" where it is none. A pinned event is a moment at least."""
    key, spoken = _of_kind(kind)
    if key:
        return key
    if spoken and _ANY_WORD.search(text[:READ]):
        return _first(_WORDS, text[:READ])
    return "moment" if pinned else ""


@lru_cache(maxsize=1024)
def _of_kind(kind: str) -> tuple[str, bool]:
    """The point that events of this kind are, and whether their words have to be read: kinds are few, events many."""
    return _first(_KINDS, kind), bool(SPOKEN.search(kind)) or not kind


def _first(table: tuple[tuple[str, re.Pattern], ...], text: str) -> str:
    return next((key for key, pattern in table if pattern.search(text)), "")


def fitting(key: str, turn: int = 0, most: int = 5) -> list[Question]:
    """Questions for a point of this kind: two of the first group, one of each other.

    `turn` is the place of the point among its like, so that neighbours are not offered the same.
    """
    found = []
    for place, name in enumerate(POINTS[key].groups):
        questions, each = bank().group(name).questions, 1 if place else 2
        found += [questions[(turn * each + step) % len(questions)] for step in range(each)]
    return found[:most]


def uncovered(names: list[str], of: int) -> str:
    """What has not been asked about yet, as a sentence: no share, no score."""
    if not of:
        return ""
    if not names:
        return "Every decision on this list has had a question."
    if len(names) == 1:
        return f"No question asked yet about {names[0]}."
    shown = names[:3]
    rest = len(names) - len(shown)
    told = ", ".join(shown[:-1]) + f" and {shown[-1]}" if not rest else ", ".join(shown) + f" and {rest} more"
    return f"No question asked yet about {told}."
