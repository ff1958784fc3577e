"""Lines of code that are too long for the page: parted where a reader sees it. Pure."""

from __future__ import annotations

from postmortems.publication.printing.tables import length

SIZES = (
    (84, ""),
    (95, "7.5pt"),
    (105, "6.8pt"),
)  # letters between the margins, and the size they have room in
INDENT = 4  # letters that a list or a quote takes
LEAST = 24
BACK = 18  # letters looked back for a blank to part at
MARK = 2  # letters of the mark before what goes on


def parted(line: str, room: int) -> list[str]:
    """The pieces of a line; joined they are the line again."""
    if length(line) <= room:
        return [line]
    pieces: list[str] = []
    width = room
    while (cut := _fitting(line, width)) < len(line):
        blank = max(line.rfind(" ", cut - BACK, cut), line.rfind(",", cut - BACK, cut))
        cut = blank + 1 if blank > 0 else cut
        pieces.append(line[:cut])
        line = line[cut:]
        width = room - MARK
    return [*pieces, line]


def room(depth: int, longest: int = 0) -> tuple[int, str]:
    """Letters of a line within so many lists and quotes, and their size: smaller where that keeps every line whole."""
    fitting = [(letters - INDENT * depth, size) for letters, size in SIZES]
    return next((one for one in fitting if longest <= one[0]), (max(LEAST, fitting[0][0]), ""))


def _fitting(line: str, width: int) -> int:
    """How many letters from the beginning have room; marks over a letter take none."""
    if line[: width + 1].isascii():
        return min(width, len(line))
    taken = 0
    for place, character in enumerate(line):
        taken += length(character)
        if taken > width:
            return max(1, place)
    return len(line)
