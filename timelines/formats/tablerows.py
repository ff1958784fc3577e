"""Rows of a table, streaming: CSV and TSV as spreadsheets and databases write them, JSON arrays, JSON Lines, JSON pages.

A separated table may begin with `sep=;` or lines of title, and be in UTF-16 (Excel's “Unicode text”). Of nested JSON
the inner values become columns with dotted names. What begins with = + - @ is text like any other.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from timelines.formats.base import (
    DOCUMENT_LIMIT,
    Bundle,
    Unreadable,
    clean,
    compact,
    decode,
    elements,
    lines,
    parse,
    too_long,
)
from timelines.formats.records import Skipped

ROW_LINES, ROW_SIZE = 1000, 1_000_000  # what one row may hold, in lines and characters
PREAMBLE = 20  # lines of title before a header
DEPTH, COLUMNS = 4, 300  # of one record
MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Row:
    where: str
    values: dict[str, Any]
    raw: bytes


def rows(bundle: Bundle, name: str) -> Iterator[Row | Skipped]:
    with bundle.open(name) as opened:
        file = as_utf8(opened)
        head = bytes(file.peek(1 << 16)).lstrip(b"\xef\xbb\xbf \r\n\t")
        if head[:1] == b"[":
            for number, row in enumerate(elements(file, bundle.size(name), name)):
                yield _json_row(row, f"{name}#/{number}")
        elif head[:1] == b"{" and _is_lines(head):
            yield from _json_lines(lines(file), name)
        elif head[:1] == b"{":
            yield from _page(file, bundle.size(name), name)
        else:
            yield from _separated(lines(file), name)


def as_utf8(file: Any) -> Any:
    """The file itself, or what stands in it in UTF-16 as UTF-8."""
    codec = MARKS.get(bytes(file.peek(2)[:2]))
    return _Recoded(file, codec) if codec else file


class _Recoded:
    """Reads UTF-16 as UTF-8, piece by piece, with the few methods that readers use."""

    def __init__(self, file: BinaryIO, codec: str) -> None:
        self.file, self.decoder, self.held, self.ended = (
            file,
            codecs.getincrementaldecoder(codec)("replace"),
            b"",
            False,
        )

    def _fill(self) -> bool:
        piece = self.file.read(1 << 16)
        self.ended = not piece
        self.held += self.decoder.decode(piece, final=self.ended).encode("utf-8", "replace")
        return not self.ended

    def peek(self, size: int) -> bytes:
        while len(self.held) < size and not self.ended and self._fill():
            pass
        return self.held[:size]

    def read(self, size: int = -1) -> bytes:
        while (size < 0 or len(self.held) < size) and not self.ended:
            self._fill()
        size = len(self.held) if size < 0 else size
        found, self.held = self.held[:size], self.held[size:]
        return found

    def readline(self, limit: int = -1) -> bytes:
        while b"\n" not in self.held and not self.ended and (limit < 0 or len(self.held) < limit):
            self._fill()
        end = self.held.find(b"\n") + 1 or len(self.held)
        return self.read(min(end, limit) if limit >= 0 else end)


# --- JSON -------------------------------------------------------------------------------------------


def _is_lines(head: bytes) -> bool:
    first, newline, _ = head.partition(b"\n")
    try:
        found = orjson.loads(first.rstrip(b"\r"))
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and not (not newline and _lists(found))


def _json_row(row: Any, where: str, raw: bytes = b"") -> Row | Skipped:
    if not isinstance(row, dict):
        return Skipped(where, "This is no record.")
    try:
        return Row(where, flat(row), raw or compact(row))
    except TypeError:
        return Skipped(where, "This record is nested too deeply to be read.")


def _json_lines(numbered, name: str) -> Iterator[Row | Skipped]:
    for number, raw in numbered:
        where = f"{name}:{number}"
        if raw is None:
            yield too_long(where)
        elif raw.strip():
            try:
                row = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
            except orjson.JSONDecodeError as error:
                yield Skipped(where, f"This line is not JSON: {error.msg}.")
                continue
            yield _json_row(row, where, raw)


def _page(file: Any, size: int, name: str) -> Iterator[Row | Skipped]:
    """A document with a list of records somewhere near its top, as APIs answer; or one record alone."""
    if size > DOCUMENT_LIMIT:
        raise Unreadable(
            f"{name} is one JSON document of {size // 1_000_000} MB; documents are read whole, up to 32 MB. Cut out its list."
        )
    document = parse(file.read(), name)
    lists = _lists(document) if isinstance(document, dict) else {}
    if not lists:
        yield _json_row(document, name)
        return
    path = max(lists, key=lambda key: len(lists[key]))
    for number, row in enumerate(lists[path]):
        yield _json_row(row, f"{name}#/{path}/{number}")


def _lists(document: dict, depth: int = 0, path: str = "") -> dict[str, list]:
    found: dict[str, list] = {}
    for key, value in document.items():
        here = f"{path}/{key}" if path else str(key)
        if isinstance(value, list) and any(isinstance(one, dict) for one in value[:3]):
            found[here] = value
        elif isinstance(value, dict) and depth < 2:
            found |= _lists(value, depth + 1, here)
    return found


def flat(record: dict, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested records as dotted columns; lists of plain values as text."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        if len(found) >= COLUMNS:
            break
        name = f"{prefix}{clean(key)[:100]}"
        if isinstance(value, dict) and depth < DEPTH and value:
            found |= flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list):
            plain = all(not isinstance(one, (dict, list)) for one in value)
            found[name] = ", ".join(clean(one) for one in value[:200]) if plain else _as_text(value)
        elif isinstance(value, dict):
            found[name] = _as_text(value) if value else None
        else:
            found[name] = value
    return found


def _as_text(value: Any) -> str:
    try:
        return compact(value).decode()[:2000]
    except TypeError:
        return "…"  # nested too deeply to be written out


# --- separated by commas, semicolons, tabs, bars ----------------------------------------------------


def separator_of(line: str) -> str:
    counts = {separator: line.count(separator) for separator in "\t,;|"}
    best = max(counts, key=lambda separator: counts[separator])
    return best if counts[best] else ""


def header_of(text: str) -> tuple[list[str], str]:
    """The columns that the beginning of a separated table names, and its separator; none where it is no table."""
    stated = ""
    for line in text.split("\n")[:PREAMBLE]:
        line = line.rstrip("\r")
        if _stated(line):
            stated = _stated(line)
        elif separator := (stated if stated and stated in line else separator_of(line)):
            return [cell.strip() for cell in _cells(line, separator)], separator
    return [], ""


def _stated(line: str) -> str:
    """Excel's own first line, `sep=;`."""
    bare = line.strip().strip('"').lower()
    return bare[4:] if bare.startswith("sep=") and len(bare) == 5 else ""


def _cells(line: str, separator: str) -> list[str]:
    """The names of a header; a line that is none gives none."""
    try:
        return next(csv.reader(line.splitlines() or [""], delimiter=separator), [])
    except csv.Error:
        return []


class _Gathered:
    """The lines of a row whose quoted value runs over several of them."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.lines: list[str] = []
        self.begun = self.size = self.marks = 0

    def add(self, text: str, number: int) -> None:
        self.begun = self.begun or number
        self.lines.append(text)
        self.size += len(text) + 1
        self.marks += text.count('"')

    @property
    def whole(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= ROW_LINES or self.size >= ROW_SIZE


def _separated(numbered, name: str) -> Iterator[Row | Skipped]:
    """Rows of a separated table; a quoted value may run over lines. The raw record is the row's own lines."""
    columns: list[str] = []
    separator, stated = ",", ""
    titles = 0
    held = _Gathered()
    for number, raw in numbered:
        if raw is None:
            yield too_long(f"{name}:{number}")
            held.clear()
            continue
        text = decode(raw)
        if not held.lines and not text.strip():
            continue
        if (
            not columns
            and not held.lines
            and (_stated(text) or (not separator_of(text) and titles < PREAMBLE))
        ):
            stated = _stated(text) or stated
            titles += 1
            continue
        if not columns and not held.lines:
            separator = stated if stated and stated in text else separator_of(text) or ","
        held.add(text, number)
        if held.marks and separator != "\t" and _is_open(held, separator):
            if held.is_full:
                yield Skipped(
                    f"{name}:{held.begun}",
                    f"A quotation mark opened here is not closed by line {number}: {len(held.lines)} lines are left out.",
                )
                held.clear()
            continue
        whole, where = held.whole, f"{name}:{held.begun}"
        held.clear()
        if columns:
            yield _row(whole, separator, columns, where)
        else:
            columns = _named(_cells(whole, separator))
    if held.lines:
        yield Skipped(f"{name}:{held.begun}", "A quotation mark is never closed from here on.")


def _is_open(held: _Gathered, separator: str) -> bool:
    """Looked at only where the number of marks is odd, or the row is one line: a row of many is not read again and again."""
    if len(held.lines) > 1 and held.lines[-1].count('"') == 0:
        return True
    return unclosed(held.whole, separator)


def _named(cells: list[str]) -> list[str]:
    """Names of columns, each once: the second “Time” is “Time 2”."""
    found: list[str] = []
    for cell in cells[:COLUMNS]:
        name, number = cell.strip(), 2
        while name in found and name:
            name, number = f"{cell.strip()} {number}", number + 1
        found.append(name)
    return found


def _row(whole: str, separator: str, columns: list[str], where: str) -> Row | Skipped:
    quoting = csv.QUOTE_NONE if separator == "\t" and whole.count('"') % 2 else csv.QUOTE_MINIMAL
    try:
        cells = next(csv.reader(split(whole), delimiter=separator, quoting=quoting))
    except (csv.Error, StopIteration) as error:
        return Skipped(where, f"This row cannot be taken apart: {error}.")
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    if len(cells) > len(columns) or not any(cell.strip() for cell in cells):
        return Skipped(where, f"This row has {len(cells)} cells for {len(columns)} columns.")
    return Row(where, dict(zip(columns, cells, strict=False)), whole.encode())


def split(whole: str) -> list[str]:
    """Lines for the csv module: at newlines alone, for other separators of lines are text in a cell."""
    return [f"{line}\n" for line in whole.split("\n")]


def unclosed(whole: str, separator: str) -> bool:
    """Whether the row ends inside a quoted value; a mark inside a bare value, as in 5" disk, opens none."""
    try:
        for _ in csv.reader(split(whole), delimiter=separator, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
