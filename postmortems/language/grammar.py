"""Who is the subject: words get a part of speech, and every verb the head of its subject with its class.

The classes are person (`:p`), thing (`:t`), nobody (`:n`: imperative, infinitive without a subject) and unknown (`:u`).
This is the one decision that separates "Priscilla failed to" from "the probe failed to". It is made from a lexicon of
roles, groups and names, from suffixes, and from where a word stands; there is no parser and nothing is learned.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from postmortems.language.lexicon import Lexicon, lexicon
from postmortems.language.words import CODE, HIDDEN, Word

_DET = frozenset(
    "the a an this that these those my your his her its our their some any no every each either neither both all half several "
    "another such what which whose few many much most enough more other certain various".split()
)
_POSS = frozenset("my your his her its our their 's whose one's".split())
_PERSONAL = {
    "i": "p", "we": "p", "you": "p", "he": "p", "she": "p", "they": "p", "who": "p", "somebody": "p", "someone": "p",
    "nobody": "p", "no-one": "p", "everyone": "p", "everybody": "p", "anyone": "p", "anybody": "p", "whoever": "p", "none": "u",
    "it": "t", "this": "t", "that": "t", "which": "t", "nothing": "t", "something": "t", "everything": "t", "anything": "t",
    "there": "t", "these": "u", "those": "u", "one": "u", "both": "u", "all": "u", "neither": "u", "us": "p", "them": "u", "me": "p",
    "him": "p", "myself": "p", "ourselves": "p", "themselves": "u", "u": "p", "y'all": "p", "ya": "p", "most": "u", "half": "u",
    "some": "u", "many": "u", "several": "u", "few": "u", "each": "u", "either": "u", "mine": "t", "ours": "t", "theirs": "t",
}  # fmt: skip
_PRON = frozenset(_PERSONAL)
_MODAL = frozenset("can could may might must shall should will would 'd ought need dare".split())
_AUX = frozenset("be am is are was were been being have has had having do does did 's get gets got".split())
_PREP = frozenset(
    "of in on at by for with from to into onto over under after before during without within about against between through "
    "until till since as like than per via upon off out up down across around behind beyond despite due because throughout toward "
    "towards inside outside near among amid besides except regarding concerning instead above below along unlike beside alongside".split()
)
_CONJ = frozenset("and or but nor yet so because although though while whereas if unless when whenever where once that whether".split())
_CUT = frozenset(", ; : – — - ( ) [ ] { } | / \" “ ” … . ! ? → = >".split()) | {"--", "...", "->"}
_ADV = frozenset(
    "not never always often ever also just only still even then now again already almost really very quite too so far later soon "
    "simply once twice here there perhaps maybe rather instead together alone indeed thus hence therefore however else yet back "
    "meanwhile sometimes seldom rarely hardly barely nearly once first last next yesterday today tomorrow tonight away".split()
)
_ADJ_END = re.compile(r"(?:ous|ful|less|able|ible|ive|ish|ary|ic|ical|ent|ant|al)$")
_NOUN_END = re.compile(r"(?:tion|sion|ment|ness|ity|ance|ence|ship|hood|ism|age|ure|cy|ing|dom|ery)s?$")
_PERSON_END = re.compile(r"(?:(?:gineer|nician|trator|ician|ologist|eer|ologer)s?|ists?|wom[ae]n|person|people)$")
_FIRM_END = frozenset("telecom gmbh ltd inc llc corp plc ag sa hosting telekom bank airlines energy".split())
_DUTY_ONLY_PEOPLE = frozenset("forgot neglected assumed thought believed wanted decided hoped chose knew admitted bothered".split())


def tag(found: list[Word], people: Collection[str] = (), things: Collection[str] = ()) -> None:
    """Fill in tags, forms and subjects. `people` and `things` are lower-case names known to the review."""
    book = lexicon()
    last = ""
    for number, word in enumerate(found):
        word.forms = _forms(word, book)
        word.tag = last = _tag(found, number, last, book)
        word.forms.add(f"#{last}")
    for number, word in enumerate(found):
        if word.tag in ("N", "NAME", "PRON"):
            kind = _class(found, number, book, people, things)
            word.forms.add(f"@{kind}")
    _subjects(found)


def _forms(word: Word, book: Lexicon) -> set[str]:
    low = word.low
    forms = {low}
    forms.update(book.lemmas.get(low, ()))
    forms.update(f"@{name}" for name in book.classes.get(low, ()))
    if "-" in low and low not in book.people:
        tail = low.rsplit("-", 1)[1]
        forms.update(f"@{name}" for name in book.classes.get(tail, ()) if name in ("bad", "careless", "trait"))
    if low[0].isdigit():
        forms.add("@number")
    return forms


def _tag(found: list[Word], at: int, last: str, book: Lexicon) -> str:
    """One of DET PRON MODAL AUX PREP CONJ ADV ADJ NUM NAME N V(base/s) VD(past) VG(-ing) VN(participle) TO NOT CUT."""
    word, low = found[at], found[at].low
    if not word.is_word:
        return "N" if word.raw[0] in (CODE, HIDDEN) else ("POSS" if low == "'s" else "CUT")
    if low == "not":
        return "NOT"
    if low == "to":
        return "TO"
    if low in _MODAL and not (low == "need" and last in ("DET", "POSS", "ADJ", "MODAL", "TO", "PRON")):
        return "MODAL"
    if low in _AUX:
        return "AUX"
    if low in _DET and not (low in _PRON and _ends_phrase(found, at, book)):
        return "POSS" if low in _POSS else "DET"
    if low in _PRON:
        return "PRON"
    if low in _CONJ and not (low == "like"):
        return "CONJ"
    if low in _PREP:
        return "PREP"
    if low in _ADV or low.endswith("ly") and low not in book.people and low not in ("reply", "apply", "rely", "supply", "family", "assembly", "anomaly", "july", "italy"):
        return "ADV"
    if low[0].isdigit():
        return "NUM"
    if word.raw[0].isupper() and low in book.people and book.people[low] == "name" and low not in ("will", "may", "mark", "bill", "grant", "frank", "hope", "april", "june", "rob", "sue", "page", "max", "hack", "chase", "guy", "dean", "joy", "rich", "sandy", "don", "pat", "drew", "grace", "faith", "art", "ed", "al", "mercedes", "august", "dawn", "dick"):
        return "NAME"
    if word.raw[0].isupper() and low in book.people and book.people[low] == "name" and (at > 0 or _verb_follows(found, at, book)) and low not in ("may", "april", "june", "august", "will"):
        return "NAME"
    verbal = book.verbs.get(low, frozenset())
    if verbal:
        found_tag = _verbal(found, at, last, verbal, book)
        if found_tag:
            return found_tag
    elif low.endswith("ed") and len(low) > 4 and low not in ("need", "seed", "speed", "feed", "hundred"):
        if last in ("DET", "ADJ", "POSS", "PREP", "NUM"):
            return "ADJ"
        return "VN" if last in ("AUX", "ADV") else "VD"
    elif low.endswith("ing") and len(low) > 5 and last not in ("DET", "ADJ", "POSS"):
        return "VG"
    classes = book.classes.get(low, frozenset())
    if (_ADJ_END.search(low) or classes & {"bad", "careless", "trait", "obvious"}) and low not in book.people and not classes & {"harm", "conduct"}:
        return "ADJ"
    return "N"


def _ends_phrase(found: list[Word], at: int, book: Lexicon) -> bool:
    """"this" and the like stand alone when a verb, an end or a preposition follows."""
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
    return low in _AUX or low in _MODAL or bool(book.verbs.get(low, frozenset()) & {"past", "s"}) or low in ("'s", "never", "and")


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
        if last in ("", "CUT") and (follows in _DET or follows in ("to", "that", "on", "out", "up", "more", "into", "all", "us") or at == 0):
            return "V"
        if last in ("CONJ", "ADV"):
            return "V"
        if last == "N" and (follows in _DET and follows or follows in ("to", "it", "them", "us", "out", "that", "up")):
            return "V"
        return None
    if "s" in verbal:
        if last in ("PRON", "NAME", "ADV", "CONJ"):
            return "V"
        if last in ("N", "CUT") and (
            follows in _DET or follows in _PREP or follows in ("to", "not", "it", "them", "that", "when", "how", "why")
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


def _class(found: list[Word], at: int, book: Lexicon, people: Collection[str], things: Collection[str]) -> str:
    """person, thing or unknown for one noun, name or pronoun."""
    word, low = found[at], found[at].low
    if word.raw[0] == CODE or low in things:
        return "thing"
    if word.raw[0] == HIDDEN:
        return "thing"
    if word.tag == "NAME" or low in people:
        return "person"
    if word.tag == "PRON":
        return {"p": "person", "t": "thing", "u": "unknown"}[_PERSONAL[low]]
    known = book.people.get(low)
    if known in ("person", "group", "name"):
        if known == "name" and not word.raw[0].isupper() and low not in ("dave", "bob", "priya", "leo", "ben", "anna", "tom", "nora"):
            return "person" if _verb_follows(found, at, book) and len(low) > 3 and low not in book.verbs else "thing"
        return "person"
    if known == "customer":
        return "person"
    if known == "machine":
        return "thing"
    if known == "weak":
        return _weak(found, at)
    if "-" in low:
        tail = low.rsplit("-", 1)[1]
        if book.people.get(tail) in ("person", "group"):
            return "person"
    if low in _FIRM_END or _PERSON_END.search(low) and low not in ("list", "lists", "persist", "exist", "checklist", "twist", "mist", "wishlist", "allowlist", "denylist", "blocklist", "whitelist", "blacklist", "gist", "fist", "volunteer-list", "career"):
        return "person"
    if word.raw[0].isupper() and at > 0 and not word.raw.isupper() and word.raw[1:].islower() and _human_context(found, at):
        return "person"
    if word.raw[0].isupper() and word.raw.isalpha() and not word.raw.isupper() and at + 1 < len(found) and (found[at + 1].low in _DUTY_ONLY_PEOPLE):
        return "person"
    return "thing"


def _weak(found: list[Word], at: int) -> str:
    """"Support" and "platform" are people where they stand alone as a name, and things behind an article."""
    before = found[at - 1] if at else None
    if before is not None and (before.low in ("the", "a", "an", "this", "that", "new", "old", "of") or before.tag in ("ADJ", "NUM")):
        return "person" if found[at].low in ("primary", "secondary") and before.low == "the" else "thing"
    after = found[at + 1] if at + 1 < len(found) else None
    if after is not None and (after.tag in ("N",) and after.raw[0] != CODE):
        return "thing"
    return "person" if before is None or not before.is_word or found[at].raw[0].isupper() or before.low in ("and", "but", "that", "because", "since", "so", "while", "if") else "thing"


def _human_context(found: list[Word], at: int) -> bool:
    after = found[at + 1].low if at + 1 < len(found) else ""
    return after in _DUTY_ONLY_PEOPLE or after in ("said", "told", "asked")


def _subjects(found: list[Word]) -> None:
    """Give every verb the head of its subject: the first noun phrase of its clause that no preposition governs."""
    subject = clause = whose = -1
    seen_verb = False
    for at, word in enumerate(found):
        tag_ = word.tag
        if tag_ == "CUT" and word.low not in (",", "(", ")", "/", '"', "“", "”"):
            subject, clause, whose, seen_verb = -1, at, -1, False
        elif tag_ == "CONJ" or word.low in (",", "(", ")"):
            clause = at
        if tag_ in ("MODAL", "AUX", "V", "VD", "VN", "VG"):
            if tag_ in ("VG", "VN") and not _grouped(found, at):
                word.subject = subject if seen_verb or tag_ == "VG" else -1
                _mark(found, word, "n" if tag_ == "VG" else "")
                continue
            if _after_to(found, at):
                word.subject = subject
                _mark(found, word, "" if seen_verb and subject >= 0 else "n")
                continue
            own = _phrase_head(found, clause + 1, at)
            if own is not None and whose >= 0 and found[clause].tag not in ("CUT", "CONJ") and own > whose:
                own, whose = whose, -1  # "the manager who approved the change never checked": the verb goes back to her
            if own is not None:
                relative = own if any(found[i].low in ("who", "which", "that") for i in range(own + 1, at)) else -1
                whose = relative if relative >= 0 else whose
                subject = own
            elif not seen_verb and clause >= 0 and found[clause].tag == "CUT":
                subject = -1 if found[clause].low not in (",", "(", ")") else subject
            word.subject = subject
            seen_verb = True
            _mark(found, word, "")
            if not _in_group(found, at + 1):
                clause = at


def _grouped(found: list[Word], at: int) -> bool:
    """Whether a participle belongs to an auxiliary right before it ("was reading", "had not been told")."""
    for back in range(at - 1, max(-1, at - 5), -1):
        before = found[back]
        if before.tag in ("AUX", "MODAL"):
            return True
        if before.tag not in ("ADV", "NOT", "PRON"):
            return False
    return False


def _in_group(found: list[Word], at: int) -> bool:
    """Whether the verb group goes on at `at`."""
    for ahead in range(at, min(len(found), at + 3)):
        if found[ahead].tag in ("AUX", "V", "VN", "VG", "VD"):
            return True
        if found[ahead].tag not in ("ADV", "NOT"):
            return False
    return False


def _after_to(found: list[Word], at: int) -> bool:
    back = at - 1
    while back >= 0 and found[back].tag in ("ADV", "NOT", "AUX") and at - back < 4:
        back -= 1
    return back >= 0 and found[back].tag == "TO"


def _phrase_head(found: list[Word], start: int, end: int) -> int | None:
    """The head of the first noun phrase in [start, end) that does not hang on a preposition."""
    head: int | None = None
    governed = False
    for at in range(start, end):
        word = found[at]
        if word.tag in ("N", "NAME", "NUM"):
            if at + 1 < end and found[at + 1].tag == "POSS":
                continue
            if head is None and not governed and word.tag != "NUM":
                head = at
            elif head == at - 1 and not governed and word.tag != "NUM":
                head = at
        elif word.tag == "PRON" and word.low not in ("there", "me", "us", "him", "them"):
            if word.low in ("who", "which", "that") and head is not None:
                return head
            if word.low in ("who", "which", "that") and start > 0:
                before = _before(found, at)
                if before is not None:
                    return before
            head, governed = at, False
        elif word.tag in ("PREP", "TO"):
            governed = True
        elif word.tag == "DET" and not governed:
            head = None
        elif word.tag in ("CUT", "CONJ"):
            governed = False
            if head is not None and word.low not in ("and", "or", "/"):
                return head
    return head


def _before(found: list[Word], at: int) -> int | None:
    """The noun that "who" or "which" speaks of."""
    for back in range(at - 1, max(-1, at - 4), -1):
        if found[back].tag in ("N", "NAME"):
            return back
    return None


def _mark(found: list[Word], word: Word, kind: str) -> None:
    if not kind:
        kind = "n"
        if word.subject >= 0:
            forms = found[word.subject].forms
            kind = "p" if "@person" in forms else "t" if "@thing" in forms else "u"
    word.forms.add(f":{kind}")


def phrase_of(found: list[Word], head: int) -> int:
    """Where the noun phrase of a head begins: its article, possessives and adjectives included."""
    start = head
    while start > 0 and found[start - 1].tag in ("N", "NAME", "ADJ", "DET", "POSS", "NUM") and not (
        found[start - 1].tag == "DET" and found[start].tag == "DET"
    ):
        start -= 1
    return start
