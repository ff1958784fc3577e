"""Rows of a CSV file whose columns are known, for formats that come as JSON or as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from timelines.formats.base import Bundle, decode, lines, too_long
from timelines.formats.documents import Found, found
from timelines.formats.records import Skipped


def rows_or(
    bundle: Bundle, keys: tuple[str, ...], shaped: Callable[[dict[str, str]], dict]
) -> Iterator[Found | Skipped]:
    """The rows of every CSV file of a bundle, `shaped` into records as JSON would have them; what JSON holds as it is."""
    tables = [name for name in bundle.names if not is_json(bundle, name)]
    for name in tables:
        for row in rows(bundle, name):
            yield row if isinstance(row, Skipped) else Found(shaped(row.value), row.where)
    if len(tables) < len(bundle.names):
        yield from found(Without(bundle, set(tables)), keys)


class Without:
    """A bundle without some of its files."""

    def __init__(self, bundle: Bundle, names: set[str]) -> None:
        self.bundle, self.name = bundle, bundle.name
        self.names = [name for name in bundle.names if name not in names]

    def open(self, name: str) -> BinaryIO:
        return self.bundle.open(name)

    def size(self, name: str) -> int:
        return self.bundle.size(name)


def is_json(bundle: Bundle, name: str) -> bool:
    with bundle.open(name) as file:
        return file.peek(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def rows(bundle: Bundle, name: str) -> Iterator[Found | Skipped]:
    """Every row by its columns."""
    with bundle.open(name) as file:
        columns: list[str] = []
        for row in cells(lines(file), name):
            if isinstance(row, Skipped):
                yield row
            elif not columns:
                columns = [cell.strip() for cell in row[0]]
            else:
                yield Found(dict(zip(columns, row[0], strict=False)), row[1])


def cells(
    numbered: Iterable[tuple[int, bytes | None]], name: str
) -> Iterator[tuple[list[str], str] | Skipped]:
    """The cells of every row and where it begins; values stand between commas, may be quoted and run over lines."""
    long: list[int] = []
    reader = csv.reader(_texts(numbered, long))
    begun = 1
    while True:
        where = f"{name}:{begun}"
        try:
            row = next(reader)
        except StopIteration:
            row = None
        except csv.Error:
            row = []
            yield Skipped(where, "A quotation mark opens here and does not close within 128 kB.")
        begun = reader.line_num + 1
        yield from (too_long(f"{name}:{number}") for number in long)
        long.clear()
        if row is None:
            return
        if row:
            yield row, where


def _texts(numbered: Iterable[tuple[int, bytes | None]], long: list[int]) -> Iterator[str]:
    for number, raw in numbered:
        if raw is None:
            long.append(number)
        yield decode(raw or b"") + "\n"
