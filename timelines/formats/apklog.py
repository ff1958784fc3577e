"""apk.log of Alpine: each command with its time in UTC, and below it what it did, which has no times of its own.

Source: the manual of apk(8) and what apk-tools writes: an empty line, "Running `apk add curl` at 2026-03-10 18:00:00",
then its output. A command is one event; it is known by its time and words. A log that was cut begins in the middle of
a command whose time is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from timelines.formats.base import BadTime, clean, decode, too_long
from timelines.formats.loglines import Naming
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped

RUNNING = re.compile(r"Running `(?P<command>.*)` at (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$", re.S)
BEGINS = re.compile(rb"^Running `[^\n]*` at \d{4}-", re.M)
STEP = re.compile(
    r"\((?P<n>\d+)/\d+\) (?P<action>Installing|Upgrading|Downgrading|Reinstalling|Replacing|Purging) (?P<what>.*)"
)
TROUBLE = re.compile(r"(?:ERROR|WARNING): .*|\d+ errors?; .*")
DONE = {
    "Installing": "installed", "Upgrading": "upgraded", "Downgrading": "downgraded", "Reinstalling": "reinstalled",
    "Replacing": "replaced", "Purging": "removed",
}  # fmt: skip
LIMIT = 1024 * 1024  # bytes of one command's output
SHOWN = 12


@dataclass
class Command:
    match: re.Match
    where: str
    raw: list[bytes]
    size: int = 0
    steps: dict[str, list[str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def add(self, text: str, raw: bytes) -> None:
        self.size += len(raw)
        if self.size > LIMIT:
            return
        self.raw.append(raw)
        if step := STEP.match(text):
            self.steps.setdefault(DONE[step["action"]], []).append(clean(step["what"]))
        elif TROUBLE.match(text):
            self.troubles.append(clean(text))

    def record(self) -> Record:
        did = [f"{action} {_named(names)}" for action, names in self.steps.items()]
        text = "; ".join([*did, *self.troubles[:SHOWN]])
        command = clean(self.match["command"])
        return Record(
            external_id="", text=f"{command}: {text}" if text else command, kind="package change", actor="apk", actor_id="apk",
            actor_kind="system", where=self.where, raw=b"\n".join(self.raw), noise=not (did or self.troubles),
            extra={"command": command[:1000], "packages": {action: len(names) for action, names in self.steps.items()}},
            **stamp(f"{self.match['time']}Z", None),
        )  # fmt: skip


def read(numbered: Iterator[tuple[int, bytes | None]], name: str) -> Iterator[Record | Skipped]:
    naming, running, lost = Naming(), None, False
    for number, raw in numbered:
        where = f"{name}:{number}"
        if raw is None:
            yield too_long(where)
            continue
        text = decode(raw)
        if match := RUNNING.match(text):
            yield from _told(running, naming)
            running = Command(match, where, [raw])
        elif running:
            running.add(text, raw)
        elif text.strip() and not lost:
            lost = True
            yield Skipped(where, "The log begins in the middle of a command; when that one ran is lost.")
    yield from _told(running, naming)


def _told(command: Command | None, naming: Naming) -> Iterator[Record | Skipped]:
    if command:
        try:
            yield naming.name(command.record(), command.raw[0])
        except BadTime as error:
            yield Skipped(command.where, str(error))


def _named(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
