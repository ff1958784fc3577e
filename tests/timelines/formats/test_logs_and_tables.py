"""What hosts, shells and spreadsheets write that is easily misread."""

from __future__ import annotations

import pytest

from timelines.reading import NeedsAnswer

HERE = {"zone": "UTC", "year": 2024}


def test_messages_that_count_their_octets_need_no_line_ends(told):
    messages = [f"<34>1 2026-03-10T18:00:0{n}Z host app - - - text {n} 99 <b>".encode() for n in range(3)]
    framed = b"".join(b"%d %s" % (len(m), m) for m in messages)
    records, skipped = told(framed, format="syslog")
    assert [r.text for r in records] == [f"app: text {n} 99 <b>" for n in range(3)]
    assert skipped == []


def test_the_mark_before_a_message_and_what_is_escaped(told):
    line = '<165>1 2026-03-10T18:00:00.123Z host app 7 ID1 [x@1 a="]\\" b"] \ufeffdéjà'
    (record,), _ = told(line, format="syslog")
    assert record.text == "app[7]: déjà"
    assert (record.extra["facility"], record.extra["severity"]) == (20, "notice")
    assert record.extra["data"] == '[x@1 a="]\\" b"]'


def test_a_sender_without_a_clock_is_noted(told):
    records, skipped = told("<34>1 - host app - - - text", format="syslog")
    assert (records, len(skipped)) == ([], 1)


def test_a_leap_day_exists_in_its_year_alone(told):
    line = "Feb 29 10:00:00 host app: text\n"
    assert told(line, format="syslog", **HERE)[0][0].at.isoformat() == "2024-02-29T10:00:00+00:00"
    records, skipped = told(line, format="syslog", zone="UTC", year=2023)
    assert (records, len(skipped)) == ([], 1)


def test_a_year_may_turn_once_and_late_lines_stay_in_theirs(told):
    lines = ["Dec 31 23:59:58", "Jan  1 00:00:01", "Dec 31 23:59:59", "Jan  1 00:00:02"]
    records, _ = told("".join(f"{line} host app: x\n" for line in lines), format="syslog", **HERE)
    assert [r.at.year for r in records] == [2024, 2025, 2024, 2025]
    assert [r.certainty for r in records][1:3] == ["derived", "derived"]


@pytest.mark.parametrize("clock", ["23:59:75", "39:95:90", "24:00:00"])
def test_an_impossible_clock_is_reported_not_bent(told, clock):
    records, skipped = told(f"Mar 10 {clock} host app: x\n", format="syslog", **HERE)
    assert (records, len(skipped)) == ([], 1)


def test_equal_lines_of_one_instant_are_two_events(told):
    records, _ = told("2026-03-10T18:00:00Z host app: x\n" * 2, format="syslog")
    assert len({r.external_id for r in records}) == 2


def test_a_process_number_beyond_reason_is_text(told):
    (record,), _ = told(f"2026-03-10T18:00:00Z host app[{'9' * 6000}]: x\n", format="syslog")
    assert "pid" not in record.extra


def test_nanoseconds_of_a_line_are_kept(told):
    (record,), _ = told("2026-03-10T18:00:00.123456789Z host app: x\n", format="syslog")
    assert (record.at.microsecond, record.nanoseconds) == (123456, 789)


def test_journal_values_may_be_bytes_lists_or_missing(told):
    lines = (
        b'{"__REALTIME_TIMESTAMP":"1773165600000000","__CURSOR":"s=1","MESSAGE":[104,105],"_COMM":["a","b"],"PRIORITY":null}\n'
        b'{"__REALTIME_TIMESTAMP":"0","__CURSOR":"s=2","MESSAGE":"x"}\n'
    )
    (record,), skipped = told(lines, name="a.json")
    assert record.text.endswith("hi")
    assert len(skipped) == 1


def test_journal_export_with_a_binary_field(told):
    entry = b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1773165600000000\nMESSAGE\n" + (3).to_bytes(8, "little")
    (record,), skipped = told(entry + b"a\nb\n\n", name="a.export")
    assert (record.text, skipped) == ("a\nb", [])


def test_zsh_writes_some_bytes_in_two(told):
    command = "echo naïve “x”".encode()
    metafied = b"".join(bytes([0x83, b ^ 0x20]) if b in range(0x83, 0xA3) else bytes([b]) for b in command)
    assert metafied != command
    (record,), _ = told(b": 1773165600:5;" + metafied + b"\n", format="shell")
    assert record.text == "echo naïve “x”"
    assert (record.until - record.at).seconds == 5


def test_a_duration_beyond_reason_is_no_crash(told):
    records, _ = told(f": 1773165600:{'9' * 5000};ls\n: 1773165601:0;id\n", format="shell")
    assert [r.text for r in records] == ["id"]


def test_commands_before_the_first_time_are_all_counted(told):
    records, skipped = told("ls\n" * 30 + "#1773165600\nid\n", format="shell")
    assert [r.text for r in records] == ["id"]
    assert (len(skipped), "10 more" in skipped[-1].why) == (21, True)


def table(told, text: str | bytes, **answers):
    return told(text, name="a.csv", format="table", **answers)


def test_quoted_cells_may_hold_newlines_and_separators(told):
    records, skipped = table(
        told, 'time,text\r\n2026-03-10T18:00:00Z,"one\r\ntwo, ""three"""\r\n2026-03-10T18:01:00Z,x\r\n'
    )
    assert [r.text for r in records] == ['one\ntwo, "three"', "x"]
    assert skipped == []


def test_a_mark_of_inches_opens_no_quotation(told):
    records, skipped = table(
        told,
        'time,text\n2026-03-10T18:00:00Z,5" disk\n2026-03-10T18:01:00Z,kept\n2026-03-10T18:02:00Z,"a\nb"\n',
    )
    assert [r.text for r in records] == ['5" disk', "kept", "a\nb"]
    assert skipped == []


def test_a_quotation_never_closed_is_told_with_its_lines(told):
    rows = "".join("2026-03-10T18:01:00Z,x\n" for _ in range(1500))
    records, skipped = table(told, f'time,text\n2026-03-10T18:00:00Z,"open\n{rows}')
    assert "1000 lines are left out" in skipped[0].why
    assert len(records) == 501


def test_other_line_separators_are_text_in_a_cell(told):
    (record,), _ = table(told, "time,text,actor\n2026-03-10T18:00:00Z,a\u2028b,ann\n")
    assert record.actor == "ann"


def test_the_mark_of_utf_8_is_no_part_of_the_first_column(told):
    (record,), _ = table(told, b"\xef\xbb\xbftime;text\r\n2026-03-10T18:00:00Z;x\r\n")
    assert record.text == "x"


def test_unknown_values_are_nothing(told):
    (record,), _ = table(told, "time\tend\ttext\tactor\n2026-03-10T18:00:00Z\t\\N\tx\t?\n")
    assert (record.until, record.actor) == (None, "")


def test_an_end_before_the_start_is_noted(told):
    records, skipped = table(told, "start,end,text\n2026-03-10T18:00:00Z,2026-03-10T17:00:00Z,x\n")
    assert (records, "before it begins" in skipped[0].why) == ([], True)


def test_day_or_month_first_is_asked_for_not_guessed(told):
    with pytest.raises(NeedsAnswer) as asked:
        table(told, "time,text\n03/04/2026 10:00,x\n", zone="UTC")
    assert asked.value.asks_for == "mapping"
    (record,), _ = table(told, "time,text\n03/04/2026 10:00,x\n", zone="UTC", mapping={"dates": "dmy"})
    assert (record.at.month, record.precision) == (4, "minute")
