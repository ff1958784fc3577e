"""What the scorer is told about a sentence: its frames, who does what in it, and its words with people and things
made alike ("Priscilla failed to" and "the DBA failed to" are the same to it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from postmortems.language.frames import Match
from postmortems.language.lexicon import closed, lexicon
from postmortems.language.words import CODE, HIDDEN, Word

_PLAIN = closed("kept pronoun")
_KEPT_TAGS = frozenset({"N", "NAME"})


def shape(word: Word) -> str:
    """The word as the scorer sees it."""
    low = word.low
    if not word.is_word:
        return "<code>" if low[0] == CODE else "<hidden>" if low[0] == HIDDEN else low
    if low[0].isdigit():
        return "<number>"
    if low in _PLAIN:
        return low
    if word.tag in _KEPT_TAGS and "@person" in word.forms:
        return "<person>"
    bases = lexicon().lemmas.get(low)
    if bases and word.tag in ("V", "VD", "VN", "VG"):
        return min(bases)
    return low


def features(
    found: Sequence[Word], section: str, marks: Iterable[Match], cleans: Iterable[Match], listed: bool
) -> set[str]:
    told = {"bias"}
    shapes = [shape(word) for word in found]
    words = ["^", *shapes, "$"]
    for n in (1, 2, 3):
        told.update(" ".join(words[at : at + n]) for at in range(len(words) - n + 1))
    told.update(f"{words[at]} _ {words[at + 2]}" for at in range(len(words) - 2))
    for match in marks:
        told.add(f"frame:{match.frame.kind}")
        told.add(f"frame:{match.frame.kind}:{match.frame.source}")
    for match in cleans:
        told.add(f"clean:{match.frame.kind}")
    told.update(f"stem:{stem(word.low)}" for word in found if len(word.low) > 4 and word.low.isalpha())
    told |= _deeds(found)
    told |= _classes(found)
    if listed:
        told.add("listed")
    if found and found[0].tag == "V":
        told |= {"order", f"order in:{section}"}
    if found and found[-1].low.startswith("?"):
        told |= {"asked", f"asked in:{section}", f"asked {words[1]}"}
    told.add("short" if len(found) < 6 else "short:no")
    told.add("number" if "<number>" in shapes else "number:no")
    told.add("code" if "<code>" in shapes else "code:no")
    return told


_ENDINGS = tuple(sorted(closed("ending"), key=lambda ending: (-len(ending), ending)))


def stem(low: str) -> str:
    """A rough stem, so that "negligent" and "negligence" have something in common."""
    for ending in _ENDINGS:
        if low.endswith(ending) and len(low) - len(ending) >= 4:
            return low[: -len(ending)]
    return low


def _deeds(found: Sequence[Word]) -> set[str]:
    """subject class + negation or modal + verb, for each verb."""
    told: set[str] = set()
    turn = ""
    for _at, word in enumerate(found):
        if word.tag == "NOT" or word.low == "never":
            turn = "not "
        elif word.tag == "MODAL":
            turn = f"{word.low} "
        elif word.tag in ("V", "VD", "VN", "VG"):
            who = next((form for form in word.forms if form[0] == ":" and len(form) == 2), ":n")
            verb = shape(word)
            told.add(f"{who} {turn}{verb}")
            told.add(f"{who} {turn}{word.tag}")
            told.update(f"{who} {turn}{form}" for form in word.forms if form[0] == "@")
            turn = ""
        elif word.tag == "CUT":
            turn = ""
    return told


def _classes(found: Sequence[Word]) -> set[str]:
    told: set[str] = set()
    before: list[str] = []
    for word in found:
        names = [form for form in word.forms if form[0] == "@"]
        told.update(names)
        told.update(f"{shape_} {name}" for shape_ in before for name in names)
        before = names or [shape(word)]
    return told
