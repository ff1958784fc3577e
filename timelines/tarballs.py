"""Tar archives, plain or compressed by gzip, opened within the same bounds as a zip.

A compressed one is unpacked once into a temporary file, because tar has no list of its files and is read from its
beginning to its end. Only plain files are read: links, devices and files with holes are left out. Headers are read
by `tarfile` through `Bounded`, which refuses sizes that no header has: what an archive claims of itself is never
believed before it was seen.
"""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from timelines.formats.base import Unreadable
from timelines.gunzip import MAGIC, gunzipped

BLOCK = 512
LONGEST_HEADER = 1024 * 1024  # bytes of a name or of attributes
HEADERS = 200_000  # of one archive, with those of folders and links
PIECE = 1 << 20
LONGEST_ARCHIVE = 1 << 50  # bytes; what lies beyond is no place at all


@dataclass(frozen=True)
class Entry:
    name: str
    start: int
    size: int


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are a header of tar: its checksum says so, in every dialect."""
    if len(head) < BLOCK or not head[0]:
        return False
    try:
        tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


class Disk:
    """The archive where it lies, read at any place; it is closed, and what was unpacked is gone, with its last reader."""

    def __init__(self, file: BinaryIO) -> None:
        self.number = os.dup(file.fileno())
        self.size = os.fstat(self.number).st_size
        weakref.finalize(self, os.close, self.number)

    def at(self, start: int, size: int) -> bytes:
        return os.pread(self.number, size, start)


def plain(path: Path, name: str) -> Disk:
    packed = path.stat().st_size
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return Disk(file)
        file.seek(0)
        with (
            tempfile.TemporaryFile() as unpacked,
            gunzipped(io.BufferedReader(file), packed, name) as source,
        ):
            while piece := source.read(PIECE):
                unpacked.write(piece)
            unpacked.flush()
            return Disk(unpacked)


def entries(disk: Disk, name: str) -> Iterator[Entry]:
    """The plain files of an archive, one header after the other."""
    try:
        with tarfile.open(
            fileobj=Bounded(disk), mode="r:", errors="surrogateescape", ignore_zeros=False
        ) as tar:
            before, seen = -1, 0
            while (info := tar.next()) is not None:
                tar.members = []  # a list of all headers is not needed
                seen += 1
                if seen > HEADERS:
                    raise Unreadable(f"{name} holds more than {HEADERS:,} entries. Split the export.")
                if info.offset <= before or info.offset_data < 0 or info.size < 0:
                    raise Unreadable(f"{name} is damaged: its headers go in circles. Nothing was read.")
                before = info.offset
                if info.isreg() and not info.issparse():
                    if info.offset_data + info.size > disk.size:
                        raise Unreadable(
                            f"{name} breaks off in {_plain(info.name)[:80]}. Download the export again. Nothing was stored."
                        )
                    yield Entry(_plain(info.name), info.offset_data, info.size)
            # tarfile takes a header that makes no sense for the end of the archive
            if disk.at(tar.offset, BLOCK).strip(b"\0"):
                raise Unreadable(
                    f"{name} is damaged after {seen:,} entries. Download the export again. Nothing was stored."
                )
    except (tarfile.TarError, ValueError, EOFError, OverflowError, OSError) as error:
        raise Unreadable(
            f"{name} begins like a tar archive but cannot be read ({error}). Download the export again. Nothing was stored."
        ) from error


def _plain(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").removeprefix("./")


class Bounded(io.RawIOBase):
    """The archive as `tarfile` may read it: headers, and never more at once than a header has."""

    def __init__(self, disk: Disk) -> None:
        self.disk, self.place = disk, 0

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LONGEST_HEADER:
            raise tarfile.ReadError("a header claims a size that none has")
        data = self.disk.at(self.place, size)
        self.place += len(data)
        return data

    def seek(self, to: int, whence: int = 0) -> int:
        if not 0 <= to <= LONGEST_ARCHIVE:
            raise tarfile.ReadError("a header points where no archive has anything")
        self.place = to
        return to

    def tell(self) -> int:
        return self.place


class Part(io.RawIOBase):
    """One file of the archive; several can be open at once."""

    def __init__(self, disk: Disk, entry: Entry, count: Callable[[int], None]) -> None:
        self.disk, self.place, self.end, self.count = disk, entry.start, entry.start + entry.size, count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self.disk.at(self.place, min(len(buffer), self.end - self.place))
        self.place += len(data)
        buffer[: len(data)] = data
        self.count(len(data))
        return len(data)
