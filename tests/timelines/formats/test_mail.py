"""Mailboxes, mails and calendars: the facts of the samples, and what senders do to the rules."""

from __future__ import annotations

import base64
import contextlib
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from tests.timelines.formats.test_facts import read
from timelines.formats.recurrence import parse, times
from timelines.reading import NeedsAnswer, Reading, Record, Skipped, Unreadable

DATE = "Tue, 10 Mar 2026 18:00:00 +0100"


def letter(body: str = "Hello", **headers: str) -> str:
    given = {"From": "Ann Example <ann@example.org>", "Date": DATE, "Message_ID": "<1@example.org>"} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
    return "\n".join([*lines, "", body, ""])


def mbox(*letters: str, line: str = "From ann@example.org Tue Mar 10 17:00:01 2026") -> str:
    return "\n".join(f"{line}\n{one}" for one in letters)


def one(told, content, **answers) -> Record:
    (record,), skipped = told(content, name="a.eml", **answers)
    assert skipped == []
    return record


# --- the samples ------------------------------------------------------------------------------------


def test_a_list_archive_with_three_offsets():
    records, report = read("mail/httpd-users-200606-part.mbox")
    assert (report["format"], report["events"], report["skipped_count"]) == ("mail", 12, 0)
    assert (report["first"], report["last"]) == ("2006-06-02T20:25:27Z", "2006-07-01T01:12:52Z")
    assert len({r.actor_id for r in records}) == 4
    assert sum(1 for r in records if r.thread) == 9
    assert sorted(r.zone for r in records) == ["+0000"] + ["-0400"] * 10 + ["-0700"]
    assert {r.certainty for r in records} == {"exact"}


def test_the_same_mails_in_two_archives_are_ten():
    one, report = read("mail/maven_duplicates_2017_listsao_1.mbox")
    two, _ = read("mail/maven_duplicates_2017_listsao_2.mbox")
    assert len({r.external_id for r in [*one, *two]}) == 10
    assert [r.certainty for r in one].count("derived") == 9
    assert (report["first"], report["last"]) == ("2017-10-26T07:40:08Z", "2017-12-04T11:39:36Z")


def test_an_unusual_boundary_of_2003():
    (record,), report = read("mail/tomcat-ancient-boundary.mbox")
    assert report["first"] == "2003-01-09T19:28:01Z"
    assert record.text.startswith("RE: Tomcat w/Apache Question\n\nLajos...")
    assert record.extra["quoted_lines"] > 20
    assert "files" not in record.extra


def test_mails_of_html_alone_read_as_text():
    records, report = read("mail/nexus-html-only.mbox")
    assert (report["first"], report["last"]) == ("2016-05-24T07:57:27Z", "2016-05-26T19:41:35Z")
    assert len(records) == 3
    assert not any("<" in r.text or "&" in r.text.replace("&&", "") for r in records)


def test_an_unknown_charset_is_guessed_and_said():
    (record,), _ = read("mail/raw_email10.eml")
    assert (record.at, record.external_id) == (datetime(2005, 5, 10, 20, 27, 3, tzinfo=UTC), "xxx@xxxx.xxx")
    assert "Envoyé par" in record.text
    assert record.extra["guessed_charset"] == "utf-8"


# --- mailboxes --------------------------------------------------------------------------------------


def test_a_line_of_a_body_that_begins_with_from_begins_no_mail(told):
    body = "quoted\n\nFrom the start it was 10:45 and slow\n>From here on\nFrom: not a header of mine"
    records, _ = told(mbox(letter(body), letter(Message_ID="<2@example.org>")), name="a.mbox")
    assert len(records) == 2
    assert "From the start it was" in records[0].text
    assert "\nFrom here on" in records[0].text


def test_a_stated_length_keeps_a_mail_inside_a_mail_whole(told):
    body = "look:\n\nFrom bob@example.org Tue Mar 10 17:00:01 2026\nSubject: old\n\nold text\n"
    first = letter(body, Content_Length=str(len(body) + 1))
    records, _ = told(mbox(first, letter(Message_ID="<2@example.org>")), name="a.mbox")
    assert [r.external_id for r in records] == ["1@example.org", "2@example.org"]


def test_a_wrong_length_swallows_no_mail(told):
    found = [letter(Message_ID=f"<{n}@example.org>", Content_Length="99999") for n in range(4)]
    records, _ = told(mbox(*found), name="a.mbox")
    assert len({r.external_id for r in records}) == 4


def test_a_sender_that_is_no_ascii_in_the_line_between(told):
    line = "From jürgen@müller.example Tue Mar 10 17:00:01 2026"
    records, _ = told(mbox(letter(), letter(Message_ID="<2@x>"), line=line), name="a.mbox")
    assert len(records) == 2


def test_archives_that_hide_addresses(told):
    text = mbox(
        letter(From="ann at example.org (Ann Example)"),
        line="From ann at example.org  Tue Mar 10 17:00:01 2026",
    )
    (record,), _ = told(text, name="2026-March.txt")
    assert (record.actor, record.actor_id) == ("Ann Example", "ann@example.org")


def test_lines_that_end_in_carriage_returns(told):
    text = mbox(letter("one\ntwo"), letter(Message_ID="<2@x>")).replace("\n", "\r\n")
    records, _ = told(text, name="a.mbox")
    assert (len(records), records[0].text) == (2, "one\ntwo")


def test_a_mailbox_cut_in_two_tells_the_same_mails(told):
    parts = [letter(f"text {n}", Message_ID=f"<{n}@x>") for n in range(6)]
    whole, _ = told(mbox(*parts), name="a.mbox")
    again = [*told(mbox(*parts[3:]), name="b.mbox")[0], *told(mbox(*parts[:4]), name="c.mbox")[0]]
    assert {r.external_id for r in again} == {r.external_id for r in whole}


def test_a_file_in_a_folder_that_is_no_mail_is_noted(tmp_path):
    (tmp_path / "export").mkdir()
    (tmp_path / "export/a.eml").write_text(letter("x" * 300))
    (tmp_path / "export/b.log").write_text("something else")
    found = list(Reading(tmp_path / "export"))
    assert [type(f) for f in found] == [Record, Skipped]


# --- when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "at", "certainty"),
    [
        ("Tue, 10 Mar 2026 18:00:00 +0100", "17:00", "exact"),
        ("Tue, 10 Mar 2026 18:00:00 -0000", "18:00", "exact"),
        ("10 Mar 26 18:00 EST", "23:00", "exact"),
        ("Tue, 10 Mar 2026 18:00:00 +0100 (CET)", "17:00", "exact"),
        ("Tue Mar 10 18:00:00 2026 +0100", "17:00", "exact"),
        ("2026-03-10T18:00:00+01:00", "17:00", "exact"),
        ("Tue, 10 Mar 2026 18:00:00", "18:30", "derived"),  # no zone: the server that took it knows
        ("Tue, 10 Mar 3609 18:00:00 +0100", "18:30", "derived"),
        ("gestern", "18:30", "derived"),
        ("", "18:30", "derived"),
    ],
)
def test_the_date_and_what_stands_in_for_it(told, written, at, certainty):
    received = "from a by b; Tue, 10 Mar 2026 18:30:00 +0000 (UTC)"
    record = one(told, letter(Date=written, Received=received))
    assert (f"{record.at:%H:%M}", record.certainty) == (at, certainty)


def test_the_line_in_the_mailbox_is_the_last_resort(told):
    (record,), _ = told(mbox(letter(Date="")), name="a.mbox")
    assert (record.at.isoformat(), record.certainty) == ("2026-03-10T17:00:01+00:00", "derived")


def test_a_date_without_a_zone_asks_when_nothing_else_knows(told):
    with pytest.raises(NeedsAnswer) as asked:
        told(letter(Date="Tue, 10 Mar 2026 18:00:00"), name="a.eml")
    assert asked.value.asks_for == "zone"
    record = one(told, letter(Date="Tue, 10 Mar 2026 18:00:00"), zone="Europe/Lisbon")
    assert record.certainty == "assumed zone"


def test_a_clock_far_from_its_server_is_told(told):
    record = one(told, letter(Received="from a; Tue, 10 Mar 2026 21:00:00 +0000"))
    assert record.extra["received"] == "Tue, 10 Mar 2026 21:00:00 +0000"


def test_a_mail_without_any_time_is_noted(told):
    records, skipped = told(letter(Date=""), name="a.eml", format="mail")
    assert (records, len(skipped)) == ([], 1)


# --- what -------------------------------------------------------------------------------------------


def test_words_in_headers(told):
    subject = "=?utf-8?q?Caf=C3=A9_?= =?UTF-8?B?w6k=?= =?unknown?q?=E9?="
    record = one(told, letter(Subject=subject, From='"=?iso-8859-1?q?J=FCrgen?=" <j@example.org>'))
    assert record.extra["subject"] == "Café éé"
    assert record.actor == "Jürgen"


def test_a_character_split_over_two_words_is_one(told):
    record = one(told, letter(Subject="=?utf-8?q?=E2=82?=\n =?utf-8?q?=AC?="))
    assert record.extra["subject"] == "€"


def test_flowed_lines_are_put_together(told):
    record = one(told, letter("one \ntwo\nthree\n-- \nAnn", Content_Type="text/plain; format=flowed"))
    assert record.text == "one two\nthree\n--\nAnn"


def test_history_is_left_out_and_counted(told):
    record = one(told, letter("Yes.\n\nOn Monday, 9 March, Bob wrote:\n> Is it?\n> Really?\n\nAnn"))
    assert record.text == "Yes.\n\nOn Monday, 9 March, Bob wrote:\n[2 lines of quoted mail]\n\nAnn"
    assert record.extra["quoted_lines"] == 2


@pytest.mark.parametrize(
    "begins",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "From: Bob\nSent: Monday\nTo: Ann",
        "________________________________\nFrom: Bob\nSent: Monday\nTo: Ann",
        "On Mon, Bob wrote:",
    ],
)
def test_history_in_the_manner_of_other_programs(told, begins):
    record = one(told, letter(f"Yes.\n\n{begins}\nIs it?\nReally?\n"))
    assert "Really" not in record.text
    assert "___" not in record.text
    assert record.extra["quoted_lines"] >= 3


def test_a_mail_that_is_all_quotation_is_shown(told):
    assert one(told, letter("> only this")).text == "> only this"


def test_plain_text_is_preferred_and_files_are_listed(told):
    parts = (
        '--b\nContent-Type: multipart/alternative; boundary="c"\n\n--c\nContent-Type: text/plain\n\nplain\n'
        "--c\nContent-Type: text/html\n\n<p>rich</p>\n--c--\n"
        '--b\nContent-Type: image/png; name="graph.png"\nContent-Transfer-Encoding: base64\n\n'
        f"{base64.b64encode(b'x' * 30).decode()}\n--b--"
    )
    record = one(told, letter(parts, Content_Type='multipart/mixed; boundary="b"', MIME_Version="1.0"))
    assert record.text == "plain\n[file] graph.png"
    assert record.extra["files"] == [{"name": "graph.png", "type": "image/png", "size": 30}]


def test_html_is_shown_without_its_scripts(told):
    record = one(told, letter("<script>x()</script><p>Hi &amp;lt; <b>you</b>", Content_Type="text/html"))
    assert record.text == "Hi &lt; you"


def test_a_mail_inside_a_mail_is_told_too(told):
    inner = letter("inner", Message_ID="<0@example.org>", Date="Tue, 10 Mar 2026 12:00:00 +0000")
    content = (
        f"--b\nContent-Type: text/plain\n\nsee below\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--"
    )
    records, _ = told(letter(content, Content_Type="multipart/mixed; boundary=b"), name="a.eml")
    assert [(r.external_id, r.text) for r in records] == [
        ("1@example.org", "see below"),
        ("0@example.org", "inner"),
    ]
    assert records[1].extra["inside"] == "1@example.org"


def test_an_invitation_is_an_entry_of_its_own(told):
    ics = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:call\nDTSTART:20260310T190000Z\nDTEND:20260310T200000Z\nSUMMARY:Bridge\nEND:VEVENT\nEND:VCALENDAR"
    content = f"--b\nContent-Type: text/plain\n\njoin\n--b\nContent-Type: text/calendar\n\n{ics}\n--b--"
    records, _ = told(letter(content, Content_Type="multipart/mixed; boundary=b"), name="a.eml")
    assert [(r.kind, r.external_id) for r in records] == [
        ("mail", "1@example.org"),
        ("calendar entry", "call"),
    ]


def test_threads_by_reply_else_by_the_last_reference(told):
    assert one(told, letter(In_Reply_To="<a@x>", References="<b@x> <c@x>")).thread == "a@x"
    assert one(told, letter(References="<b@x>\n <c@x>")).thread == "c@x"


def test_a_mail_without_an_id_is_known_by_what_it_says(told):
    one_, two = (one(told, letter("same", Message_ID="")) for _ in range(2))
    other = one(told, letter("other", Message_ID=""))
    assert one_.external_id == two.external_id != other.external_id


def test_an_answer_of_a_machine_is_noise(told):
    record = one(told, letter(Auto_Submitted="auto-replied (vacation)", From="noreply@example.org"))
    assert (record.noise, record.actor_kind) == (True, "bot")


def test_a_large_mail_keeps_its_beginning_as_its_raw_record(told):
    record = one(told, letter("x" * 300_000))
    assert len(record.raw) < 70_000
    assert "more characters" in record.text


# --- calendars --------------------------------------------------------------------------------------


def ics(*entries: str, head: str = "") -> str:
    inside = "".join(f"BEGIN:VEVENT\n{entry.strip()}\nEND:VEVENT\n" for entry in entries)
    return f"BEGIN:VCALENDAR\n{head}{inside}END:VCALENDAR\n"


def told_ics(told, *entries: str, head: str = "", **answers) -> tuple[list[Record], list[Skipped]]:
    return told(ics(*entries, head=head), name="a.ics", **answers)


def test_entries_of_a_zone_and_tasks_without_a_time():
    records, report = read("calendar/events_and_todos.ics")
    assert (report["events"], report["skipped_count"]) == (2, 2)
    assert [r.at.isoformat() for r in records] == ["2025-01-15T15:00:00+00:00", "2025-01-16T15:00:00+00:00"]
    assert [r.until.isoformat() for r in records] == [
        "2025-01-15T16:00:00+00:00",
        "2025-01-16T16:00:00+00:00",
    ]


def test_an_occurrence_whose_series_is_elsewhere():
    (record,), _ = read("calendar/recurrence_id.ics")
    assert record.external_id == "test-uid/20250428T160500Z"


def test_a_zone_that_only_the_file_defines(told):
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Our zone\nBEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
        "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19700329T020000\n"
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    entries = [
        f"UID:{n}\nDTSTART;TZID=Our zone:{day}T120000" for n, day in enumerate(("20260115", "20260715"))
    ]
    records, _ = told_ics(told, *entries, head=zone)
    assert [r.at.hour for r in records] == [11, 10]
    assert {r.certainty for r in records} == {"exact"}


def test_names_of_zones_that_programs_write(told):
    names = ("Europe/Lisbon", "/mozilla.org/20070129_1/Europe/Lisbon", "GMT Standard Time")
    records, _ = told_ics(told, *(f"UID:{n}\nDTSTART;TZID={n}:20260715T120000" for n in names))
    assert [r.at.hour for r in records] == [11, 11, 11]


def test_a_time_on_nobodys_clock_asks_for_the_zone(told):
    entry = "UID:a\nDTSTART:20260310T120000"
    with pytest.raises(NeedsAnswer) as asked:
        told_ics(told, entry)
    assert asked.value.asks_for == "zone"
    (record,), _ = told_ics(told, entry, head="X-WR-TIMEZONE:America/New_York\n")
    assert (record.at.hour, record.certainty) == (16, "assumed zone")


def test_an_all_day_entry_ends_at_the_midnight_after_it(told):
    (record,), _ = told_ics(told, "UID:a\nDTSTART;VALUE=DATE:20260310\nSUMMARY:On call", zone="Europe/Lisbon")
    assert (record.precision, (record.until - record.at).total_seconds()) == ("day", 86400)


def test_a_moved_occurrence_takes_the_place_of_the_planned_one(told):
    series = "UID:a\nDTSTAMP:20260301T000000Z\nDTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260316T090000Z\nSUMMARY:Call"
    moved = "UID:a\nRECURRENCE-ID:20260309T090000Z\nDTSTART:20260309T150000Z\nSUMMARY:Call, later"
    records, _ = told_ics(told, series, moved)
    assert len(records) == 2
    assert {r.external_id: r.at.hour for r in records} == {
        "a/20260302T090000Z": 9,
        "a/20260309T090000Z": 15,
    }


def test_a_shift_at_nine_stays_at_nine_when_the_clocks_change(told):
    entry = "UID:a\nDTSTAMP:20260401T000000Z\nDTSTART;TZID=Europe/Berlin:20260326T090000\nRRULE:FREQ=DAILY;COUNT=5"
    records, _ = told_ics(told, entry)
    assert [r.at.hour for r in records] == [8, 8, 8, 7, 7]


def test_the_newest_edition_counts_wherever_it_stands(told):
    new = "UID:a\nSEQUENCE:2\nDTSTART:20260310T120000Z\nSUMMARY:new"
    old = "UID:a\nSEQUENCE:1\nDTSTART:20260310T100000Z\nSUMMARY:old"
    for entries in ([new, old], [old, new]):
        records, skipped = told_ics(told, *entries)
        assert ([r.text for r in records], len(skipped)) == (["new"], 1)


def test_what_was_cancelled_is_told_as_deleted(told):
    (record,), _ = told_ics(told, "UID:a\nDTSTART:20260310T120000Z\nSTATUS:CANCELLED")
    assert record.deleted


def test_a_series_without_an_end_is_read_around_the_file_and_says_so(told):
    entry = "UID:a\nDTSTAMP:20260301T000000Z\nDTSTART:20190107T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO"
    records, skipped = told_ics(told, entry)
    assert 50 <= len(records) <= 60
    assert "between 2025-03-01 and 2026-04-01" in skipped[0].why


def test_a_rule_that_cannot_be_followed_keeps_its_first_time(told):
    records, skipped = told_ics(
        told, "UID:a\nDTSTAMP:20260301T000000Z\nDTSTART:20260301T000000Z\nRRULE:FREQ=SECONDLY"
    )
    assert (len(records), "SECONDLY" in skipped[0].why) == (1, True)


def test_folded_lines_and_escapes(told):
    (record,), _ = told_ics(
        told,
        'UID:a\nDTSTART:20260310T120000Z\nSUMMARY:one\\, t\n wo\\nthree\nATTENDEE;CN="Ann: A":mailto:a@x',
    )
    assert record.text == "one, two\nthree"
    assert record.extra["attendees"] == ["Ann: A"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", ["01-30", "02-27", "03-27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", ["01-31", "02-28", "03-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=3", ["01-01", "02-02", "03-02"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4", ["01-04", "01-06", "01-18", "01-20"]),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;COUNT=1", ["03-08"]),
        ("FREQ=YEARLY;BYYEARDAY=60;COUNT=1", ["03-01"]),
        ("FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR;COUNT=2", ["02-13", "03-13"]),
    ],
)
def test_rules(rule, days):
    start = datetime(2026, 1, 1) if "WEEKLY" not in rule else datetime(2026, 1, 4)
    found = list(times(parse(rule.replace("COUNT=", "X=")), start, start, datetime(2026, 12, 31)))
    wanted = int(rule.rpartition("=")[2])
    shown = [f"{at:%m-%d}" for at in found if f"{at:%m-%d}" in days or at != start]
    assert shown[:wanted] == days


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), st.integers(1, 6),
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)), st.integers(0, 3000),
)  # fmt: skip
def test_a_window_shows_what_the_whole_would(frequency, interval, start, skip):
    rule = parse(f"FREQ={frequency};INTERVAL={interval}")
    start = start.replace(microsecond=0)
    whole = list(times(rule, start, start, datetime(2030, 1, 1)))
    after = start.replace(hour=0, minute=0) if not skip else datetime.fromordinal(start.toordinal() + skip)
    assert list(times(rule, start, after, datetime(2030, 1, 1))) == [at for at in whole if at >= after]


# --- what nobody should send ------------------------------------------------------------------------

SEEDS = ["mail/tomcat-ancient-boundary.mbox", "mail/raw_email10.eml", "calendar/events_and_todos.ics"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(SEEDS), st.sampled_from(["mail", "calendar"]), st.integers(0, 5000), st.integers(0, 300), st.binary(max_size=60)
)  # fmt: skip
def test_mutations_are_read_or_refused_in_a_sentence(tmp_path, seed, format, at, cut, put):
    raw = sample(seed).read_bytes()
    path = tmp_path / "a"
    path.write_bytes(raw[:at] + put + raw[at + cut :] or b"x")
    begun = time.monotonic()
    with contextlib.suppress(Unreadable):
        assert all(isinstance(found, (Record, Skipped)) for found in Reading(path, format=format, zone="UTC"))
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "content",
    [
        letter(Subject="=?utf-8?q?" + "a" * 500_000),
        letter("<a " * 200_000, Content_Type="text/html"),
        letter("x", Content_Type="text/plain" + "; a*0=b" * 300_000),
        letter("--a\n" * 100_000, Content_Type="multipart/mixed; boundary=a"),
        "".join(f"Content-Type: multipart/mixed; boundary=a{n}\n\n--a{n}\n" for n in range(2000)),
        ics(
            *["DTSTAMP:20990101T000000Z\nDTSTART:19900101T000000Z\nRRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"]
            * 100
        ),
        ics("DTSTART:19900101T000000Z\nEXDATE:" + "20200101T000000Z," * 50_000),
    ],
    ids=["word", "tags", "parameters", "parts", "nested", "rules", "exceptions"],
)
def test_hostile_content_ends_soon(told, content):
    begun = time.monotonic()
    format = "calendar" if content.startswith("BEGIN:VCAL") else "mail"
    told(content, format=format)
    assert time.monotonic() - begun < 10
