"""What stands in a secret's place. Each value of a text gets a mask of its own, so that it can be put back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from timelines.masking.find import Found

OPENING = "[masked: "
# Values of one text that are looked for once more where nothing tells of them; more of them is no note but a dump.
SOUGHT = 100


def masks_of(text: str, founds: Iterable[Found]) -> dict[str, tuple[str, str]]:
    """Each value with its kind and its mask, in order of place.

    A second value of a kind is numbered, and a mask that the text has already by itself is passed over:
    a mask stands for one value in one text, always.
    """
    given: dict[str, tuple[str, str]] = {}
    numbers: Counter[str] = Counter()
    has_masks = OPENING in text
    for found in founds:
        if found.value in given:
            continue
        while True:
            numbers[found.kind] += 1
            number = numbers[found.kind]
            mask = f"{OPENING}{found.kind}{f' {number}' if number > 1 else ''}]"
            if not has_masks or mask not in text:
                break
        given[found.value] = (found.kind, mask)
    return given


def mask(text: str, founds: Iterable[Found]) -> str:
    """The text with masks. A value that stands in it once more, without anything to tell it by, is masked there too."""
    founds = list(founds)
    return replaced(text, {value: mask for value, (_, mask) in masks_of(text, founds).items()}, founds)


def replaced(text: str, masks: dict[str, str], founds: Iterable[Found]) -> str:
    """No value is part of a mask's own words (`find` sees to it), so what was put in is not masked again."""
    parts, last = [], 0
    for found in founds:
        parts += [text[last : found.start], masks.get(found.value, found.value)]
        last = found.end
    text = "".join([*parts, text[last:]])
    for value in sorted(islice(masks, SOUGHT), key=len, reverse=True):  # one may be the beginning of another
        if len(value) > 3:  # shorter ones stand elsewhere by chance
            text = text.replace(value, masks[value])
    return text
