"""Files compressed by gzip: read as what they hold, and never beyond the bounds of an archive."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from timelines.formats.records import Record
from timelines.reading import Reading, Unreadable

LINES = b"".join(b"2026-03-10T18:00:%02dZ host app: text %d\n" % (n, n) for n in range(60))


def told(path) -> list[str]:
    return [found.text for found in Reading(path) if isinstance(found, Record)]


@pytest.mark.parametrize("name", ["a.log.gz", "a.log", "a"])
def test_what_is_packed_tells_the_same_whatever_its_name(tmp_path, name):
    (tmp_path / "plain.log").write_bytes(LINES)
    (tmp_path / name).write_bytes(gzip.compress(LINES))
    assert told(tmp_path / name) == told(tmp_path / "plain.log") != []


def test_parts_packed_one_after_the_other_are_one_file(tmp_path):
    half = LINES.index(b"2026-03-10T18:00:30Z")
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(LINES[:half]) + gzip.compress(LINES[half:]))
    assert len(told(tmp_path / "a.log.gz")) == 60


def test_packed_files_in_a_folder_and_in_a_zip(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.log.gz").write_bytes(gzip.compress(LINES))
    (folder / "b.log").write_bytes(LINES.replace(b"host", b"other"))
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as made:
        for path in folder.iterdir():
            made.write(path, path.name)
    for path in (folder, tmp_path / "logs.zip"):
        reading = Reading(path)
        assert len([found for found in reading if isinstance(found, Record)]) == 120
        assert reading.bytes_read <= reading.bytes_total


def test_progress_counts_what_lies_on_the_disk(tmp_path):
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(LINES * 50))
    reading = Reading(tmp_path / "a.log.gz")
    list(reading)
    assert reading.bytes_read == reading.bytes_total == (tmp_path / "a.log.gz").stat().st_size


@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b[:60] + b"\xff" * 20 + b[80:]])
def test_a_damaged_one_is_refused_in_a_sentence(tmp_path, damage):
    (tmp_path / "a.log.gz").write_bytes(damage(gzip.compress(LINES)))
    with pytest.raises(Unreadable, match="damaged after .* complete"):
        list(Reading(tmp_path / "a.log.gz"))


def test_a_bomb_is_not_unpacked(tmp_path):
    (tmp_path / "a.log.gz").write_bytes(
        gzip.compress(b"2026-03-10T18:00:00Z host app: x\n" + b"0" * 30_000_000)
    )
    with pytest.raises(Unreadable, match="bomb"):
        for _ in Reading(tmp_path / "a.log.gz"):
            pass


def test_many_small_bombs_are_one_large(tmp_path, monkeypatch):
    monkeypatch.setattr("timelines.gunzip.UNPACKED", 3_000_000)
    packed = gzip.compress(LINES * 300)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for number in range(8):
            made.writestr(f"{number}.log.gz", packed)
    with pytest.raises(Unreadable, match="Split the export"):
        for _ in Reading(tmp_path / "a.zip"):
            pass
