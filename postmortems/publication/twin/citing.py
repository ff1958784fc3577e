"""Citations of a passage for outsiders: they lead to the new numbers, or are words and lead nowhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from postmortems.markdown import cited
from postmortems.publication.twin import blocks
from postmortems.publication.twin.links import Link, rewritten

CITES = re.compile(r"(event|condition|item|role|image):(\d+)")
NUMBER = re.compile(r"\s*([CR])\d+\s*")
LETTERS = {"condition": ("C", "a contributing condition"), "item": ("R", "a remediation item")}

Numbers = Mapping[tuple[str, int], int]


def followed(words: str, numbers: Numbers) -> str:
    """`numbers` are those of everything that is there, by kind and old number.

    A citation written in a way that is not understood here would keep an old number: then the passage loses its marks.
    """
    written: set[tuple[str, int]] = set()

    def lead(link: Link) -> str | None:
        if link.target.startswith("#"):  # a place of the page in the house
            return link.words
        target = CITES.fullmatch(link.target)
        if target is None:
            return None
        kind, old = target[1], int(target[2])
        written.add((kind, old))
        new = numbers.get((kind, old))
        if link.is_image:
            return f"![{link.words}](image:{new})" if new and kind == "image" else ""
        said = _said(link.words, kind, new)
        return f"[{said}]({kind}:{new})" if new and kind != "image" else said

    made = rewritten(words, lead)
    return made if set(cited(words)) <= written else blocks.plain(words)


def _said(words: str, kind: str, new: int | None) -> str:
    """What says nothing but an old number says the new one, or in general what it was of."""
    label = NUMBER.fullmatch(words)
    letter, generic = LETTERS.get(kind, ("", ""))
    if label is None or label[1] != letter:
        return words
    return f"{letter}{new}" if new else generic
