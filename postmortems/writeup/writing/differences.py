"""Two texts as one that can be read: what went struck out, what came underlined."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from postmortems.writeup.writing import merging


def difference(before: str, after: str) -> SafeString:
    """Word by word, as HTML of ins and del around escaped text."""
    parts: list[str] = []
    at = shift = 0
    for begin, end, length in _in_runs(merging.moves(before, after), before):
        there = begin + shift
        parts += [
            escape(before[at:begin]),
            _marked("del", before[begin:end]),
            _marked("ins", after[there : there + length]),
        ]
        at, shift = end, shift + length - (end - begin)
    parts.append(escape(before[at:]))
    return mark_safe("".join(parts))  # noqa: S308 every part was escaped


def _in_runs(moves: Iterable[tuple[int, int, int]], before: str) -> list[tuple[int, int, int]]:
    """Changes with nothing but spaces between them are read as one."""
    found: list[tuple[int, int, int]] = []
    for begin, end, length in moves:
        if found and not before[found[-1][1] : begin].strip(" "):
            first, last, more = found.pop()
            begin, length = first, more + begin - last + length
        found.append((begin, end, length))
    return found


def _marked(tag: str, words: str) -> str:
    return f"<{tag}>{escape(words)}</{tag}>" if words else ""
