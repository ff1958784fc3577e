"""A question that fits the sentence: it speaks of the people and the step that the sentence speaks of.

A question asks for the other half of the story; it never rewrites and never reproaches. Which wording is taken depends
on the kind, on who is the subject, on the section and, where a kind has several, on the words of the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postmortems.language.kinds import Kind
from postmortems.language.lexicon import lexicon
from postmortems.language.prose import spoken
from postmortems.language.subjects import phrase_of
from postmortems.language.words import Word

_FIRST = {"i": "you", "we": "we", "you": "they", "us": "we", "me": "you"}
_VAGUE = {"nobody": "people", "no-one": "people", "none": "people", "somebody": "that person", "someone": "that person",
          "anybody": "people", "anyone": "people", "everybody": "people", "everyone": "people", "who": "they", "whoever": "they",
          "he": "he", "she": "she", "they": "they"}  # fmt: skip
_LONGEST = 6
_QUOTED = 100
_PARTICLES = frozenset(["back", "off", "up", "out", "down", "over"])


@dataclass(frozen=True)
class About:
    """What a passage speaks of, in its own words; empty where it cannot be told."""

    who: str
    step: str
    said: str
    plural: bool


def about(text: str, found: Sequence[Word], first: int, last: int) -> About:
    who, plural = _who(text, found, first, last)
    return About(who, _step(text, found, first, last), _said(text, found, first, last), plural)


def question(kind: Kind, told: About, section: str) -> str:
    return _ASK[kind](told, section)


def _who(text: str, found: Sequence[Word], first: int, last: int) -> tuple[str, bool]:
    for word in found[first : last + 1]:
        head = word.subject
        if head < 0 or "@person" not in found[head].forms:
            continue
        return _name(text, found, head)
    for at in range(first, last + 1):
        heads = at + 1 == len(found) or found[at + 1].tag != "N"  # "pilot error" is no pilot
        if heads and "@person" in found[at].forms and found[at].tag in ("N", "NAME"):
            return _name(text, found, at)
    return "", False


def _name(text: str, found: Sequence[Word], head: int) -> tuple[str, bool]:
    low = found[head].low
    if low in _FIRST or low in _VAGUE:
        name = _FIRST.get(low) or _VAGUE[low]
        return name, name in ("we", "you", "they", "people")
    start = phrase_of(found, head)
    if head - start > _LONGEST:
        return "", False
    words = spoken(text[found[start].start : found[head].end])
    if found[start].tag == "DET" and found[start].low in ("no", "any", "every", "each", "neither", "a", "an"):
        words = "the " + words.split(" ", 1)[-1]
    if found[start].tag in ("DET", "POSS") or found[start].tag == "ADJ":
        words = words[:1].lower() + words[1:]
    return words, low.endswith("s") and found[head].tag != "NAME" and not low.endswith("ss") or low in (
        "people",
        "staff",
        "men",
        "women",
    )


def _step(text: str, found: Sequence[Word], first: int, last: int) -> str:
    """What was not done or would have been done, "open the second file": the verb that the passage turns on, in its
    plain form, with what follows it in its clause. Empty for the passive, where it would be a step of nobody."""
    for at in range(first, min(last + 1, len(found) - 1)):
        if found[at].tag not in ("TO", "NOT", "MODAL"):
            continue
        verb = at + 1
        while verb < len(found) and found[verb].tag in ("ADV", "NOT", "AUX", "TO") and verb - at < 5:
            verb += 1
        if verb >= len(found) or found[verb].low in ("bother", "think", "seem", "happened"):
            continue
        passive = any(word.low in ("been", "be") for word in found[at:verb])
        if found[verb].tag in ("V", "VN", "VD") and not passive and found[verb].forms & {":p", ":n"}:
            return _stretch(text, found, verb)
    return ""


def _stretch(text: str, found: Sequence[Word], verb: int) -> str:
    end = verb
    while end + 1 < len(found) and end - verb < 7 and found[end + 1].tag not in ("CUT", "CONJ"):
        end += 1
    while (
        end > verb
        and found[end].tag in ("DET", "PREP", "POSS", "ADV", "TO", "ADJ")
        and found[end].low not in _PARTICLES
    ):
        end -= 1
    base = min(lexicon().lemmas.get(found[verb].low, {found[verb].low}))
    step = f"{base} {spoken(text[found[verb].end : found[end].end])}".rstrip()
    return step if len(step) <= 60 else ""


def _said(text: str, found: Sequence[Word], first: int, last: int) -> str:
    words = spoken(text[found[first].start : found[last].end]).strip(" .,;:!?*_\"'“”")
    return words if len(words) <= _QUOTED else words[:_QUOTED].rsplit(" ", 1)[0] + " …"


def _was(told: About) -> str:
    return "were" if told.plural else "was"


def _quoted(words: str) -> str:
    return f"“{words}”"


def _counterfactual(told: About, section: str) -> str:
    who = told.who or "the people there"
    rather = f" rather than to {_quoted(told.step)}" if told.step else ""
    return (
        f"What did {who} see and do at that moment, and what made that the sensible thing to do then{rather}?"
    )


def _human_error(told: About, section: str) -> str:
    if told.who in ("we", "you"):
        return f"How did the tools, the information and the pressure of that moment make the action look right to {'us' if told.who == 'we' else 'you'}?"
    if told.who:
        return (
            f"What did the tools, the information and the pressure look like to {_them(told.who)} at that moment, "
            "and would somebody else there have done the same?"
        )
    return f"What stands behind {_quoted(told.said)}: which tools, signals and pressures made that action look right?"


def _after(who: str) -> str:
    """How somebody is spoken of again in the same sentence."""
    return {"we": "us", "you": "you", "he": "him", "she": "her"}.get(who, "them")


def _them(who: str) -> str:
    return {"they": "them", "people": "them", "he": "him", "she": "her", "we": "us"}.get(who, who)


def _folk_label(told: About, section: str) -> str:
    whom = f" of {_them(told.who)}" if told.who and told.who not in ("we", "you", "they", "people") else ""
    return f"What would a camera have recorded{whom} where the text says {_quoted(told.said)}?"


def _omission(told: About, section: str) -> str:
    doing = (
        f"What {_was(told)} {told.who} doing at that time"
        if told.who
        else "What were people doing at that time"
    )
    step = f"that it was time to {_quoted(told.step)}" if told.step else "that this step was called for"
    return f"{doing}, and what could have told {_after(told.who)} {step}?"


def _hindsight(told: About, section: str) -> str:
    who = _them(told.who) if told.who and told.who not in ("people",) else "those who were there"
    return f"Where the text says {_quoted(told.said)}: which signals reached {who} then, among how many others, and what did they mean before the end was known?"


def _outcome_bias(told: About, section: str) -> str:
    return f"If it had ended the other way, what would we say about {_quoted(told.said)}, and what was known when the choice was made?"


def _availability(told: About, section: str) -> str:
    return f"Which evidence from this incident supports {_quoted(told.said)}, and what was looked at to rule out other explanations?"


def _attribution(told: About, section: str) -> str:
    pronoun = told.who in ("he", "she", "they", "we", "you", "people", "that person")
    place = f"in the place of {told.who}" if told.who and not pronoun else "in the same place"
    return f"What about the situation would have led a careful colleague {place} to do the same?"


def _single_cause(told: About, section: str) -> str:
    if len(told.said.split()) <= 3:
        return "Which conditions had to come together for this, and what kept it from being worse?"
    return f"Besides {_quoted(told.said)}: what else had to be true for this to happen, and what kept it from being worse?"


def _assumption(told: About, section: str) -> str:
    if told.who in ("we", "you"):
        return f"How do we know about {_quoted(told.said)}, and what else could explain what was seen?"
    return f"Has anybody asked {_them(told.who) or 'them'} about this, and what else could explain what was seen?"


def _retributive(told: About, section: str) -> str:
    if section == "remedy":
        return f"Instead of {_quoted(told.said)}: who was hurt, what do they need, and what change would protect the next person?"
    return f"What made {_quoted(told.said)} possible or necessary that day, who was hurt, and what do they need now?"


def _you_they(told: About, section: str) -> str:
    if section == "interview":
        return "How would the same question sound as “what did you see then” or “what were you trying to do”?"
    side = (
        f" from where {told.who} sat"
        if told.who and told.who not in ("you", "we", "people")
        else " from their side"
    )
    return f"How did it look{side}, and what would we ask for if they were in the room?"


def _judgement(told: About, section: str) -> str:
    return (
        f"What was seen or heard behind {_quoted(told.said)}, what did it do to people, and what was needed?"
    )


def _vague_remedy(told: About, section: str) -> str:
    return f"When {_quoted(told.said)} is done, what is different in the system, who sees it, and by when?"


_ASK = {
    Kind.COUNTERFACTUAL: _counterfactual, Kind.HUMAN_ERROR: _human_error, Kind.FOLK_LABEL: _folk_label,
    Kind.OMISSION: _omission, Kind.HINDSIGHT: _hindsight, Kind.OUTCOME_BIAS: _outcome_bias,
    Kind.AVAILABILITY: _availability, Kind.ATTRIBUTION: _attribution, Kind.SINGLE_CAUSE: _single_cause,
    Kind.ASSUMPTION: _assumption, Kind.RETRIBUTIVE: _retributive, Kind.YOU_THEY: _you_they,
    Kind.JUDGEMENT: _judgement, Kind.VAGUE_REMEDY: _vague_remedy,
}  # fmt: skip
