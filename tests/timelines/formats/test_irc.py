"""IRC logs: every dialect, the days and zones they do not state, and lines of no kind."""

from __future__ import annotations

import contextlib
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from timelines.formats.records import Record, Skipped
from timelines.reading import NeedsAnswer, Reading, Unreadable

AT = datetime(2024, 5, 1, 10, tzinfo=UTC)


def read(name: str, **answers) -> tuple[list[Record], dict]:
    reading = Reading(sample(name), **answers)
    records = [found for found in reading if isinstance(found, Record)]
    assert len({record.external_id for record in records}) == len(records), "ids are unique"
    assert all(record.raw and record.where for record in records), "every record leads back to its bytes"
    return records, reading.report()


# --- the samples -------------------------------------------------------------------------------------


def test_the_log_of_2009():
    records, report = read("irc/duraspace-2009-09-09.log", zone="UTC")
    assert (report["format"], report["events"], report["skipped_count"]) == ("irc", 799, 0)
    assert (report["first"], report["last"]) == ("2009-09-09T00:27:00Z", "2009-09-09T22:33:00Z")
    spoken = [r for r in records if r.kind == "message" and not r.extra.get("action")]
    kinds = Counter(r.kind for r in records)
    assert (len(spoken), kinds["join"], kinds["leave"]) == (732, 31, 30)
    assert len({r.actor for r in spoken}) == 13
    assert Counter(r.actor for r in spoken).most_common(1) == [("stuartlewis", 163)]
    assert {r.precision for r in records} == {"minute"}
    assert [r.order for r in records] == sorted(r.order for r in records)
    assert not any("&lt;" in r.text or "<span" in r.text for r in records)


def test_the_log_of_2011():
    records, report = read("irc/duraspace-2011-08-03.log", zone="UTC")
    assert (report["events"], report["skipped_count"]) == (573, 0)
    assert (report["first"], report["last"]) == ("2011-08-03T06:36:00Z", "2011-08-03T23:43:00Z")
    spoken = [r for r in records if r.kind == "message" and not r.extra.get("action")]
    kinds = Counter(r.kind for r in records)
    assert (len(spoken), kinds["join"], kinds["leave"], kinds["notice"]) == (534, 15, 14, 4)
    assert Counter(r.actor for r in spoken).most_common(1) == [("mdiggory", 207)]


def test_two_runs_of_xchat_in_two_languages():
    records, report = read("irc/xchat.log", zone="Europe/Rome")
    assert (report["format"], report["events"], report["skipped_count"]) == ("irc", 11, 1)
    assert (report["first"], report["last"]) == ("2011-12-31T20:11:55Z", "2012-02-26T18:56:01Z")
    assert "39:95:90" in report["skipped"][0]["why"]
    assert [r.text for r in records if r.actor == "STRANGER"] == ["日本"]
    assert {r.place for r in records} == {"#gugle"}


# --- dialects ----------------------------------------------------------------------------------------

DIALECTS = {
    "irssi": (
        "--- Log opened Wed May 01 09:59:00 2024\n"
        "09:59 -!- ana [~a@x.test] has joined #ops\n12:00 <@ana> db1 is back\n12:00 < bo> thanks\n12:00  * bo waves\n12:00 -x.test- a notice\n"
        "12:00 -!- mode/#ops [+o bo] by ana\n12:00 -!- bo is now known as bo_\n12:00 -!- bo_ [~b@x.test] has quit [Ping timeout]\n--- Log closed Wed May 01 13:00:00 2024\n"
    ),
    "weechat": (
        "2024-05-01 09:59:00\t-->\tana (~a@x.test) has joined #ops\n2024-05-01 12:00:00\t@ana\tdb1 is back\n2024-05-01 12:00:00\tbo\tthanks\n"
        "2024-05-01 12:00:00\t *\tbo waves\n2024-05-01 12:00:00\t--\tbo is now known as bo_\n2024-05-01 12:00:00\t<--\tbo_ (~b@x.test) has quit (Ping timeout)\n"
    ),
    "hexchat": (
        "**** BEGIN LOGGING AT Wed May  1 09:59:00 2024\n\nMay 01 09:59:00 *\tNow talking on #ops\nMay 01 09:59:00 *\tana (~a@x.test) has joined #ops\n"
        "May 01 12:00:00 <ana>\tdb1 is back\nMay 01 12:00:00 <bo>\tthanks\nMay 01 12:00:00 *\tbo waves\nMay 01 12:00:00 *\tbo has quit (Ping timeout)\n"
    ),
    "znc": (
        "[09:59:00] *** Joins: ana (~a@x.test)\n[12:00:00] <ana> db1 is back\n[12:00:00] <bo> thanks\n[12:00:00] * bo waves\n[12:00:00] -x.test- a notice\n"
        "[12:00:00] *** ana sets mode: +o bo\n[12:00:00] *** Quits: bo (~b@x.test) (Ping timeout)\n"
    ),
    "mirc": (
        "Session Start: Wed May 01 09:59:00 2024\nSession Ident: #ops\n[09:59] * ana (~a@x.test) has joined #ops\n[12:00] \x0304<ana>\x03 db1 is \x02back\x02\n"
        "[12:00] <bo> thanks\n[12:00] * bo waves\n02[12:00] * bo (~b@x.test) Quit (Ping timeout)\nSession Close: Wed May 01 13:00:00 2024\n"
    ),
    "eggdrop": (
        "[09:59] --- Wed May  1 2024\n[09:59] ana (~a@x.test) joined #ops.\n[12:00] <ana> db1 is back\n[12:00] <bo> thanks\n[12:00] Action: bo waves\n"
        "[12:00] #ops: mode change '+o bo' by ana!~a@x.test\n[12:00] bo (~b@x.test) left irc: Ping timeout\n"
    ),
    "supybot": (
        "2024-05-01T07:59:00+0000  *** ana <~a@x.test> has joined #ops\n2024-05-01T10:00:00+0000  <ana> db1 is back\n2024-05-01T10:00:00+0000  <bo> thanks\n"
        "2024-05-01T10:00:00+0000  * bo waves\n2024-05-01T10:00:00+0000  *** bo <~b@x.test> has quit IRC (Ping timeout)\n"
    ),
    "lounge": (
        "[2024-05-01T07:59:00.100Z] *** ana (~a@x.test) joined\n[2024-05-01T10:00:00.000Z] <ana> db1 is back\n[2024-05-01T10:00:00.000Z] <bo> thanks\n"
        "[2024-05-01T10:00:00.000Z] * bo waves\n[2024-05-01T10:00:00.000Z] *** bo (~b@x.test) quit (Ping timeout)\n"
    ),
    "bip": (
        "01-05-2024 09:59:00 -!- ana!~a@x.test has joined #ops\n01-05-2024 12:00:00 < ana!~a@x.test: db1 is back\n01-05-2024 12:00:00 > bo: thanks\n"
        "01-05-2024 12:00:00 * bo waves\n01-05-2024 12:00:00 -!- bo has quit [Ping timeout]\n"
    ),
    "konversation": (
        "[Wednesday May 1 2024] [09:59:00] --> ana (~a@x.test) has joined #ops\n[Wednesday May 1 2024] [12:00:00] <ana> db1 is back\n"
        "[Wednesday May 1 2024] [12:00:00] <bo> thanks\n[Wednesday May 1 2024] [12:00:00] * bo waves\n[Wednesday May 1 2024] [12:00:00] <-- bo has left #ops (Ping timeout)\n"
    ),
    "eggdrop-full": (
        "[01 May 2024 09:59:00] ana (~a@x.test) joined #ops.\n[01 May 2024 12:00:00] <ana> db1 is back\n[01 May 2024 12:00:00] <bo> thanks\n"
        "[01 May 2024 12:00:00] Action: bo waves\n[01 May 2024 12:00:00] bo (~b@x.test) left #ops.\n"
    ),
    "weechat-utc": (
        "2024-05-01T07:59:00.123456Z\t-->\tana (~a@x.test) has joined #ops\n2024-05-01T10:00:00.000000Z\tana\tdb1 is back\n2024-05-01T10:00:00.000000Z\tbo\tthanks\n"
        "2024-05-01T10:00:00.000000Z\t *\tbo waves\n2024-05-01T10:00:00.000000Z\t<--\tbo (~b@x.test) has left #ops (bye)\n"
    ),
    "pidgin": (
        "Conversation with #ops at Wed 01 May 2024 09:59:00 AM CEST on ana@irc.x.test (irc)\n(09:59:00) ana [~a@x.test] has joined #ops\n"
        "(12:00:00) ana: db1 is back\n(12:00:00) bo: thanks\n(12:00:00) * bo waves\n(12:00:00) bo has left #ops\n"
    ),
    "scrollback": "T 1714550340 *\tana (~a@x.test) has joined #ops\nT 1714557600 <ana>\tdb1 is back\nT 1714557600 <bo>\tthanks\nT 1714557600 *\tbo waves\nT 1714557600 *\tbo has quit (x)\n",
    "html": (
        '<span class="irc-date">[9:59]</span> <span class="irc-green">* ana (~a@x.test) has joined #ops</span><br />\n'
        '<span class="irc-date">[12:00]</span> <span class="irc-black">&lt;ana&gt; db1 is back</span><br />\n<span class="irc-date">[12:00]</span> <span class="irc-black">&lt;bo&gt; thanks</span><br />\n'
        '<span class="irc-date">[12:00]</span> <span class="irc-brick">* bo waves</span><br />\n<span class="irc-date">[12:00]</span> <span class="irc-navy">* bo (~b@x.test) Quit (Ping timeout)</span><br />\n'
    ),
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_same_minute_in_every_dialect(tmp_path, dialect, end):
    path = tmp_path / "#ops_20240501.log"
    path.write_bytes(b"\xef\xbb\xbf" * (end == "\r\n") + DIALECTS[dialect].replace("\n", end).encode())
    reading = Reading(path, zone="Europe/Berlin")
    records = list(reading)
    assert reading.detection.format.key == "irc"
    assert not reading.skipped
    spoken = [(r.at, r.actor, r.text) for r in records if r.kind == "message"]
    assert spoken == [(AT, "ana", "db1 is back"), (AT, "bo", "thanks"), (AT, "bo", "bo waves")]
    assert [r.extra.get("action", False) for r in records if r.kind == "message"] == [False, False, True]
    assert [(r.kind, r.actor.partition("!")[0]) for r in records if r.kind in ("join", "leave")] == [
        ("join", "ana"),
        ("leave", records[-1].actor),
    ]
    assert records[-1].actor in ("bo", "bo_")
    assert all(r.noise for r in records if r.kind != "message")
    assert {r.place for r in records} == {"#ops"}


@pytest.mark.parametrize(
    "text",
    [
        "bo quit trying to restart db1",
        "bo joined the bridge",
        "bo left a note",
        "bo removes db1 from the pool",
        "bo has left for lunch",
        "bo kicked the tyres",
    ],
)
def test_what_somebody_does_is_no_coming_and_going(told, text):
    (record,), _ = told(
        f"2024-05-01T10:00:00Z <bo> hi\n2024-05-01T10:00:00Z * {text}\n".split("\n", 1)[1], format="irc"
    )
    assert (record.kind, record.noise, record.actor) == ("message", False, "bo")


def test_what_a_meeting_bot_records_is_marked(told):
    records, _ = told(
        "2024-05-01T10:00:00Z <ana> #action bo restarts db1\n2024-05-01T10:00:00Z <ana> #5 is fine\n"
    )
    assert [r.extra.get("mark") for r in records] == ["action", None]


# --- days, years and zones ---------------------------------------------------------------------------


def test_a_time_of_day_alone_asks_for_zone_and_day(told):
    with pytest.raises(NeedsAnswer) as question:
        told("[12:00] <ana> hi\n[12:01] <bo> hi\n", zone="UTC")
    assert question.value.asks_for == "day"
    with pytest.raises(NeedsAnswer) as question:
        told("[12:00] <ana> hi\n[12:01] <bo> hi\n", day=date(2024, 5, 1))
    assert question.value.asks_for == "zone"
    records, _ = told("[12:00] <ana> hi\n[12:01] <bo> hi\n", day=date(2024, 5, 1), zone="Europe/Berlin")
    assert [r.at for r in records] == [AT, AT + timedelta(minutes=1)]


@pytest.mark.parametrize(
    "name",
    [
        "2024-05-01.log",
        "ops.2024-05-01.txt",
        "#ops_20240501.log",
        "ops.log.01May2024",
        "ana_libera_#ops_20240501.log",
        "2024_05_01.log",
    ],
)
def test_the_day_may_stand_in_the_name(told, name):
    records, _ = told("[12:00] <ana> hi\n[12:01] <bo> hi\n", name=name, zone="Europe/Berlin")
    assert records[0].at == AT


def test_midnight_begins_the_next_day_and_is_derived(told):
    records, _ = told(
        "[23:59] <ana> hi\n[00:01] <bo> hi\n[23:00] <bo> x\n[09:00] <bo> y\n",
        day=date(2024, 5, 1),
        zone="UTC",
    )
    assert [r.at.day for r in records] == [1, 2, 2, 3]
    assert [r.certainty for r in records] == ["assumed zone", "derived", "derived", "derived"]


def test_a_file_of_one_day_stays_in_it(told):
    records, _ = told("[23:59] <ana> hi\n[00:01] <bo> hi\n", name="2024-05-01.log", zone="UTC")
    assert [r.at.day for r in records] == [1, 1]


def test_a_header_that_states_the_day_is_exact_again(told):
    text = "--- Log opened Wed May 01 23:00:00 2024\n23:59 <ana> hi\n--- Day changed Thu May 02 2024\n00:01 <bo> hi\n01:00 <bo> x\n"
    records, _ = told(text, zone="UTC")
    assert [(r.at.day, r.certainty) for r in records] == [
        (1, "assumed zone"),
        (2, "assumed zone"),
        (2, "assumed zone"),
    ]


def test_the_year_is_asked_for_and_turns(told):
    text = "Dec 31 23:59:00 <ana> hi\nJan 01 00:01:00 <bo> happy new year\n"
    with pytest.raises(NeedsAnswer) as question:
        told(text, zone="UTC", format="irc")
    assert question.value.asks_for == "year"
    records, _ = told(text, zone="UTC", year=2023)
    assert [r.at.year for r in records] == [2023, 2024]


def test_the_hour_that_comes_twice_is_read_in_the_order_of_the_lines(told):
    text = "[02:30] <ana> before\n[02:50] <ana> still\n[02:10] <ana> after\n[03:05] <ana> later\n"
    records, _ = told(text, name="2024-10-27.log", zone="Europe/Berlin")
    assert [f"{r.at:%H:%M}" for r in records] == ["00:30", "00:50", "01:10", "02:05"]


def test_an_epoch_of_nothing_is_refused_not_guessed(told):
    records, skipped = told("T 0 <ana>\thi\nT 1714557600 <ana>\thi\n", format="irc")
    assert (len(records), len(skipped)) == (1, 1)


def test_the_half_of_a_day_is_read(told):
    records, _ = told("[12:05 AM] <ana> a\n[1:05:09 PM] <bo> b\n", day=date(2024, 5, 1), zone="UTC")
    assert [f"{r.at:%H:%M:%S}" for r in records] == ["00:05:00", "13:05:09"]


# --- ids and trouble ---------------------------------------------------------------------------------


def test_equal_lines_of_one_minute_are_two_and_a_longer_log_keeps_their_ids(told):
    text = "[12:00] <ana> ok\n[12:00] <ana> ok\n"
    short, _ = told(text, name="2024-05-01.log", zone="UTC")
    long, _ = told("[11:00] <bo> hi\n" + text + "[13:00] <bo> bye\n", name="2024-05-01.log", zone="UTC")
    assert len({r.external_id for r in short}) == 2
    assert {r.external_id for r in short} < {r.external_id for r in long}


def test_many_days_and_channels_in_one_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as made:
        for channel in ("#ops", "#db"):
            for day in ("2024-05-01", "2024-05-02"):
                made.writestr(
                    f"moddata/log/libera/{channel}/{day}.log",
                    "[12:00:00] *** Quits: bo (x) (y)\n[12:00:01] <ana> ok\n",
                )
    reading = Reading(tmp_path / "logs.zip", zone="UTC")
    records = list(reading)
    assert reading.detection.format.key == "irc"
    assert len({r.external_id for r in records}) == 8
    assert Counter(r.place for r in records) == {"#ops": 4, "#db": 4}


def test_lines_of_no_kind_are_noted_with_their_place(told):
    records, skipped = told(
        DIALECTS["znc"] + "what is this\n[25:00:00] <ana> hi\n[12:00:61] <ana> hi\n[12:00:03] <ana> kept\n",
        name="2024-05-01.log",
        zone="UTC",
    )
    assert records[-1].text == "kept"
    assert [s.where for s in skipped] == ["2024-05-01.log:8", "2024-05-01.log:9", "2024-05-01.log:10"]


def test_old_encodings_are_read(told):
    (record, _), _ = told(
        "[12:00] <ana> zur\xfcck\n[12:01] <bo> ok\n".encode("cp1252"), name="2024-05-01.log", zone="UTC"
    )
    assert record.text == "zurück"


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01 10:00:00 <ERROR> disk full\n2024-05-01 10:00:01 <INFO> ok\n",
        "May  1 10:00:00 web1 sshd[12]: Accepted\nMay  1 10:00:01 web1 sshd[12]: Closed\n",
        "2024-05-01T10:00:00Z web1 app: hi\n",
        "time\tactor\ttext\n2024-05-01 10:00:00\tana\thi\n",
        "12:41 we saw the first alerts\n12:50 rolled back\n",
        "2024-05-01 10:00:00,123 INFO main: started\n",
    ],
)
def test_what_is_no_irc_is_not_claimed(tmp_path, text):
    (tmp_path / "x.log").write_text(text)
    with contextlib.suppress(Unreadable):
        assert Reading(tmp_path / "x.log", zone="UTC", year=2024).detection.format.key != "irc"


@settings(
    max_examples=60,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    piece=st.sampled_from(
        [
            "<",
            "[",
            "(",
            " ",
            "-",
            "*",
            "<a",
            "a:",
            "\t",
            "\x03",
            "1:11 ",
            "ana (",
            "x joined",
            "#",
            "&lt;",
            "<span ",
            "--- ",
            "Mode #",
            ">",
            "Joins: ",
        ]
    ),
    times=st.integers(1, 30_000),
    start=st.sampled_from(["", "[12:00] ", "[12:00] * ", "2024-05-01 12:00:00\t", "[12:00] -"]),
)
def test_hostile_lines_are_read_in_linear_time(tmp_path, piece, times, start):
    (tmp_path / "x.log").write_text(start + piece * times + "\n")
    list(Reading(tmp_path / "x.log", format="irc", zone="UTC", day=date(2024, 5, 1), year=2024))


@settings(
    max_examples=120,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(dialect=st.sampled_from(sorted(DIALECTS)), noise=st.binary(max_size=40), place=st.integers(0, 600))
def test_whatever_stands_in_a_log_is_a_record_a_note_or_a_sentence(tmp_path, dialect, noise, place):
    content = DIALECTS[dialect].encode()
    (tmp_path / "x.log").write_bytes(content[:place] + noise + content[place:])
    try:
        found = list(
            Reading(tmp_path / "x.log", format="irc", zone="Europe/Berlin", day=date(2024, 5, 1), year=2024)
        )
    except Unreadable:
        return
    assert all(isinstance(f, (Record, Skipped)) for f in found)
    identities = [f.external_id for f in found if isinstance(f, Record)]
    assert len(set(identities)) == len(identities)
