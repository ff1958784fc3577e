"""Files compressed by gzip, read as what they unpack to, within the same bounds as the entries of an archive."""

from __future__ import annotations

import gzip
import io
import zlib

from timelines.formats.base import DOCUMENT_LIMIT, Unreadable

UNPACKED = 20 * 1024**3  # bytes of one archive
RATIO = 200  # unpacked to packed, for entries that are not small
SMALL = 1024 * 1024
MAGIC = b"\x1f\x8b\x08"


class Budget:
    """What the compressed entries of one archive may unpack to, all together."""

    def __init__(self) -> None:
        self.left = UNPACKED

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Unreadable(
                f"The compressed files of the archive unpack to more than {UNPACKED // 1024**3} GB. Split the export."
            )


def gunzipped(
    file: io.BufferedReader, packed: int, name: str, budget: Budget | None = None
) -> io.BufferedReader:
    """The file, or what it unpacks to if it is compressed by gzip, within the bounds of an archive."""
    if file.peek(3)[:3] != MAGIC:
        return file
    return io.BufferedReader(Gunzipping(file, packed, name, budget or Budget()), 1 << 17)


class Gunzipping(io.RawIOBase):
    def __init__(self, file: io.BufferedReader, packed: int, name: str, budget: Budget) -> None:
        self.file, self.name, self.seen, self.budget = file, name, 0, budget
        self.limit = max(SMALL, RATIO * packed)
        self.unpacked = gzip.GzipFile(fileobj=file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self.unpacked.read(len(buffer))
        except (zlib.error, EOFError, OSError) as error:
            raise Unreadable(
                f"{self.name} is damaged after {self.seen:,} unpacked bytes: {error}. Is the download complete?"
            ) from error
        self.seen += len(data)
        if self.seen > self.limit:
            raise Unreadable(
                f"{self.name} unpacks to more than {self.limit // 1_000_000} MB. That is how a bomb looks; "
                "it was not read on. Unpack it and give the file."
            )
        self.budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.unpacked.close()
        self.file.close()
        super().close()


def unpacked_size(file: io.BufferedReader, packed: int) -> int:
    """What a reader has to expect: exact up to what is read whole, beyond that only that it is more."""
    if file.peek(3)[:3] != MAGIC:
        return packed
    seen = 0
    with gunzipped(file, packed, "") as unpacked:
        try:
            while seen <= DOCUMENT_LIMIT and (data := unpacked.read(1 << 18)):
                seen += len(data)
        except Unreadable:
            return max(seen, packed)  # told with its sentence when it is read
    return seen
