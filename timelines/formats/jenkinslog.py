"""Console logs of Jenkins with the times that the plugin Timestamper puts before each line.

`[2026-03-10T18:00:00.123Z]` is exact; `18:00:00` is a wall clock of the server, so its day (that of the file's name,
or asked for) and zone are needed. A line without a time belongs to the one before it; what stands before the first
time takes that one. Two lines are the same when they are equal at the same moment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Unreadable, clean, decode, lines, too_long
from timelines.formats.records import Record, Skipped
from timelines.formats.stamps import Clock

STAMP = re.compile(
    rb"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)\] ?|\d\d:\d\d:\d\d(?:\.\d{1,6})?(?=\s)"
)
SURE = re.compile(
    rb"^(?:\S+ )?[ \t]*(?:\[Pipeline\] |Started by |Finished: |Running on |Building (?:in workspace|remotely|on )|Running as SYSTEM)",
    re.M,
)
FINISHED = re.compile(r"Finished: ([A-Z_]{2,30})\s*$")
PER_LINE = 64 * 1024  # bytes of what goes on without a time
BEFORE = 1000  # lines before the first time


def stamped(line: bytes) -> bool:
    return bool(STAMP.match(line))


def sniff(head: bytes) -> str | None:
    text = [line for line in head.splitlines()[:200] if line.strip()]
    times = sum(1 for line in text if stamped(line))
    if times >= max(1, len(text) // 3) and (SURE.search(head) or b"[Pipeline] " in head):
        return f"{times} of its first {len(text)} lines have a time, and it is a console log of Jenkins"
    return None


def rows(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    reading = Rows(name, Clock(context, name))
    with bundle.open(name) as file:
        for number, raw in lines(file):
            if raw is None:
                yield too_long(f"{name}:{number}")
            elif raw.strip():
                yield from reading.line(f"{name}:{number}", raw)
    yield from reading.rest()


@dataclass
class Rows:
    name: str
    clock: Clock
    before: list[tuple[str, bytes]] = field(default_factory=list)
    pending: Record | None = None
    time: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    instant: datetime | None = None
    order: int = 0
    first: bool = True

    def line(self, where: str, raw: bytes) -> Iterator[Record | Skipped]:
        match = STAMP.match(raw)
        if match is None:
            yield from self._untimed(where, raw)
            return
        text = decode(raw)
        if self.first and re.match(r"00:00:0\d\.\d\s", text):
            raise Unreadable(
                f"{self.name} says how long after its start each line came, not when. Choose “System clock time” in Jenkins and save it again."
            )
        bracket = text.startswith("[")
        stamp = self.clock.find(text, int(bracket))
        try:
            if stamp is None:
                raise BadTime(f"{text[:40]!r} is not a time.")
            time = self.clock.fields(stamp)
        except BadTime as error:
            yield Skipped(where, str(error))
            return
        self.time, self.first = time, False
        yield from self._leading()
        yield from self._next(where, raw, text[stamp.end() + int(bracket) :].lstrip())

    def _untimed(self, where: str, raw: bytes) -> Iterator[Record | Skipped]:
        text = decode(raw)
        if not self.time:
            if len(self.before) < BEFORE:
                self.before.append((where, raw))
            else:
                yield Skipped(where, "Too many lines stand before the first time.")
        elif FINISHED.match(text):
            yield from self._next(where, raw, text, certainty="derived")
        elif self.pending is not None and len(self.pending.raw) < PER_LINE:
            self.pending.text = f"{self.pending.text}\n{clean(text)}".strip()
            self.pending.raw += b"\n" + raw

    def _leading(self) -> Iterator[Record]:
        held, self.before = self.before, []
        for where, raw in held:
            yield from self._next(where, raw, decode(raw), certainty="derived")

    def _next(self, where: str, raw: bytes, text: str, **more: Any) -> Iterator[Record]:
        yield from self._done()
        said = clean(text)
        if not said:
            return
        self.order += 1
        finished = FINISHED.match(said)
        self.pending = Record(
            external_id="", text=said, kind=f"run {finished[1].lower()}" if finished else "log", actor="Jenkins", actor_id="jenkins", actor_kind="system",
            where=where, raw=raw, order=self.order, noise=said.startswith("[Pipeline] "), **(self.time | more),
        )  # fmt: skip

    def _done(self) -> Iterator[Record]:
        record, self.pending = self.pending, None
        if record is None:
            return
        if record.at != self.instant:
            self.instant, self.seen = record.at, {}
        begun = record.raw.partition(b"\n")[0]  # what goes on below may be cut off in another copy
        digest = hashlib.sha256(f"{record.at.isoformat()}\0".encode() + begun).hexdigest()[:32]
        self.seen[digest] = self.seen.get(digest, 0) + 1
        record.external_id = (
            f"line/{digest}" if self.seen[digest] == 1 else f"line/{digest}/{self.seen[digest]}"
        )
        yield record

    def rest(self) -> Iterator[Record | Skipped]:
        yield from self._done()
        if not self.time:
            raise Unreadable(
                f"{self.name} is no log with times. Add timestamps() to the pipeline, or give the builds: …/api/json?tree=builds[number,timestamp,duration,result,url]"
            )
