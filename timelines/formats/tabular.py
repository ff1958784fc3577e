"""Rows of separated values, one at a time, by the position of their columns; names may stand twice.

Source: RFC 4180. A quoted value may run over lines. A quotation mark that is never closed costs the lines it
swallows, which are told, and no memory beyond them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from timelines.formats.base import decode, lines, too_long
from timelines.formats.records import Skipped

ROW_LINES, ROW_SIZE = 20_000, 8_000_000  # what one row may hold, in lines and characters


@dataclass(frozen=True, slots=True)
class Row:
    columns: list[str]
    cells: list[str]
    where: str
    raw: bytes

    def get(self, *names: str) -> str:
        """The first filled cell under one of the names, compared without case."""
        for name in names:
            for column, cell in zip(self.columns, self.cells, strict=False):
                if column.casefold() == name.casefold() and cell.strip():
                    return cell.strip()
        return ""

    def all(self, name: str) -> list[str]:
        """Every filled cell of the columns of that name."""
        pairs = zip(self.columns, self.cells, strict=False)
        return [cell for column, cell in pairs if column.casefold() == name.casefold() and cell.strip()]


def header(head: bytes) -> list[str]:
    """The column names of the first line; empty where it has none."""
    first = decode(head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").partition(b"\n")[0])[:20_000].rstrip(
        "\r"
    )
    return _cells(first, separator(first)) if separator(first) else []


def separator(line: str) -> str:
    counts = {mark: line.count(mark) for mark in ",\t;|"}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ""


def rows(file: BinaryIO, name: str) -> Iterator[Row | Skipped]:
    """Every row after the header."""
    columns: list[str] = []
    mark = ","
    for number, text in _whole(lines(file), name):
        if isinstance(text, Skipped):
            yield text
            continue
        where = f"{name}:{number}"
        if not columns:
            mark = separator(text) or ","
            columns = [column.strip() for column in _cells(text.removeprefix("\ufeff"), mark)]
            continue
        cells = _cells(text, mark)
        if not cells or len(cells) > len(columns):
            yield Skipped(where, f"This row has {len(cells)} cells for {len(columns)} columns.")
        elif any(cell.strip() for cell in cells):
            yield Row(columns, cells, where, text.encode("utf-8", "replace"))


def _whole(numbered: Iterator[tuple[int, bytes | None]], name: str) -> Iterator[tuple[int, str | Skipped]]:
    """Lines joined as long as a quotation mark is open."""
    held: list[str] = []
    begun = size = 0
    odd = False
    for number, raw in numbered:
        if raw is None:
            yield number, too_long(f"{name}:{number}")
            held, odd = [], False
            continue
        text = decode(raw)
        if not held and not text.strip():
            continue
        if not held:
            begun, size = number, 0
        held.append(text)
        size += len(text)
        odd ^= text.count('"') % 2 == 1
        if odd and len(held) < ROW_LINES and size < ROW_SIZE:
            continue
        if odd:
            yield begun, _never_closed(name, begun, number)
        else:
            yield begun, "\n".join(held)
        held, odd = [], False
    if held:
        yield begun, _never_closed(name, begun, number)


def _never_closed(name: str, begun: int, number: int) -> Skipped:
    return Skipped(
        f"{name}:{begun}",
        f"A quotation mark opened here is not closed by line {number}; these lines are left out.",
    )


def _cells(text: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([f"{line}\n" for line in text.split("\n")], delimiter=mark), [])
    except csv.Error:
        return []
