"""How syslog messages stand in a file: one a line, or each with its length in front (RFC 6587)."""

from __future__ import annotations

import re
from collections.abc import Iterator

COUNTED = re.compile(rb"(\d{1,6}) (?=<\d{1,3}>(?:1 |[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\dT))")
BEGINS = re.compile(rb"(?:\d{1,6} )?<\d{1,3}>")


def messages(numbered: Iterator[tuple[int, bytes | None]]) -> Iterator[tuple[int, bytes | None]]:
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
        while raw and (counted := COUNTED.match(raw)):
            end = counted.end() + int(counted[1])
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
