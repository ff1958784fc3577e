"""The beginning of a file, for the person who has to say how to read it. Secrets in it are masked."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

import orjson

from timelines.formats.base import decode
from timelines.masking import find, mask

HEAD = 8192  # bytes
LINES = 6
SEPARATORS = "\t,;|"


@dataclass(frozen=True)
class Preview:
    """The first lines, and the names of columns where the first line, or the first record, has some."""

    lines: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def preview(head: bytes) -> Preview:
    """Of the first bytes of a file; nothing of an archive or of bytes that are no text."""
    if head[:2] == b"PK" or b"\x00" in head[:1024]:
        return Preview()
    text = decode(head[:HEAD])
    lines = [line for line in text.splitlines() if line.strip()][:LINES]
    if not lines:
        return Preview()
    return Preview([_cut(mask(line, find(line))) for line in lines], _columns(lines[0]))


def _columns(first: str) -> list[str]:
    if first.lstrip()[:1] in ("{", "["):
        try:
            found = orjson.loads(first.strip().lstrip("[").rstrip(","))
        except orjson.JSONDecodeError:
            return []
        return list(found)[:60] if isinstance(found, dict) else []
    separator = max(SEPARATORS, key=first.count)
    if separator not in first:
        return []
    return [cell.strip() for cell in next(csv.reader([first], delimiter=separator), [])][:60]


def _cut(line: str) -> str:
    return line if len(line) <= 200 else f"{line[:199]}…"
