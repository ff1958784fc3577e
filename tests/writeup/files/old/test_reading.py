from __future__ import annotations

import re
import time
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.writeup.files.old import head as heads
from postmortems.writeup.files.old.facts import severity
from postmortems.writeup.files.old.placing import meaning
from postmortems.writeup.files.old.writeup import OldWriteup, read
from postmortems.writeup.files.reading import NotText, text_of
from tests.samples import sample

BITS = [
    "# Checkout was slow", "## Summary", "### Impact", "## Timeline", "## Action Items", "## Lessons learned", "### What went well", "Impact\n------", "Outage\n=====",
    "**Root cause**", "Detection:", "== Resolution ==", "h2. Trigger", "<h2 id='x'>Impact</h2>", "```", "~~~", "```text", "---", "+++", "title: Late\ndate: 2024-05-01",
    "| Action | Owner | Due |", "|---|---|---|", "| Add alerts | @mara | 2024-06-01 |", "- [x] Bound retries (owner: Ian)", "2024-05-01 10:45 it broke", "![graph](img/a.png)",
    "", "some words", "severity: high", "\t", "    indented", "<div>", "<!-- a comment", "-->", "[a]: b", "\u202eתמיד", "👩‍🚒", "\x0b", "\x85", "- a: &x [*x]", "#", "######", "== ==",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from(BITS), max_size=25).map("\n".join), st.lists(st.one_of(st.sampled_from(BITS), st.text(max_size=20))).map("\r\n".join),
)  # fmt: skip


def words(text: str) -> Counter:
    return Counter(re.findall(r"\w+", text))


def lost(text: str, old: OldWriteup) -> Counter:
    text = re.sub(
        r"(?m)^[ \t]*h[1-6]\.[ \t]", "", text.replace("\x00", "").replace("\r", "\n")
    )  # a mark of wikis
    return words(text) - words(old.title + " " + "\n".join(old.texts.values()))


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_no_text_stops_the_reader_and_no_word_is_lost(text):
    assert not lost(text, read("old/2024-05-01-late.md", text))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_same_text_gives_the_same(text):
    assert read("a.md", text) == read("a.md", text)


GOOGLE = """# Shakespeare is slow (incident #465)

**Status:** complete
**Severity:** SEV-2
Date: 2024-05-01

**Impact**: many

## Summary
Search was slow.

## Root Causes
A cable.

## Trigger
A storm.

## Detection
An alert.

## Action Items

| Action Item | Type | Owner | Due | Bug |
| --- | --- | --- | --- | --- |
| Test the [runbook](https://wiki.example/r) | mitigate | mara | 2024-06-01 | https://bugs.example/1 **DONE** |
| Think about it | other | | | |

## Lessons Learned

### What went well
- The alert

### What went wrong
- The cable

### Where we got lucky
- It was night

## Timeline
- 2024-05-01 14:51 UTC it began
"""


def test_a_template_everybody_knows():
    old = read("pm/465.md", GOOGLE)
    assert old.title == "Shakespeare is slow (incident #465)"
    assert (old.facts.day, old.facts.severity) == (date(2024, 5, 1), 2)
    assert list(old.texts) == ["summary", "story", "well", "remedies"]
    assert old.texts["well"].startswith("# Lessons Learned: What went well\n")
    assert "# Where we got lucky" in old.texts["well"]
    assert "\n# What went wrong\n" in old.texts["story"]
    assert old.texts["story"].index("Root Causes") < old.texts["story"].index("Timeline")
    (item,) = old.items
    assert (item.what, item.owner, item.due, item.type) == (
        "Test the runbook",
        "mara",
        date(2024, 6, 1),
        "mitigate",
    )
    assert item.link == "https://bugs.example/1"


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("TL;DR", "summary"), ("Executive summary", "summary"), ("Customer Impact", "impact"), ("Impact", "impact"), ("Internal communication", "told"),
        ("What went well?", "well"), ("What didn't go so well?", "wrong"), ("What didn’t go well", "wrong"), ("Where we got lucky", "well"), ("What went poorly", "wrong"),
        ("Root cause(s)", "story"), ("Contributing Factors (findings)", "story"), ("5 Whys", "story"), ("Detection", "story"), ("Resolution", "story"),
        ("Action items", "remedies"), ("Follow-up timeline (times in BST)", "timeline"), ("Corrective Actions", "remedies"), ("Preventative measures", "remedies"),
        ("What we're doing about it", "remedies"), ("Actions taken", "story"), ("Timeline (UTC)", "timeline"), ("Zeitlicher Ablauf", "timeline"), ("Maßnahmen", "remedies"),
        ("Apology", "apology"), ("We're sorry", "apology"), ("今後の対応", "remedies"), ("影響", "impact"), ("10:45 impact begins", ""), ("2024-05-01 10:45 Impact", ""), ("2 incidents", "story"), ("10:45 UTC", ""), ("Zebra", ""),
        ("What we decided not to do", "not_done"),
    ],
)  # fmt: skip
def test_what_headings_mean(heading, key):
    assert meaning(heading) == key


def test_headings_without_signs_and_underlined_ones():
    old = read(
        "late.md",
        "Late again\n==========\n\nImpact\n------\nTen people.\n\n**What went well**\n\nA call.\n\nAction items:\n\n- rest\n",
    )
    assert old.title == "Late again"
    assert old.texts["impact"] == "# Impact\n\nTen people."
    assert "A call." in old.texts["well"]
    assert "- rest" in old.texts["remedies"]


def test_headings_in_code_are_code():
    old = read(
        "x.md",
        "# Late\n\n```sh\n# Action items\nrm x\n```\n\n## Impact\n```\nnever closed\n\n## Action items\n- one\n",
    )
    assert "rm x" in old.texts["summary"]
    assert old.texts["remedies"] == "# Action items\n- one" or "- one" in old.texts["remedies"]


def test_heads_are_read_as_words():
    text = "---\ntitle: 'It''s late'\ndate: 2024-02-30\nseverity: no\ntags: [a, b]\n---\n\nWords.\n"
    old = read("_posts/2024-03-01-late.md", text)
    assert old.title == "It's late"
    assert old.facts.day == date(2024, 3, 1)
    assert old.facts.tags == ["a", "b"]
    assert "- **severity:** no" in old.texts["story"]
    toml = read("x.md", '+++\ntitle = "Late"\ndate = 2024-05-01T10:00:00Z\n+++\nWords.\n')
    assert (toml.title, toml.facts.day) == ("Late", date(2024, 5, 1))


@pytest.mark.parametrize(
    "text",
    [
        "---\n" + "a: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *{'a' if not n else f'b{n - 1}'}]\n" for n in range(40)) + "---\nx",
        "---\n" + "[" * 9000 + "\n---\nx", "---\na: !!python/object/apply:os.system ['x']\n---\nx", "---\na: [*unknown]\n---\nx", "+++\na = " + "[" * 9000 + "\n+++\nx", "---\n- a\n---\n",
        "---\n? [a, {b: c}]\n: x\n---\n", "---\na: &x\n  b: *x\n---\nx",
    ],
)  # fmt: skip
def test_hostile_heads_are_text(text):
    start = time.process_time()
    head, body, _ = heads.split(text)
    assert sum(len(value) for values in head.fields.values() for value in values) < 20_000
    assert not lost(text, read("x.md", text))
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ("SEV-1", 1),
        ("sev2", 2),
        ("P0", 0),
        ("**Critical**", 1),
        ("Major", 2),
        ("3", 3),
        ("Low", 4),
        ("S1 - all down", 1),
        ("unknown", None),
        ("", None),
    ],
)
def test_severities(written, step):
    assert severity(written) == step


def test_encodings():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        assert text_of("# Störung – früh\n\nWörter".encode(encoding)) == "# Störung – früh\n\nWörter"
    assert "\ufffd" in text_of("日本語のテキスト".encode() + b"\xff")
    with pytest.raises(NotText):
        text_of(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")


@pytest.mark.parametrize(
    "bit",
    ["# a\n", "```a\n", "````\n```\n", "a\n===\n", "**Impact**\n\n", "| a | owner |\n|---|---|\n", "- x @mara\n", "![a](b\n", "<img ", "== a ==\n", "[a](", "a: b\n", "\n", "|", "2024-05-01 ", "x ", "<h2>", "*", "@a "],
)  # fmt: skip
def test_two_megabytes_of_anything_are_read_in_seconds(bit):
    text = bit * (2_000_000 // len(bit))
    start = time.process_time()
    read("a.md", text)
    assert time.process_time() - start < 8


def test_every_sample_keeps_its_words():
    files = sorted(sample("postmortems").rglob("*.md"))
    assert len(files) == 45
    for file in files:
        text = text_of(file.read_bytes())
        old = read(file.name, text)
        assert not lost(text, old), file.name
        assert old.title
        assert old.facts.day or file.name.startswith(("PM", "jun-2019")), file.name
        assert old.texts.get("summary") or old.texts.get("story"), file.name


def test_a_heading_that_every_postmortem_has_is_no_title():
    old = read(
        "docs/2024-05-01-queue-grew.md",
        "Postmortem\n==========\n\n> **Severity:** P1\n\n## 1. Summary\n\nIt grew.\n\n## ✅ Action Items\n\nNone.\n",
    )
    assert old.title == "Queue grew"
    assert old.facts.severity == 1
    assert "# 1. Summary" in old.texts["summary"]
    assert "None." in old.texts["remedies"]
    assert read("x.md", "# Incident Report\n\nTitle: The queue grew\n").title == "The queue grew"


@pytest.mark.parametrize(
    ("line", "owner", "due"),
    [
        ("- [ ] Watch it - Owner: Mara - Due: 2024-06-01", "Mara", date(2024, 6, 1)), ("- Watch it (owner: @mara, due 2024-06-01)", "mara", date(2024, 6, 1)),
        ("1. **Owner:** Mara Okafor — watch it", "Mara Okafor", None), ("* watch it @mara", "mara", None), ("- watch it by 2024-06-01", "", date(2024, 6, 1)),
    ],
)  # fmt: skip
def test_list_entries_with_an_owner_or_a_date_are_records(line, owner, due):
    (one,) = read(
        "x.md", f"# Late again and again\n\n## Action items\n\n{line}\n- just an idea\n- mail a@example.org\n"
    ).items
    assert (one.owner, one.due) == (owner, due)


def test_other_tongues_and_wikis():
    old = read(
        "x.md",
        "# Störung der Warteschlange\n\n**Schweregrad:** hoch\n\n## Ursache\nEin Kabel.\n\n## Maßnahmen\n- prüfen\n",
    )
    assert old.facts.severity == 2
    assert old.texts["remedies"] == "# Maßnahmen\n\n- prüfen"
    wiki = read("late.wiki", "= Overview =\nIt was late.\n\n== Customer Impact ==\nTen.\n")
    assert wiki.texts == {"summary": "# Overview\n\nIt was late.", "impact": "# Customer Impact\n\nTen."}
