"""Items nobody could check, noticed while they are typed. Advice, never a gate. Pure.

The language coach says what is vague in a remedy, and what in it falls on a person; here its answer becomes one
question, beside those that only an item has: a verb, a measure, a proof, an owner and a date.
"""

from __future__ import annotations

import re

from postmortems.language import coach
from postmortems.language.kinds import Kind
from postmortems.language.lexicon import lexicon

CAREFUL = "What could the system do, so that nobody needs to be more careful?"
DIFFERENT = "What exactly will be different, and by how much?"
VERB = "What will somebody do? Begin with a verb, such as add, limit, page or remove."
ONLY_LINE = "Who would know what to do after reading only this line?"

ON_PEOPLE = re.compile(
    r"\b(?:be|being|stay)\s+(?:more\s+)?(?:careful|vigilant|attentive|aware|mindful)\b|\b(?:pay|paying)\s+(?:\w+\s+)?attention\b"
    r"|\b(?:remind|re-?train|train|educate|coach|warn|tell|ask)\s+(?:everyone|everybody|all|people|the\s+team|engineers?|developers?|operators?|staff|on-?calls?|whoever)\b"
    r"|\btry(?:ing)?\s+harder\b|\bdouble.?check\b|\b(?:raise|increase)\s+awareness\b|\b(?:do|does)\s+not\s+do\s+(?:it|this|that)\s+again\b",
    re.I,
)
LOOSE = re.compile(
    r"^(?:improve|enhance|optimi[sz]e|strengthen|harden|look\s+into|investigate|explore|consider|think\s+about|review|revisit|discuss|better|more|ensure|make\s+sure)\b",
    re.I,
)
MEASURE = re.compile(
    r"\d|\bevery\b|\bwithin\b|\buntil\b|\bso that\b|\bbelow\b|\babove\b|\bat (?:least|most)\b|\binstead of\b|\bbefore\b|\bwhenever\b",
    re.I,
)
OF_A_NOUN = re.compile(r"(?:ing|tion|sion|ment|ness|ity|ance|ence)s?$")
VERBAL = re.compile(
    r"(?:i[sz]e|ate|ify)$|^(?:auto|re|de|un|pre|back|cross|co|over|under|dis|multi|load)-?(?=[a-z]{3})"
)
DETERMINED = re.compile(r"^\W*\S+\s+(?:an?|the|every|each|all|any|no|both|our|its|two|three|\d+)\b", re.I)
WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # scripts that do not part words
SMALL = re.compile(r"\b(?:for|of|on|in|to|with|around|about|between)\b", re.I)


def questions(*, what: str, how_we_know: str = "", owner: bool = False, due: bool = False) -> list[str]:
    """What a kind editor would ask about an item, most telling first; nothing when it is concrete."""
    what, how = what.strip()[:1000], how_we_know.strip()[:1000]
    found = []
    if what:
        found += _of_words(what, how)
    if not how:
        found.append("How will we know that it worked?")
    if not owner:
        found.append("Who owns it?")
    if not due:
        found.append("By when?")
    return found


def _of_words(what: str, how: str) -> list[str]:
    marked = {mark.kind for mark in coach.read(what.rstrip(".") + ".", section="remedy")}
    found = []
    if ON_PEOPLE.search(what) or marked - {Kind.VAGUE_REMEDY}:
        found.append(CAREFUL)
    elif (Kind.VAGUE_REMEDY in marked or LOOSE.match(what)) and not MEASURE.search(f"{what} {how}"):
        found.append(DIFFERENT)
    if len(what.split()) < 3 and not WITHOUT_SPACES.search(what):
        found.append(ONLY_LINE)
    elif not begins_with_verb(what):
        found.append(VERB)
    return found


def begins_with_verb(what: str) -> bool:
    """Whether the first word may be an order; a word that nobody knows is one unless the line reads as a noun's."""
    word = re.match(r"\W*([^\W\d_]+(?:-[^\W\d_]+)*)", what)
    if word is None:
        return False
    first = word[1].lower()
    if not first.isascii() or DETERMINED.match(what):  # another language has other verbs
        return True
    tags = lexicon().verbs.get(first)
    if tags is not None:
        return bool(tags & {"base", "past", "part"})
    known = lexicon().verbs.get(VERBAL.sub("", first), frozenset())
    if known & {"base"} or (VERBAL.search(first) and not OF_A_NOUN.search(first)):
        return True
    return not (OF_A_NOUN.search(first) or SMALL.search(" ".join(what.split()[1:4])))
