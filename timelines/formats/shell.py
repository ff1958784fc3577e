"""Shell history: bash with HISTTIMEFORMAT, zsh with EXTENDED_HISTORY, fish.

Source: the manuals of bash, zsh and fish. History is written when a shell ends, so the order of the file
is not the order of time, and neither host nor exit status is in it. Commands without a time, as bash
writes them before HISTTIMEFORMAT was set, are noted and left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta

from timelines.formats.base import (
    LINE_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    clean,
    decode,
    epoch,
    lines,
    too_long,
)
from timelines.formats.records import Record, Skipped

BASH = re.compile(rb"^#(\d{9,11})\s*$")
ZSH = re.compile(rb"^: (\d{9,11}):(\d{1,9});(.*)$", re.S)
FISH_COMMAND = re.compile(r"^- cmd: (.*)$")
FISH_WHEN = re.compile(r"^ +when: (\d{9,11})$")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    top = head.splitlines()[:200]
    if any(ZSH.match(line) for line in top):
        return "its lines begin like zsh's extended history (: seconds:elapsed;)"
    if any(line.startswith(b"- cmd: ") for line in top) and any(
        FISH_WHEN.match(decode(line)) for line in top
    ):
        return "it has “- cmd:” and “when:”, as fish writes them"
    if any(BASH.match(line) for line in top):
        return "it has #seconds lines before its commands, as bash writes them"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        with bundle.open(name) as file:
            head = file.peek(1 << 16).splitlines()[:200]
            if any(ZSH.match(line) for line in head):
                found = _zsh(lines(file), name)
            elif any(line.startswith(b"- cmd: ") for line in head):
                found = _fish(lines(file), name)
            else:
                found = _bash(lines(file), name)
            seen: dict[tuple, int] = {}
            for number, record in enumerate(found):
                if isinstance(record, Record):
                    record.order = number
                    record.external_id = _key(record, seen)
                    record.place = clean(context.mapping.get("host", ""))
                    record.actor = clean(context.mapping.get("user", "")) or "shell"
                    record.actor_kind = "person"
                yield record


def _key(record: Record, seen: dict[tuple, int]) -> str:
    key = (record.written, hashlib.sha256(record.raw).hexdigest()[:24])
    if len(seen) > 1000:
        seen.clear()  # equal commands of one second stand close together
    seen[key] = seen.get(key, 0) + 1
    return "/".join(key) if seen[key] == 1 else f"{'/'.join(key)}/{seen[key]}"


def _record(seconds: str, command: str, raw: bytes, where: str, elapsed: int = 0) -> Record | Skipped:
    try:
        moment = epoch(seconds)
    except BadTime as error:
        return Skipped(where, str(error))
    if not clean(command):
        return Skipped(where, "There is a time, but no command.")
    return Record(
        at=moment.at,
        until=moment.at + timedelta(seconds=elapsed) if elapsed else None,
        external_id="",
        text=clean(command),
        kind="command",
        precision="second",
        written=seconds,
        zone="Z",
        where=where,
        raw=raw,
        extra={"elapsed": elapsed} if elapsed else {},
    )


class _Held:
    """The lines of one command; what is beyond the limit of a line is left out."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.size = 0

    def add(self, raw: bytes) -> None:
        if self.size < LINE_LIMIT:
            self.lines.append(raw)
            self.size += len(raw) + 1


def _bash(numbered, name: str) -> Iterator[Record | Skipped]:
    when, begun, held = "", 0, _Held()
    untimed = 0
    for number, raw in numbered:
        if raw is None:
            yield too_long(f"{name}:{number}")
            continue
        stamp = BASH.match(raw)
        if stamp:
            yield from _bash_record(when, held, f"{name}:{begun}")
            when, begun, held = stamp[1].decode(), number, _Held()
        elif when:
            held.add(raw)
        elif raw.strip():
            untimed += 1
            if untimed <= 20:
                yield Skipped(f"{name}:{number}", "This command has no time: HISTTIMEFORMAT was not set yet.")
    if untimed > 20:
        yield Skipped(name, f"{untimed - 20} more commands before the first time have none either.")
    yield from _bash_record(when, held, f"{name}:{begun}")


def _bash_record(when: str, held: _Held, where: str) -> Iterator[Record | Skipped]:
    if any(line.strip() for line in held.lines):
        command = "\n".join(decode(line) for line in held.lines)
        yield _record(when, command, b"\n".join([b"#" + when.encode(), *held.lines]), where)


def _zsh(numbered, name: str) -> Iterator[Record | Skipped]:
    held: _Held | None = None
    open_, begun, untimed = False, 0, 0
    for number, raw in numbered:
        if raw is None:
            yield too_long(f"{name}:{number}")
            continue
        if open_ and held is not None:
            held.add(raw)
        else:
            if held is not None:
                yield _zsh_record(held.lines, f"{name}:{begun}")
                held = None
            if not ZSH.match(raw):
                untimed += bool(raw.strip())
                if raw.strip() and untimed <= 20:
                    yield Skipped(
                        f"{name}:{number}", "This command has no time: EXTENDED_HISTORY was not set."
                    )
                continue
            held, begun = _Held(), number
            held.add(raw)
        open_ = _continues(raw)
    if held is not None:
        yield _zsh_record(held.lines, f"{name}:{begun}")
    if untimed > 20:
        yield Skipped(name, f"{untimed - 20} more commands have no time either.")


def _continues(line: bytes) -> bool:
    """zsh writes a newline inside a command as backslash, newline."""
    return line.endswith(b"\\")


def _zsh_record(held: list[bytes], where: str) -> Record | Skipped:
    raw = b"\n".join(held)
    match = ZSH.match(unmetafied(raw))
    command = decode(match[3]).replace("\\\n", "\n")
    return _record(match[1].decode(), command, raw, where, int(match[2]))


def unmetafied(raw: bytes) -> bytes:
    """zsh writes some bytes as 0x83 followed by the byte with bit 5 flipped."""
    if b"\x83" not in raw:
        return raw
    out, skip = bytearray(), False
    for byte in raw:
        if skip:
            out.append(byte ^ 0x20)
            skip = False
        elif byte == 0x83:
            skip = True
        else:
            out.append(byte)
    return bytes(out)


def _fish(numbered, name: str) -> Iterator[Record | Skipped]:
    command, raw_command, begun = "", b"", 0
    for number, raw in numbered:
        if raw is None:
            yield too_long(f"{name}:{number}")
            continue
        text = decode(raw)
        if match := FISH_COMMAND.match(text):
            if command:
                yield Skipped(f"{name}:{begun}", "This command has no time.")
            command, raw_command, begun = (
                re.sub(r"\\(\\|n)", lambda m: "\n" if m[1] == "n" else "\\", match[1]),
                raw,
                number,
            )
        elif (match := FISH_WHEN.match(text)) and command:
            yield _record(match[1], command, raw_command + b"\n" + raw, f"{name}:{begun}")
            command = ""
    if command:
        yield Skipped(f"{name}:{begun}", "This command has no time.")


FORMAT = Format(
    key="shell",
    label="Shell history",
    about="bash with times, zsh extended history, fish",
    sniff=sniff,
    read=read,
)
