"""What stands in a secret's place. Each value of a text gets a mask of its own, so that it can be put back."""

from __future__ import annotations

from collections.abc import Iterable

from timelines.masking.find import Found


def masks_of(text: str, founds: Iterable[Found]) -> dict[str, tuple[str, str]]:
    """Each value with its kind and its mask, in order of place.

    A second value of a kind is numbered, and a mask that the text has already by itself is passed over:
    a mask stands for one value in one text, always.
    """
    given: dict[str, tuple[str, str]] = {}
    used: set[str] = set()
    for found in founds:
        if found.value in given:
            continue
        number, mask = 1, f"[masked: {found.kind}]"
        while mask in used or mask in text:
            number += 1
            mask = f"[masked: {found.kind} {number}]"
        used.add(mask)
        given[found.value] = (found.kind, mask)
    return given


def mask(text: str, founds: Iterable[Found]) -> str:
    """The text with masks. A value that stands in it once more, without anything to tell it by, is masked there too."""
    founds = list(founds)
    return replaced(text, {value: mask for value, (_, mask) in masks_of(text, founds).items()}, founds)


def replaced(text: str, masks: dict[str, str], founds: Iterable[Found]) -> str:
    parts, last = [], 0
    for found in founds:
        parts += [_everywhere(text[last : found.start], masks), masks.get(found.value, found.value)]
        last = found.end
    parts.append(_everywhere(text[last:], masks))
    return "".join(parts)


def _everywhere(text: str, masks: dict[str, str]) -> str:
    """Longest value first: one may be the beginning of another. Three characters and fewer are found by chance."""
    for value in sorted(masks, key=len, reverse=True):
        if len(value) > 3 and value in text:
            text = text.replace(value, masks[value])
    return text
