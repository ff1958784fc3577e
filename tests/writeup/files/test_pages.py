from __future__ import annotations

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from postmortems.writeup.files import draft
from tests import make


@pytest.fixture
def written(cast, client):
    make.writeup_of(cast.incident)
    client.force_login(cast.bob)
    return cast.incident


def address(name, incident):
    return reverse(f"writeup:{name}", args=[incident.ref])


def send(client, incident, content: bytes):
    return client.post(address("compare", incident), {"file": SimpleUploadedFile("draft.md", content)})


def test_out_looked_at_and_back(client, written):
    answer = client.get(address("download", written))
    assert answer["Content-Disposition"] == f'attachment; filename="{written.ref}-draft.md"'
    old = written.sections.get(key="well").text
    file = answer.content.replace(old.encode(), "Somebody called. 🎈\r\nTwice <b>".encode())
    shown = send(client, written, file)
    assert shown.status_code == 200
    assert "What went well" in shown.text
    assert "Somebody called. 🎈" in shown.text
    assert "Twice &lt;b&gt;" in shown.text
    assert written.sections.get(key="well").text == old, "nothing is done by looking"
    answer = client.post(address("take", written), {"file": shown.context["file"]}, follow=True)
    assert "“What went well” is saved." in answer.text
    assert written.sections.get(key="well").text == "Somebody called. 🎈\nTwice <b>"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"# words", "its head is missing"),
        (b"\x89PNG\x00\x00", "no text file"),
        (b"---\nref: INC-1999-0001\n---\n", "of INC-1999-0001"),
        (b"x" * (draft.LIMIT + 1), "larger than 2 MB"),
    ],
)
def test_what_is_no_draft_is_refused_in_a_sentence(client, written, content, told):
    answer = send(client, written, content)
    assert answer.status_code == 422
    assert told in answer.text


def test_no_file_and_a_broken_form(client, written):
    assert "Choose the file first." in client.post(address("compare", written)).text
    assert "did not arrive whole" in client.post(address("take", written), {"file": "%%"}).text


def test_a_whole_file_of_the_largest_size_passes_through_the_form(client, written):
    text = client.get(address("download", written)).content
    old = written.sections.get(key="well").text.encode()
    file = text.replace(old, b"word " * ((draft.LIMIT - len(text)) // 5))
    shown = send(client, written, file)
    assert base64.b64decode(shown.context["file"]) == file
    assert client.post(address("take", written), {"file": shown.context["file"]}).status_code == 302
    assert len(written.sections.get(key="well").text) > 1_900_000


def test_command_line(cast, written, tmp_path, capsys):
    file = tmp_path / "draft.md"
    call_command("export_draft", written.ref, "--out", str(file))
    file.write_text(file.read_text("utf-8").replace("Words about In short", "New words of In short"), "utf-8")
    call_command("import_draft", written.ref, str(file), "--by", cast.bob.email, "--dry-run")
    assert "In short would be changed." in capsys.readouterr().out
    call_command("import_draft", written.ref, str(file), "--by", cast.bob.email)
    assert "“In short” is saved." in capsys.readouterr().out
    assert written.sections.get(key="summary").text.startswith("New words")
    with pytest.raises(CommandError, match="may not write"):
        call_command("import_draft", written.ref, str(file), "--by", cast.ian.email)
