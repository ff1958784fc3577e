"""From a file, a folder or an archive to records: opening within bounds, finding the format, reading.

    reading = Reading(path)
    for found in reading:      # Record or Skipped
        …
    reading.report()

Raises Unreadable where nothing of the file is of use, NeedsAnswer where a person has to say the zone,
the year or the columns first. Everything else that cannot be read is a Skipped, with its place.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from timelines.formats import FORMATS
from timelines.formats.base import Bundle, Context, Format, NeedsAnswer, Unreadable
from timelines.formats.records import Record, Skipped
from timelines.gunzip import RATIO, SMALL, UNPACKED, Budget, gunzipped, unpacked_size

__all__ = ["FORMATS", "Detection", "NeedsAnswer", "Reading", "Record", "Skipped", "Unreadable", "detect"]

ENTRIES = 100_000  # of one archive
HEAD = 64 * 1024


@dataclass(frozen=True)
class Detection:
    format: Format
    reason: str


class Counting(io.RawIOBase):
    """Counts what is read, for progress, and refuses more than an archive's entry promised."""

    def __init__(self, file: BinaryIO, count, limit: int | None = None, name: str = "") -> None:
        self.file, self.count, self.limit, self.name, self.seen = file, count, limit, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self.file.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unreadable(
                f"{self.name} is damaged in the archive: {error}. Download the export again."
            ) from error
        self.seen += len(data)
        if self.limit is not None and self.seen > self.limit:
            raise Unreadable(f"{self.name} unpacks to more than the archive says; it was not read on.")
        buffer[: len(data)] = data
        self.count(len(data))
        return len(data)

    def close(self) -> None:
        self.file.close()
        super().close()


class OneFile:
    def __init__(self, path: Path, count, name: str | None = None) -> None:
        self.path, self.count, self.name = path, count, name or path.name
        self.names = [self.name]
        self.total = path.stat().st_size
        with path.open("rb") as file:
            self.unpacked = unpacked_size(file, self.total)

    def size(self, name: str) -> int:
        return self.unpacked

    def open(self, name: str) -> BinaryIO:
        file = io.BufferedReader(Counting(self.path.open("rb"), self.count, name=name), 1 << 17)
        return gunzipped(file, self.total, name)


class Folder:
    def __init__(self, path: Path, count) -> None:
        self.path, self.count, self.name = path, count, path.name
        files = [p for p in sorted(path.rglob("*")) if p.is_file() and not p.is_symlink()]
        self.names = [p.relative_to(path).as_posix() for p in files]
        self.packed = {name: p.stat().st_size for name, p in zip(self.names, files, strict=True)}
        self.sizes: dict[str, int] = {}
        self.total = sum(self.packed.values())

    def size(self, name: str) -> int:
        if name not in self.sizes:
            with (self.path / name).open("rb") as file:
                self.sizes[name] = unpacked_size(file, self.packed[name])
        return self.sizes[name]

    def open(self, name: str) -> BinaryIO:
        file = io.BufferedReader(Counting((self.path / name).open("rb"), self.count, name=name), 1 << 17)
        return gunzipped(file, self.packed[name], name)


class Archive:
    """A zip, opened within bounds: entries, total, ratio, and no entry that points outside."""

    def __init__(self, path: Path, count, name: str | None = None) -> None:
        self.path, self.count, self.name = path, count, name or path.name
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable(
                f"{self.name} begins like a zip archive but cannot be opened ({error}). "
                "It may be cut off: download the export again. Nothing was stored."
            ) from error
        entries = [
            info for info in self.zip.infolist() if not info.is_dir() and not _is_litter(info.filename)
        ]
        self._check(entries)
        self.infos = {info.filename: info for info in entries}
        self.sizes: dict[str, int] = {}
        self.budget = Budget()
        self.names = list(self.infos)
        self.total = sum(info.file_size for info in entries)

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        if not entries:
            raise Unreadable(f"{self.name} is an archive without files. Nothing was stored.")
        if len(entries) > ENTRIES:
            raise Unreadable(
                f"{self.name} holds {len(entries):,} files; at most {ENTRIES:,} are read. Split the export."
            )
        for info in entries:
            parts = info.filename.replace("\\", "/").split("/")
            if ".." in parts or info.filename.startswith("/"):
                raise Unreadable(
                    f"{self.name} holds an entry that points outside of it ({info.filename[:80]}). Nothing was read."
                )
            if info.flag_bits & 1:
                raise Unreadable(f"{self.name} is protected by a password. Unpack it and give the files.")
            if info.file_size > SMALL and info.file_size > RATIO * max(1, info.compress_size):
                raise Unreadable(
                    f"{info.filename[:80]} in {self.name} would unpack to {info.file_size // 1_000_000} MB from "
                    f"{info.compress_size // 1000} kB. That is how an archive bomb looks; nothing was read."
                )
        if sum(info.file_size for info in entries) > UNPACKED:
            raise Unreadable(
                f"{self.name} would unpack to more than {UNPACKED // 1024**3} GB. Split the export."
            )

    def size(self, name: str) -> int:
        packed = self.infos[name].file_size
        if not name.endswith(".gz"):
            return packed
        if name not in self.sizes:
            with self._packed(name) as file:
                self.sizes[name] = unpacked_size(file, packed)
        return self.sizes[name]

    def open(self, name: str) -> BinaryIO:
        return gunzipped(self._packed(name), self.infos[name].file_size, name, self.budget)

    def _packed(self, name: str) -> io.BufferedReader:
        info = self.infos[name]
        try:
            entry = self.zip.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise Unreadable(
                f"{name} in {self.name} cannot be unpacked: {error}. Download the export again."
            ) from error
        return io.BufferedReader(Counting(entry, self.count, limit=info.file_size, name=name), 1 << 17)


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in (".DS_Store", "Thumbs.db")


class Reading:
    """One reading of one export. Iterate it once; `bytes_read` and `bytes_total` tell the progress."""

    def __init__(
        self,
        path: Path | str,
        *,
        format: str = "auto",
        zone: str | None = None,
        year: int | None = None,
        day: date | None = None,
        captured: datetime | None = None,
        mapping: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        self.bytes_read = 0
        self.path = Path(path)
        self.bundle = self._open(name)
        self.bytes_total = self.bundle.total
        self.detection = self._choose(format)
        self.context = Context(
            zone=_zone(zone), year=year, day=day, captured=captured, mapping=mapping or {}, source=self.bundle.name
        )  # fmt: skip
        self.bytes_read = 0
        self.events = self.skips = 0
        self.skipped: list[Skipped] = []
        self.first = self.last = None
        self.actors: set[str] = set()

    def _count(self, size: int) -> None:
        self.bytes_read += size

    def _open(self, name: str | None) -> Bundle:
        shown = name or self.path.name
        if self.path.is_dir():
            bundle = Folder(self.path, self._count)
            if not bundle.names:
                raise Unreadable(f"The folder {shown} is empty.")
            return bundle
        if not self.path.exists():
            raise Unreadable(f"There is no file {shown}.")
        if self.path.stat().st_size == 0:
            raise Unreadable(f"{shown} is empty: it has no bytes at all. Nothing was stored.")
        with self.path.open("rb") as file:
            head = file.read(4)
        if head in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
            return Archive(self.path, self._count, name)
        return OneFile(self.path, self._count, name)

    def _choose(self, wanted: str) -> Detection:
        if wanted != "auto":
            if wanted not in FORMATS:
                raise Unreadable(f"There is no format {wanted!r}. Known are: {', '.join(FORMATS)}.")
            return Detection(FORMATS[wanted], "you chose it")
        return detect(self.bundle)

    def __iter__(self) -> Iterator[Record | Skipped]:
        for found in self.detection.format.read(self.bundle, self.context):
            if isinstance(found, Skipped):
                self.skips += 1
                if len(self.skipped) < 1000:
                    self.skipped.append(found)
            else:
                self.events += 1
                if self.first is None or found.at < self.first:
                    self.first = found.at
                end = found.until or found.at
                if self.last is None or end > self.last:
                    self.last = end
                if found.actor and len(self.actors) < 10_000:
                    self.actors.add(found.actor)
            yield found

    def report(self) -> dict[str, Any]:
        return {
            "format": self.detection.format.key,
            "because": self.detection.reason,
            "events": self.events,
            "skipped": [{"where": skip.where, "why": skip.why} for skip in self.skipped],
            "skipped_count": self.skips,
            "first": stamp(self.first),
            "last": stamp(self.last),
            "actors": sorted(self.actors),
        }


def moment(text: str) -> datetime:
    """An ISO 8601 moment with its offset. Raises ValueError for anything else, also for one without an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("the offset is missing")
    return at


def stamp(at) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def detect(bundle: Bundle) -> Detection:
    """The first format, most particular first, that recognises itself. Raises Unreadable when none does."""
    main = max(bundle.names, key=bundle.size) if len(bundle.names) > 1 else bundle.names[0]
    with bundle.open(main) as file:
        head = file.read(HEAD)
    for format in FORMATS.values():
        if reason := format.sniff(bundle, head):
            return Detection(format, reason)
    if b"\x00" in head[:1024] and head.lstrip()[:1] not in b"{[":
        raise Unreadable(
            f"{bundle.name} is binary, whatever its name says; evidence is text, JSON or a zip of such. Nothing was stored."
        )
    if head.lstrip()[:1] in (b"{", b"["):
        raise Unreadable(
            f"{bundle.name} is JSON, but of no kind that is known here. Choose the format yourself, "
            "or “CSV / JSON table” and say which fields hold time and text. Nothing was stored."
        )
    raise Unreadable(
        f"No format was recognised in {bundle.name}. Choose it yourself, or turn the file into CSV. Nothing was stored."
    )


def _zone(name: str | None) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except Exception as error:
        raise Unreadable(f"There is no time zone {name!r}; names look like Europe/Lisbon.") from error
