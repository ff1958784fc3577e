"""Markdown → the prose in it, with every character still in its place.

What nobody reads as a sentence is blanked (code blocks, front matter, addresses, images, markup); inline code becomes
a word of its own, so that "`job-7` failed to" still has a subject. List items, headings and table cells are kept:
that is where write-ups have most of their sentences. Each step reads the text once: time grows with its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from postmortems.language.words import CODE

_FENCE = re.compile(r"^[ \t>]{0,20}(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,400})\1(?!`)")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,100}\])?")
_TAIL = r"(?:\([^()\n]{0,500}(?:\([^()\n]{0,100}\)[^()\n]{0,200})?\)|\[[^\[\]\n]{0,100}\])"
# The words of a link or of a citation belong to the sentence: no bracket stands between them and the others.
_LINK = re.compile(rf"\[([^\[\]\n]{{0,300}}(?:\n[^\[\]\n]{{1,300}})?)(\]{_TAIL})")
_LINK_TAIL = re.compile(rf"(?<=\]){_TAIL}")
_REFERENCE = re.compile(r"^[ \t]{0,3}\[[^\]\n]{1,100}\]:[ \t].*$", re.M)
_ADDRESS = re.compile(
    r"<?\b(?:https?|ftp|ssh|git|mailto|file)://?[^\s<>)\"'\]|]{1,2000}>?|\bwww\.[^\s<>)\"'\]|]{1,500}"
)
_TAG = re.compile(r"<!--[\s\S]{0,5000}?-->|</?[A-Za-z][A-Za-z0-9]{0,15}(?:\s[^<>\n]{0,300})?/?>")
_HTML_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "center",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
    ]
)
_EMPHASIS = re.compile(r"\*{1,3}|~~|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])")
_EMOJI = re.compile(r"(?<!\w):[a-z][a-z0-9_+-]{1,30}:(?!\w)")
_BULLET = re.compile(r"[ \t]*(?:[-*+•–—]|\(?\d{1,3}[.)]|\(?[a-z]\))[ \t]+(?:\[[ xX]\][ \t]*)?")
_HEADING = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+")
_RULE = re.compile(r"[ \t]*(?:[-=*_][ \t]*){3,}$|[ \t]*\|?[ \t:|-]*-[ \t:|-]*$")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_CHAT_LINE = re.compile(
    r"[ \t]*(?:\[?\d{4}-\d\d-\d\d[T ,]+)?\[?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[.,]\d+)?(?: ?[AaPp][Mm]\b)?(?: ?(?:UTC|GMT|CES?T|BST|[ECMP][SD]T|Z)\b)?\]?"
    r"(?:[ \t]*[-–—:|,]|[ \t])[ \t]*(?:<[^<>\n]{1,40}>:?[ \t]*)?"
)
_LABEL = re.compile(
    r"[ \t]*(?:(?:action|actions|step|item|task|follow[- ]?up|todo|ai|remedy|priority|prio|owner|due|decision|q|a|note|notes"
    r"|question|answer|recommendation|measure|proposal)\b(?: item)?(?: ?#?\d+(?: of \d+)?)?[ \t]*[:.–—-][ \t]+"
    r"|(?:[A-Z]{1,5}-?\d{1,5}|P\d)(?:[ \t]*\([^()\n]{1,60}\))?(?:,[^:\n]{1,40})?[ \t]*[:.–—-][ \t]+)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of prose: [start, end), what it is, and the heading that it stands under."""

    start: int
    end: int
    role: str  # "heading", "item", "cell", "quote", "text"
    heading: int = -1  # index of its heading among the blocks

    @property
    def listed(self) -> bool:
        return self.role in ("item", "cell")


def mask(text: str) -> str:
    """The same text, as long as before, with what is not prose blanked and inline code as one made-up word."""
    for pattern, blank in (
        (_CODE_SPAN, CODE),
        (_IMAGE, " "),
        (_LINK, None),
        (_LINK_TAIL, " "),
        (_REFERENCE, " "),
        (_ADDRESS, CODE),
        (_EMOJI, " "),
        (_EMPHASIS, " "),
    ):
        if blank is None:
            text = pattern.sub(_words_of_link, text)
        else:
            text = pattern.sub(lambda match, blank=blank: blank * len(match.group()), text)
    return _TAG.sub(_blank_tag, text)


def _words_of_link(match: re.Match[str]) -> str:
    return f" {match[1]}{' ' * len(match[2])}"


def spoken(passage: str) -> str:
    """A passage as it is read aloud: in one line, links as their words, also where the passage begins or ends within one."""
    passage = re.sub(rf"\]{_TAIL}", "", _LINK.sub(r"\1", passage))
    return " ".join(re.sub(r"\[(?![^\[\]]*\])", "", passage).split())


def _blank_tag(match: re.Match[str]) -> str:
    """`<ben>` in a chat log is a person, not markup: only tags that HTML has are blanked."""
    found = match.group()
    name = re.match(r"</?([A-Za-z0-9]+)", found)
    if name and name.group(1).lower() not in _HTML_TAGS:
        return found
    return re.sub(r"[^\n]", " ", found)


def blocks(text: str) -> tuple[str, list[Block]]:
    """Masked text and its blocks, in order."""
    lines = _without_code(text)
    masked = mask("".join(lines))
    found: list[Block] = []
    open_at: tuple[int, int, str] | None = None
    heading = -1
    at = 0

    def close() -> None:
        nonlocal open_at
        if open_at is not None and masked[open_at[0] : open_at[1]].strip():
            found.append(Block(*open_at, heading))
        open_at = None

    for length in map(len, lines):
        line = masked[at : at + length].rstrip("\n\r")
        start, end = at, at + len(line)
        at += length
        if not line.strip() or _RULE.match(line):
            close()
            continue
        if match := _HEADING.match(line):
            close()
            found.append(Block(start + match.end(), end, "heading", heading))
            heading = len(found) - 1
            continue
        role = "text"
        if match := _QUOTE.match(line):
            start, line, role = start + match.end(), line[match.end() :], "quote"
        if line.lstrip().startswith("|") or line.count("|") >= 2 and line.rstrip().endswith("|"):
            close()
            found += [Block(s, e, "cell", heading) for s, e in _cells(line, start)]
            continue
        begins = False
        if match := _BULLET.match(line):
            begins, start, line = True, start + match.end(), line[match.end() :]
            role = "item" if role == "text" else role
        if match := _CHAT_LINE.match(line):
            begins, start, line = True, start + match.end(), line[match.end() :]
        while match := _LABEL.match(line):
            begins, start, line = True, start + match.end(), line[match.end() :]
            role = "item" if role == "text" else role
        if begins or open_at is None or (role == "quote") != (open_at[2] == "quote"):
            close()
            open_at = (start, end, role)
        else:
            open_at = (open_at[0], end, open_at[2])
    close()
    return masked, found


def _without_code(text: str) -> list[str]:
    """Lines with their ends; those of fenced code and of front matter as blanks."""
    lines = text.splitlines(keepends=True)
    fence = ""
    front = bool(lines) and lines[0].strip() == "---" and any(line.strip() == "---" for line in lines[1:60])
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        inside = bool(fence) or front
        if front:
            front = number == 0 or line.strip() != "---"
        elif fence:
            if mark and mark.group(1).startswith(fence) and not line.strip().strip(mark.group(1)[0]):
                fence = ""
        elif mark:
            fence, inside = mark.group(1)[:3], True
        if inside:
            lines[number] = _blank(line)
    return lines


def _blank(line: str) -> str:
    body = line.rstrip("\r\n")
    return " " * len(body) + line[len(body) :]


def _cells(line: str, start: int) -> list[tuple[int, int]]:
    spans, at = [], start
    for cell in line.split("|"):
        if cell.strip():
            spans.append((at, at + len(cell)))
        at += len(cell) + 1
    return spans
