"""journald: `journalctl -o json`, `-o json-pretty`, `-o json-sse`, `-o json-seq`, `-o export` and `-o verbose`.

What the short forms write is read as syslog.

Source: systemd's description of the journal export formats. All values are strings; binary ones are
arrays of numbers, too large ones are null, repeated fields are arrays. The time shown is the sender's
(`_SOURCE_REALTIME_TIMESTAMP`) where it is given, else the receipt; both are kept. The cursor is the id.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from timelines.formats.base import (
    LINE_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    clean,
    compact,
    decode,
    elements,
    epoch,
    lines,
    too_long,
)
from timelines.formats.loglines import EMPTY
from timelines.formats.records import Record, Skipped

LEVELS = ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"]
# The head of an entry of `-o verbose`: a local time, and the cursor, which has the receipt in it (t=, hexadecimal).
VERBOSE = re.compile(
    rb"^[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S{0,10} \S{1,10} \[(s=[0-9a-f]+;[^\]\s]*\bt=([0-9a-f]{1,16})[^\]\s]*)\]",
    re.M,
)
INDENTED = re.compile(r"^    ([A-Z_][A-Z0-9_]{0,63})=(.*)$", re.S)
FIELD_LIMIT = 16 * 1024 * 1024


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if re.search(rb"^__CURSOR=|^__REALTIME_TIMESTAMP=\d", head, re.M):
        return "it has __CURSOR= fields, as `journalctl -o export` writes them"
    if VERBOSE.search(head):
        return "its entries begin with a time and a cursor, as `journalctl -o verbose` writes them"
    if b'"__REALTIME_TIMESTAMP"' in head:
        return "it has __REALTIME_TIMESTAMP, as `journalctl -o json` writes it"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        with bundle.open(name) as file:
            head = file.peek(1 << 16)
            if re.search(rb"^__(?:CURSOR|REALTIME_TIMESTAMP)=", head, re.M):
                entries = _export(file, name)
            elif VERBOSE.search(head):
                entries = _verbose(file, name)
            elif head.lstrip()[:1] == b"[":
                entries = (
                    (entry, f"{name}#/{n}") for n, entry in enumerate(elements(file, bundle.size(name), name))
                )
            else:
                entries = _json(file, name)
            for number, found in enumerate(entries):
                if isinstance(found, Skipped):
                    yield found
                    continue
                entry, where = found
                try:
                    yield _entry(entry, where, number)
                except (BadTime, TypeError, ValueError) as error:
                    yield Skipped(where, str(error))


def _json(file: BinaryIO, name: str) -> Iterator[tuple[dict, str] | Skipped]:
    """One object a line, or objects over several lines (pretty); `data: ` and 0x1e in front are dropped."""
    held: list[bytes] = []
    size, begun = 0, 0
    for number, raw in lines(file):
        where = f"{name}:{number}"
        if raw is None:
            held, size = [], 0
            yield too_long(where)
            continue
        raw = raw.lstrip(b"\x1e\xef\xbb\xbf").removeprefix(b"data: ")
        if not raw.strip():
            continue
        if not held and raw.strip() != b"{":
            try:
                yield orjson.loads(raw), where
            except orjson.JSONDecodeError as error:
                yield Skipped(where, f"This line is not JSON: {error.msg}.")
            continue
        begun = number if not held else begun
        held.append(raw)
        size += len(raw)
        if raw.rstrip(b", ") == b"}":
            try:
                yield orjson.loads(b"\n".join(held).rstrip(b", ")), f"{name}:{begun}"
            except orjson.JSONDecodeError as error:
                yield Skipped(f"{name}:{begun}", f"This entry is not JSON: {error.msg}.")
            held, size = [], 0
        elif size > FIELD_LIMIT:
            yield Skipped(f"{name}:{begun}", "This entry does not end.")
            held, size = [], 0
    if held:
        yield Skipped(f"{name}:{begun}", "The file ends inside this entry.")


def _verbose(file: BinaryIO, name: str) -> Iterator[tuple[dict, str] | Skipped]:
    """Entries with a line per field, indented; what follows without a name goes on with the value before."""
    entry: dict[str, Any] = {}
    where, last, size = "", "", 0
    for number, raw in lines(file):
        if raw is None:
            yield too_long(f"{name}:{number}")
        elif head := VERBOSE.match(raw):
            if entry:
                yield entry, where
            where, last, size = f"{name}:{number}", "", 0
            entry = {"__CURSOR": decode(head[1]), "__REALTIME_TIMESTAMP": str(int(head[2], 16))}
        elif entry and (field := INDENTED.match(decode(raw))):
            last = field[1]
            _put(entry, last, field[2])
        elif last and isinstance(entry[last], str) and raw.strip():
            size += len(raw)
            if size < FIELD_LIMIT:
                entry[last] += "\n" + decode(raw).strip()
        elif raw.strip() and not raw.startswith(b"-- "):
            yield Skipped(
                f"{name}:{number}", f"This line is no field of the journal: {clean(decode(raw))[:80]!r}."
            )
    if entry:
        yield entry, where


def _export(file: BinaryIO, name: str) -> Iterator[tuple[dict, str] | Skipped]:
    entry: dict[str, Any] = {}
    number = begun = 0
    while piece := file.readline(LINE_LIMIT):
        number += 1
        if not piece.endswith(b"\n") and len(piece) >= LINE_LIMIT:
            while piece and not piece.endswith(b"\n"):
                piece = file.readline(LINE_LIMIT)
            yield too_long(f"{name}:{number}")
            continue
        raw = piece.rstrip(b"\r\n")
        if not raw:
            if entry:
                yield entry, f"{name}:{begun}"
                entry = {}
            continue
        key, separator, value = raw.partition(b"=")
        if not re.fullmatch(rb"[A-Z_][A-Z0-9_]{0,63}", key):
            yield Skipped(
                f"{name}:{number}", f"This line is no field of the journal: {clean(decode(raw))[:80]!r}."
            )
            continue
        if not entry:
            begun = number
        if separator:
            _put(entry, key.decode(), decode(value))
            continue
        size = file.read(8)  # a binary field: its size in 64 bits, little-endian, then so many bytes
        length = struct.unpack("<Q", size)[0] if len(size) == 8 else FIELD_LIMIT + 1
        if length > FIELD_LIMIT:
            yield Skipped(
                f"{name}:{number}", "A binary field has no believable size; the rest of the file is not read."
            )
            return
        _put(entry, key.decode(), decode(file.read(length)))
        file.readline(2)
        number += 1
    if entry:
        yield entry, f"{name}:{begun}"


def _put(entry: dict, key: str, value: str) -> None:
    if key in entry:
        before = entry[key]
        entry[key] = [*before, value] if isinstance(before, list) else [before, value]
    else:
        entry[key] = value


def _value(entry: dict, key: str) -> str:
    value = entry.get(key)
    if isinstance(value, list):
        if value and all(isinstance(part, int) and 0 <= part < 256 for part in value):
            return decode(bytes(value))
        return "\n".join(str(part) for part in value)
    return "" if value is None else str(value)


def _entry(entry: dict, where: str, number: int) -> Record:
    if not isinstance(entry, dict):
        raise BadTime("Something else than an entry stands here.")
    received = _value(entry, "__REALTIME_TIMESTAMP")
    sent = _value(entry, "_SOURCE_REALTIME_TIMESTAMP")
    moment = epoch(sent or received)
    program = _value(entry, "SYSLOG_IDENTIFIER") or _value(entry, "_COMM")
    priority = _value(entry, "PRIORITY")
    extra: dict[str, Any] = {"boot": _value(entry, "_BOOT_ID"), "unit": _value(entry, "_SYSTEMD_UNIT")}
    extra["monotonic"] = _value(entry, "__MONOTONIC_TIMESTAMP")
    if sent and received:
        extra["received"] = epoch(received).at.isoformat()
    if priority.isdecimal() and len(priority) == 1 and int(priority) < 8:
        extra |= {"priority": int(priority), "severity": LEVELS[int(priority)]}
    message = clean(_value(entry, "MESSAGE"))
    cursor = _value(entry, "__CURSOR")
    return Record(
        at=moment.at,
        external_id=cursor or f"{received}/{extra['boot']}/{extra['monotonic']}/{program}/{hash_of(message)}",
        text=": ".join(part for part in (program, message) if part) or EMPTY,
        noise=not message,
        kind="log",
        precision="microsecond",
        written=sent or received,
        zone="Z",
        actor=clean(program),
        actor_id=clean(program),
        actor_kind="system",
        place=clean(_value(entry, "_HOSTNAME")),
        where=where,
        raw=compact(entry),
        order=number,
        extra={key: value for key, value in extra.items() if value != ""},
    )


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


FORMAT = Format(
    key="journald",
    label="systemd journal",
    about="journalctl -o json (also pretty, seq, sse), -o export or -o verbose",
    sniff=sniff,
    read=read,
)
