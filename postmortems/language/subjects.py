"""Every verb and the head of its subject, found from where words stand; there is no parser and nothing is learned.

A verb gets one of the forms `:p` (a person or a group), `:t` (a thing), `:n` (nobody: an order, an infinitive without
a subject) and `:u` (cannot be told). This one decision separates "Priscilla failed to" from "the probe failed to".
"""

from __future__ import annotations

from postmortems.language.words import Word

_LIGHT_CUTS = (",", "(", ")", "/", '"', "“", "”")
_RELATIVE = ("who", "which", "that")
_PHRASE = ("N", "NAME", "ADJ", "DET", "POSS", "NUM")
_VERBS = ("MODAL", "AUX", "V", "VD", "VN", "VG")


def subjects(found: list[Word]) -> None:
    """Give every verb the head of its subject: the first noun phrase of its clause that no preposition governs."""
    subject = clause = whose = -1
    seen_verb = False
    for at, word in enumerate(found):
        tag_ = word.tag
        if tag_ == "CUT" and word.low not in _LIGHT_CUTS:
            subject, clause, whose, seen_verb = -1, at, -1, False
        elif tag_ == "CONJ" or word.low in (",", "(", ")"):
            clause = at
        if tag_ in _VERBS:
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
                own, whose = (
                    whose,
                    -1,
                )  # "the manager who approved the change never checked": the verb goes back to her
            if own is not None:
                relative = own if any(found[i].low in _RELATIVE for i in range(own + 1, at)) else -1
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
            if (
                head is None
                and not governed
                and word.tag != "NUM"
                or head == at - 1
                and not governed
                and word.tag != "NUM"
            ):
                head = at
        elif word.tag == "PRON" and word.low not in ("there", "me", "us", "him", "them"):
            if word.low in _RELATIVE and head is not None:
                return head
            if word.low in _RELATIVE and start > 0:
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
    while start > 0 and found[start - 1].tag in _PHRASE and not _two_determiners(found, start):
        start -= 1
    return start


def _two_determiners(found: list[Word], at: int) -> bool:
    """ "that the reviewer": a phrase begins at the second. "A more careful": it does not."""
    both = found[at - 1].tag == "DET" and found[at].tag == "DET"
    return both and found[at].low not in ("more", "most", "few", "other")
