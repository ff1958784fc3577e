"""The same picture for renderers that set one letter after the other, from left to right.

WeasyPrint draws SVG text that way: Hebrew would come out reversed and Arabic unjoined. `for_print` writes
such words in the order in which they are seen and with their joined forms, following the outline of the
Unicode bidirectional algorithm (one level of embedding is enough for one line) and the joining forms that
Unicode keeps for this. Everything else stays as it is. A page must get the picture without this.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from xml.sax.saxutils import escape, unescape

_WRITTEN = re.compile(r"<(text|tspan)\b([^>]*)>([^<]+)")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_ALEFS = {"\u0622": 0, "\u0623": 1, "\u0625": 2, "\u0627": 3}


def for_print(svg: str) -> str:
    def set_out(found: re.Match[str]) -> str:
        tag, attributes, written = found.groups()
        text = unescape(written)
        if not any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
            return found[0]
        turned = 'direction="rtl"' in attributes
        if turned:
            attributes = _hung_from_the_left(attributes)
        return f"<{tag}{attributes}>{escape(as_seen(text, right_to_left=turned))}"

    return _WRITTEN.sub(set_out, svg)


def _hung_from_the_left(attributes: str) -> str:
    """Without its direction, so that brackets are not mirrored twice; what was its end is now its start."""
    attributes = attributes.replace(' direction="rtl"', "")
    if ' text-anchor="end"' in attributes:
        return attributes.replace(' text-anchor="end"', "")
    return attributes if " text-anchor=" in attributes else attributes + ' text-anchor="end"'


def as_seen(text: str, *, right_to_left: bool) -> str:
    """Letters in the order of the page, left to right, joined where they are joined in handwriting."""
    units = _units(_joined(text))
    levels = _levels([unit[0] for unit in units], base=1 if right_to_left else 0)
    for level in range(max(levels, default=0), 0, -1):
        begin = 0
        while begin < len(units):
            end = begin
            while end < len(units) and levels[end] >= level:
                end += 1
            if end > begin:
                units[begin:end] = reversed(units[begin:end])
                levels[begin:end] = reversed(levels[begin:end])
            begin = max(end, begin + 1)
    return "".join(
        unit.translate(_MIRRORED) if level % 2 else unit for unit, level in zip(units, levels, strict=True)
    )


def _units(text: str) -> list[str]:
    """Letters with the marks that sit on them."""
    found: list[str] = []
    for character in text:
        if found and unicodedata.category(character) in ("Mn", "Me"):
            found[-1] += character
        else:
            found.append(character)
    return found


def _levels(characters: list[str], *, base: int) -> list[int]:
    """0 for left to right in such a text, 1 for right to left, 2 for numbers and foreign words inside it."""
    sides: list[str] = []
    strong = "R" if base else "L"
    for character in characters:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL", "L"):
            strong = "L" if kind == "L" else "R"
            sides.append(strong)
        elif kind in ("EN", "AN"):
            sides.append("N" if strong == "R" or kind == "AN" else "L")
        else:
            sides.append("")
    _separators(characters, sides)
    for place, side in enumerate(sides):
        if not side:
            before = next((s for s in reversed(sides[:place]) if s), "R" if base else "L")
            after = next((s for s in sides[place + 1 :] if s), "R" if base else "L")
            around = {"R" if s == "N" else s for s in (before, after)}
            sides[place] = around.pop().lower() if len(around) == 1 else ("r" if base else "l")
    return [{"R": 1, "N": 2, "L": 2 if base else 0}[side.upper()] for side in sides]


def _separators(characters: list[str], sides: list[str]) -> None:
    """A point, colon or slash between two digits belongs to the number: 13:42, 2.4.1."""
    for place in range(1, len(characters) - 1):
        between = unicodedata.bidirectional(characters[place]) in ("CS", "ES")
        if between and sides[place - 1] == sides[place + 1] == "N":
            sides[place] = "N"


@cache
def _forms() -> dict[str, dict[str, str]]:
    """For each Arabic letter its isolated, final, initial and medial form, read from Unicode's own table."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE70, 0xFEFD)):
        kind, *letters = unicodedata.decomposition(chr(code)).split()[:3] or [""]
        if kind in ("<isolated>", "<final>", "<initial>", "<medial>") and letters:
            written = "".join(chr(int(letter, 16)) for letter in letters)
            found.setdefault(written, {}).setdefault(kind[1:-1], chr(code))
    return found


def _joined(text: str) -> str:
    forms = _forms()
    text = re.sub(
        "\u0644([\u0622\u0623\u0625\u0627])", lambda pair: chr(0xFEF5 + 2 * _ALEFS[pair[1]]), text
    )  # lam and alef are written as one letter
    letters = [i for i, character in enumerate(text) if unicodedata.category(character) != "Mn"]
    written = list(text)
    for place, i in enumerate(letters):
        before = text[letters[place - 1]] if place else ""
        after = text[letters[place + 1]] if place + 1 < len(letters) else ""
        own = forms.get(text[i], {})
        from_before = _reaches(before, forms)
        if 0xFEF5 <= ord(text[i]) <= 0xFEFB:
            written[i] = chr(ord(text[i]) + 1) if from_before else text[i]
            continue
        on = "initial" in own and _receives(after, forms)
        into = from_before and "final" in own
        form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get(
            (into, on), "isolated"
        )
        written[i] = own.get(form, text[i])
    return "".join(written)


def _reaches(character: str, forms: dict[str, dict[str, str]]) -> bool:
    """Whether a letter joins the one that follows it."""
    return character == "\u0640" or "initial" in forms.get(character, {})


def _receives(character: str, forms: dict[str, dict[str, str]]) -> bool:
    """Whether a letter lets the one before it join."""
    if not character:
        return False
    return character == "\u0640" or 0xFEF5 <= ord(character) <= 0xFEFB or "final" in forms.get(character, {})
