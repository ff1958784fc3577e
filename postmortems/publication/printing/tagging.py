"""A tagged PDF after WeasyPrint has made it: what PDF/UA-1 asks for and it leaves open.

1. Running heads and page numbers are artifacts: nobody hears them on every page.
2. A header cell says whether it is of a row or of a column.
3. Fonts with outlines of the second format (CFF2) are no part of PDF, and some readers show nothing for them: theirs are
   written in the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pydyf
from fontTools.cffLib.CFF2ToCFF import convertCFF2ToCFF
from fontTools.ttLib import TTFont


def finish(document: Any, pdf: pydyf.PDF) -> None:
    """What WeasyPrint calls before it writes the file."""
    tree = _Tree(pdf)
    tree.running_heads()
    tree.scopes()
    _outlines(pdf)


class _Tree:
    def __init__(self, pdf: pydyf.PDF) -> None:
        self.pdf = pdf
        self.objects = {one.reference: one for one in pdf.objects}
        self.root = self.objects[pdf.catalog["StructTreeRoot"]]
        self.elements = dict(self._walk())

    def _walk(self) -> Iterator[tuple[bytes, Any]]:
        """Every element that the tree holds, each with the group of rows it stands in as `group`."""
        waiting = [(reference, "") for reference in reversed(self.root["K"])]
        while waiting:
            reference, group = waiting.pop()
            element = self.objects[reference]
            if not isinstance(element, dict) or element.get("Type") != "/StructElem":
                continue
            yield reference, (element, group)
            group = element["S"] if element["S"] in ("/THead", "/TBody", "/TFoot") else group
            kids = [kid for kid in element["K"] if isinstance(kid, bytes)]
            waiting += [(kid, group) for kid in reversed(kids)]

    def running_heads(self) -> None:
        """What is marked on a page and belongs to no element of the tree."""
        numbers = self.objects[self.root["ParentTree"]]["Nums"]
        pages = [self.objects[reference] for reference in self.pdf.page_references]
        for page, held in zip(pages, numbers[1 : 2 * len(pages) : 2], strict=True):
            loose = {number for number, reference in enumerate(held) if reference not in self.elements}
            if not loose:
                continue
            for number in loose:
                held[number] = "null"
            stream = self.objects[page["Contents"]]
            parts = stream.stream  # a mark is three parts: its name, its properties, and BDC
            for place, part in enumerate(parts):
                if isinstance(part, dict) and part.get("MCID") in loose:
                    parts[place - 1 : place + 1] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]

    def scopes(self) -> None:
        for element, group in self.elements.values():
            if element["S"] == "/TH":
                element["A"]["Scope"] = "/Column" if group == "/THead" else "/Row"


def _outlines(pdf: pydyf.PDF) -> None:
    for one in pdf.objects:
        if isinstance(one, pydyf.Stream) and one.extra.get("Subtype") == "/OpenType":
            font = TTFont(BytesIO(b"".join(one.stream)))
            if "CFF2" in font:
                one.stream, one.extra["Subtype"] = [first_format(font)], "/CIDFontType0C"


def first_format(font: TTFont) -> bytes:
    """The outlines alone, as PDF has known them from early on; glyphs keep their numbers."""
    top = font["CFF2"].cff.topDictIndex[0]
    # What is read when it is first asked for has to be read while it is known to be of the second format.
    _ = top.CharStrings, [one.Private for one in top.FDArray], getattr(top, "FDSelect", None)
    convertCFF2ToCFF(font)
    font.setGlyphOrder(list(font["CFF "].cff.topDictIndex[0].charset))
    return font.getTableData("CFF ")
