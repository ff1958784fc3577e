"""What people did at their terminals: histories, recordings, transcripts."""

from __future__ import annotations

import contextlib
import json
import time
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from tests.timelines.formats.test_facts import read
from timelines.reading import NeedsAnswer, Reading, Record, Skipped, Unreadable

START = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
SECRET = "-".join(["hunter", "two"])


def cast(*events: list, version: int = 2, comments: str = "", **header) -> str:
    size = {"term": {"cols": 80, "rows": 24}} if version == 3 else {"width": 80, "height": 24}
    lines = [json.dumps({"version": version} | size | {"timestamp": int(START.timestamp())} | header)]
    return (
        "\n".join([*lines, *([comments] if comments else []), *(json.dumps(event) for event in events)])
        + "\n"
    )


def at(record: Record) -> float:
    return (record.at - START).total_seconds()


# --- the samples ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts", "seconds"),
    [
        ("simple.cast", {"o": 11}, 12.0),
        ("markers-input.cast", {"o": 5, "i": 2, "m": 2}, 2.0),
        ("resizing.cast", {"o": 3, "r": 2, "x": 1}, 2.1),
    ],
)
def test_recordings_that_do_not_say_when_they_began(name, counts, seconds):
    with pytest.raises(NeedsAnswer) as asked:
        list(Reading(sample(f"asciinema/{name}")))
    assert asked.value.asks_for == "captured"
    records, _ = read(f"asciinema/{name}", captured=START)
    (whole,) = [r for r in records if r.kind == "terminal recording"]
    assert whole.extra == {"events": counts, "seconds": seconds}
    assert (whole.at, (whole.until - whole.at).total_seconds()) == (START, seconds)
    assert {r.certainty for r in records} == {"derived"}


def test_a_transcript_of_powershell():
    with pytest.raises(NeedsAnswer):
        list(Reading(sample("shell/powershell_transcript.txt")))
    (session, command), report = read("shell/powershell_transcript.txt", zone="America/New_York")
    assert report["format"] == "powershell"
    assert (report["first"], report["last"]) == ("2022-07-21T06:37:49Z", "2022-07-21T06:37:59Z")
    assert (session.actor, session.place) == ("MSEDGEWIN10\\IEUser", "MSEDGEWIN10")
    assert (command.text, command.certainty) == ("whoami", "approximate")
    assert command.extra["output"] == "msedgewin10\\ieuser"


# --- asciinema --------------------------------------------------------------------------------------


def test_the_same_moments_in_three_versions(told):
    two = cast([0.5, "o", "a"], [4.0, "m", "mark"], [5.0, "o", "b"])
    three = cast([0.5, "o", "a"], [3.5, "m", "mark"], [1.0, "o", "b"], version=3, comments="# a comment")
    for text in (two, three):
        records, skipped = told(text, name="a.cast")
        assert [(r.kind, at(r)) for r in records] == [
            ("terminal output", 0.5), ("marker", 4.0), ("terminal output", 5.0), ("terminal recording", 0.0),
        ]  # fmt: skip
        assert skipped == []
    one = json.dumps(
        {"version": 1, "width": 80, "height": 24, "duration": 5, "stdout": [[0.5, "a"], [4.5, "b"]]}
    )
    records, _ = told(one, name="a.json", captured=START)
    assert [at(r) for r in records] == [0.5, 5.0, 0.0]


def test_what_was_typed_is_left_out_and_said(told):
    events = [[n / 10, "i", letter] for n, letter in enumerate(SECRET)]
    records, (note,) = told(cast([0, "o", "Password: "], *events, [2, "o", "\r\nwelcome\r\n"]), name="a.cast")
    assert f"{len(SECRET)} keystrokes" in note.why
    assert not any(SECRET in r.text or SECRET.encode() in r.raw for r in records)


def test_output_reads_as_the_screen_showed_it(told):
    shown = "\u001b[31mred\u001b[0m\u001b]0;title\u0007 lx\bs\r\n10%\r100%\r\ndone\r\n"
    (output, _), _ = told(cast([1, "o", shown]), name="a.cast")
    assert output.text == "red ls\n100%\ndone"


def test_output_rests_between_events(told):
    (one, two, _), _ = told(cast([1, "o", "a"], [1.5, "o", "b"], [9, "o", "c"]), name="a.cast")
    assert ([one.text, two.text], (one.until - one.at).total_seconds()) == (["ab", "c"], 0.5)


def test_a_copy_that_breaks_off_tells_the_same_events(told):
    events = [[float(n * 3), "o", f"line {n} {'x' * 90}\r\n"] for n in range(40)]
    whole, _ = told(cast(*events), name="a.cast")
    cut, skipped = told(cast(*events)[:3000], name="a.cast")
    assert len(skipped) == 1
    assert {r.external_id for r in cut} < {r.external_id for r in whole}


def test_lines_that_are_no_events_are_noted(told):
    records, skipped = told(
        cast([1, "o", "a"]) + '[-1,"o","x"]\n{}\nnonsense\n["1","o","x"]\n[2,"o"]\n', name="a.cast"
    )
    assert (len(records), len(skipped)) == (2, 5)


# --- script -----------------------------------------------------------------------------------------

SCRIPT = (
    b'Script started on 2026-03-10 18:00:00+00:00 [TERM="xterm" TTY="/dev/pts/0"]\n$ ls\r\na b\r\n$ exit\r\n'
)


def test_a_session_of_script_with_its_timing(tmp_path):
    path = tmp_path / "session.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "session.log", SCRIPT + b'\nScript done on 2026-03-10 18:00:09+00:00 [COMMAND_EXIT_CODE="0"]\n'
        )
        archive.writestr("session.timing", "0.5 6\n0.5 5\n8.0 8\n")
    records = [found for found in Reading(path) if isinstance(found, Record)]
    assert [(r.text, at(r)) for r in records] == [
        ("$ ls\na b", 0.5),
        ("$ exit", 9.0),
        ("Terminal session", 0.0),
    ]


def test_a_session_of_several_streams_leaves_input_out(tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "io").write_bytes(
        b"Script started on 2026-03-10 18:00:00+00:00\nls" + SECRET.encode() + b"\r\nok\r\n"
    )
    timing = f"H 0.0 INPUT_LOG io\nH 0.0 OUTPUT_LOG io\nO 0.5 2\nI 0.1 {len(SECRET)}\nO 0.1 6\nS 0.0 SIGWINCH\nH 0.0 EXIT_CODE 3\n"
    (folder / "t").write_text(timing)
    records = [found for found in Reading(folder, format="typescript") if isinstance(found, Record)]
    assert [r.text for r in records][:2] == ["ls\nok", "The session ended with exit status 3."]
    assert not any(SECRET.encode() in r.raw for r in records)


def test_a_session_without_its_timing_has_a_beginning_and_an_end(told):
    content = SCRIPT + b'\nScript done on 2026-03-10 18:00:09+00:00 [COMMAND_EXIT_CODE="0"]\n'
    (record,), _ = told(content, name="typescript")
    assert (at(record), (record.until - record.at).total_seconds()) == (0.0, 9.0)
    assert "$ ls\na b\n$ exit" in record.text


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Tue Mar 10 18:00:00 2026", 18),
        ("Tue 10 Mar 2026 06:00:00 PM UTC", 18),
        ("2026-03-10 18:00:00+01:00", 17),
    ],
)
def test_the_beginning_as_versions_of_script_write_it(told, written, hour):
    (record,), _ = told(f"Script started on {written}\n$ ls\n", name="typescript", zone="UTC")
    assert record.at.hour == hour


# --- PowerShell -------------------------------------------------------------------------------------

STARS = "*" * 22


def transcript(
    *commands: str, title: str = "Windows PowerShell transcript start", begun: str = "20260310180000"
) -> str:
    head = [
        STARS,
        title,
        f"Start time: {begun}",
        "Username: CORP\\ann",
        "RunAs User: CORP\\ann",
        "Machine: WEB1 (Microsoft Windows NT 10.0)",
        STARS,
    ]
    return "\r\n".join(
        [*head, *commands, STARS, "Windows PowerShell transcript end", "End time: 20260310180500", STARS, ""]
    )


def test_commands_with_a_time_of_their_own(told):
    block = [STARS, "Command start time: 20260310180130", STARS, "PS C:\\> Get-Date", "now"]
    text = transcript(
        *block,
        STARS,
        "Command start time: 20260310180200",
        STARS,
        "PS C:\\> foreach ($x in 1) {",
        ">> $x }",
        "1",
    )
    records, skipped = told(text, name="t.txt", zone="UTC")
    assert [(r.text, f"{r.at:%M:%S}", r.certainty) for r in records[1:]] == [
        ("Get-Date", "01:30", "assumed zone"),
        ("foreach ($x in 1) {\n$x }", "02:00", "assumed zone"),
    ]
    assert skipped == []


def test_a_transcript_in_another_language(told):
    head = [
        STARS,
        "Start der Windows PowerShell-Aufzeichnung",
        "Startzeit: 20260310180000",
        "Benutzername: CORP\\ann",
        "Computer: WEB1 (Microsoft Windows NT 10.0)",
        STARS,
    ]
    tail = [STARS, "Ende der Windows PowerShell-Aufzeichnung", "Endzeit: 20260310180500", STARS]
    records, _ = told("\r\n".join([*head, "PS C:\\> dir", *tail]), name="t.txt", zone="UTC")
    assert [(r.text, r.actor, r.place) for r in records] == [
        ("PowerShell session of CORP\\ann on WEB1", "CORP\\ann", "WEB1"),
        ("dir", "CORP\\ann", "WEB1"),
    ]
    assert (records[0].until - records[0].at).total_seconds() == 300


def test_several_sessions_of_one_file_and_utf_16(told):
    text = transcript("PS C:\\> a") + transcript("PS C:\\> b", begun="20260311180000")
    for content in (text, b"\xff\xfe" + text.encode("utf-16-le")):
        records, _ = told(content, name="t.txt", zone="UTC")
        assert [r.text for r in records if r.kind == "command"] == ["a", "b"]
        assert len({r.external_id for r in records}) == 4


def test_a_session_that_was_never_ended(told):
    text = transcript("PS C:\\> a", "b").rpartition(STARS)[0].rpartition(STARS)[0]
    records, _ = told(text, name="t.txt", zone="UTC")
    assert [(r.text, r.until) for r in records][1] == ("a", None)


# --- histories --------------------------------------------------------------------------------------


def test_zsh_commands_without_a_time_are_noted_among_those_with_one(told):
    text = "old\n: 1773165600:0;one\\\ntwo\nstray\n: 1773165601:0;three\n"
    records, skipped = told(text, name="history", format="shell")
    assert [r.text for r in records] == ["one\ntwo", "three"]
    assert [note.where for note in skipped] == ["history:1", "history:4"]


def test_fish_escapes_and_paths(told):
    text = "- cmd: echo a\\nb \\\\n\n  when: 1773165600\n  paths:\n    - a\n- cmd: untimed\n- cmd: id\n  when: 1773165601\n"
    records, skipped = told(text, name="fish_history")
    assert [r.text for r in records] == ["echo a\nb \\n", "id"]
    assert len(skipped) == 1


def test_the_same_command_twice_in_one_second_is_two(told):
    records, _ = told("#1773165600\nls\n" * 2, name="h")
    assert len({r.external_id for r in records}) == 2


# --- what nobody should send ------------------------------------------------------------------------

SEEDS = {
    "asciinema": "asciinema/markers-input.cast",
    "powershell": "shell/powershell_transcript.txt",
    "shell": "shell/zsh_extended_history.txt",
}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 700), st.integers(0, 100), st.binary(max_size=60))
def test_mutations_are_read_or_refused_in_a_sentence(tmp_path, format, at, cut, put):
    raw = sample(SEEDS[format]).read_bytes()
    path = tmp_path / "a"
    path.write_bytes(raw[:at] + put + raw[at + cut :] or b"x")
    with contextlib.suppress(Unreadable):
        found = list(Reading(path, format=format, zone="UTC", captured=START))
        assert all(isinstance(one, (Record, Skipped)) for one in found)


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("asciinema", cast([1, "o", "a" * 50_000 + "\b" * 60_000])),
        ("asciinema", cast([1, "o", "\u001b]" * 100_000])),
        ("asciinema", cast([1, "o", "\r" * 300_000])),
        ("shell", ": 1773165600:0;a\\\n" * 40_000),
        ("shell", "#1773165600\n" + "a\n" * 200_000),
        ("powershell", f"{STARS}\n" * 30_000),
        ("typescript", "Script started on 2026-03-10 18:00:00+00:00\n" + "\nScript done on " * 20_000),
    ],
    ids=["backspaces", "titles", "returns", "open commands", "long command", "asterisks", "ends"],
)
def test_hostile_content_ends_soon(told, format, content):
    begun = time.monotonic()
    with contextlib.suppress(Unreadable):
        told(content, format=format, zone="UTC")
    assert time.monotonic() - begun < 5
