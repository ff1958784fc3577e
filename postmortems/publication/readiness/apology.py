"""Whether an apology apologises, and which words take it back. Pure; time grows with the length of the text."""

from __future__ import annotations

import re

SORRY = re.compile(r"\b(?:sorry|apologi[sz](?:e[sd]?|ing)|apolog(?:y|ies)|regrets?|ashamed|forgive)\b", re.I)
# The apology takes a turn in its own sentence; “not only … but” adds, and “not knowing if” is what people lived through.
TURN = re.compile(r"\b(?:if|but|however|although|though|unless|in case)\b", re.I)
ADDS = re.compile(r"\b(?:not|nothing|no one|nobody|anything|all)\b", re.I)
WHETHER = re.compile(
    r"\b(?:know(?:ing|n|s)?|knew|see(?:ing)?|tell(?:ing)?|told|ask(?:ed|ing)?|check(?:ed|ing)?|sure|wonder(?:ed|ing)?|certain|as)\s*$",
    re.I,
)
TAKES_BACK = re.compile(
    r"\bany (?:possible |potential )?(?:inconveniences?|troubles?|disruptions?|confusion|distress|problems?|issues?|difficult(?:y|ies)|impact)\b"
    r"|\b(?:you|they|customers?|users?|people|anyone|anybody|those|some)(?: \w+){0,2} (?:may|might|could) have\b"
    r"|\b(?:that |if )?(?:you|they|people|customers) (?:feel|felt) (?:that|this|let down)\b|\bfeel that way\b"
    r"|\bmistakes were made\b"
    r"|\b(?:outside|beyond|out of)(?: of)? our(?: own)? control\b|\bno fault of (?:ours|our own)\b|\bnot our (?:fault|doing)\b"
    r"|\bin our defen[cs]e\b|\bto be fair\b"
    r"|\bonly (?:a (?:small|tiny|limited|handful|few|fraction)|some|a few|few)\b",
    re.I,
)
END = re.compile(r"[.!?](?=\s|$)|\n")
REACH = 160  # characters after the apology, in which a turn belongs to it
SHOWN = 60


def says_sorry(text: str) -> bool:
    return SORRY.search(text) is not None


def excuse(text: str) -> str:
    """The first words that take the apology back; empty where there are none."""
    found = TAKES_BACK.search(text)
    turns = (turn for match in SORRY.finditer(text) if (turn := _turn(text, match.end())) is not None)
    turn = next(turns, None)
    if turn is not None and (found is None or turn < found.start()):
        end = END.search(text, turn)
        return _cut(text[turn : min(end.start() if end else len(text), turn + 400)])
    return _cut(found[0]) if found else ""


def _turn(text: str, after: int) -> int | None:
    """Where the sentence turns on what was just said; None where it does not."""
    end = END.search(text, after, after + REACH)
    said = text[after : end.start() if end else after + REACH]
    for match in TURN.finditer(said):
        before = said[: match.start()]
        asks_whether = match[0].lower() == "if" and WHETHER.search(before)
        adds = match[0].lower() == "but" and ADDS.search(before)
        if not asks_whether and not adds:
            return after + match.start()
    return None


def _cut(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= SHOWN else words[: SHOWN - 1].rstrip() + "…"
