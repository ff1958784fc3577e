"""The command `read_evidence`: one object an event, one report a file, one sentence of trouble."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LINES = "time,text,actor\n2026-03-10T18:00:00Z,deploy began,ann\n2026-03-10T18:05:00Z,errors,bo\nsoon,x,y\n"


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "read_evidence", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"SECRET_KEY": "test-only"},
        timeout=60,
    )


@pytest.mark.slow
def test_events_then_a_report(tmp_path):
    (tmp_path / "a.csv").write_text(LINES)
    done = run(str(tmp_path / "a.csv"))
    assert done.returncode == 0, done.stderr
    *events, last = (json.loads(line) for line in done.stdout.splitlines())
    assert [(e["at"], e["text"], e["actor"], e["format"]) for e in events] == [
        ("2026-03-10T18:00:00Z", "deploy began", "ann", "table"),
        ("2026-03-10T18:05:00Z", "errors", "bo", "table"),
    ]
    assert {"until", "precision", "kind", "external_id"} <= set(events[0])
    report = last["report"]
    assert (report["events"], report["first"], report["last"]) == (
        2,
        "2026-03-10T18:00:00Z",
        "2026-03-10T18:05:00Z",
    )
    assert [skip["where"] for skip in report["skipped"]] == ["a.csv:4"]
    assert report["actors"] == ["ann", "bo"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (b"", (), "is empty"),
        (LINES.encode(), ("--mapping", "[1]"), "not an object"),
        (LINES.encode(), ("--zone", "Mars/Olympus"), "no time zone"),
        (LINES.encode(), ("--format", "runes"), "no format"),
    ],
)
def test_trouble_is_one_sentence_and_a_failure(tmp_path, content, arguments, sentence):
    (tmp_path / "a.csv").write_bytes(content)
    done = run(str(tmp_path / "a.csv"), *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
