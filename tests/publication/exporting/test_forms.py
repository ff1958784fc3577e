"""A revision as Markdown, as Markdown with its pictures, and as a Word file."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from django.urls import reverse
from docx.oxml.ns import qn

from postmortems.incidents.models import Incident
from postmortems.publication import actions, article
from postmortems.publication.exporting import forms, markdown
from postmortems.publication.exporting.views import WORD
from postmortems.writeup.files.old import writeup as old
from postmortems.writeup.sections import TEXTS
from postmortems.writeup.writing.actions import save_section
from tests import make
from timelines.models import Event
from timelines.reading import Reading, Record

NASTY = """# A heading of my own

See [when it was seen](event:{event}), [C1](condition:1) and ![the curve](image:1).

Setext
------

1. one
   - two *deep* `code |`

| a | b |
|---|--:|
| `x` | 2 |

```
# no heading
[not](event:{event})
```

<b>bold</b> نص عربي <span title="x">and</span> [out](https://example.org/a?b=c&d)

נכתב בעברית
"""


@pytest.fixture
def revision(cast):
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    image = make.image(cast.incident, alt="Errors rise")
    event = make.event(cast.incident, "1. *Deploy* of | `a_b` <script>", pinned=True)
    Event.objects.filter(pk=event.pk).update(caption="It went out")
    assert image.number == 1
    section = cast.incident.sections.get(key="story")
    text = NASTY.format(event=event.pk)
    save_section(incident=cast.incident, key="story", text=text, version=section.version, by=cast.alice)
    return actions.publish(incident=cast.incident, by=cast.alice, now=make.T0)


def test_markdown_says_what_the_page_says(revision):
    written = forms.as_markdown(revision)
    told = re.sub(r"\\(.)", r"\1", written)
    said = set(re.findall(r"[a-zA-Z]{3,}", article.words(revision.html)))
    dates = {
        "All",
        "times",
        "March",
        "April",
        "Tuesday",
        "answers",
        "due",
    }  # which stand in columns and as figures
    assert not {word for word in said if word not in told} - dates
    # headings go below those of the document, and code stays code
    lines = written.split("\n")
    for line in ("# Bookings were not confirmed", "#### A heading of my own", "##### Setext", "# no heading"):
        assert line in lines
    # citations lead within the file, and pictures lie beside it
    found = re.search(r"\[when it was seen\]\(#event-(\d+)\)", written)
    for place in (f"event-{found[1]}", "condition-1"):
        assert f'<a id="{place}"></a>' in written
    assert "[C1](#condition-1)" in written
    assert f"![the curve](images/{revision.content['images'][0]['digest']}.png)" in written
    # what is no Markdown does not become any
    row = next(line for line in lines if "It went out" in line)
    assert r"1\. \*Deploy\* of \| \`a\_b\` \<script>" in row


@pytest.mark.parametrize(
    ("typed", "written"),
    [("a\nb", "a<br>b"), ("- x", r"\- x"), ("# x", r"\# x"), ("2) y", r"2\) y"), ("12:30", "12:30"), ("2.4 s", "2.4 s")],
)  # fmt: skip
def test_plain_words(typed, written):
    assert markdown.plain(typed) == written


def test_what_is_taken_away_can_be_brought_in_again(revision, tmp_path):
    text = forms.as_markdown(revision)
    own = {section.title.casefold(): section.key for section in TEXTS}
    found = old.read("x.md", text, ZoneInfo("UTC"), own)
    assert found.title == revision.title
    assert found.facts.severity == 2
    assert found.facts.times["resolved"].isoformat() == revision.content["times"]["resolved"].replace(
        "Z", "+00:00"
    )
    assert "A heading of my own" in found.texts["story"]
    (file := tmp_path / "x.md").write_text(text)
    events = [one for one in Reading(Path(file), format="prose", zone="UTC") if isinstance(one, Record)]
    assert [one.at.isoformat()[:19] for one in events] == [
        one["at"][:19] for one in revision.content["events"]
    ]


def test_the_folder_holds_the_pictures_and_is_the_same_each_time(revision):
    made = forms.as_folder(revision)
    assert made == forms.as_folder(revision)
    with zipfile.ZipFile(BytesIO(made)) as folder:
        digest = revision.content["images"][0]["digest"]
        assert set(folder.namelist()) == {f"{forms.name_of(revision)}.md", f"images/{digest}.png"}


# --- Word --------------------------------------------------------------------------------------------


def every_paragraph(document):
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [*document.paragraphs, *(one for cell in cells for one in cell.paragraphs)]


def level(paragraph) -> int:
    name = paragraph.style.name
    return 1 if name == "Title" else int(name[8:]) + 1 if name.startswith("Heading ") else 0


def test_word_says_what_the_page_says(revision, tmp_path):
    made = forms._word(revision)
    assert made == forms._word(revision)
    word = docx.Document(BytesIO(made))
    body, paragraphs = word.element.body, every_paragraph(word)
    told = "\n".join(one.text for one in paragraphs)
    alts = [one.docPr.get("descr") for one in body.iter("{*}inline")]
    assert alts == ["the curve"]
    said = set(re.findall(r"\w{2,}", article.words(revision.html)))
    assert not {one for one in said if one not in told + alts[0]}
    # headings are styles without gaps
    levels = [found for one in word.paragraphs if (found := level(one))]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    # lists count, heads of tables are repeated, links lead somewhere
    listed = [one for one in word.paragraphs if one._p.pPr is not None and one._p.pPr.numPr is not None]
    points = [(one.text, one._p.pPr.numPr.ilvl.val) for one in listed]
    assert points[:2] == [("one", 0), ("two deep code |", 1)]
    assert [row for row in body.iter("{*}tr") if row.find("{*}trPr/{*}tblHeader") is not None]
    assert "https://example.org/a?b=c&d" in {link.address for one in paragraphs for link in one.hyperlinks}
    anchors = {one.get(qn("w:anchor")) for one in body.iter("{*}hyperlink")} - {None}
    assert anchors
    assert anchors <= {one.get(qn("w:name")) for one in body.iter("{*}bookmarkStart")}
    # what runs from right to left says so
    hebrew = next(one for one in word.paragraphs if "בעברית" in one.text)
    assert hebrew._p.pPr.find("{*}bidi") is not None
    # the file tells what it is, and no clock but that of the publication
    known = word.core_properties
    assert (known.title, known.revision, known.language) == (revision.title, 1, "en")
    assert known.created.replace(tzinfo=None) == revision.published_at.replace(tzinfo=None)
    assert "revision 1" in word.sections[0].footer.paragraphs[0].text
    # another reader of such files, our own, finds the timeline
    (file := tmp_path / "x.docx").write_bytes(made)
    events = [one for one in Reading(file, zone="UTC", day=make.T0.date()) if isinstance(one, Record)]
    assert any("It went out" in one.text for one in events)


# --- the addresses -------------------------------------------------------------------------------------


def test_whoever_may_read_the_revision_takes_it_along(client, cast, revision):
    client.force_login(cast.rita)
    page = client.get(reverse("publication:revision", args=[cast.incident.ref, 1])).content.decode()
    addresses = {
        reverse(f"publication:{form}", args=[cast.incident.ref, 1]): kind
        for form, kind in (("markdown", "text/markdown"), ("folder", "application/zip"), ("word", WORD))
    }
    for address, kind in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(kind)
        assert "attachment" in answer["Content-Disposition"]
        assert address in page
    Incident.objects.filter(pk=cast.incident.pk).update(restricted=True)
    assert {client.get(address).status_code for address in addresses} == {404}
