"""A document as a run of parts, each a heading and what stands below it until the next. Linear, and never raises.

Headings are those of Markdown (`## x`, and lines underlined with = or -), of wikis (`== x ==`, `h2. x`), of HTML on
one line, and lines that are nothing but a known heading in bold or before a colon, as in documents without any other.
Nothing inside a fenced block is a heading; a fence without an end is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
WIKI = re.compile(r"(={2,6})[ \t]*([^=\s].*?)[ \t]*\1[ \t]*")
ADOC = re.compile(r"(={1,6})[ \t]+([^=\s].*)")
JIRA = re.compile(r"[ \t]*h([1-6])\.[ \t]+(\S.*)")
HTML = re.compile(r"[ \t]*<h([1-6])\b[^<>]{0,300}>(.{1,300}?)</h\1>[ \t]*", re.I)
BOLD = re.compile(r"[ \t]*(\*\*|__)([^*_]{2,60}?)[ \t]*:?\1[ \t]*:?[ \t]*")
COLON = re.compile(r"[ \t]{0,3}([^\W\d_][^:*|<>\[\]`]{1,58}):[ \t]*")
UNDERLINE = re.compile(r" {0,3}(={2,}|-{3,})[ \t]*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)")
NO_TITLE = re.compile(r"[ \t]*(?:[-*+>|#]|\d{1,9}[.)]|\t| {4})")
LINE = 400  # characters; longer lines are no headings
PSEUDO = 7  # the level of a heading that is only a line in bold


@dataclass
class Part:
    """`level` 0 is what stands before the first heading."""

    level: int
    title: str
    body: list[str] = field(default_factory=list)
    line: int = 0  # of its heading
    raw: str = ""  # of a heading that holds more than its title

    @property
    def is_empty(self) -> bool:
        return not any(line.strip() for line in self.body)


def parts(text: str, known: Callable[[str], bool]) -> list[Part]:
    """The parts of `text` in order; `known` says whether a line in bold is the heading of a section."""
    lines = text.split("\n")
    fenced = _fenced(lines)
    found = [Part(0, "")]
    number = 0
    while number < len(lines):
        line = lines[number]
        part = None if fenced[number] or len(line) > LINE else _heading(lines, number, fenced, known)
        if part is None:
            found[-1].body.append(line)
            number += 1
            continue
        found.append(part)
        underlined = not part.raw and ATX.fullmatch(line) is None and part.level in (1, 2)
        number += 2 if underlined and _is_underlined(lines, number, fenced) else 1
    return found


def _heading(lines: list[str], number: int, fenced: list[bool], known: Callable[[str], bool]) -> Part | None:
    line = lines[number]
    if match := ATX.fullmatch(line):
        return Part(len(match[1]), (match[2] or "").strip(), line=number + 1)
    if _is_underlined(lines, number, fenced):
        return Part(1 if lines[number + 1].strip()[0] == "=" else 2, line.strip(), line=number + 1)
    if match := WIKI.fullmatch(line) or ADOC.fullmatch(line):
        return Part(len(match[1]), match[2].rstrip("= \t"), line=number + 1)
    if match := JIRA.fullmatch(line):
        return Part(int(match[1]), match[2].strip(), line=number + 1)
    if match := HTML.fullmatch(line):
        return Part(int(match[1]), plain(match[2]), line=number + 1, raw=line.strip())
    if number == 0 or not lines[number - 1].strip():
        title = _pseudo(line)
        if title and known(title):
            return Part(PSEUDO, title, line=number + 1)
    return None


def _is_underlined(lines: list[str], number: int, fenced: list[bool]) -> bool:
    if number + 1 >= len(lines) or fenced[number + 1] or not lines[number].strip():
        return False
    if NO_TITLE.match(lines[number]) or not UNDERLINE.fullmatch(lines[number + 1][:LINE]):
        return False
    return number == 0 or not lines[number - 1].strip()


def _pseudo(line: str) -> str:
    if match := BOLD.fullmatch(line):
        return match[2].strip()
    if match := COLON.fullmatch(line):
        return match[1].strip()
    return ""


def _fenced(lines: list[str]) -> list[bool]:
    """Which lines stand in a fenced block, its fences included."""
    inside = [False] * len(lines)
    fences = {"`": [], "~": []}
    for number, line in enumerate(lines):
        if match := FENCE.fullmatch(line[:LINE]):
            fences[match[1][0]].append((number, len(match[1]), not match[2].strip()))
    number = 0
    for start, end in _pairs(sorted(fences["`"] + fences["~"]), lines):
        for number in range(start, end + 1):
            inside[number] = True
    return inside


def _pairs(fences: list[tuple[int, int, bool]], lines: list[str]) -> list[tuple[int, int]]:
    """Where blocks begin and end. One that finds no end makes every later one of its length hopeless, too."""
    found: list[tuple[int, int]] = []
    hopeless: dict[str, int] = {}
    at = 0
    while at < len(fences):
        start, length, _ = fences[at]
        sign = lines[start].lstrip()[0]
        at += 1
        if length >= hopeless.get(sign, length + 1):
            continue
        end = next(
            (
                n
                for n in range(at, len(fences))
                if fences[n][2] and fences[n][1] >= length and lines[fences[n][0]].lstrip()[0] == sign
            ),
            None,
        )
        if end is None:
            hopeless[sign] = length
            continue
        found.append((start, fences[end][0]))
        at = end + 1
    return found


MARKS = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)|<[^<>]{1,200}>|\{[#.][^{}]{0,100}\}")


def plain(title: str) -> str:
    """The words of a heading without its marks."""
    title = MARKS.sub(lambda match: match[1] or "", title[:LINE])
    return " ".join(re.sub(r"[*`]|(?<!\w)_|_(?!\w)", "", title).split())
