"""What of a text a file would change, paragraph by paragraph. Pure, and quick for any length."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal


@dataclass(frozen=True)
class Piece:
    how: Literal["same", "gone", "new"]
    text: str


COMPARED = (
    3_000  # lines between the first and the last change; beyond them all of it is shown as gone and come
)


def pieces(was: str, becomes: str) -> list[Piece]:
    """Runs of lines that stay, go and come; long runs that stay are shortened to their first and last line."""
    one, two = was.splitlines(), becomes.splitlines()
    found: list[Piece] = []
    for how, a, b, c, d in _steps(one, two):
        if how == "equal":
            found.append(Piece("same", "\n".join(_short(one[a:b]))))
            continue
        if b > a:
            found.append(Piece("gone", "\n".join(one[a:b])))
        if d > c:
            found.append(Piece("new", "\n".join(two[c:d])))
    return [piece for piece in found if piece.text.strip()]


def _steps(one: list[str], two: list[str]) -> list[tuple[str, int, int, int, int]]:
    head = next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    most = min(len(one), len(two)) - head
    tail = next((n for n in range(most) if one[-1 - n] != two[-1 - n]), most)
    ends = (len(one) - tail, len(two) - tail)
    middle = one[head : ends[0]], two[head : ends[1]]
    if max(map(len, middle)) <= COMPARED:
        steps = SequenceMatcher(None, *middle).get_opcodes()
    else:
        steps = [("replace", 0, len(middle[0]), 0, len(middle[1]))]
    return _around(steps, head, ends, (len(one), len(two)))


def _around(
    steps: list[tuple[str, int, int, int, int]], head: int, ends: tuple[int, int], whole: tuple[int, int]
) -> list[tuple[str, int, int, int, int]]:
    """Steps between the first and the last change, with what stays before and after them."""
    moved = [(how, a + head, b + head, c + head, d + head) for how, a, b, c, d in steps]
    before = [("equal", 0, head, 0, head)] if head else []
    after = [("equal", ends[0], whole[0], ends[1], whole[1])] if ends[0] < whole[0] else []
    return [*before, *moved, *after]


def _short(lines: list[str]) -> list[str]:
    return lines if len(lines) <= 3 else [lines[0], "…", lines[-1]]
