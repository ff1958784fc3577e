from __future__ import annotations

import hashlib
import os
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from postmortems.archive.old_writeups import Known, Wishes, bring
from postmortems.incidents.models import Incident
from postmortems.remediation.models import Item
from postmortems.writeup.files.reading import NotText
from postmortems.writeup.writing import actions as writing
from tests.make import T0
from tests.samples import sample
from timelines.models import Event, Import

TEXT = """---
severity: SEV-1
tags: [mail, Queue]
---
# Mail was late

Ten people waited.

## Timeline
All times in UTC.

- 2024-05-01 10:45 the queue grew
- 2024-05-01 11:05 the queue was drained

## Impact
Ten people.

![graph](img/queue.png)

## What went well
Somebody called.

## Action items

| Action | Owner | Due | Status |
|---|---|---|---|
| Watch the queue | ian@example.org | 2024-06-01 | open |
| Write a runbook | Zoe | | done |
| Think | | | |
"""


@pytest.fixture
def wishes(cast):
    return Wishes(by=cast.ada)


def brought(wishes, text=TEXT, path="pm/mail.md", **more):
    return bring(path, text.encode(), wishes, Known(), now=T0, **more)


def original(imported) -> bytes:
    with imported.file.open("rb") as file:
        return file.read()


def test_a_file_becomes_an_incident(cast, wishes):
    told = brought(wishes)
    incident = Incident.objects.get(ref=told.ref)
    assert (told.how, told.day, told.sections, told.events, told.items) == ("new", date(2024, 5, 1), 5, 2, 2)
    assert (incident.title, incident.severity.key, incident.tags) == (
        "Mail was late",
        "sev1",
        ["mail", "Queue"],
    )
    assert incident.ref.startswith("INC-2024-")
    assert incident.sections.get(key="well").text == "# What went well\n\nSomebody called."
    events = list(incident.events.in_order())
    assert [event.text for event in events] == ["the queue grew", "the queue was drained"]
    assert all(event.pinned and event.source.name == "Old write-up" for event in events)
    assert events[0].raw.body == b"2024-05-01 10:45 the queue grew"
    imported = incident.imports.get()
    assert original(imported) == TEXT.encode(), "the original is kept to the byte"
    first, second = incident.items.all()
    assert (first.what, first.owner, first.due_on, first.status) == (
        "Watch the queue",
        cast.ian,
        date(2024, 6, 1),
        "proposed",
    )
    assert (second.owner, second.status) == (None, "done")
    assert "Zoe" in second.detail
    assert any("img/queue.png" in note for note in told.notes)


def test_more_actions_than_anybody_keeps_stay_text_and_it_is_told(wishes):
    rows = "".join(f"| Watch queue {n} | ian |\n" for n in range(130))
    told = brought(wishes, "# Mail\n\n## Action items\n\n| Action | Owner |\n|---|---|\n" + rows)
    assert told.items == Item.objects.count() == 100
    assert "Its first 100 actions are items; 30 more stay text." in told.notes
    assert "Watch queue 129" in Incident.objects.get(ref=told.ref).sections.get(key="remedies").text


def test_the_same_content_comes_once_wherever_it_lies(wishes):
    first = brought(wishes)
    again = brought(wishes, path="elsewhere/copy.md")
    assert (again.how, again.ref) == ("known", first.ref)
    assert Incident.objects.filter(title="Mail was late").count() == 1
    assert Event.objects.count() == 2
    assert Item.objects.count() == 2


def test_a_newer_edition_leaves_what_people_wrote(cast, wishes):
    ref = brought(wishes).ref
    incident = Incident.objects.get(ref=ref)
    section = incident.sections.get(key="well")
    writing.save_section(
        incident=incident, key="well", text=f"{section.text} Twice.", version=section.version, by=cast.bob
    )
    told = brought(
        wishes, TEXT.replace("Somebody called.", "On Monday, somebody called.").replace("11:05", "11:06")
    )
    assert (told.how, told.ref) == ("newer", ref)
    assert incident.sections.get(key="well").text.endswith("On Monday, somebody called. Twice.")
    assert incident.items.count() == 2
    assert brought(wishes, TEXT.replace("Somebody", "Nobody")).how == "newer"


def test_another_write_up_at_the_same_path_is_another_incident(wishes):
    first = brought(wishes)
    assert brought(wishes, "# Something else\n\nwords").ref != first.ref


def test_a_run_that_was_stopped_goes_on(wishes, monkeypatch):
    monkeypatch.setattr(
        "postmortems.archive.old_writeups._evidence", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        brought(wishes)
    monkeypatch.undo()
    assert brought(wishes).how == "known"
    assert Event.objects.filter(pinned=True).count() == 2


def test_looking_first_changes_nothing(wishes):
    before = Incident.objects.count()
    told = brought(wishes, dry=True)
    assert (told.how, told.sections, told.events, told.items) == ("new", 5, 2, 2)
    assert Incident.objects.count() == before
    assert not Import.objects.exists()


def test_a_file_without_times_or_a_day_is_kept_as_text(wishes):
    told = brought(wishes, "Just words.\n\nMore words.", path="pm/something-odd.md")
    incident = Incident.objects.get(ref=told.ref)
    assert incident.title == "Something odd"
    assert incident.sections.get(key="summary").text == "Just words.\n\nMore words."
    assert incident.imports.get().state == "done"
    assert any("no day" in note for note in told.notes)


@pytest.mark.parametrize(
    "text",
    [
        "# " + "x" * 5000,
        "# \u202e\n\x0b\x1b[0m",
        "\ud7ff" * 500,
        "- 9999-99-99 99:99 x",
        "## Timeline\n- 2024-05-01 10:45 " + "y" * 100_000,
    ],
)
def test_odd_texts_are_taken(wishes, text):
    assert brought(wishes, text).ref


def test_what_is_no_text_is_refused(wishes):
    with pytest.raises(NotText):
        bring("a.md", b"\x89PNG\x00\x00\x01", wishes, Known(), now=T0)


def test_published_and_closed_when_asked(cast):
    told = brought(Wishes(by=cast.ada, publish=True))
    incident = Incident.objects.get(ref=told.ref)
    assert incident.revisions.count() == 1
    assert incident.state == "closed"


@pytest.mark.slow
def test_two_megabytes_of_different_words_are_published(cast):
    words = "\n".join(
        " ".join(hashlib.sha256(f"{n} {m}".encode()).hexdigest()[:9] for m in range(12))
        for n in range(16_000)
    )
    told = brought(Wishes(by=cast.ada, publish=True), f"# Late\n\n## Summary\n\n{words}\n")
    assert Incident.objects.get(ref=told.ref).revisions.count() == 1


def test_a_file_that_breaks_the_reader_does_not_stop_the_others(cast, tmp_path, capsys, monkeypatch):
    def broken(path, raw, *a, **k):
        if b"broken" in raw:
            raise KeyError("x")
        return bring(path, raw, *a, **k)

    monkeypatch.setattr("postmortems.archive.management.commands.import_writeups.bring", broken)
    (tmp_path / "a.md").write_text("# broken")
    (tmp_path / "b.md").write_text(TEXT)
    call_command("import_writeups", str(tmp_path))
    said = capsys.readouterr().out
    assert "KeyError: a fault of the reader" in said
    assert "1 brought in, 0 newer, 0 known already, 1 could not be read." in said


def test_the_command_reads_folders_and_archives_and_goes_on_after_a_broken_file(cast, tmp_path, capsys):
    (tmp_path / "pm" / "one").mkdir(parents=True)
    (tmp_path / "pm" / "a.md").write_text(TEXT)
    (tmp_path / "pm" / "broken.md").write_bytes(b"\x89PNG\x00\x00\x00")
    (tmp_path / "pm" / "empty.md").write_text(" \n")
    (tmp_path / "pm" / "README.md").write_text("# Our postmortems")
    (tmp_path / "pm" / "template.md").write_text("# Title")
    (tmp_path / "pm" / "one" / "README.md").write_text("# Disk was full\n\nIt was.")
    (tmp_path / "pm" / "x.png").write_bytes(b"x")
    call_command("import_writeups", str(tmp_path / "pm"), "--dry-run")
    assert "2 would be brought in" in capsys.readouterr().out
    call_command("import_writeups", str(tmp_path / "pm"))
    said = capsys.readouterr().out
    assert (
        "pm/a.md: brought in: INC-2024-0001, “Mail was late”, 2024-05-01, SEV1, 5 sections, 2 events, 2 items"
        in said
    )
    assert "pm/broken.md: left out. This is no text file" in said
    assert "2 brought in, 0 newer, 0 known already, 2 could not be read." in said
    with zipfile.ZipFile(tmp_path / "pm.zip", "w") as packed:
        packed.write(tmp_path / "pm" / "a.md", "a.md")
    call_command("import_writeups", str(tmp_path / "pm.zip"))
    assert "1 known already" in capsys.readouterr().out


def test_a_file_that_cannot_be_opened_does_not_stop_its_folder(cast, tmp_path, capsys, monkeypatch):
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(f"# Outage {name}\n\nIt was short.\n")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as made:
        for name in ("d.md", "e.md"):
            made.writestr(name, f"# Outage {name}\n\nIt was short.\n")
    damaged = (tmp_path / "all.zip").read_bytes().replace(b"# Outage d.md", b"# Outagf d.md")
    (tmp_path / "all.zip").write_bytes(damaged)
    opened = Path.open

    def refused(self, *args, **more):
        if self.name == "b.md":
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **more)

    monkeypatch.setattr(Path, "open", refused)  # whoever runs the tests may be let in everywhere
    call_command("import_writeups", str(tmp_path), str(tmp_path / "all.zip"))
    said = capsys.readouterr().out
    assert "b.md: left out. Permission denied" in said
    assert "d.md: left out." in said
    assert "3 brought in, 0 newer, 0 known already, 2 could not be read." in said


def test_what_the_command_says_of_a_file_stands_on_one_line(cast, tmp_path, capsys):
    names = ["two\nlines.md", os.fsdecode(b"\xff\xfe.md"), "turned\u202e.md"]
    for number, name in enumerate(names):
        (tmp_path / name).write_text(f"# Outage {number} \u202e\n\nIt was short.\n")
    (tmp_path / "gone.md").symlink_to("nowhere")
    (tmp_path / "elsewhere.md").symlink_to("/etc/hostname")
    call_command("import_writeups", str(tmp_path))
    said = capsys.readouterr().out.splitlines()
    assert sum("brought in: INC-" in line for line in said) == len(names)
    assert "3 brought in, 0 newer, 0 known already" in said[-1]
    assert all(line.isprintable() for line in said)


def test_the_command_says_what_it_cannot_use(cast, tmp_path):
    with pytest.raises(CommandError, match="no time zone Mars"):
        call_command("import_writeups", str(tmp_path), "--zone", "Mars")
    with pytest.raises(CommandError, match="no account"):
        call_command("import_writeups", str(tmp_path), "--by", "nobody@example.org")
    with pytest.raises(CommandError, match="No write-up was found"):
        call_command("import_writeups", str(tmp_path))


@pytest.mark.slow
def test_the_samples(cast, capsys):
    folder = sample("postmortems")
    call_command("import_writeups", str(folder))
    assert "45 brought in, 0 newer, 0 known already, 0 could not be read." in capsys.readouterr().out
    for title, events in (
        ("ADFS Outage", 8),
        ("2018-01-18, reddit hugs mybinder", 25),
        ("Total DNS outage in Kubernetes cluster", 0),
    ):
        incident = Incident.objects.get(title=title)
        assert incident.events.pinned().count() == events
        imported = incident.imports.get()
        raw = original(imported)
        assert hashlib.sha256(raw).hexdigest() == imported.sha256
        texts = " ".join([title, *incident.sections.values_list("text", flat=True)])
        assert set(re.findall(r"\w+", raw.decode())) <= set(re.findall(r"\w+", texts))
    call_command("import_writeups", str(folder))
    assert "45 known already" in capsys.readouterr().out
