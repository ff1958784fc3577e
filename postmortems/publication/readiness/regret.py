"""Regret: how much it hurt, what people were told, and an apology that stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortems.publication.readiness import apology
from postmortems.publication.readiness.facts import Facts
from postmortems.publication.readiness.rules import Found, Rule

# A number that is no time of day and no day of a month, and what it counts.
_NO_UNIT = (
    r"(?:am|pm|utc|gmt|o.clock|th|st|nd|rd|in|of|on|at|and|to|the|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
FIGURE = re.compile(
    rf"(?<![\d:.,/-])\d[\d,.\u00a0\u202f ]{{0,20}}(?:[%‰€$£¥]|(?!{_NO_UNIT})[^\W\d_]{{2,}})|[€$£¥]\s?\d"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens? of|hundreds? of|half(?: of)?|a third of|a quarter of|one in) [^\W\d_]{2,}"
    r"|\b(?:nobody|no one|no (?:customer|user|booking|order|request|data)s?) (?:was|were|lost|saw|noticed)\b",
    re.I,
)
UNKNOWN = re.compile(
    r"\b(?:unknown|not known|cannot be (?:known|counted|told)|could not be (?:counted|measured))\b[^.\n]{0,40}?"
    r"(?:\b(?:because|since|as)\b|[:–—])",
    re.I,
)
MOMENT = re.compile(
    r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}\s?[ap]\.?m\b|\bnoon\b|\bmidnight\b"
    r"|\b(?:after|within|for the first)\s+(?:\S+\s+){1,2}(?:seconds?|minutes?|hours?|days?)\b",
    re.I,
)
NOBODY_TOLD = re.compile(
    r"\b(?:nobody|no one|no customers?|not told|did not tell|was not said|nothing was (?:said|published|posted|announced))\b[^\n]{0,200}?"
    r"(?:\b(?:because|since|as|so that)\b|[:–—])",
    re.I,
)


def has_figure(text: str) -> bool:
    """Whether a text says how much, as a number of something, or why that is not known."""
    return FIGURE.search(text) is not None or UNKNOWN.search(text) is not None


def says_when(text: str) -> bool:
    """Whether a text says at what moment people were told, or why nobody was."""
    return MOMENT.search(text) is not None or NOBODY_TOLD.search(text) is not None


def _figure(facts: Facts) -> Iterator[Found]:
    if not facts.document.get("impact") and "impact" in facts.texts and not has_figure(facts.texts["impact"]):
        yield facts.of_text(
            "impact", "The impact has no number with its unit. How many, how long – or “unknown, because …”?"
        )


def _told(facts: Facts) -> Iterator[Found]:
    told = facts.texts.get("told", "")
    if not says_when(told) and not facts.customers_were_told:
        sentence = (
            "What people were told has no time. At which moment did whom hear what?"
            if told
            else "It is not said who was told what, and when – or why nobody was told."
        )
        yield facts.of_text("told", sentence)


def _sorry(facts: Facts) -> Iterator[Found]:
    if "apology" in facts.texts and not apology.says_sorry(facts.texts["apology"]):
        yield facts.of_text("apology", "The apology does not say that we are sorry.")


def _excuse(facts: Facts) -> Iterator[Found]:
    if words := apology.excuse(facts.texts.get("apology", "")):
        yield facts.of_text(
            "apology", f"The apology takes something back: “{words}”. What would it say without these words?"
        )


RULES = (
    Rule("impact-figure", "regret", "The impact has a number with its unit, or says why it is unknown.", "blocking", _figure),
    Rule("told-when", "regret", "It is said who was told what, and when, or why nobody was told.", "advisory", _told),
    Rule("apology-sorry", "regret", "The apology says that we are sorry.", "advisory", _sorry),
    Rule("apology-excuse", "regret", "The apology takes nothing back: no “if”, no “but”, no “any inconvenience”.", "advisory", _excuse),
)  # fmt: skip
