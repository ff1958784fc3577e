"""If only, blame, fixes and knowing the end: questions that judge, turned to what was there. Pure."""

from __future__ import annotations

import re

from postmortems.interviews.listening.rephrasing.things import ENOUGH, looked_at


def counterfactual(question: str) -> str:
    if re.search(r"differently|instead|better|sooner|earlier", question, re.I) and not looked_at(question):
        return "Which ways did you see at that moment, and what mattered most to you"
    if re.match(r"(?:what )?if\b|.*\bif (?:you|only|the|we|they)\b", question, re.I):
        return "What did you expect to happen next, at that moment"
    thing = looked_at(question)
    return f"What did you know about {thing} at that moment" if thing else ""


def blame(question: str) -> str:
    if thing := looked_at(question):
        return f"What did you see of {thing} at that moment"
    if found := re.search(r"\b(?:break|broke|caus(?:e|ed)|ruin(?:ed)?|bring down|brought down|take down|took down|crash(?:ed)?) (?P<thing>(?:the|our|all) [\w-]+)", question, re.I):  # fmt: skip
        return f"What did you see just before {found['thing']} changed"
    return ""


def fix(question: str) -> str:
    found = re.search(
        rf"\b(?:fix|improve|change|automate|repair) (?P<thing>(?:the|our|your) [\w -]+?){ENOUGH}",
        question,
        re.I,
    )
    return f"How did {found['thing']} work for you during the incident" if found else ""


def hindsight(question: str) -> str:
    if re.search(r"\bwrong\b(?! \w)", question, re.I):
        return "What turned out to be different from what you expected"
    if found := re.search(r"\byou (?P<did>ran|restarted|deployed|typed|pushed|merged|rolled back|chose|picked|approved|made|entered|executed|started|changed|deleted|applied|clicked|pressed)\b(?: (?:the|a|an|that|this))?(?: wrong| bad| fatal| faulty| risky)? (?P<thing>[\w-]+)", question, re.I):  # fmt: skip
        return f"What did you expect to happen when you {found['did']} the {found['thing']}"
    if re.search(r"\b(?:signs?|flags?|signals?)\b", question, re.I):
        return "What were you looking at then, and what did it tell you"
    if re.search(r"took .*so|so long|too (?:late|slow|long)", question, re.I):
        return "What filled the time between first seeing it and knowing what it was"
    return ""
