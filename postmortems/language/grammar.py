"""Parts of speech, from closed classes, a list of verbs, endings, and the word before.

One of DET POSS PRON MODAL AUX PREP CONJ ADV ADJ NUM NAME N, V (plain or -s), VD (past), VG (-ing), VN (participle), TO,
NOT and CUT (a mark that is no word). It is right often enough to find subjects; it is not a parser.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from postmortems.language.lexicon import Lexicon, closed, lexicon
from postmortems.language.people import class_of, pronoun
from postmortems.language.subjects import subjects
from postmortems.language.words import CODE, HIDDEN, Word

_DET = closed("determiner")
_POSS = closed("possessive")
_MODAL = closed("modal")
_AUX = closed("auxiliary")
_PREP = closed("preposition")
_ADV = closed("adverb")
_ARTICLES = frozenset({"the", "a", "an", "no", "every"})
# Closed classes in the order in which they are asked, behind those that look at the words beside them.
_CLOSED = (("conjunction", "CONJ"), ("preposition", "PREP"))
_CLOSED_TAGS = {word: tag for name, tag in reversed(_CLOSED) for word in closed(name)}
_ADJ_END = re.compile(r"(?:ous|ful|less|able|ible|ive|ish|ary|ic|ical|ent|ant|al)$")
_ADJ_CLASSES = frozenset({"bad", "careless", "trait", "obvious"})
_NOUN_CLASSES = frozenset({"harm", "conduct"})
_BEFORE_NOUN = ("DET", "ADJ", "POSS")


def tag(found: list[Word], people: Collection[str] = (), things: Collection[str] = ()) -> None:
    """Fill in tags, forms and subjects. `people` and `things` are lower-case names known to the review."""
    book = lexicon()
    last = ""
    for number, word in enumerate(found):
        word.forms = _forms(word, book)
        word.tag = last = _tag(found, number, last, book)
        word.forms.add(f"#{last}")
    for number, word in enumerate(found):
        if word.low == "'d" and _had(found, number, book):
            word.forms |= {"had", "have", "@have"}
        if word.tag in ("N", "NAME", "PRON"):
            word.forms.add(f"@{class_of(found, number, book, people, things)}")
    subjects(found)


def _forms(word: Word, book: Lexicon) -> set[str]:
    low = word.low
    forms = {low}
    forms.update(book.lemmas.get(low, ()))
    forms.update(f"@{name}" for name in book.classes.get(low, ()))
    if "-" in low and low not in book.people:
        tail = low.rsplit("-", 1)[1]
        forms.update(
            f"@{name}" for name in book.classes.get(tail, ()) if name in ("bad", "careless", "trait")
        )
    if low[0].isdigit():
        forms.add("@number")
    return forms


def _tag(found: list[Word], at: int, last: str, book: Lexicon) -> str:
    word, low = found[at], found[at].low
    if not word.is_word:
        return "N" if word.raw[0] in (CODE, HIDDEN) else ("POSS" if low == "'s" else "CUT")
    if low in ("not", "to"):
        return low.upper()
    if low in _MODAL and not (low == "need" and last in ("DET", "POSS", "ADJ", "MODAL", "TO", "PRON")):
        return "MODAL"
    if low in _AUX:
        return "AUX"
    is_pronoun = pronoun(low) is not None
    if low in _DET and not (is_pronoun and _ends_phrase(found, at, book)):
        return "POSS" if low in _POSS else "DET"
    if is_pronoun:
        return "PRON"
    if low in _CLOSED_TAGS:
        return _CLOSED_TAGS[low]
    if low in _ADV or (low.endswith("ly") and low not in book.people and low not in closed("no adverb")):
        return "ADV"
    if low[0].isdigit():
        return "NUM"
    if word.raw[0].isupper() and book.people.get(low) == "name" and _is_name(found, at, book):
        return "NAME"
    return _open_class(found, at, last, book)


def _had(found: list[Word], at: int, book: Lexicon) -> bool:
    """ "I'd waited" against "I'd wait"."""
    after = next((word.low for word in found[at + 1 : at + 4] if word.tag not in ("ADV", "NOT")), "")
    tags = book.verbs.get(after, frozenset())
    return "part" in tags and "base" not in tags


def _is_name(found: list[Word], at: int, book: Lexicon) -> bool:
    """ "Will" and "Mark" are names behind another word, or before a verb."""
    low = found[at].low
    if low not in closed("name or word"):
        return True
    return low not in closed("never a name") and (at > 0 or _verb_follows(found, at, book))


def _open_class(found: list[Word], at: int, last: str, book: Lexicon) -> str:
    low = found[at].low
    if verbal := book.verbs.get(low):
        if as_verb := _verbal(found, at, last, verbal, book):
            return as_verb
    elif low.endswith("ed") and len(low) > 4 and low not in closed("no past"):
        if last in (*_BEFORE_NOUN, "PREP", "NUM"):
            return "ADJ"
        return "VN" if last in ("AUX", "ADV") else "VD"
    elif low.endswith("ing") and len(low) > 5 and last not in _BEFORE_NOUN:
        return "VG"
    classes = book.classes.get(low, frozenset())
    adjective = _ADJ_END.search(low) or not classes.isdisjoint(_ADJ_CLASSES)
    return "ADJ" if adjective and low not in book.people and classes.isdisjoint(_NOUN_CLASSES) else "N"


def _ends_phrase(found: list[Word], at: int, book: Lexicon) -> bool:
    """ "this" and the like stand alone when a verb, an end or a preposition follows."""
    if at + 1 >= len(found):
        return True
    after = found[at + 1]
    low = after.low
    if low in ("her", "his", "their", "our", "your", "my", "its"):
        return False
    return (
        not after.is_word or low in _MODAL or low in _AUX or low in _PREP or low in ("not", "to", "and", "or", "who", "that")
        or low in _ADV or ("past" in book.verbs.get(low, ()) and found[at].low not in ("the", "a", "an", "no", "every", "my", "your", "his", "its", "our", "their", "whose"))
    ) and found[at].low not in _POSS | {"the", "a", "an", "no", "every", "such", "another"}  # fmt: skip


def _verb_follows(found: list[Word], at: int, book: Lexicon) -> bool:
    if at + 1 >= len(found):
        return False
    low = found[at + 1].low
    return (
        low in _AUX
        or low in _MODAL
        or bool(book.verbs.get(low, frozenset()) & {"past", "s"})
        or low in ("'s", "never", "and")
    )


def _verbal(found: list[Word], at: int, last: str, verbal: frozenset[str], book: Lexicon) -> str | None:
    low = found[at].low
    after = found[at + 1] if at + 1 < len(found) else None
    follows = after.low if after is not None and after.is_word else ""
    if "ing" in verbal:
        return None if last in ("DET", "ADJ", "POSS") else "VG"
    if last in ("TO", "MODAL") and "base" in verbal:
        return "V"
    if last in ("NOT",) and verbal & {"base", "part", "past"}:
        return "V" if "base" in verbal else "VN"
    if "past" in verbal or "part" in verbal:
        if "base" in verbal and last in ("DET", "POSS", "ADJ"):
            return None
        if last in ("DET", "POSS", "ADJ", "NUM") and low not in ("was", "were"):
            return None if low in book.classes and "harm" in book.classes[low] else "ADJ"
        if last == "AUX" or (last == "ADV" and _aux_before(found, at)):
            return "VN" if "part" in verbal else "VD"
        if last == "PREP":
            return "ADJ"
        if "past" in verbal:
            return "VD"
        return "VN"
    if last in ("DET", "POSS", "ADJ", "PREP", "NUM", "AUX") and not (last == "AUX" and _aux_do(found, at)):
        return None
    if "base" in verbal:
        if last == "AUX" and _aux_do(found, at):
            return "V"
        if last in ("PRON", "NAME"):
            return "V"
        if last in ("", "CUT") and (
            follows in _DET
            or follows in ("to", "that", "on", "out", "up", "more", "into", "all", "us")
            or at == 0
        ):
            return "V"
        if last in ("CONJ", "ADV"):
            return "V"
        if last == "N" and (
            follows in _DET and follows or follows in ("to", "it", "them", "us", "out", "that", "up")
        ):
            return "V"
        return None
    if "s" in verbal:
        if last in ("PRON", "NAME", "ADV", "CONJ"):
            return "V"
        if last in ("N", "CUT") and (
            follows in _DET
            or follows in _PREP
            or follows in ("to", "not", "it", "them", "that", "when", "how", "why")
            or follows.endswith("ly")
        ):
            return "V" if last == "N" else None
        if last == "N" and follows and follows not in book.verbs:
            return "V"
    return None


def _aux_before(found: list[Word], at: int) -> bool:
    return any(found[i].tag == "AUX" for i in range(max(0, at - 3), at))


def _aux_do(found: list[Word], at: int) -> bool:
    return any(found[i].low in ("do", "does", "did") for i in range(max(0, at - 3), at))
