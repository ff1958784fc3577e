"""Whether a question opens a conversation or closes it, and a gentler form of it. Pure.

What it answers to, in order of weight: asking for a fix, what did not happen (should have, if only, failed to),
a person as the one who did harm, *why*, *who*, leading, yes or no, and knowing how it ended. A question in the
how or what form, or a plain request to tell, has no finding. English only; any text is read without error.

The suggested form never has a finding itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from postmortems.interviews.listening import phrases
from postmortems.interviews.listening.rephrasing import GENERAL, rephrase

LONGEST = 300  # characters of a question; what comes after is not read
BECAUSE = {
    "fix": "It asks for a fix. Fixes have their own place in the review; here it is about how it was.",
    "counterfactual": "It measures what happened by something that did not. Ask about what was there.",
    "blame": "It makes a person the one who did harm. Ask about the situation they were in.",
    "why": "“Why” asks people to justify themselves. Ask what they saw, or how it came about.",
    "who": "“Who” looks for a person. Ask what happened, or how it came about.",
    "leading": "It says the answer before they can. Ask how it looked to them.",
    "yes or no": "It can be answered with yes or no. Ask what or how.",
    "hindsight": "It knows how things ended; they did not know then. Ask what they knew at that moment.",
    "empty": "There is no question yet.",
}
WEIGHT = list(BECAUSE)


@dataclass(frozen=True)
class Finding:
    """What closes the conversation: `start` to `end` are characters of the text as it was given."""

    kind: str
    start: int
    end: int

    @property
    def because(self) -> str:
        return BECAUSE[self.kind]


@dataclass(frozen=True)
class Verdict:
    findings: tuple[Finding, ...]
    instead: str = ""  # a gentler question; empty when there is nothing to say

    @property
    def is_open(self) -> bool:
        return not self.findings


@dataclass(frozen=True)
class Plain:
    """The text as it is matched – straight quotes, single spaces' worth, nothing invisible – and where each character came from."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        if not self.origin:
            return 0, 0
        return self.origin[min(start, len(self.origin) - 1)], self.origin[max(start, end - 1)] + 1


def check(question: str, people: Iterable[str] = ()) -> Verdict:
    """The findings of a question, heaviest first, and the form to use instead. `people` are names of those involved."""
    names = _names(tuple(people))
    plain = _plain(question[:LONGEST])
    findings = tuple(_findings(plain, names))
    kinds = [finding.kind for finding in findings]
    return Verdict(findings, _instead(kinds, plain.text, names) if kinds else "")


def _instead(kinds: list[str], text: str, names: str) -> str:
    """The first form that passes: fitted to the heaviest finding, to a lighter one, or a general one."""
    sentence = _asked(text)
    for candidate in (*(rephrase(kind, sentence, names) for kind in kinds), GENERAL[kinds[0]]):
        if candidate and len(candidate) <= LONGEST and not any(_findings(_plain(candidate), names)):
            return candidate
    return GENERAL["yes or no"]


@lru_cache(maxsize=256)
def _names(people: tuple[str, ...]) -> str:
    """An alternation of full and first names, longest first; single letters and common words are no names."""
    parts = {_plain(name).text.strip() for name in people}
    parts |= {part.split()[0] for part in parts if part.split()}
    kept = sorted((part for part in parts if len(part) > 1), key=lambda part: (-len(part), part))
    return "|".join(map(re.escape, kept))


def _plain(text: str) -> Plain:
    kept = [(_character(character), at) for at, character in enumerate(text)]
    kept = [(character, at) for character, at in kept if character]
    return Plain("".join(character for character, _ in kept), tuple(at for _, at in kept))


def _character(character: str) -> str:
    if character in "’‘‛ʼ＇`´":
        return "'"
    if unicodedata.category(character) == "Cf":
        return ""
    if character.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _findings(plain: Plain, names: str) -> Iterator[Finding]:
    text = plain.text
    found = dict(_spans(text, names)) if text.strip(" ?.!…") else {"empty": (0, 0)}
    for kind in WEIGHT:
        if kind in found:
            yield Finding(kind, *plain.span(*found[kind]))


def _spans(text: str, names: str) -> Iterator[tuple[str, tuple[int, int]]]:
    probes = [match.span() for match in phrases.PROBE.finditer(text)]

    def first(pattern: re.Pattern, *, probing: bool = False) -> tuple[int, int] | None:
        for match in pattern.finditer(text):
            if not probing or not any(start <= match.start() < end for start, end in probes):
                return match.span()
        return None

    by_words = {
        "fix": first(phrases.FIX, probing=True),
        "counterfactual": first(phrases.COUNTERFACTUAL, probing=True),
        "blame": first(phrases.BLAME) or first(phrases.blamed(names), probing=True),
        "hindsight": first(phrases.HINDSIGHT),
    }
    yield from ((kind, span) for kind, span in by_words.items() if span)
    yield from _by_form(text)
    for kind, pattern in (("why", phrases.WHY_AFTER), ("who", phrases.WHO_AFTER), ("leading", phrases.LEADING)):  # fmt: skip
        if span := first(pattern):
            yield kind, span


# --- the form of the sentence -----------------------------------------------------------------------


def _by_form(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    forms = [_form(text, *sentence) for sentence in _sentences(text)]
    for form in forms:
        # a statement that leads up to an open question asks for nothing
        if form and form is not OPENS and not (form[0] == "leading" and OPENS in forms):
            yield form


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^?!.…\n]+(?:\.(?=\S)[^?!.…\n]*)*[?!.…]*", text):
        if match.group().strip(" ?.!…"):
            yield match.span()


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Stretches between commas and the like, without what is said before the question itself."""
    found = []
    for match in re.finditer(
        r"(?:(?<!\d):(?!\d)|(?<=\d):(?!\d)|[^,;:–—()\"“”]|(?<=\d):(?=\d))+", text[start:end]
    ):
        begin = start + match.start()
        begin = _past_lead_in(text, begin, start + match.end())
        if text[begin : start + match.end()].strip(" ?.!…'-"):
            found.append((begin, start + match.end()))
    return found


def _past_lead_in(text: str, begin: int, end: int) -> int:
    while True:
        begin += len(text[begin:end]) - len(text[begin:end].lstrip(" '-…."))
        match = phrases.LEAD_IN.match(text, begin, end)
        if not match or match.end() == begin:
            return begin
        begin = match.end()


OPENS = ("open", (0, 0))


def _form(text: str, start: int, end: int) -> tuple[str, tuple[int, int]] | None:
    """The finding of one sentence, or that it opens, from how its clauses begin: the first that asks decides."""
    clauses = _clauses(text, start, end)
    for begin, stop in clauses:
        if match := phrases.WHY.match(text, begin, stop):
            return "why", match.span()
        if match := phrases.WHO.match(text, begin, stop):
            return "who", match.span()
        if match := phrases.WHETHER.match(text, begin, stop):
            if _told(text, start, begin):
                return "yes or no", match.span()
            continue
        if phrases.SINCE.match(text, begin, end):
            continue
        if phrases.OPEN.match(text, begin, stop):
            return OPENS
        if phrases.TELL.match(text, begin, stop):
            continue
        if match := phrases.AUXILIARY.match(text, begin, stop):
            return "yes or no", match.span()
    return _statement(text, start, end, clauses)


def _told(text: str, start: int, begin: int) -> bool:
    """Whether what stands before was a request: tell me whether …"""
    return bool(re.search(r"\b(?:tell|explain|say|know|wonder|ask|curious|understand|remember)\b", text[start:begin], re.I))  # fmt: skip


ASSERTS = re.compile(
    r"(?:you|it|they|he|she|we|there|that|this|everybody|everyone|nobody|somebody|no one|your|the [\w-]+)(?:'d|'re|'s|'ve)? \S+",
    re.I,
)


def _statement(text: str, start: int, end: int, clauses) -> tuple[str, tuple[int, int]] | None:
    """A statement with a question mark, or one about the other person, asks for nothing but agreement."""
    if not clauses:
        return None
    begin, stop = clauses[-1]
    if re.search(r"\babout\W*$", text[start:begin], re.I):  # tell me about the minutes before …?
        return None
    asked = "?" in text[start:end] or re.match(r"you(?:'ve|'re|'d)?\b", text[begin:stop], re.I)
    if asked and ASSERTS.match(text, begin, stop) and not re.search(r"\b(?:what|how|which|where)\b", text[begin:stop], re.I):  # fmt: skip
        return "leading", (begin, stop)
    return None


def _asked(text: str) -> str:
    """The sentence that asks, without its lead-in and closing mark."""
    spans = list(_sentences(text)) or [(0, len(text))]
    start, end = next((span for span in spans if _form(text, *span) not in (None, OPENS)), spans[-1])
    clauses = _clauses(text, start, end) or [(start, end)]
    asking = next((begin for begin, stop in clauses if _asks(text, begin, stop)), clauses[0][0])
    return text[asking:end].strip().rstrip("?.!… ")


def _asks(text: str, begin: int, stop: int) -> bool:
    return any(pattern.match(text, begin, stop) for pattern in (phrases.WHY, phrases.WHO, phrases.AUXILIARY, phrases.OPEN))  # fmt: skip
