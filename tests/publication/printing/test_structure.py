"""What PDF/UA-1 asks of the structure of a document, looked at in the file itself."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from postmortems.publication import actions, article, pdf
from postmortems.writeup.writing.actions import save_section
from tests import make

TEXT = """
## A heading of my own

Words with [a link](https://example.org/somewhere), [another](https://example.net/) and a citation of [C1](condition:1).

| service | failed | what it was waiting for |
|---|---:|---|
{rows}

![the curve](image:1)

```
a line of code that is so long that it does not fit between the margins of the page and goes on below, marked so
```
"""


@pytest.fixture
def made(cast):
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    make.image(cast.incident, alt="Errors rise")
    for event in make.events(cast.incident, 40):
        event.pinned = True
        event.save(update_fields=["pinned"])
    rows = "\n".join(f"| service-{n} | {n} | the answer of the one below it, number {n} |" for n in range(80))
    section = cast.incident.sections.get(key="story")
    save_section(
        incident=cast.incident,
        key="story",
        text=TEXT.format(rows=rows),
        version=section.version,
        by=cast.alice,
    )
    return actions.publish(incident=cast.incident, by=cast.alice, now=make.T0)


class Structure:
    """The tree of a tagged document, and what each page marks."""

    def __init__(self, reader: PdfReader) -> None:
        self.reader = reader
        self.root = reader.trailer["/Root"]
        self.elements: list[tuple[str, object, tuple[str, ...]]] = []
        self.marked: list[tuple[int, int]] = []  # page and number, in the order in which they are read
        self.annotations: list[object] = []
        self.pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
        self._walk(self.root["/StructTreeRoot"]["/K"], (), None)

    def _walk(self, kids, around, page) -> None:
        for kid in kids if isinstance(kids, list) else [kids]:
            found = kid.get_object()
            if isinstance(found, int):
                self.marked.append((page, found))
            elif found.get("/Type") == "/OBJR":
                self.annotations.append(found["/Obj"].get_object())
            else:
                self.elements.append((found["/S"], found, around))
                held = found.raw_get("/Pg") if "/Pg" in found else None
                inside = self.pages[held.idnum] if held is not None else page
                self._walk(found.get("/K", []), (*around, found["/S"]), inside)

    def of(self, *kinds: str) -> list:
        return [element for kind, element, _ in self.elements if kind in kinds]


def test_the_document_is_built_as_pdf_ua_wants_it(made):
    data, pages = pdf.render(made)
    reader = PdfReader(BytesIO(data))
    root, tree = reader.trailer["/Root"], Structure(reader)
    # it is tagged, says its language, and shows its title
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    about = reader.metadata
    assert (about.title, about.author) == (made.title, "Second Story")
    assert made.incident.ref in about.subject
    assert about.creation_date == made.published_at
    # headings are nested without gaps, from one title
    levels = [int(kind[2:]) for kind, _, _ in tree.elements if re.fullmatch(r"/H[1-6]", kind)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    first, below = reader.outline
    assert first.title == made.title
    assert [one.title for one in below if not isinstance(one, list)] == [
        "Regret",
        "Reason",
        "Remedy",
        "Addresses",
    ]
    # every picture says what it shows
    figures = tree.of("/Figure")
    assert [one["/Alt"] for one in figures if one["/Alt"] == "the curve"]
    assert (
        sum(one["/Alt"].startswith("The timeline") or one["/Alt"].startswith("The whole") for one in figures)
        == 3
    )
    # cells of tables know their headers, and these what they are headers of
    heads = tree.of("/TH")
    assert {one["/A"]["/Scope"] for one in heads} == {"/Row", "/Column"}
    known = {one["/ID"] for one in heads}
    cells = tree.of("/TD")
    assert cells
    assert all(set(one["/A"]["/Headers"]) <= known for one in cells)
    assert all("/Table" in around for kind, _, around in tree.elements if kind in ("/TR", "/TH", "/TD"))
    # the long table begins anew on its second page, with its head
    assert sum(len(one) > 0 for one in tree.of("/THead")) >= 2
    # links are in the tree, and say where they lead
    links = [one.get_object() for page in reader.pages for one in page.get("/Annots", [])]
    assert {id(one) for one in links} == {id(one) for one in tree.annotations}
    assert all(one["/Contents"] for one in links)
    assert pages == len(reader.pages)
    everything_is_content_or_artifact(reader, tree)


def everything_is_content_or_artifact(reader: PdfReader, tree: Structure) -> None:
    """Running heads are artifacts."""
    parents = tree.root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    by_page = dict(zip(parents[::2], parents[1::2], strict=True))
    marked = set(tree.marked)
    assert len(marked) == len(tree.marked), "nothing is read twice"
    for number, page in enumerate(reader.pages):
        data = page.get_contents().get_data().decode("latin-1")
        opened = [int(found) for found in re.findall(r"/MCID (\d+)>>\s*BDC", data)]
        assert {(number, one) for one in opened} == {pair for pair in marked if pair[0] == number}
        held = by_page[number].get_object()
        assert {place for place, one in enumerate(held) if one.get_object() is not None} >= set(opened)
        if number:
            assert data.count("/Pagination") == 3  # section, reference, number of the page
        # text stands nowhere but between marks
        depth = 0
        for word in re.findall(r"\b(?:BDC|BMC|EMC|Tj|TJ)\b", data):
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(word, 0)
            assert depth > 0 or word == "EMC"


def test_it_is_read_in_the_order_of_the_page_and_leads_where_it_says(made):
    """Cover, contents and addresses stand in the file alone; all else is the page's, in its order."""
    reader = PdfReader(BytesIO(pdf.render(made)[0]))
    pages = [page.extract_text() for page in reader.pages]
    told = re.sub(r"\s+", "", "".join(pages[1:]))
    paragraphs = [
        line for line in article.words(made.html).split("\n") if len(line) > 40 and "http" not in line
    ]
    places = [told.find(re.sub(r"\s+", "", line)[:30]) for line in paragraphs]
    found = [place for place in places if place >= 0]
    assert len(found) > 0.9 * len(paragraphs)
    assert found == sorted(found)
    # the contents name the pages
    named = dict(re.findall(r"^(Regret|Reason|Timeline|Remedy)[ .]*(\d+)\s*$", pages[0], re.M))
    assert set(named) == {"Regret", "Reason", "Timeline", "Remedy"}
    for name, number in named.items():
        assert re.search(rf"^{name}$", pages[int(number) - 1], re.M), name
    # addresses are printed
    for address in ("https://example.org/somewhere", "https://example.net/"):
        assert address in "".join(pages[-2:])
