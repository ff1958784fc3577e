"""Tables of any tool: what spreadsheets, databases and APIs put into them."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timelines.formats.test_facts import read
from timelines.reading import NeedsAnswer, Reading, Record, Skipped, Unreadable

CAPTURED = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


def table(told, content, name: str = "a.csv", **answers):
    return told(content, name=name, format="table", **answers)


# --- columns ----------------------------------------------------------------------------------------


def test_rows_with_a_start_and_an_end_are_spans():
    records, report = read("csv/downtime_windows.csv")
    assert (report["events"], report["skipped_count"]) == (631, 0)
    assert all(record.until is not None and record.until >= record.at for record in records)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Time,Event", "2026-03-10T18:00:00Z,x"),
        ("Time (UTC);Event", "2026-03-10 18:00;x"),
        ("Date\tTime\tWhat", "2026-03-10\t18:00:00\tx"),
        ("Start Time UTC|Description", "10/Mar/2026 18:00|x"),
        ("@timestamp,message", "2026-03-10T18:00:00.000Z,x"),
    ],
)
def test_a_header_tells_its_columns(told, header, row):
    (record,), skipped = table(told, f"{header}\n{row}\n", zone="UTC")
    assert (record.at, record.text, skipped) == (CAPTURED, "x", [])


def test_a_zone_in_the_name_of_a_column_needs_no_question(told):
    (record,), _ = table(told, "Time (UTC),Event\n2026-03-10 18:00,x\n")
    assert (record.at, record.zone, record.certainty) == (CAPTURED, "UTC", "exact")


def test_titles_and_excels_own_line_above_the_header(told):
    (record,), skipped = table(
        told, "sep=;\r\nReport of March\r\n\r\ntime;text\r\n2026-03-10T18:00:00Z;x, y\r\n"
    )
    assert (record.text, skipped) == ("x, y", [])


def test_excels_own_line_hides_no_table(told):
    (record,), _ = told("sep=;\r\ntime;text\r\n2026-03-10T18:00:00Z;x\r\n", name="a.csv")
    assert record.text == "x"


def test_unicode_text_of_a_spreadsheet(told):
    content = b"\xff\xfe" + "time\ttext\r\n2026-03-10T18:00:00Z\tcafé – ok\r\n".encode("utf-16-le")
    (record,), _ = told(content, name="a.txt")
    assert record.text == "café – ok"


def test_formulas_are_text(told):
    (record,), _ = table(told, "time,text,actor\n2026-03-10T18:00:00Z,=1+1,'@ann\n")
    assert (record.text, record.actor) == ("=1+1", "'@ann")


def test_columns_of_the_same_name_are_kept_apart(told):
    (record,), _ = table(told, "time,text,note,note\n2026-03-10T18:00:00Z,x,a,b\n")
    assert record.extra["columns"]["note 2"] == "b"


def test_a_mapping_wins_over_the_guess(told):
    text = "created,seen,text,who\n2026-03-10T10:00:00Z,2026-03-10T18:00:00Z,x,ann\n"
    (record,), _ = table(told, text, mapping={"time": "seen", "actor": "who"})
    assert (record.at, record.actor) == (CAPTURED, "ann")
    with pytest.raises(NeedsAnswer, match="has no column “nope”"):
        table(told, text, mapping={"time": "nope"})


# --- JSON -------------------------------------------------------------------------------------------


def test_nested_records_have_dotted_columns(told):
    row = {
        "commit": {"author": {"name": "ann", "date": "2026-03-10T18:00:00Z"}, "message": "x"},
        "tags": ["a", "b"],
    }
    mapping = {"time": "commit.author.date", "actor": "commit.author.name", "text": "commit.message"}
    for content in (json.dumps([row]), json.dumps(row), json.dumps({"data": {"items": [row]}}, indent=1)):
        (record,), _ = table(told, content, name="a.json", mapping=mapping)
        assert (record.at, record.actor, record.text) == (CAPTURED, "ann", "x")
        assert record.extra["columns"]["tags"] == "a, b"


def test_a_column_may_be_missing_in_the_first_record(told):
    rows = [
        {"time": "2026-03-10T18:00:00Z", "text": "x"},
        {"time": "2026-03-10T18:01:00Z", "text": "y", "actor": "ann"},
    ]
    records, _ = table(told, "\n".join(map(json.dumps, rows)), name="a.jsonl")
    assert [r.actor for r in records] == ["", "ann"]


def test_a_page_and_its_lines_tell_the_same(told):
    rows = [{"id": n, "time": f"2026-03-10T18:0{n}:00Z", "text": "x"} for n in range(5)]
    page, _ = table(told, json.dumps({"next": None, "results": rows}, indent=2), name="a.json")
    lines, _ = table(told, "\n".join(map(json.dumps, reversed(rows))), name="a.jsonl")
    assert {r.external_id for r in page} == {r.external_id for r in lines} == {"0", "1", "2", "3", "4"}


def test_records_nested_beyond_reason_are_noted(told):
    content = '[{"time":"2026-03-10T18:00:00Z","a":' + "[" * 900 + "]" * 900 + "}]"
    with contextlib.suppress(Unreadable):
        table(told, content, name="a.json")


# --- time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "minutes", "precision"),
    [
        ("60m ago", 60, "minute"),
        ("1 hour ago", 60, "hour"),
        ("2 hours and 5 minutes ago", 125, "minute"),
        ("just now", 0, "minute"),
        ("1d2h ago", 1560, "hour"),
    ],
)
def test_ages_ask_when_the_table_was_copied(told, age, minutes, precision):
    text = f"time,text\n{age},x\n"
    with pytest.raises(NeedsAnswer) as asked:
        table(told, text)
    assert asked.value.asks_for == "captured"
    (record,), _ = table(told, text, captured=CAPTURED)
    assert (CAPTURED - record.at).total_seconds() == minutes * 60
    assert (record.precision, record.certainty) == (precision, "approximate")


def test_a_column_called_age_needs_no_ago(told):
    (record,), _ = table(told, "AGE\tmessage\n5m30s\tx\n", captured=CAPTURED)
    assert (CAPTURED - record.at).total_seconds() == 330


def test_a_clock_without_a_date_asks_for_the_day(told):
    with pytest.raises(NeedsAnswer) as asked:
        table(told, "time,text\n18:00,x\n", zone="UTC")
    assert asked.value.asks_for == "day"
    (record,), _ = table(told, "time,text\n18:00,x\n", zone="UTC", day=date(2026, 3, 10))
    assert (record.at, record.certainty) == (CAPTURED, "derived")


def test_one_row_shows_whether_the_day_comes_first(told):
    records, _ = table(told, "time,text\n03/04/2026 10:00,x\n14/04/2026 10:00,y\n", zone="UTC")
    assert [(r.at.month, r.at.day) for r in records] == [(4, 3), (4, 14)]


@pytest.mark.parametrize(
    "written",
    ["31/02/2026 10:00", "2026-13-01 10:00", "soon", "99999999999999999999", "0001-01-01T00:00:00Z"],
)
def test_a_time_that_is_none_is_noted_and_the_rest_is_kept(told, written):
    records, skipped = table(
        told, f"time,text\n{written},x\n2026-03-10T18:00:00Z,kept\n", zone="UTC", mapping={"dates": "dmy"}
    )
    assert ([r.text for r in records], len(skipped)) == (["kept"], 1)


# --- which row is which -----------------------------------------------------------------------------


def test_equal_rows_without_an_id_are_two_events_in_any_order(told):
    rows = ["2026-03-10T18:00:00Z,x", "2026-03-10T18:01:00Z,y", "2026-03-10T18:00:00Z,x"]
    one, _ = table(told, "time,text\n" + "\n".join(rows))
    two, _ = table(told, "time,text\n" + "\n".join(reversed(rows)))
    assert len({r.external_id for r in one}) == 3
    assert {r.external_id for r in one} == {r.external_id for r in two}


def test_an_id_on_many_rows_of_other_times_is_no_edition(told):
    records, _ = table(told, "id,time,text\n1,2026-03-10T18:00:00Z,open\n1,2026-03-10T18:05:00Z,closed\n")
    assert len({r.external_id for r in records}) == 2


def test_an_id_makes_a_corrected_row_the_same_event(told):
    one, _ = table(told, "id,time,text\n1,2026-03-10T18:00:00Z,teh\n")
    two, _ = table(told, "id,time,text\n1,2026-03-10T18:00:00Z,the\n")
    assert one[0].external_id == two[0].external_id


# --- what nobody should send ------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["time,text\n", "2026-03-10T18:00:00Z,x\n", '"', "\n", ",", '"a\nb",', "\t", "sep=;\n", "5m ago,x\n", "31/12/9999 24:00,x\n", "{", "}", "[", '{"time":1,"text":"a"}\n']
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=25))
def test_any_table_is_read_or_refused_in_a_sentence(tmp_path, pieces):
    path = tmp_path / "a.csv"
    path.write_bytes("".join(pieces).encode("utf-8", "replace") or b"x")
    with contextlib.suppress(Unreadable):
        found = list(
            Reading(
                path,
                format="table",
                zone="UTC",
                captured=CAPTURED,
                day=date(2026, 3, 10),
                mapping={"dates": "dmy"},
            )
        )
        assert all(isinstance(one, (Record, Skipped)) for one in found)


@pytest.mark.parametrize(
    "content",
    ["time,text\n" + '"' * 200_000, "time,text\n" + '"a\n' * 50_000, "time," + "a," * 100_000, 'time,text\n2026-03-10T18:00:00Z,"' + "x\n" * 100_000, "sep=;\n" * 40_000],
    ids=["marks", "open rows", "columns", "open row", "titles"],
)  # fmt: skip
def test_hostile_content_ends_soon(told, content):
    begun = time.monotonic()
    with contextlib.suppress(Unreadable):
        table(told, content)
    assert time.monotonic() - begun < 10


# --- a time by any other name ------------------------------------------------------------------------


def test_a_column_of_moments_is_the_time_whatever_it_is_called(told, tmp_path):
    text = (
        'how late,who did,what\n2026-03-10 18:00,ann,restarted\n2026-03-11 19:30,bob,"saw, it"\nxx,bob,bad\n'
    )
    records, skipped = told(text, name="t.csv", zone="UTC")
    assert [(record.at.hour, record.text) for record in records] == [(18, "restarted"), (19, "saw, it")]
    assert len(skipped) == 1
    assert "“how late” holds times" in Reading(tmp_path / "t.csv").detection.reason


def test_day_and_month_of_such_a_column_are_asked_for(told):
    with pytest.raises(NeedsAnswer, match="day or the month first"):
        told("how late,what\n03/04/2026 10:00,x\n05/04/2026 11:00,y\n", name="t.csv", zone="UTC")


@pytest.mark.parametrize(
    "text",
    [
        "hello there, this is prose\nand it goes on, with commas\n",
        "name,version,port\na,1.2.3,8080\nb,2.0.1,9090\n",
        "label,count\n1700000000,3\n1700000100,4\n",
        "who,what\nann,came on 2026-03-10\nbob,left\n",
    ],
)
def test_other_tables_and_prose_are_not_taken_for_one(told, text):
    with pytest.raises(Unreadable, match="No format was recognised"):
        told(text, name="t.csv", zone="UTC")
