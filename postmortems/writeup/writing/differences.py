"""Two texts as one that can be read: what went struck out, what came underlined."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from postmortems.writeup.writing import merging


def difference(before: str, after: str) -> SafeString:
    """Word by word, as HTML of ins and del around escaped text."""
    parts: list[str] = []
    at = shift = 0
    for begin, end, length in merging.moves(before, after):
        there = begin + shift
        parts += [
            escape(before[at:begin]),
            _marked("del", before[begin:end]),
            _marked("ins", after[there : there + length]),
        ]
        at, shift = end, shift + length - (end - begin)
    parts.append(escape(before[at:]))
    return mark_safe("".join(parts))  # noqa: S308 every part was escaped


def _marked(tag: str, words: str) -> str:
    return f"<{tag}>{escape(words)}</{tag}>" if words else ""
