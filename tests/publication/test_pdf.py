"""The printed document says the same words as the page, whatever the words are."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from io import BytesIO

import pytest
from pypdf import PdfReader

from postmortems.publication import actions, article, pdf
from postmortems.publication.models import Revision
from postmortems.writeup.writing.actions import save_section
from tests import make
from timelines import actions as timelines

NASTY = """
| {columns} |
|{rules}|
| {cells} |

中文段落：预订没有得到确认。日本語の段落です。한국어 문장입니다.

هذه فقرة باللغة العربية عن انقطاع الخدمة. זו פסקה בעברית על ההפסקה.

यह हिन्दी का एक वाक्य है। Ελληνικά, кириллица, and emoji: 🚨 🎭 ✅

{token}

{paragraph}
"""

PRINT = """
import hashlib, json, sys
from datetime import datetime
import django
django.setup()
from postmortems.publication import pdf
told = json.load(sys.stdin)
made, _ = pdf.set_document(told["html"], at=datetime.fromisoformat(told["at"]), identifier=told["digest"][:32].encode())
print(hashlib.sha256(made).hexdigest(), end="")
"""


def words_of(text: str) -> set[str]:
    """Words for comparison: ligatures and presentation forms undone, marks and punctuation apart."""
    text = unicodedata.normalize("NFKC", text)
    return set(re.findall(r"[a-z0-9]{2,}", text.lower()))


def extracted(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def fonts_of(data: bytes) -> list:
    pages = PdfReader(BytesIO(data)).pages
    return [font.get_object() for font in pages[0]["/Resources"]["/Font"].values()]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.slow
def test_every_word_of_a_monstrous_write_up(cast, ready):
    incident = ready
    for batch in [make.events(incident, 300)]:
        type(batch[0]).objects.filter(pk__in=[event.pk for event in batch]).update(pinned=True)
    token = "x" * 120 + "0123456789abcdef" * 12
    paragraph = " ".join(f"word{n} in a paragraph that goes on" for n in range(900))
    assert len(paragraph) > 30_000
    text = NASTY.format(
        columns=" | ".join(f"column{n}" for n in range(14)), rules="---|" * 13 + "---",
        cells=" | ".join(f"cell{n}content" for n in range(14)), token=token, paragraph=paragraph,
    )  # fmt: skip
    section = incident.sections.get(key="story")
    save_section(incident=incident, key="story", text=text, version=section.version, by=cast.alice)
    revision = actions.publish(incident=incident, by=cast.alice, now=make.T0)
    made, pages = pdf.render(revision)
    told = extracted(made)
    assert len(PdfReader(BytesIO(made)).pages) == pages > 20

    plain = article.words(revision.html)
    missing = words_of(plain) - words_of(told) - words_of(token)
    # A word may be broken over two lines: look for it without the spaces before missing it.
    run = squeezed(told).lower()
    assert not [word for word in missing if word not in run]
    assert token in squeezed(told)
    for line in ("中文段落", "日本語の段落", "한국어", "Ελληνικά", "кириллица"):
        assert line in squeezed(told), line
    # Right-to-left words come out in either order of letters, depending on the reader; every letter is there.
    for word in ("العربية", "الخدمة", "בעברית", "ההפסקה"):
        assert word in squeezed(told) or word[::-1] in squeezed(told), word
    for emoji in "🚨🎭✅":
        assert emoji in told, emoji
    assert squeezed("यह") in squeezed(told)
    # every reader of PDF knows these outlines; those of the second format (CFF2) are no part of it
    descriptors = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts_of(made)]
    outlines = {one["/FontFile3"]["/Subtype"] for one in descriptors if "/FontFile3" in one}
    assert outlines == {"/CIDFontType0C"}


def test_it_is_tagged_titled_and_carries_its_fonts(cast, ready):
    revision = actions.publish(incident=cast.incident, by=cast.alice, now=make.T0)
    made, _ = pdf.render(revision)
    reader = PdfReader(BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == cast.incident.title
    assert b"pdfuaid" in made or b"pdfuaid" in root["/Metadata"].get_data()
    for font in fonts_of(made):
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), "embedded"


def test_the_same_revision_gives_the_same_bytes(cast, ready):
    revision = actions.publish(incident=cast.incident, by=cast.alice, now=make.T0)
    here = pdf.render(revision)[0]
    assert pdf.render(revision)[0] == here
    # in another process, with another hash seed, time zone and language of the machine
    told = json.dumps(
        {"html": pdf.html(revision), "at": revision.published_at.isoformat(), "digest": revision.digest}
    )
    elsewhere = os.environ | {
        "PYTHONHASHSEED": "7", "TZ": "Pacific/Apia", "LC_ALL": "C", "DJANGO_SETTINGS_MODULE": "postmortems.settings",
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PRINT], input=told.encode(), env=elsewhere, capture_output=True, check=True, timeout=300
    )  # fmt: skip
    assert made.stdout.decode() == hashlib.sha256(here).hexdigest()


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://127.0.0.1/", "https://example.org/x.png", "font:999", "/static/x"],
)
def test_nothing_but_fonts_and_pictures_of_the_revision_is_fetched(address):
    with pytest.raises(ValueError, match="own fonts"):
        pdf._fetcher(lambda url: pdf._picture(Revision(content={}), url)).fetch(address)


def test_hidden_events_and_drafts_of_others_stay_out(cast, ready):
    event = make.event(cast.incident, "hidden words", pinned=True)
    timelines.hide(event=event, by=cast.alice, reason="not part of it")
    revision = actions.publish(incident=cast.incident, by=cast.alice, now=make.T0)
    assert "hidden words" not in revision.html + str(revision.content)
