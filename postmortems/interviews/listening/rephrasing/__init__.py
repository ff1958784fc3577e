"""A gentle question in place of one that closes the conversation, fitted to its words where they can be read. Pure.

Each function takes the question without its lead-in and its closing mark, and answers the new one or "" where
the words give no hold; `GENERAL` then has one that always fits. Suggestions are read by a person before use.
"""

from __future__ import annotations

import re

from postmortems.interviews.listening.rephrasing import answers, judgements, reasons

GENERAL = {
    "fix": "What made this hard at the time?",
    "counterfactual": "What had your attention at that moment?",
    "blame": "What did the situation look like to you at that moment?",
    "why": "What did you see just then?",
    "who": "How did that come about?",
    "leading": "How did it look to you at that moment?",
    "yes or no": "What did you see at that moment?",
    "hindsight": "What did you know at that moment?",
    "empty": "What came first for you?",
}
FORMS = {
    "why": reasons.why,
    "who": reasons.who,
    "yes or no": answers.yes_or_no,
    "leading": answers.leading,
    "counterfactual": judgements.counterfactual,
    "blame": judgements.blame,
    "fix": judgements.fix,
    "hindsight": judgements.hindsight,
}


def rephrase(kind: str, question: str, names: str = "") -> str:
    """The fitted form, or ""."""
    if names:
        question = re.sub(rf"(?<!\w)(?:{names})(?!\w)", "somebody", question, flags=re.I)
    return _tidy(FORMS[kind](question.strip())) if kind in FORMS else ""


def _tidy(text: str) -> str:
    """One spaced sentence with a question mark."""
    text = " ".join(text.split()).strip(" ,;:-–—")
    return f"{text[0].upper()}{text[1:].rstrip('?.! ')}?" if text else ""
