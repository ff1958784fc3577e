"""How syslog messages stand in a file: one a line, each with its length in front (RFC 6587), or one right after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

COUNTED = re.compile(rb"(\d{1,6}) (?=<\d{1,3}>(?:1 |[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\dT))")
STAMPED = re.compile(
    rb"(?=<\d{1,3}>(?:1 )?(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ))"
)
BEGINS = re.compile(rb"(?:\d{1,6} )?<\d{1,3}>")


def messages(numbered: Iterable[tuple[int, bytes | None]]) -> Iterator[tuple[int, bytes | None]]:
    """Messages with the number of the line each begins in, however they are framed.

    A relay that writes no line ends sets one message after the other; where one begins is seen by its priority and
    stamp, if the file as a whole begins so.
    """
    together = None
    for number, raw in counted(numbered):
        if together is None and raw:
            together = bool(STAMPED.match(raw))
        if not together or not raw:
            yield number, raw
            continue
        for part in STAMPED.split(raw):
            if part:
                yield number, part


def counted(numbered: Iterable[tuple[int, bytes | None]]) -> Iterator[tuple[int, bytes | None]]:
    """Messages with the number of the line each begins in.

    Counted messages may follow each other without a line's end, and may hold line ends themselves; a count
    that leads into another message is not believed.
    """
    held, begun = b"", 0
    for number, raw in numbered:
        if held:
            if raw is None or BEGINS.match(raw):
                yield begun, held
                held = b""
            else:
                raw, number = held + b"\n" + raw, begun
                held = b""
        while raw and (count := COUNTED.match(raw)):
            end = count.end() + int(count[1])
            if end > len(raw):
                held, begun = raw, number
                break
            if end == len(raw) or not COUNTED.match(raw, end):
                yield number, raw
                raw = b""
                break
            yield number, raw[:end]
            raw = raw[end:]
        if not held and (raw or raw is None):
            yield number, raw
    if held:
        yield begun, held
