"""Transcripts of PowerShell (Start-Transcript), in the language of any system.

Source: Microsoft's documentation of Start-Transcript. Blocks between lines of asterisks hold the times as fourteen
digits of local time; their labels follow the language, so the digits are looked for and not the words. Commands have
a time of their own only with -IncludeInvocationHeader; else all that is known is the session they belong to.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from timelines.formats.base import (
    DOCUMENT_LIMIT,
    BadTime,
    Bundle,
    Context,
    Format,
    NeedsAnswer,
    Unreadable,
    clean,
    decode,
    in_range,
    lines,
    too_long,
)
from timelines.formats.records import Record, Skipped

STARS = re.compile(r"\*{10,}\s*$")
TIME = re.compile(r"[^\d\n]{2,60}[:：]\s*(\d{14})\s*$")
PROMPT = re.compile(r"(?:\[[^\]\n]{1,100}\]: )?PS(?: [^>\n]{0,300})?>\s?(.*)$", re.S)
MORE = re.compile(r">>\s?(.*)$", re.S)
MACHINE = re.compile(r"[^:]{2,40}[:：]\s*(\S{1,100}) \((?:Microsoft|Unix|Linux|Darwin|Windows)[^)]{0,200}\)")
USER = re.compile(r"[^:\\]{2,40}[:：]\s*([^\s\\]{1,100}\\[^\\\n]{1,100})$")
OUTPUT = 4000  # characters of what a command printed
BLOCK = 60  # lines between asterisks


@dataclass(slots=True)
class Run:
    """One session; several may stand in one file."""

    begun: str = ""
    ended: str = ""
    user: str = ""
    machine: str = ""
    line: int = 1
    header: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)


@dataclass(slots=True)
class Command:
    text: str
    line: int
    time: str = ""
    output: list[str] = field(default_factory=list)
    size: int = 0

    def say(self, line: str) -> None:
        if self.size < OUTPUT:
            self.output.append(line)
            self.size += len(line) + 1


def sniff(bundle: Bundle, head: bytes) -> str | None:
    shown = _unwide(head).decode("utf-8", "replace").lstrip("\ufeff\r\n ").splitlines()[:25]
    if shown and STARS.match(shown[0]) and any(TIME.match(line) for line in shown[1:6]):
        return "it begins with asterisks and a time of fourteen digits, as PowerShell's transcripts do"
    return None


def _unwide(raw: bytes) -> bytes:
    """UTF-16, as some consoles write it, to UTF-8."""
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            return raw[2 : len(raw) - len(raw) % 2].decode(codec, "replace").encode("utf-8", "replace")
    return raw


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    if context.zone is None:
        raise NeedsAnswer(
            "zone", "A transcript writes the machine's local time. Which zone was its clock in?"
        )
    for name in bundle.names:
        with bundle.open(name) as file:
            if file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff"):
                file = io.BytesIO(_unwide(_whole(file, name)))
            for run in _runs(lines(file), name):
                if isinstance(run, Skipped):
                    yield run
                else:
                    yield from _records(run, name, context)


def _whole(file, name: str) -> bytes:
    raw = file.read(DOCUMENT_LIMIT + 1)
    if len(raw) > DOCUMENT_LIMIT:
        raise Unreadable(f"{name} is a transcript in UTF-16 of more than 32 MB. Convert it to UTF-8 first.")
    return raw


def _runs(numbered, name: str) -> Iterator[Run | Skipped]:
    """A block of one line with a time stands before a command, one of two ends the session, a longer one begins it."""
    run: Run | None = None
    block: list[str] | None = None
    time, begun = "", 0
    for number, raw in numbered:
        if raw is None:
            yield too_long(f"{name}:{number}")
            continue
        text = decode(raw).rstrip()
        if STARS.match(text):
            if block is None:
                block, begun = [], number
                continue
            stamps = [match[1] for line in block if (match := TIME.match(line))]
            if not stamps:
                block, begun = [], number  # what lay between was no block
                continue
            if len(block) > 3 or run is None:
                if run is not None:
                    yield run
                run = _begin(block, stamps[0], begun)
            elif len(block) == 1:
                time = stamps[0]
            else:
                run.ended = stamps[0]
                yield run
                run = None
            block = None
        elif block is not None and len(block) < BLOCK:
            block.append(text)
        else:
            if block is not None:
                for offset, line in enumerate(block):
                    time = _line(run, line, begun + 1 + offset, time)
                block = None
            time = _line(run, text, number, time)
    if run is not None:
        for offset, line in enumerate(block or []):
            time = _line(run, line, begun + 1 + offset, time)
        yield run


def _begin(block: list[str], stamp: str, line: int) -> Run:
    run = Run(begun=stamp, line=line, header=block)
    for text in block:
        if not run.user and (match := USER.match(text)):
            run.user = clean(match[1])
        if not run.machine and (match := MACHINE.match(text)):
            run.machine = clean(match[1])
    return run


def _line(run: Run | None, text: str, number: int, time: str) -> str:
    """Takes one line of a session; the time that still waits for its command."""
    if run is None:
        return time
    if match := PROMPT.match(text):
        if match[1].strip() and len(run.commands) < 50_000:
            run.commands.append(Command(match[1], number, time))
            return ""
    elif run.commands and (match := MORE.match(text)) and not run.commands[-1].output:
        run.commands[-1].text += f"\n{match[1]}"
    elif run.commands and text:
        run.commands[-1].say(text)
    return time


def _records(run: Run, name: str, context: Context) -> Iterator[Record | Skipped]:
    where = f"{name}:{run.line}"
    try:
        begin = _moment(run.begun, context)
        end = _moment(run.ended, context) if run.ended else None
    except BadTime as error:
        yield Skipped(where, str(error))
        return
    end = end if end and end > begin else None
    key = hashlib.sha256("\n".join(run.header).encode("utf-8", "replace")).hexdigest()[:24]
    common = {
        "actor": run.user, "actor_id": run.user.lower(), "actor_kind": "person" if run.user else "", "place": run.machine,
        "precision": "second",
    }  # fmt: skip
    yield Record(
        at=begin,
        until=end,
        external_id=key,
        text=f"PowerShell session of {run.user or 'somebody'} on {run.machine or 'a machine that is not named'}",
        kind="terminal session",
        certainty="assumed zone",
        written=run.begun,
        where=where,
        raw="\n".join(run.header).encode("utf-8", "replace"),
        extra={"commands": len(run.commands)},
        **common,
    )
    for order, command in enumerate(run.commands, 1):
        yield from _command(
            command, run, (begin, end), f"{key}/{order}", f"{name}:{command.line}", order, common, context
        )


def _command(
    command: Command,
    run: Run,
    session: tuple,
    key: str,
    where: str,
    order: int,
    common: dict,
    context: Context,
) -> Iterator[Record | Skipped]:
    begin, end = session
    certainty, written = "approximate", run.begun
    if command.time:
        try:
            begin, end, certainty, written = (
                _moment(command.time, context),
                None,
                "assumed zone",
                command.time,
            )
        except BadTime as error:
            yield Skipped(where, str(error))
            return
    output = clean("\n".join(command.output))
    yield Record(
        at=begin,
        until=end,
        external_id=key,
        text=clean(command.text),
        kind="command",
        certainty=certainty,
        written=written,
        where=where,
        raw="\n".join([command.text, *command.output]).encode("utf-8", "replace"),
        order=order,
        extra={"output": output} if output else {},
        **common,
    )


def _moment(digits: str, context: Context) -> datetime:
    try:
        naive = datetime.strptime(digits, "%Y%m%d%H%M%S")
        return in_range(naive.replace(tzinfo=context.zone).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise BadTime(f"{digits} is not a time: {error}.") from error


FORMAT = Format(
    key="powershell",
    label="PowerShell transcript",
    about="What Start-Transcript wrote: the session, its commands and what they printed",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
