"""What of a text a file would change, paragraph by paragraph. Pure, and quick for any length."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal


@dataclass(frozen=True)
class Piece:
    how: Literal["same", "gone", "new"]
    text: str


def pieces(was: str, becomes: str) -> list[Piece]:
    """Runs of lines that stay, go and come; long runs that stay are shortened to their first and last line."""
    one, two = was.splitlines(), becomes.splitlines()
    found: list[Piece] = []
    for how, a, b, c, d in SequenceMatcher(None, one, two).get_opcodes():
        if how == "equal":
            found.append(Piece("same", "\n".join(_short(one[a:b]))))
            continue
        if b > a:
            found.append(Piece("gone", "\n".join(one[a:b])))
        if d > c:
            found.append(Piece("new", "\n".join(two[c:d])))
    return [piece for piece in found if piece.text.strip()]


def _short(lines: list[str]) -> list[str]:
    return lines if len(lines) <= 3 else [lines[0], "…", lines[-1]]
