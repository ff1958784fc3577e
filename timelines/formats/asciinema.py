"""Terminal recordings of asciinema, versions 1, 2 and 3.

Source: the descriptions of asciicast v1, v2 and v3. In v2 each time is counted from the start, in v1 and v3 from the
event before. The header's `timestamp` is optional: without it the moment the recording began is asked for. A recording
is known by its header and first events, so that a longer copy of it is the same one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    NeedsAnswer,
    Unreadable,
    clean,
    epoch,
    get,
    lines,
    load,
    too_long,
)
from timelines.formats.bursts import LONGEST, Session, events
from timelines.formats.records import Record, Skipped

TOLD_APART = 512  # bytes


def sniff(bundle: Bundle, head: bytes) -> str | None:
    version = _version(head)
    return f"its header is that of an asciinema recording, version {version}" if version else None


def _version(head: bytes) -> int:
    start = head.lstrip(b"\xef\xbb\xbf \r\n")
    try:
        header = orjson.loads(start.split(b"\n", 1)[0])
    except orjson.JSONDecodeError:
        one = start[:1] == b"{" and b'"stdout"' in start and b'"version"' in start and b'"width"' in start
        return 1 if one else 0
    if not isinstance(header, dict):
        return 0
    if header.get("version") == 1 and isinstance(header.get("stdout"), list):
        return 1
    if header.get("version") == 2 and {"width", "height"} <= header.keys():
        return 2
    return 3 if header.get("version") == 3 and isinstance(header.get("term"), dict) else 0


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        with bundle.open(name) as file:
            head = bytes(file.peek(1 << 16)[: 1 << 16])
            version = _version(head)
            if not version:
                trouble = f"{name} is no asciinema recording: its first line is not the header of one."
                if len(bundle.names) == 1:
                    raise Unreadable(trouble)
                yield Skipped(name, trouble)
                continue
            yield from _recording(file, bundle.size(name), name, version, head, context)


def _recording(
    file, size: int, name: str, version: int, head: bytes, context: Context
) -> Iterator[Record | Skipped]:
    skips: list[Skipped] = []
    if version == 1:
        document = load(file, size, name)
        header = {key: value for key, value in document.items() if key != "stdout"}
        found = _first_version(document.get("stdout"))
    else:
        numbered = lines(file)
        number, first = next(numbered)
        while first is not None and not first.strip(b"\xef\xbb\xbf \t"):
            number, first = next(numbered)
        header = orjson.loads(first.removeprefix(b"\xef\xbb\xbf"))
        found = _stream(numbered, name, version == 3, skips)
    session = _session(header, name, head, context)
    for record in events(session, found):
        yield from skips
        skips.clear()
        yield record
    yield from skips


def _session(header: dict, name: str, head: bytes, context: Context) -> Session:
    title = clean(header.get("title") or "") or clean(header.get("command") or "") or "Terminal session"
    session = Session(
        start=context.captured,
        key=hashlib.sha256(head[:TOLD_APART]).hexdigest()[:24],
        name=name,
        title=title,
        place=clean(context.mapping.get("host", "")),
        actor=clean(context.mapping.get("user", "") or get(header, "env", "USER", default="")),
        certainty="derived",
        written="",
    )
    stated = header.get("timestamp")
    if (
        isinstance(stated, (int, float))
        and not isinstance(stated, bool)
        and math.isfinite(stated)
        and stated > 0
    ):
        try:
            moment = epoch(stated)
        except BadTime as error:
            raise Unreadable(f"The header of {name} says it began at {stated}: {error}") from error
        session = replace(session, start=moment.at, certainty="exact", written=str(stated), zone="Z")
    elif context.captured is None:
        raise NeedsAnswer(
            "captured", f"The recording “{title[:60]}” does not say when it began. When was that?"
        )
    return session


def _first_version(stdout: Any) -> Iterator[tuple[float, str, str, int]]:
    at = 0.0
    for piece in stdout if isinstance(stdout, list) else []:
        if isinstance(piece, list) and len(piece) == 2 and _seconds(piece[0]) is not None:
            at += piece[0]
            yield min(at, LONGEST), "o", str(piece[1]), 1


def _stream(
    numbered, name: str, relative: bool, skips: list[Skipped]
) -> Iterator[tuple[float, str, str, int]]:
    at = 0.0
    for number, raw in numbered:
        where = f"{name}:{number}"
        if raw is None:
            skips.append(too_long(where))
            continue
        if not raw.strip() or raw.lstrip()[:1] == b"#":
            continue
        try:
            event = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            skips.append(Skipped(where, f"This line is not JSON: {error.msg}."))
            continue
        seconds = _seconds(event[0]) if isinstance(event, list) and len(event) >= 3 else None
        if seconds is None or not isinstance(event[1], str) or (relative and at + seconds > LONGEST):
            skips.append(Skipped(where, "This line is no event of a recording: [seconds, code, data]."))
            continue
        at = at + seconds if relative else seconds
        yield at, event[1], event[2] if isinstance(event[2], str) else str(event[2]), number


def _seconds(value: Any) -> float | None:
    fine = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LONGEST
    return float(value) if fine else None


FORMAT = Format(
    key="asciinema",
    label="asciinema",
    about="Terminal recordings (.cast): markers, what the screen showed, exit status",
    sniff=sniff,
    read=read,
    asks=("captured",),
)
