"""The text of a Word document (.docx, as Google Docs exports it too), with its headings, lists and tables as in Markdown.

Source: ECMA-376, WordprocessingML. Read as a stream of tags and not as XML, so that no entity is ever resolved and a
document that breaks off is read as far as it goes. Deleted text of tracked changes is left out.
"""

from __future__ import annotations

import re

DOCUMENT = "word/document.xml"
TAG = re.compile(r"<(/?)w:(p|tr|tc|t|tab|br|cr|pStyle|numPr)(?=[\s/>])([^<>]{0,1000})>")
VALUE = re.compile(r"w:val=\"([^\"]{0,100})\"")
HEADING = re.compile(
    r"(?i)(?:heading|berschrift|titre|t.{0,2}tulo|titolo|kop|rubrik|overskrift)\D{0,2}([1-6])$"
)


def outlined(xml: str) -> str:
    lines: list[str] = []
    row: list[list[str]] = []
    held: list[str] = []
    mark, depth = "", 0
    for match in TAG.finditer(xml):
        closing, name, attributes = bool(match[1]), match[2], match[3]
        if name == "t" and not closing and not attributes.endswith("/"):
            end = xml.find("<", match.end())
            held.append(xml[match.end() : end if end >= 0 else len(xml)])
        elif name in ("tab", "br", "cr"):
            held.append("\t" if name == "tab" and not depth else " ")
        elif name == "pStyle":
            mark = _mark(attributes) or mark
        elif name == "numPr" and not closing:
            mark = mark or "- "
        elif name == "p" and (closing or attributes.endswith("/")):
            text, held, begins, mark = "".join(held), [], mark, ""
            if depth and row:
                row[-1].append(text)
            else:
                lines.append(f"{begins}{text}")
        elif name == "tc" and not closing and depth == 1:
            row.append([])
        elif name == "tr":
            depth = max(0, depth + (-1 if closing else 1))
            if closing and not depth:
                cells = (" ".join(parts).strip().replace("|", "\\|") for parts in row)
                lines.append(f"| {' | '.join(cells)} |")
                row = []
    return "\n".join(lines)


def _mark(attributes: str) -> str:
    value = VALUE.search(attributes)
    style = value[1] if value else ""
    if style.lower() in ("title", "titel"):
        return "# "
    level = HEADING.search(style)
    return f"{'#' * int(level[1])} " if level else ""
