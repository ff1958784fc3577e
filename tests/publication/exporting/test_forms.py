"""A revision as Markdown, as Markdown with its pictures, and as a Word file."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from django.urls import reverse

from postmortems.publication import actions, article
from postmortems.publication.exporting import forms, markdown
from postmortems.writeup.files.old import writeup as old
from postmortems.writeup.sections import TEXTS
from postmortems.writeup.writing.actions import save_section
from tests import make
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
    event = make.event(cast.incident, "1. *Deploy* of | `a_b` <script>", pinned=True, caption="It went out")
    assert image.number == 1
    section = cast.incident.sections.get(key="story")
    text = NASTY.format(event=event.pk)
    save_section(incident=cast.incident, key="story", text=text, version=section.version, by=cast.alice)
    return actions.publish(incident=cast.incident, by=cast.alice, now=make.T0)


def test_markdown_holds_every_word_of_the_page(revision):
    written = forms.as_markdown(revision)
    told = re.sub(r"\\(.)", r"\1", written)
    said = {word for word in re.findall(r"[a-zA-Z]{3,}", article.words(revision.html))}
    assert not {word for word in said if word not in told} - {"March", "Tuesday", "times"}


def test_headings_go_below_those_of_the_document_and_code_stays_code(revision):
    lines = forms.as_markdown(revision).split("\n")
    assert "# Bookings were not confirmed" in lines
    assert "#### A heading of my own" in lines and "##### Setext" in lines
    assert "# no heading" in lines  # within its fence


def test_citations_lead_within_the_file_and_pictures_lie_beside_it(revision):
    written = forms.as_markdown(revision)
    event = revision.content["events"][-1]["id"] if revision.content["events"] else 0
    found = re.search(r"\[when it was seen\]\(#event-(\d+)\)", written)
    assert found and f'<a id="event-{found[1]}"></a>' in written and event
    assert "[C1](#condition-1)" in written and '<a id="condition-1"></a>' in written
    digest = revision.content["images"][0]["digest"]
    assert f"![the curve](images/{digest}.png)" in written


def test_what_is_no_markdown_does_not_become_any(revision):
    row = next(line for line in forms.as_markdown(revision).split("\n") if "It went out" in line)
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


@pytest.fixture
def word(revision):
    return docx.Document(BytesIO(forms._word(revision)))


def every_paragraph(document):
    body = list(document.paragraphs)
    return body + [
        one
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for one in cell.paragraphs
    ]


def test_word_holds_every_word_of_the_page(revision, word):
    told = "\n".join(one.text for one in every_paragraph(word))
    alts = " ".join(one.docPr.get("descr") for one in word.element.body.iter("{*}inline"))
    said = set(re.findall(r"\w{2,}", article.words(revision.html)))
    assert not {one for one in said if one not in told + alts}


def test_headings_are_styles_without_gaps(word):
    levels = [1 if one.style.name == "Title" else int(one.style.name[8:]) + 1 for one in word.paragraphs if one.style.name == "Title" or one.style.name.startswith("Heading ")]  # fmt: skip
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_lists_tables_links_and_pictures(revision, word):
    body = word.element.body
    listed = [one for one in word.paragraphs if one._p.pPr is not None and one._p.pPr.numPr is not None]
    assert [one.text for one in listed][:2] == ["one", "two deep code |"]
    assert [one._p.pPr.numPr.ilvl.val for one in listed][:2] == [0, 1]
    heads = [row for row in body.iter("{*}tr") if row.find("{*}trPr/{*}tblHeader") is not None]
    assert heads, "the first row is repeated on every page"
    links = {one.address for paragraph in every_paragraph(word) for one in paragraph.hyperlinks}
    assert "https://example.org/a?b=c&d" in links
    anchors = {one.get(docx.oxml.ns.qn("w:anchor")) for one in body.iter("{*}hyperlink")} - {None}
    places = {one.get(docx.oxml.ns.qn("w:name")) for one in body.iter("{*}bookmarkStart")}
    assert anchors and anchors <= places
    assert [one.docPr.get("descr") for one in body.iter("{*}inline")] == ["the curve"]


def test_right_to_left_is_said_so(word):
    hebrew = next(one for one in word.paragraphs if "בעברית" in one.text)
    assert hebrew._p.pPr.find("{*}bidi") is not None


def test_the_file_tells_what_it_is_and_no_clock(revision, word):
    known = word.core_properties
    assert (known.title, known.revision, known.language) == (revision.title, 1, "en")
    assert known.created == known.modified == revision.published_at.replace(tzinfo=None)
    assert "revision 1" in word.sections[0].footer.paragraphs[0].text
    assert forms._word(revision) == forms._word(revision)


def test_our_own_reader_of_word_files_reads_it(revision, tmp_path):
    (file := tmp_path / "x.docx").write_bytes(forms._word(revision))
    events = [one for one in Reading(file, zone="UTC", day=make.T0.date()) if isinstance(one, Record)]
    assert any("It went out" in one.text for one in events)


# --- the addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "kind"), [("markdown", "text/markdown"), ("folder", "application/zip"), ("word", "application/vnd.openxml")])  # fmt: skip
def test_whoever_may_read_the_revision_takes_it_along(client, cast, revision, form, kind):
    client.force_login(cast.rita)
    address = reverse(f"publication:{form}", args=[cast.incident.ref, 1])
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"].startswith(kind)
    assert "attachment" in answer["Content-Disposition"]
    cast.incident.__class__.objects.filter(pk=cast.incident.pk).update(restricted=True)
    assert client.get(address).status_code == 404


def test_the_page_offers_every_form(client, cast, revision):
    client.force_login(cast.rita)
    page = client.get(reverse("publication:revision", args=[cast.incident.ref, 1])).content.decode()
    for form in ("markdown", "folder", "word", "document"):
        assert reverse(f"publication:{form}", args=[cast.incident.ref, 1]) in page
