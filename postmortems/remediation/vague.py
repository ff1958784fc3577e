"""Items nobody could check, noticed while they are typed. Advice, never a gate. Pure."""

from __future__ import annotations

import re

EMPTY = re.compile(
    r"\b(?:be|being|stay)\s+(?:more\s+)?(?:careful|vigilant|attentive|aware)\b|\b(?:pay|paying)\s+(?:more\s+)?attention\b"
    r"|\b(?:remind|train|educate)\s+(?:everyone|everybody|people|the team|engineers|staff)\b|\btry harder\b|\bdouble.check\b",
    re.I,
)
LOOSE = re.compile(
    r"^(?:improve|enhance|optimi[sz]e|look into|investigate|consider|think about|review|better|more)\b", re.I
)
MEASURE = re.compile(
    r"\d|\bevery\b|\bwithin\b|\buntil\b|\bso that\b|\bbelow\b|\babove\b|\bat (?:least|most)\b", re.I
)


def questions(*, what: str, how_we_know: str = "", owner: bool = False, due: bool = False) -> list[str]:
    """What a kind editor would ask about an item, most telling first; nothing when it is concrete."""
    found = []
    if EMPTY.search(what):
        found.append("What could the system do, so that nobody needs to be more careful?")
    if LOOSE.match(what.strip()) and not MEASURE.search(what + " " + how_we_know):
        found.append("What exactly will be different, and by how much?")
    if len(what.split()) < 4:
        found.append("Who would know what to do after reading only this line?")
    if not how_we_know.strip():
        found.append("How will we know that it worked?")
    if not owner:
        found.append("Who owns it?")
    if not due:
        found.append("By when?")
    return found
