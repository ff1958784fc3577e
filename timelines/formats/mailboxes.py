"""A mailbox file taken apart into its messages, streaming.

Source: RFC 4155 and the four dialects of mbox. A message begins with a line `From sender date`. Bodies may hold
lines that begin with “From ” too: mboxo and mboxrd write `>From `, mboxcl2 states Content-Length instead, and many
programs do neither. So a line begins a message when it carries a clock time, the line after it is a header, and
the length that the message before it states is not contradicted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

MESSAGE_LIMIT = 32 * 1024 * 1024  # bytes; what a message holds beyond is left out, with a note
PIECE = 64 * 1024
SEPARATOR = re.compile(rb"From (?:\S.{0,400}?)?\d{1,2}:\d\d")
STRICT = re.compile(
    rb"From (?:.{0,400}?\s)?[A-Z][a-z]{2},?\s+(?:[A-Z][a-z]{2}\s+\d{1,2}|\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4})\s+\d{1,2}:\d\d(?::\d\d)?"
)
HEADER = re.compile(rb"[!-9;-~]{1,76}:(?:\s|$)")
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.I | re.M)
ESCAPED = re.compile(rb"^>(?=>*From )", re.M)


@dataclass(slots=True)
class Letter:
    """One message as bytes, with the `From ` line that stood before it."""

    line: int  # of the `From ` line, or the first
    envelope: bytes
    raw: bytes
    cut: int = 0  # bytes beyond MESSAGE_LIMIT that are not in `raw`


@dataclass(slots=True)
class _Held:
    """The lines of the message being read; `doubts` are lines that begin a message unless its length is right."""

    line: int
    envelope: bytes
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0
    cut: int = 0
    body: int = -1  # bytes after the blank line, -1 while in the headers
    expects: int = 0
    doubts: list[tuple[int, int]] = field(default_factory=list)  # index into pieces, line number

    def add(self, piece: bytes, begins: bool) -> None:
        if self.size + len(piece) > MESSAGE_LIMIT:
            self.cut += len(piece)
            return
        if self.body >= 0:
            self.body += len(piece)
        elif begins and not piece.strip():
            self.body = 0
            stated = LENGTH.search(b"".join(self.pieces))
            self.expects = int(stated[1]) if stated else 0
        self.pieces.append(piece)
        self.size += len(piece)

    @property
    def is_inside(self) -> bool:
        return 0 <= self.body < self.expects <= MESSAGE_LIMIT and not self.cut

    def letters(self) -> Iterator[Letter]:
        """One, or several where the stated length did not end at the end of a message."""
        if not self.doubts or 0 <= self.body - self.expects <= 4:
            yield Letter(self.line, self.envelope, b"".join(self.pieces), self.cut)
            return
        begins = [(-1, self.line), *self.doubts, (len(self.pieces), 0)]
        for (start, line), (end, _) in zip(begins, begins[1:], strict=False):
            envelope = self.envelope if start < 0 else self.pieces[start]
            yield Letter(line, envelope, b"".join(self.pieces[start + 1 : end]))


def letters(file: BinaryIO) -> Iterator[Letter]:
    """The messages of a mailbox; what stands before the first `From ` line is a message too if it is not blank."""
    held: _Held | None = None
    blank = True
    for number, piece, begins, following in _pieces(file):
        separates = begins and piece[:5] == b"From " and _separates(piece, following, blank)
        blank = begins and not piece.strip()
        if separates and held is not None and held.is_inside:
            held.doubts.append((len(held.pieces), number))
        elif separates:
            if held is not None:
                yield from held.letters()
            held = _Held(number, piece)
            continue
        if held is None:
            if blank:
                continue
            held = _Held(number, b"")
        held.add(piece, begins)
    if held is not None:
        yield from held.letters()


def unescaped(body: bytes) -> bytes:
    """`>From ` as the sender wrote it."""
    return ESCAPED.sub(b"", body) if b">From " in body else body


def separates(line: bytes, following: bytes) -> bool:
    """Whether a file may begin like this as a mailbox."""
    return line[:5] == b"From " and _separates(line, following, True)


def _separates(line: bytes, following: bytes, blank: bool) -> bool:
    if STRICT.match(line):
        return bool(HEADER.match(following)) or following.startswith(b">From ")
    return blank and bool(SEPARATOR.match(line) and HEADER.match(following))


def _pieces(file: BinaryIO) -> Iterator[tuple[int, bytes, bool, bytes]]:
    """(line number, piece, whether it begins a line, the next piece); a long line comes in several pieces."""
    number, begins = 1, True
    piece = file.readline(PIECE)
    while piece:
        following = file.readline(PIECE)
        yield number, piece, begins, following
        begins = piece.endswith(b"\n")
        number += begins
        piece = following
