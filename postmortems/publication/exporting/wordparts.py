"""Pieces of a Word file that its library has no names for: lists, links, bookmarks, fields and the cells of tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

WIDTH = 9184  # twentieths of a point between the margins
STEP = 425  # by which a list is moved in
REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # that XML cannot hold
SIGNS = ("•", "–", "·")
ORDER = ("w:numPr", "w:pBdr", "w:shd", "w:tabs", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr")  # fmt: skip


def part(tag: str, **attributes: str | int) -> Any:
    """An element of WordprocessingML: part("w:numId", val=3)."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def clean(text: str) -> str:
    return REFUSED.sub("", text)


def looks(document: Document) -> None:
    """Page, letters, and the styles that are not there from the beginning."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(24)
    section.top_margin = section.bottom_margin = Mm(25)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Georgia", Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.2
    for name in ("Title", *(f"Heading {level}" for level in range(1, 6))):
        style = document.styles[name]
        style.font.name, style.font.color.rgb = "Georgia", RGBColor(0x1C, 0x1A, 0x17)
        fonts = style.element.rPr.rFonts
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[theme]
        style.paragraph_format.keep_with_next = True
    code = document.styles.add_style("Code", WD_STYLE_TYPE.PARAGRAPH)
    code.base_style, code.font.name, code.font.size = normal, "Courier New", Pt(8.5)
    _insert(code.element.get_or_add_pPr(), part("w:shd", val="clear", color="auto", fill="F5F2EC"), "w:shd")
    link = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor(0x1D, 0x4F, 0x76), True


# --- lists -------------------------------------------------------------------------------------------


class Lists:
    """Each list counts for itself."""

    def __init__(self, document: Document) -> None:
        self.root = document.part.numbering_part.element
        self.kinds: dict[bool, int] = {}
        self.last = max((num.numId for num in self.root.num_lst), default=0)

    def begin(self, *, counted: bool, start: int, level: int) -> int:
        """The number by which the points of a new list name it."""
        self.last += 1
        num = part("w:num", numId=self.last)
        num.append(part("w:abstractNumId", val=self._kind(counted)))
        if counted:
            override = part("w:lvlOverride", ilvl=level)
            override.append(part("w:startOverride", val=start))
            num.append(override)
        self.root.append(num)
        return self.last

    def _kind(self, counted: bool) -> int:
        if counted not in self.kinds:
            number = 1000 + counted
            kind = part("w:abstractNum", abstractNumId=number)
            kind.append(part("w:multiLevelType", val="multilevel"))
            for level in range(9):
                kind.append(_level(level, counted))
            first = self.root.find(qn("w:num"))
            first.addprevious(kind) if first is not None else self.root.append(kind)
            self.kinds[counted] = number
        return self.kinds[counted]


def _level(level: int, counted: bool) -> Any:
    made = part("w:lvl", ilvl=level)
    made.append(part("w:start", val=1))
    made.append(part("w:numFmt", val="decimal" if counted else "bullet"))
    made.append(part("w:lvlText", val=f"%{level + 1}." if counted else SIGNS[level % len(SIGNS)]))
    made.append(part("w:lvlJc", val="left"))
    about = part("w:pPr")
    about.append(part("w:ind", left=STEP * (level + 1), hanging=STEP - 100))
    made.append(about)
    return made


def point(paragraph: Paragraph, number: int, level: int) -> None:
    named = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    named.append(part("w:ilvl", val=level))
    named.append(part("w:numId", val=number))


# --- links, fields, direction ------------------------------------------------------------------------


def link(paragraph: Paragraph, address: str) -> Any:
    """An element for the runs of a link; `#name` leads to a bookmark."""
    made = OxmlElement("w:hyperlink")
    if address.startswith("#"):
        made.set(qn("w:anchor"), bookmark_name(address[1:]))
    else:
        made.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(made)
    return made


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    paragraph._p.append(part("w:bookmarkStart", id=number, name=bookmark_name(name)))
    paragraph._p.append(part("w:bookmarkEnd", id=number))


def bookmark_name(name: str) -> str:
    return "b_" + re.sub(r"\W", "_", name, flags=re.ASCII)[:38]


def field(paragraph: Paragraph, instruction: str) -> None:
    made = part("w:fldSimple", instr=instruction)
    run = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = "1"
    run.append(words)
    made.append(run)
    paragraph._p.append(made)


def direct(paragraph: Paragraph) -> None:
    """From right to left where its first letter is."""
    sides = (unicodedata.bidirectional(character) for character in paragraph.text[:500])
    if next((side for side in sides if side in ("L", "R", "AL")), "L") == "L":
        return
    _insert(paragraph._p.get_or_add_pPr(), part("w:bidi"), "w:bidi")
    for run in paragraph._p.iter(qn("w:r")):
        Run(run, paragraph).font.rtl = True


def _insert(about: Any, element: Any, tag: str) -> None:
    """Where the standard wants it among the properties of a paragraph."""
    about.insert_element_before(element, *ORDER[ORDER.index(tag) + 1 :])


# --- tables -------------------------------------------------------------------------------------------


def table(where: Any, shares: Sequence[float], *, ruled: bool) -> Any:
    """A table without rows at the end of `where`, with its columns."""
    made = OxmlElement("w:tbl")
    about = OxmlElement("w:tblPr")
    if ruled:
        about.append(part("w:tblStyle", val="TableGrid"))
    about.append(part("w:tblW", w=WIDTH, type="dxa"))
    about.append(part("w:tblLayout", type="fixed"))
    about.append(part("w:tblLook", val="0020", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1))  # fmt: skip
    made.append(about)
    grid = OxmlElement("w:tblGrid")
    for share in shares:
        grid.append(part("w:gridCol", w=round(WIDTH * share / 100)))
    made.append(grid)
    where._element._insert_tbl(made)
    return made


def row(made: Any, *, repeated: bool, whole: bool = True) -> Any:
    line = OxmlElement("w:tr")
    about = OxmlElement("w:trPr")
    if whole:
        about.append(OxmlElement("w:cantSplit"))
    if repeated:
        about.append(OxmlElement("w:tblHeader"))
    line.append(about)
    made.append(line)
    return line


def cell(line: Any, parent: Any, share: float) -> _Cell:
    """Whoever fills it ends it with a paragraph (`whole`)."""
    made = OxmlElement("w:tc")
    about = OxmlElement("w:tcPr")
    about.append(part("w:tcW", w=round(WIDTH * share / 100), type="dxa"))
    made.append(about)
    line.append(made)
    return _Cell(made, parent)


def whole(made: _Cell) -> None:
    """A cell that does not end with a paragraph is a damaged file."""
    if made._tc[-1].tag != qn("w:p"):
        made.add_paragraph()
