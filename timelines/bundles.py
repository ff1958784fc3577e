"""A file, a folder or an archive, opened within bounds: names, how large they are, and how to open them.

Bounds are those of one archive: entries, bytes it may unpack to in all, how much an entry may grow, and no entry
that points outside. What an archive says of its entries is believed only as long as they keep to it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from timelines import tarballs
from timelines.formats.base import Bundle, Unreadable
from timelines.gunzip import RATIO, SMALL, UNPACKED, Budget, gunzipped, unpacked_size
from timelines.tarballs import Part

ENTRIES = 100_000  # of one archive
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
Count = Callable[[int], None]


class Opened(Bundle, Protocol):
    """A bundle that knows how much of the progress each of its files is."""

    total: int

    def weight(self, name: str) -> int: ...


def opened(path: Path, count: Count, name: str | None = None) -> Opened:
    """Raises Unreadable for what is missing, empty, damaged or beyond bounds."""
    shown = name or path.name
    if path.is_dir():
        folder = Folder(path, count)
        if not folder.names:
            raise Unreadable(f"The folder {shown} is empty.")
        return folder
    if not path.exists():
        raise Unreadable(f"There is no file {shown}.")
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(f"{shown} is empty: it has no bytes at all. Nothing was stored.")
    with path.open("rb") as file:
        if file.read(4) in ZIP:
            return Archive(path, count, name)
        file.seek(0)
        with gunzipped(io.BufferedReader(file), size, shown) as unpacked:
            if tarballs.is_tar(_first(unpacked)):
                return Tar(path, count, name)
    return OneFile(path, count, name)


def _first(file: BinaryIO) -> bytes:
    """The first block, or as much as can be had of one that is damaged: its reader tells what is wrong."""
    try:
        return file.read(tarballs.BLOCK)
    except Unreadable:
        return b""


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

    def weight(self, name: str) -> int:
        return self.total

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

    def weight(self, name: str) -> int:
        return self.packed[name]

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
        entries = [info for info in self.zip.infolist() if not info.is_dir()]
        entries = [info for info in entries if not _is_litter(info.filename)]
        check_entries(self.name, [(info.filename, info.file_size) for info in entries])
        for info in entries:
            self._check(info)
        self.infos = {info.filename: info for info in entries}
        self.sizes: dict[str, int] = {}
        self.budget = Budget()
        self.names = list(self.infos)
        self.total = sum(info.file_size for info in entries)

    def _check(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & 1:
            raise Unreadable(f"{self.name} is protected by a password. Unpack it and give the files.")
        if info.file_size > SMALL and info.file_size > RATIO * max(1, info.compress_size):
            raise Unreadable(
                f"{info.filename[:80]} in {self.name} would unpack to {info.file_size // 1_000_000} MB from "
                f"{info.compress_size // 1000} kB. That is how an archive bomb looks; nothing was read."
            )

    def weight(self, name: str) -> int:
        return self.infos[name].file_size

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


class Tar:
    """A tar archive, plain or compressed by gzip: see timelines.tarballs."""

    def __init__(self, path: Path, count: Count, name: str | None = None) -> None:
        self.name, self.count = name or path.name, count
        self.disk = tarballs.plain(path, self.name)
        found = [one for one in tarballs.entries(self.disk, self.name) if not _is_litter(one.name)]
        check_entries(self.name, [(entry.name, entry.size) for entry in found])
        self.entries = {
            entry.name: entry for entry in found
        }  # of two of a name the later one counts, as in tar
        self.names = list(self.entries)
        self.total = sum(entry.size for entry in self.entries.values())
        self.sizes: dict[str, int] = {}
        self.budget = Budget()

    def weight(self, name: str) -> int:
        return self.entries[name].size

    def size(self, name: str) -> int:
        if not name.endswith(".gz"):
            return self.weight(name)
        if name not in self.sizes:
            with self._packed(name) as file:
                self.sizes[name] = unpacked_size(file, self.weight(name))
        return self.sizes[name]

    def open(self, name: str) -> BinaryIO:
        return gunzipped(self._packed(name), self.weight(name), name, self.budget)

    def _packed(self, name: str) -> io.BufferedReader:
        return io.BufferedReader(Part(self.disk, self.entries[name], self.count), 1 << 17)


class Some:
    """Some files of a bundle, as one of their own; a single one bears its own name, as if it had come alone."""

    def __init__(self, whole: Opened, names: Sequence[str]) -> None:
        self.whole, self.names = whole, list(names)
        self.name = names[0] if len(names) == 1 else whole.name
        self.total = sum(whole.weight(name) for name in names)

    def weight(self, name: str) -> int:
        return self.whole.weight(name)

    def size(self, name: str) -> int:
        return self.whole.size(name)

    def open(self, name: str) -> BinaryIO:
        return self.whole.open(name)


def check_entries(archive: str, entries: Sequence[tuple[str, int]]) -> None:
    """What holds for the entries of every archive. Raises Unreadable."""
    if not entries:
        raise Unreadable(f"{archive} is an archive without files. Nothing was stored.")
    if len(entries) > ENTRIES:
        raise Unreadable(
            f"{archive} holds {len(entries):,} files; at most {ENTRIES:,} are read. Split the export."
        )
    for name, _ in entries:
        if ".." in name.replace("\\", "/").split("/") or name.startswith("/"):
            raise Unreadable(
                f"{archive} holds an entry that points outside of it ({name[:80]}). Nothing was read."
            )
    if sum(size for _, size in entries) > UNPACKED:
        raise Unreadable(f"{archive} would unpack to more than {UNPACKED // 1024**3} GB. Split the export.")


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in (".DS_Store", "Thumbs.db")
