"""The pages for leadership as a document to print: the same figures, tagged, kept with their reckoning, nothing shut."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from postmortems.archive import tasks
from postmortems.archive.leading import printing, reckoning
from postmortems.archive.leading.dots import Spread, draw
from postmortems.archive.models import Reckoning
from postmortems.incidents.models import Incident
from tests import make
from tests.archive.leading.test_figures import NOW, reviewed

WHERE = "/archive/leading/print.pdf"


@pytest.fixture
def filled(cast):
    for number in range(5):
        reviewed(cast.alice, f"Number {number}", services=[make.service(f"Shop {number}")], days=10 + number)
    hushed = reviewed(
        cast.alice, "Quokkas", sentences=("Quokkas came",), services=[make.service("Quokkaria")]
    )
    Incident.objects.filter(pk=hushed.pk).update(restricted=True)
    return reckoning.reckon(NOW)


def words_of(made: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())


def figures(node, found):
    """The alternative texts of every figure in the structure of a document."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for kid in node:
            figures(kid, found)
    elif hasattr(node, "get"):
        if node.get("/S") == "/Figure":
            found.append(node.get("/Alt"))
        if "/K" in node:
            figures(node["/K"], found)
    return found


@pytest.mark.slow
def test_it_holds_the_figures_of_the_pages_tagged_and_dated(cast, client, filled):
    client.force_login(cast.rita)
    answer = client.get(WHERE)
    made = answer.content
    assert answer["Content-Type"] == "application/pdf"
    assert f"{NOW:%Y-%m-%d}" in answer["Content-Disposition"]
    told = words_of(made)
    for words in (
        "As of 18 June 2026, 18:00 UTC", "What recurs", "What gets fixed", "How we review", "What numbers cannot say", "Technical",
        "Shop 3", "not done yet", "One in ten up to", "Days to publication", "Three of four is not better than six of ten",
    ):  # fmt: skip
        assert words in told, words
    for words in ("Quokka", "Alice", "Bob"):
        assert words not in told, words
    reader = PdfReader(BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title == printing.TITLE
    alternatives = figures(root["/StructTreeRoot"], [])
    assert len(alternatives) >= 2
    assert all(alternatives)
    assert any("5 in all" in text for text in alternatives)
    # links lead to the site, not into the file system of who printed
    addresses = {
        note.get_object()["/A"]["/URI"]
        for page in reader.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object() and "/URI" in note.get_object()["/A"]
    }
    assert addresses
    assert all(address.startswith("http://localhost:8000/archive/") for address in addresses)


def test_it_is_set_once_and_goes_with_its_reckoning(cast, client, filled, monkeypatch):
    monkeypatch.setattr(printing, "_set", lambda *given: printing.html(*given).encode())
    _, first = printing.printed(NOW)
    assert b"Shop 0" in first
    with monkeypatch.context() as patched:
        patched.setattr(printing, "_set", lambda *given: pytest.fail("it is kept"))
        assert printing.printed(NOW + timedelta(hours=1)) == (NOW, first)
    Incident.objects.filter(title="Number 0").update(restricted=True)
    assert not Reckoning.objects.exists()
    assert b"Shop 0" not in printing.printed(NOW + timedelta(hours=2))[1]


def test_what_is_restricted_while_it_is_set_is_not_in_it(cast, filled, monkeypatch):
    sets = []

    def meanwhile(as_of, given):
        sets.append(given)
        Incident.objects.filter(title="Number 0").update(restricted=True)
        return f"document {len(sets)}".encode()

    monkeypatch.setattr(printing, "_set", meanwhile)
    assert printing.printed(NOW)[1] == b"document 2"
    assert sum(row["n"] for row in sets[1]["recurs"]["by_quarter"]) == 4
    assert not Reckoning.objects.exists()


def test_a_worker_sets_it_after_each_reckoning(cast, monkeypatch):
    monkeypatch.setattr(printing, "_set", lambda *given: b"set")
    tasks.reckon()
    assert bytes(Reckoning.objects.get().printed) == b"set"


def test_without_a_reckoning_the_first_who_asks_makes_one(cast, client):
    client.force_login(cast.rita)
    client.get("/archive/recurs/")
    first = Reckoning.objects.get()
    client.get("/archive/fixed/")
    assert Reckoning.objects.get() == first


def test_headings_go_down_in_steps(cast, filled):
    levels = [int(level) for level in re.findall(r"<h(\d)", printing.html(filled.as_of, filled.figures))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_a_drawing_says_what_it_shows_where_a_document_looks_for_it():
    drawn = draw(Spread(2, [1.0, 4.0], [1, 2, 4]), title="Ages")
    assert '<title id="dots-ages-t">Ages. 2 in all, from 1 to 4 days.</title>' in drawn
