"""`coach FILE…` as people and scripts use it."""

from __future__ import annotations

import io
import json
import sys

import pytest
from django.core.management import call_command


def coach(capsys, *arguments: str) -> str:
    call_command("coach", *arguments)
    return capsys.readouterr().out


def refused(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        call_command("coach", *arguments)
    assert stop.value.code == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


def test_a_mark_is_told_with_its_place(tmp_path, capsys):
    draft = tmp_path / "draft.md"
    draft.write_text("# Reason\n\nAll was well. Marlene failed to run the smoke test.\n", encoding="utf-8")
    assert coach(capsys, str(draft)).startswith(f"{draft}:3:15 omission: What was Marlene doing")


def test_a_mark_as_json_carries_everything(tmp_path, capsys):
    draft = tmp_path / "draft.md"
    draft.write_text("The root cause was a full disk.", encoding="utf-8")
    told = json.loads(coach(capsys, "--json", str(draft)))
    assert told["kind"] == "single_cause"
    assert told["text"] == "The root cause was a full disk"
    assert told["reason"]
    assert told["question"]
    assert coach(capsys, "--dismissed", told["key"], str(draft)) == ""
    assert coach(capsys, "--silence", "single_cause", str(draft)) == ""


def test_rows_keep_their_order_and_count_characters(tmp_path, capsys):
    rows = tmp_path / "rows.jsonl"
    texts = ["🙂 Be more careful.", "The health check failed.", "a\u2028b"]
    rows.write_text(
        "\n".join(
            json.dumps({"id": n, "text": t, "section": "remedy"}, ensure_ascii=False)
            for n, t in enumerate(texts)
        ),
        encoding="utf-8",
    )
    out = [json.loads(line) for line in coach(capsys, str(rows)).splitlines()]
    assert [row["id"] for row in out] == [0, 1, 2]
    assert out[0]["spans"] == [[2, 17, "vague_remedy"]]
    assert out[1]["spans"] == out[2]["spans"] == []


def test_standard_input_is_read(monkeypatch, capsys):
    monkeypatch.setattr(
        sys,
        "stdin",
        io.TextIOWrapper(io.BytesIO(b'{"id": "x", "text": "Be more careful.", "section": "remedy"}')),
    )
    assert json.loads(coach(capsys, "-"))["spans"]


def test_own_words_names_and_the_section(tmp_path, capsys):
    draft = tmp_path / "draft.txt"
    draft.write_text("A wombat day. Zorblatt failed to renew the lease.", encoding="utf-8")
    out = coach(
        capsys, "--extra", "judgement=wombat day", "--person", "Zorblatt", "--section", "reason", str(draft)
    )
    assert [line.split()[1] for line in out.splitlines()] == ["judgement:", "omission:"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b'{"id": 1}', "not an object with id and text"),
        (b'{"id": 1, "text": 2}', "not an object with id and text"),
        (b"[1]", "not an object with id and text"),
        (b"{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"id": 1, "text": "a", "section": 3}', "section that is not text"),
    ],
)
def test_bad_rows_are_refused_in_one_sentence(tmp_path, capsys, content, said):
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(content)
    assert said in refused(capsys, str(rows))


def test_what_cannot_be_read_is_said(tmp_path, capsys):
    assert "cannot be read" in refused(capsys, str(tmp_path / "absent.md"))
    assert "cannot be read" in refused(capsys, str(tmp_path))
    assert "it takes a kind" in refused(capsys, "--extra", "nonsense", str(tmp_path / "absent.md"))
