"""Notes as lines: what an interviewee corrects, strikes or releases is one line of them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from postmortems.interviews.listening.stamps import LINE

STRUCK = "(struck)"
OFF = re.compile(r"^\(off the record\b.*\)$", re.I)


@dataclass(frozen=True)
class Line:
    """A line that is not blank, with its number in the whole text."""

    number: int
    text: str

    @property
    def is_mark(self) -> bool:
        """A trace of words that are not there: nothing to decide about."""
        return self.text == STRUCK or bool(OFF.match(self.text))


def of(body: str) -> list[Line]:
    return [Line(number, line.strip()) for number, line in enumerate(body.split("\n")) if line.strip()]


def parts(line: str) -> tuple[str, str]:
    """The stamp that a line begins with, as it is written with what follows it, and its words."""
    found = LINE.match(line)
    return (line[: found.start("text")], found["text"].strip()) if found else ("", line.strip())


def find(body: str, text: str, near: int = 0) -> int | None:
    """The number of the line that reads `text`, the one closest to `near` of several; None when there is none."""
    wanted = " ".join(text.split())
    same = [line.number for line in of(body) if " ".join(line.text.split()) == wanted]
    return min(same, key=lambda number: (abs(number - near), number), default=None)


def replaced(body: str, text: str, by: str, near: int = 0) -> str | None:
    """The notes with that line put in other words, which stay one line; None when the line is not there any more."""
    number = find(body, text, near)
    if number is None:
        return None
    lines = body.split("\n")
    lines[number] = " ".join(by.split())
    return "\n".join(lines)


def without(body: str, words: str) -> str:
    """The notes without these words, wherever they stand: a line that was nothing else becomes the mark.

    Stretches of white space count as one. Lines that hold the words among others keep the others; words
    that ran over several lines are taken from all of them. Inside a longer word nothing is taken.
    """
    wanted = words.split()
    if not wanted:
        return body
    words = r"\s+".join(re.escape(word) for word in wanted)
    begins, ends = (
        (r"(?<!\w)" if wanted[0][0].isalnum() else ""),
        (r"(?!\w)" if wanted[-1][-1].isalnum() else ""),
    )
    pattern = re.compile(f"{begins}{words}{ends}")
    taken = pattern.sub(STRUCK, body)
    return "\n".join(STRUCK if _is_bare(line) else line for line in taken.split("\n"))


def _is_bare(line: str) -> bool:
    return parts(line)[1] == STRUCK or line.strip().lstrip("-*•> \t") == STRUCK
