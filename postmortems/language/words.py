"""Text → words with their places. Contractions are taken apart ("shouldn't" → should, not); offsets stay true."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from postmortems.language.lexicon import closed

CODE = "\x01"
"""Stands in masked text for each character of inline code."""
HIDDEN = "\x02"
"""Stands in masked text for each character that nobody here says: a customer's words, a label on a screen."""

_WORD = re.compile(
    rf"{CODE}+|{HIDDEN}+"
    r"|[^\W_](?:[\w./:@%+-]*[\w%])?(?:['’ʼ][^\W\d_]+)*"
    r"|[.!?…]+|[^\s\w]",
)
_JOINED = re.compile(r"[./:@%+]")
_ENDS = {"n't": "not", "'ve": "have", "'re": "are", "'ll": "will", "'m": "am", "'d": "'d", "'s": "'s"}
# What chat writes without an apostrophe.
_CHAT = {
    **{f"{verb}nt": (verb, "not") for verb in closed("takes nt")},
    "cant": ("can", "not"),
    "wont": ("will", "not"),
    "cannot": ("can", "not"),
    "shoulda": ("should", "have"),
    "coulda": ("could", "have"),
    "woulda": ("would", "have"),
    "mighta": ("might", "have"),
    "shouldve": ("should", "have"),
    "couldve": ("could", "have"),
    "wouldve": ("would", "have"),
    "gotta": ("got", "to"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "didya": ("did", "you"),
    "dunno": ("do", "not"),
}


@dataclass(slots=True)
class Word:
    """One word: its place, itself in lower case, and everything a frame may ask about it."""

    start: int
    end: int
    raw: str
    low: str
    forms: set[str] = field(default_factory=set)
    tag: str = ""
    subject: int = -1
    """For a verb: the index of the head of its subject, −1 when it has none."""

    @property
    def is_word(self) -> bool:
        return self.low[:1].isalnum()


def words(masked: str, start: int, end: int) -> list[Word]:
    """The words and punctuation marks of a stretch of masked text."""
    found: list[Word] = []
    for match in _WORD.finditer(masked, start, end):
        raw = match.group().replace("’", "'").replace("ʼ", "'")
        if "'" in raw and len(raw) > 2:
            found += _apart(raw, match.start(), match.end())
        elif raw[0].isalpha() and raw.lower() in _CHAT:
            found += [Word(match.start(), match.end(), part, part) for part in _CHAT[raw.lower()]]
        elif "/" in raw and not _JOINED.sub("", raw.replace("/", "")).isdigit() and raw.count("/") == 1:
            found += _halves(raw, match.start())
        else:
            found.append(Word(match.start(), match.end(), raw, raw.lower()))
    return found


def _apart(raw: str, start: int, end: int) -> list[Word]:
    low = raw.lower()
    for tail, word in _ENDS.items():
        if low.endswith(tail) and len(low) > len(tail):
            cut = len(raw) - len(tail)
            base = (
                {"ca": "can", "wo": "will", "sha": "shall"}.get(low[:cut], low[:cut])
                if word == "not"
                else low[:cut]
            )
            if "'" in base and tail in ("'ve", "'d"):  # shouldn't've
                return [*_apart(raw[:cut], start, start + cut), Word(start + cut, end, raw[cut:], word)]
            return [
                Word(start, start + cut, raw[:cut], base),
                Word(start + cut, end, raw[cut:], word),
            ]
    return [Word(start, end, raw, low)]


def _halves(raw: str, start: int) -> list[Word]:
    """`and/or`, `reviewer/approver`: two words; paths and addresses with more than one stroke stay whole."""
    left, right = raw.split("/")
    if not (left.isalpha() and right.isalpha()):
        return [Word(start, start + len(raw), raw, raw.lower())]
    middle = start + len(left) + 1
    return [
        Word(start, middle - 1, left, left.lower()),
        Word(middle - 1, middle, "/", "/"),
        Word(middle, start + len(raw), right, right.lower()),
    ]
