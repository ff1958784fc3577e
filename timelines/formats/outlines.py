"""A document as people write it taken apart into headings, rows of tables, list items and lines.

Reads Markdown (also Setext headings and tables without outer bars), wiki text of MediaWiki, Jira and Confluence,
AsciiDoc headings, Org tables, and cells pasted from a spreadsheet. HTML becomes text first. What stands in a fence of
code is never taken for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FENCE = re.compile(r"\s{0,3}(?:>\s?)?(`{3,}|~{3,}|\{code\b[^}]{0,60}\}|\{noformat\}|----$)")
ATX = re.compile(r"\s{0,3}(#{1,6})\s+(\S.*?)(?:\s+#+)?\s*$")
WIKI = re.compile(r"(={1,6})\s*([^=\s].*?)\s*(?:=+)?\s*$")
JIRA = re.compile(r"h([1-6])\.\s+(\S.*)$")
SETEXT = re.compile(r"\s{0,3}(=+|-{3,})\s*$")
RULE = re.compile(
    r"\|?(?:\s*:?-{2,}:?\s*[|+])+\s*(?::?-{2,}:?)?\s*\|?\s*$|\+[-=+]+\+\s*$|(?=\|[^-]{0,200}-)\|[-+:| ]{3,}\|\s*$"
)
ITEM = re.compile(r"(\s*)([-*+•‣◦▪–]|\*{2,3}|#{1,3}|\d{1,3}[.)]|[a-z][.)])\s+(?:\[[ xX]\]\s+)?(\S.*)$")
TITLE = re.compile(
    r"\s*(?:\*\*|__)(?P<bold>[^*_|]{2,80}?)(?:\*\*|__):?\s*$|(?P<colon>[^\s|*#>-][^|]{1,60}):\s*$"
)
QUOTE = re.compile(r"\s{0,3}>\s?")
CELLS = 100  # of a row
LINE_LENGTH = 20_000  # characters of a line that are read


@dataclass(slots=True)
class Block:
    kind: str  # heading, title, row, rule, item, line, blank, code
    number: int
    text: str
    level: int = 0
    cells: list[str] = field(default_factory=list)
    is_header: bool = False


def blocks(text: str) -> list[Block]:
    lines = [
        line[:LINE_LENGTH].rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    return list(_MediaWiki().through(_read(lines)))


def _read(lines: list[str]) -> Iterator[Block]:
    fence = ""
    table = 0  # how many lines on the bars are still of a table without outer ones
    for number, line in enumerate(lines, 1):
        following = lines[number] if number < len(lines) else ""
        opens = FENCE.match(line)
        if fence:
            if _closes(line, fence):
                fence = ""
            yield Block("code", number, line)
            continue
        if opens and (opens[1] != "----" or _closing_follows(lines, number)):
            fence = opens[1]
            yield Block("code", number, line)
            continue
        if not line.strip():
            table = 0
            yield Block("blank", number, "")
            continue
        if RULE.match(line.strip()) and "|" in line + following + (lines[number - 2] if number > 1 else ""):
            table = 1 if "|" in line or "+" in line else table
            yield Block("rule", number, line)
            continue
        header = bool(RULE.match(following.strip())) and "|" in line and "|" in following
        if header or (table and "|" in line):
            table = 1
            yield _row(line, number, header)
            continue
        yield _block(line, number, following)


def _unquoted(line: str) -> str:
    quote = QUOTE.match(line)
    return line[quote.end() :] if quote else line


def _closes(line: str, fence: str) -> bool:
    bare = _unquoted(line).strip()
    if fence[0] in "`~":
        return bare.startswith(fence) and not bare.strip(fence[0])
    return (
        bare == fence
        if fence == "----"
        else bare.startswith("{code}" if fence.startswith("{code") else "{noformat}")
    )


def _closing_follows(lines: list[str], number: int) -> bool:
    """A line of four dashes fences code in AsciiDoc; in Markdown it underlines or divides."""
    above = lines[number - 2].strip() if number > 1 else ""
    return above.startswith("[source") and any(line == "----" for line in lines[number : number + 400])


def _block(line: str, number: int, following: str) -> Block:
    bare = _unquoted(line)
    if match := ATX.match(bare):
        return Block("heading", number, match[2], len(match[1]))
    if match := JIRA.match(bare):
        return Block("heading", number, match[2], int(match[1]))
    if bare.startswith("=") and (match := WIKI.match(bare)):
        return Block("heading", number, match[2], len(match[1]))
    stripped = bare.strip()
    if stripped.startswith("|") or (stripped.startswith("||") and stripped.endswith("||")):
        return _row(stripped, number, stripped.startswith("||"))
    if "\t" in stripped:
        return Block("row", number, bare, cells=[cell.strip() for cell in stripped.split("\t")])
    if SETEXT.match(following) and not ITEM.match(bare) and len(bare) < 200:
        return Block("heading", number, stripped, 1 if following.strip()[0] == "=" else 2)
    if SETEXT.match(bare):
        return Block("rule", number, bare)
    if match := ITEM.match(bare):
        return Block("item", number, match[3], len(match[1].expandtabs(4)))
    if (match := TITLE.match(bare)) and len(bare) < 90:
        return Block("title", number, (match["bold"] or match["colon"]).strip(" :"), 7)
    return Block("line", number, bare)


def _row(line: str, number: int, header: bool) -> Block:
    return Block("row", number, line, cells=cells(line), is_header=header)


def cells(line: str) -> list[str]:
    """The cells of a table's row; bars that are escaped, in code or in a wiki link do not divide."""
    line = line.strip()
    double = line.startswith("||")
    inner = line.strip("|") if double else line.removeprefix("|")
    if not double and inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    found, held, code, link = [], [], False, 0
    position = 0
    while position < len(inner):
        two = inner[position : position + 2]
        if two == "\\|":
            held.append("|")
            position += 2
            continue
        if inner[position] == "`":
            code = not code and "`" in inner[position + 1 :]
        link += (two == "[[") - (two == "]]" and link > 0)
        if inner[position] == "|" and not code and not link:
            found.append("".join(held).strip())
            held = []
            position += 2 if two == "||" else 1
            continue
        held.append(inner[position])
        position += 1
    return [*found, "".join(held).strip()]


class _MediaWiki:
    """`{|`, `|-`, `! Time !! Event`, `| 10:45 || text`: cells gathered to rows."""

    def __init__(self) -> None:
        self.inside = False
        self.held: Block | None = None

    def through(self, found: Iterator[Block]) -> Iterator[Block]:
        for block in found:
            bare = block.text.strip()
            if block.kind != "code" and bare.startswith("{|"):
                self.inside = True
                continue
            if not self.inside:
                yield block
                continue
            if bare.startswith(("|-", "|}", "|+")):
                yield from self._end()
                self.inside = not bare.startswith("|}")
            elif bare[:1] in ("|", "!"):
                self._cells(block, bare)
            elif self.held is not None and self.held.cells and len(self.held.text) < LINE_LENGTH:
                self.held.text += f"\n{bare}"
                self.held.cells[-1] += f"\n{bare}"
        yield from self._end()

    def _cells(self, block: Block, bare: str) -> None:
        divider = "!!" if bare[0] == "!" and "!!" in bare else "||"
        if self.held is not None and len(self.held.cells) > CELLS:
            return
        if self.held is None:
            self.held = Block("row", block.number, bare, is_header=bare[0] == "!")
        else:
            self.held.text += f"\n{bare}"
        for cell in bare[1:].split(divider):
            style, bar, shown = cell.partition("|")
            self.held.cells.append((shown if bar and "=" in style else cell).strip())

    def _end(self) -> Iterator[Block]:
        if self.held is not None:
            yield self.held
        self.held = None
