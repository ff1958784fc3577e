"""Timelines in documents: the write-ups of the samples, and the ways in which people write times."""

from __future__ import annotations

import contextlib
import re
import time
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import SHARED, sample
from timelines.formats.vague import leading
from timelines.reading import NeedsAnswer, Reading, Record, Skipped, Unreadable

DAY = {"day": date(2026, 3, 10), "zone": "UTC"}


def document(told, text: str, *, name: str = "notes.md", **answers) -> list[Record]:
    records, skipped = told(text, name=name, format="prose", **(DAY | answers))
    assert skipped == []
    return records


def clocks(records: list[Record]) -> list[str]:
    return [f"{record.at:%d %H:%M}" for record in records]


# --- the samples ------------------------------------------------------------------------------------


def expected() -> list[tuple[str, str, int, str, str, str]]:
    """The rows of the table of write-ups: file, form, entries, zone, first and last as written."""
    with contextlib.suppress(OSError):
        text = (SHARED / "samples/EXPECTED.md").read_text()
        rows = (
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines()
            if re.match(r"\| (?:dfds|mybinder|2i2c|zalando)/", line)
        )
        return [(row[0], row[1], int(row[2]), *row[3:6]) for row in rows if row[2]]
    return [
        ("dfds/PM2019-009 - Kubernetes network infrastructure IP starvation.md", "table", 13, "CET", "", "")
    ]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row[0][:30])
def test_a_write_up_of_the_samples(row):
    name, form, count, zone, first, last = row
    reading = Reading(
        sample(f"postmortems/{name}"), **({"zone": "Asia/Kolkata"} if "2020-10-28" in name else {})
    )
    records = [found for found in reading if isinstance(found, Record)]
    assert reading.detection.format.key == "prose"
    records = [record for record in records if record.extra["section"] == records[0].extra["section"]]
    counted = [record for record in records if form == "headings" or record.precision != "day"]
    assert len(counted) == count
    assert [" ".join(record.written.split()) for record in (counted[0], counted[-1])] == [first, last]
    if zone != "not stated":
        assert {record.zone for record in records} == {zone}
    assert len({record.external_id for record in records}) == len(records)


def test_an_abbreviation_at_odds_with_the_season_is_told_not_corrected():
    found = list(Reading(sample("postmortems/dfds/PM2020-005 - ALB instance attachment.md")))
    (note,) = [one for one in found if isinstance(one, Skipped)]
    assert "6 entries, which were read" in note.why
    assert "CEST" in note.why
    assert found[0].at.isoformat() == "2020-06-09T10:00:00+00:00"
    assert found[0].certainty == "assumed zone"


def test_a_year_with_a_digit_too_many_is_the_year_of_the_document(tmp_path):
    source = sample("postmortems/dfds/PM2020-003 - Postmortem for ADSync migration.md")
    records = [one for one in Reading(source) if isinstance(one, Record)]
    assert {(record.at.year, record.certainty) for record in records} == {(2020, "derived")}
    assert all("20202" in record.extra["doubt"] for record in records)
    unnamed = tmp_path / "migration.md"
    unnamed.write_bytes(source.read_bytes())
    found = list(Reading(unnamed))
    assert all(isinstance(one, Skipped) and "20202" in one.why for one in found)


def test_what_holds_no_timeline_is_refused_in_a_sentence():
    with pytest.raises(Unreadable, match="No timeline was found"):
        list(Reading(sample("postmortems/zalando/jun-2019-kubelet-qps.md"), format="prose"))


# --- times ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at", "precision", "certainty"),
    [
        ("12:41 x", "10 12:41:00", "minute", "derived"),
        ("12:41:05 x", "10 12:41:05", "second", "derived"),
        ("12.41 x", "10 12:41:00", "minute", "derived"),
        ("8:52 PM x", "10 20:52:00", "minute", "derived"),
        ("12:05 am x", "10 00:05:00", "minute", "derived"),
        ("2026-03-11 10:45 x", "11 10:45:00", "minute", "assumed zone"),
        ("2026-03-11T10:45:03Z x", "11 10:45:03", "second", "exact"),
        ("Mar 11 2026 13:06 x", "11 13:06:00", "minute", "assumed zone"),
        ("March 11, 2026, 1:06 PM: x", "11 13:06:00", "minute", "assumed zone"),
        ("11. März, 13:06 x", "11 13:06:00", "minute", "derived"),
        ("11.03.2026 13:06 x", "11 13:06:00", "minute", "assumed zone"),
        ("10:45~ x", "10 10:45:00", "minute", "approximate"),
        ("~10:45 x", "10 10:45:00", "minute", "approximate"),
        ("ca. 18:30 x", "10 18:30:00", "minute", "approximate"),
        ("around 10 x", "10 10:00:00", "hour", "approximate"),
        ("10 am x", "10 10:00:00", "hour", "derived"),
        ("Wednesday 10:45 x", "11 10:45:00", "minute", "derived"),
        ("10:45 UTC+2 x", "10 08:45:00", "minute", "derived"),
        ("10:45 CEST (UTC+2) x", "10 08:45:00", "minute", "derived"),
        ("10:45 America/New_York x", "10 14:45:00", "minute", "derived"),
        ("**10:45** – x", "10 10:45:00", "minute", "derived"),
        ("[10:45](https://example.org/1) x", "10 10:45:00", "minute", "derived"),
        ("1045 UTC: x", "10 10:45:00", "minute", "derived"),
        ("noon: x", "10 12:00:00", "minute", "derived"),
    ],
)
def test_a_time_as_people_write_it(told, text, at, precision, certainty):
    (record,) = document(told, f"## Timeline\n\n- {text}\n")
    assert (f"{record.at:%d %H:%M:%S}", record.precision, record.certainty) == (at, precision, certainty)
    assert record.text == "x"


@pytest.mark.parametrize(
    "text",
    [
        "1.25 was released",
        "3 hosts failed",
        "100% of calls",
        "may fail",
        "10 of 12 pods",
        "Step 10:",
        "v10:45",
    ],
)
def test_what_is_no_time(text):
    assert leading(text) is None


@pytest.mark.parametrize("clock", ["39:95", "25:00", "10:75", "13:00 pm", "24:30"])
def test_a_time_no_clock_shows_is_noted_unless_it_can_only_mean_one(told, clock):
    records, skipped = told(f"## Timeline\n- 10:00 a\n- {clock} b\n", name="n.md", **DAY)
    assert len(records) + len(skipped) == 2
    assert len(skipped) == (clock != "13:00 pm")


def test_a_span_has_an_end(told):
    text = "## Timeline\n- 8:20 - 8:24 a\n- 23:50–00:10 b\n- ~8-9 AM c\n"
    records = document(told, text)
    assert [f"{r.until:%d %H:%M}" for r in records] == ["10 08:24", "11 00:10", "11 09:00"]


def test_halves_of_the_day_go_on_from_the_time_before(told):
    records = document(told, "## Timeline\n- 11:40 AM a\n- 12:20 b\n- 1:15 c\n- 2:00 PM d\n")
    assert clocks(records) == ["10 11:40", "10 12:20", "10 13:15", "10 14:00"]
    assert records[2].certainty == "derived"


# --- days, years, zones -----------------------------------------------------------------------------


def test_a_date_holds_for_what_follows_and_midnight_is_passed(told):
    text = "## Timeline\n### 2026-03-10\n- 22:50 a\n- 23:40 b\n- 00:20 c\n- 00:10 late note\n### 12 March\n- 09:00 d\n"
    assert clocks(document(told, text, day=None)) == [
        "10 22:50",
        "10 23:40",
        "11 00:20",
        "11 00:10",
        "12 09:00",
    ]


def test_a_list_that_runs_backwards_passes_midnight_backwards(told):
    text = "## Timeline\n- 01:30 d\n- 00:20 c\n- 23:40 b\n- 22:50 a\n- 22:10 z\n"
    assert clocks(document(told, text, day=date(2026, 3, 11))) == [
        "11 01:30", "11 00:20", "10 23:40", "10 22:50", "10 22:10",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "at"),
    [
        ("2026-03-10-outage.md", "", "2026-03-10T10:45"),
        ("outage.md", "# 2026-03-10, outage\n", "2026-03-10T10:45"),
        ("outage.md", "# Incident report March 10 2026 – outage\n", "2026-03-10T10:45"),
        ("outage.md", "# Outage\n\n**Date:** 10 March 2026\n", "2026-03-10T10:45"),
    ],
)
def test_the_day_may_stand_in_the_name_or_the_title(told, name, text, at):
    (record,) = document(told, f"{text}\n## Timeline\n- 10:45 x\n", name=name, day=None)
    assert record.at.isoformat().startswith(at)
    assert record.certainty == "derived"


def test_what_only_a_person_knows_is_asked_for(told):
    for text, answers, asks in [
        ("- 10:45 x\n", {"day": None}, "day"),
        ("- May 12, 10:45 x\n", {"day": None}, "year"),
        ("- 10:45 x\n", {"zone": None}, "zone"),
        ("- 10:45 IST x\n", {"zone": None}, "zone"),
        ("- 03/04/2026 10:45 x\n", {}, "mapping"),
    ]:
        with pytest.raises(NeedsAnswer) as asked:
            document(told, f"## Timeline\n{text}", **answers)
        assert asked.value.asks_for == asks
    (record,) = document(told, "## Timeline\n- 03/04/2026 10:45 x\n", mapping={"dates": "mdy"})
    assert (record.at.month, record.at.day) == (3, 4)


def test_dates_without_a_year_turn_it(told):
    text = "## Timeline\n- Dec 31 23:50 a\n- Jan 1 00:10 b\n- Jan 2 09:00 c\n"
    records = document(told, text, day=None, year=2025)
    assert [f"{r.at:%Y-%m-%d}" for r in records] == ["2025-12-31", "2026-01-01", "2026-01-02"]
    assert {r.certainty for r in records} == {"derived"}


def test_another_date_of_the_list_tells_which_number_is_the_day(told):
    records = document(told, "## Timeline\n- 03/04/2026 10:45 x\n- 14/04/2026 10:45 y\n")
    assert [record.at.month for record in records] == [4, 4]


@pytest.mark.parametrize(
    ("statement", "hour", "certainty"),
    [
        ("All times in UTC.", 10, "exact"),
        ("_All times are in UTC+2_", 8, "exact"),
        ("Times shown in CET", 9, "assumed zone"),
        ("Timezone: Europe/Helsinki", 8, "exact"),
        ("Alle Zeiten in MEZ", 9, "assumed zone"),
    ],
)
def test_the_zone_may_be_stated_above_or_below(told, statement, hour, certainty):
    entries = "- 2026-03-10 10:45 x\n"
    for text in (f"{statement}\n\n{entries}", f"{entries}\n{statement}\n"):
        (record,) = document(told, f"## Timeline\n{text}", zone=None)
        assert (record.at.hour, record.certainty) == (hour, certainty)


def test_a_zone_beside_one_time_is_that_of_the_others(told):
    records = document(told, "## Timeline\n- 10:45 UTC+2 a\n- 10:50 b\n", zone=None)
    assert [(f"{r.at:%H:%M}", r.certainty) for r in records] == [("08:45", "derived"), ("08:50", "derived")]


def test_a_person_who_names_the_zone_of_the_label_means_its_clocks(told):
    text = "## Timeline (times in PST)\n- 2026-07-10 10:45 x\n"
    (record,) = document(told, text, zone="America/Los_Angeles")
    assert record.at.hour == 17


# --- forms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        "| Time (UTC) | Event | Who |\n| --- | :-- | --- |\n| 10:45 | it **broke** | Ann |\n| 10:50 | fixed \\| done | |\n",
        "Time (UTC) | Event | Who\n---|---|---\n10:45 | it broke | Ann\n10:50 | fixed \\| done | \n",
        "||Time (UTC)||Event||Who||\n|10:45|it broke|Ann|\n|10:50|fixed \\| done| |\n",
        '{| class="wikitable"\n! Time (UTC) !! Event !! Who\n|-\n| 10:45 || it broke || Ann\n|-\n| 10:50\n| fixed \\| done\n|\n|}\n',
        "+------+\n| Time (UTC) | Event | Who |\n+======+\n| 10:45 | it broke | Ann |\n| 10:50 | fixed \\| done | |\n",
    ],
    ids=["markdown", "without bars", "jira", "mediawiki", "grid"],
)
def test_tables(told, table):
    records = document(told, f"# Outage\n\n## Timeline\n\n{table}\n", zone=None)
    assert [(f"{r.at:%H:%M}", r.text.replace("\\", ""), r.actor) for r in records] == [
        ("10:45", "it broke", "Ann"),
        ("10:50", "fixed | done", ""),
    ]
    assert {r.zone for r in records} == {"UTC"}


def test_cells_pasted_from_a_spreadsheet(told):
    records = document(
        told, "Timeline:\nDate\tTime\tWhat\n2026-03-10\t10:45\tbroke\n2026-03-11\t09:00\tfixed\n"
    )
    assert clocks(records) == ["10 10:45", "11 09:00"]


def test_a_row_without_a_time_goes_on_and_one_that_cannot_be_placed_is_noted(told):
    text = "## Timeline\n| Time | Event |\n|--|--|\n| 10:45 | a |\n| | and more |\n| soon after | b |\n| 2026-03-11 --:-- | c |\n"
    records, skipped = told(text, name="n.md", **DAY)
    assert [r.text for r in records] == ["a\nand more", "c"]
    assert records[1].precision == "day"
    assert "soon after" in skipped[0].why


def test_headings_own_all_that_stands_below_them(told):
    text = "## Timeline\n### 10:45\nIt broke:\n```\n10:46 not an entry\n```\n- 10:47 neither\n\n### 10:50 – fixed\nAll fine\n\n## Actions\n- 11:00 x\n"
    records = document(told, text)
    assert clocks(records) == ["10 10:45", "10 10:50"]
    assert "10:46 not an entry" in records[0].text
    assert records[1].text == "fixed\nAll fine"


def test_times_alone_on_their_lines(told):
    records = document(
        told,
        "## Timeline\n10:45\nIt broke\n10:50\nWe saw it\nand looked\n\nJuly 23 4:10 AM\nfine\n",
        day=date(2026, 7, 22),
    )
    assert [r.text for r in records] == ["It broke", "We saw it\nand looked", "fine"]
    assert clocks(records)[2] == "23 04:10"


def test_a_wrapped_line_that_begins_with_a_time_is_no_entry(told):
    text = "## Timeline\n- 10:45 first it broke, and we were told\n  that since\n  10:30 nothing had come in\n- 10:50 fixed\n"
    assert len(document(told, text)) == 2


def test_only_the_timeline_is_read_where_there_is_one(told):
    text = "# Notes\n- 09:00 stand-up\n\n## Timeline\n- 10:45 broke\n\n## Next\n- 12:00 lunch\n"
    assert clocks(document(told, text)) == ["10 10:45"]


def test_notes_without_a_heading_need_two_times(told):
    assert len(document(told, "Meeting\n10:45 Ann: it broke\n10:50 Bob: looking\n", name="notes.txt")) == 2
    with pytest.raises(Unreadable):
        document(told, "Lunch is at\n12:00 today\n", name="notes.txt")


def test_a_recollection_told_in_sentences(told):
    text = "I was at lunch. At 10:45 my phone rang, about 12 pods were down. Around 11 we knew why.\nBy 11:20 it was over.\n"
    records = document(told, text, name="recollection.txt")
    assert [r.text for r in records] == [
        "my phone rang, about 12 pods were down.",
        "we knew why.",
        "it was over.",
    ]
    assert [r.certainty for r in records] == ["derived", "approximate", "approximate"]


def test_lines_of_a_chat_keep_who_spoke(told):
    records = document(told, "## Timeline\n[10:05] <ann> a > b\n[10:06] <bob> no\n")
    assert [(r.actor, r.text) for r in records] == [("ann", "a > b"), ("bob", "no")]


def test_messages_pasted_from_a_chat(told):
    text = "Ann Example  10:45 AM\nit broke\nbadly\n\nPagerDuty APP  10:46 AM\nTriggered #1\n\nBob  10:50 AM\nlooking\n"
    records, _ = told(text, name="chat.txt", **DAY)
    assert [(r.actor, r.text, r.kind) for r in records] == [
        ("Ann Example", "it broke\nbadly", "message"),
        ("PagerDuty", "Triggered #1", "message"),
        ("Bob", "looking", "message"),
    ]


def test_html_of_a_wiki(told):
    text = "<html><body><h2>Timeline</h2><table><tr><th>Time</th><th>Event</th></tr><tr><td>10:45</td><td>a &amp;lt; b</td></tr></table></body></html>"
    (record,) = document(told, text, name="page.html")
    assert (f"{record.at:%H:%M}", record.text) == ("10:45", "a &lt; b")


def test_a_document_of_word(tmp_path):
    def paragraph(text: str, style: str = "") -> str:
        look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f'<w:p>{look}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'

    rows = (("Time (UTC)", "Event"), ("10:45", "a &amp;lt; b | c"), ("10:50", "fixed"))
    table = "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>" for row in rows
    )
    body = (
        paragraph("Outage of 2026-03-10", "Title")
        + paragraph("Timeline", "Heading2")
        + f"<w:tbl>{table}</w:tbl>"
    )
    path = tmp_path / "outage.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
    records = list(Reading(path))
    assert [(r.at.isoformat(), r.text) for r in records] == [
        ("2026-03-10T10:45:00+00:00", "a &lt; b | c"),
        ("2026-03-10T10:50:00+00:00", "fixed"),
    ]


def test_links_keep_their_address_and_emphasis_goes(told):
    (record,) = document(
        told, "## Timeline\n- 10:45 **saw** [the graph](https://example.org/a_(b)) &amp; said so\n"
    )
    assert record.text == "saw the graph (https://example.org/a_(b)) & said so"


def test_equal_entries_are_two_and_order_changes_no_ids(told):
    lines = ["- 2026-03-10 10:45 x", "- 2026-03-10 10:45 x", "- 2026-03-10 10:50 y"]
    one = {r.external_id for r in document(told, "## Timeline\n" + "\n".join(lines))}
    two = {r.external_id for r in document(told, "# Other title\n## Timeline\n" + "\n".join(reversed(lines)))}
    assert one == two
    assert len(one) == 3


# --- what nobody should send ------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["## Timeline\n", "- 10:45 x\n", "| 10:45 | x |\n", "|--|--|\n", "### 23:59\n", "00:01\n", "```\n", "31.12.2026 24:00 x\n",
     "{|\n", "|-\n", "All times in CET\n", "9999-12-31 24:00 x\n", "0001-01-01 00:00 x\n", "a\n---\n", "Feb 30 10:00 x\n", "~8-9 PM c\n"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=25))
def test_any_document_is_read_or_refused_in_a_sentence(tmp_path, pieces):
    path = tmp_path / "a.md"
    path.write_bytes("".join(pieces).encode("utf-8", "replace") or b"x")
    with contextlib.suppress(Unreadable):
        found = list(Reading(path, format="prose", zone="Europe/Lisbon", day=date(2026, 3, 10)))
        assert all(isinstance(one, (Record, Skipped)) for one in found)
        records = [one for one in found if isinstance(one, Record)]
        assert len({one.external_id for one in records}) == len(records)
        assert all(one.at >= datetime(1990, 1, 1, tzinfo=UTC) for one in records)


@pytest.mark.parametrize(
    "line", ["|" * 200_000, "[" * 200_000, "**a" * 60_000, "*" * 200_000, " " * 200_000 + "10:45 x", "&amp;" * 40_000, "[a](" * 40_000],
    ids=["bars", "brackets", "stars", "rules", "blanks", "entities", "links"],
)  # fmt: skip
def test_hostile_lines_end_soon(told, line):
    begun = time.monotonic()
    document(told, f"## Timeline\n- 10:45 {line}\n{line}\n")
    assert time.monotonic() - begun < 5


def test_code_is_told_without_its_marks(told):
    records = document(
        told,
        "## Timeline\n### 10:45\nRan `kubectl get pods` twice\n```sh\nno `pods`\n```\n### 10:50\nA lone ` stays\n",
    )
    assert [record.text for record in records] == ["Ran kubectl get pods twice\nno pods", "A lone ` stays"]
