"""MySQL's and MariaDB's error log and slow query log.

Source: the manuals of both on their error and slow query logs. MySQL 5.7 and later state a zone (Z unless configured
otherwise); older ones and MariaDB write local time, for which the zone is asked. A slow query is logged when it has
ended, so it began its duration earlier; where its time states no zone, the seconds of SET timestamp are taken.
The id of an error is its first line's content, that of a query all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, decode, epoch, lines, too_long
from timelines.formats.loglines import ENTRY_LIMIT, Naming, entries, rotation, severity
from timelines.formats.records import Record, Skipped
from timelines.formats.stamps import Clock

STAMP = r"(?:\d{4}-\d\d-\d\d[T ] ?\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?|\d{6} {1,2}\d{1,2}:\d\d:\d\d)"
ERROR = re.compile(
    rf"(?P<time>{STAMP}) (?:(?P<thread>(?:0x)?[0-9a-f]{{1,16}}) )?\[(?P<level>System|Note|Warning|ERROR|Error)\] (?:\[(?P<code>MY-\d{{6}})\] )?(?:\[(?P<part>\w+)\] )?(?P<message>.*)",
    re.S,
)
STATE = re.compile(rf"(?P<time>{STAMP}) (?P<message>(?:mysqld(?:_safe)?|InnoDB:|mariadbd).*)", re.S)
SLOW_TIME = re.compile(rf"# Time: (?P<time>{STAMP})")
SLOW_WHO = re.compile(
    r"# User@Host: (?P<user>[^\[\s]{0,80})\[[^\]]{0,80}\] @ +(?P<host>[^\[]{0,255}?) ?\[(?P<address>[^\]]{0,64})\]"
)
SLOW_TOOK = re.compile(
    r"# Query_time: (?P<took>\d{1,9}(?:\.\d{1,9})?) +Lock_time: (?P<lock>\d{1,9}(?:\.\d{1,9})?)(?: +Rows_sent: (?P<sent>\d+) +Rows_examined: (?P<examined>\d+))?"
)
ZONED = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
SET_TIME = re.compile(r"SET timestamp=(\d{9,11}(?:\.\d{1,6})?);")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    sample = [decode(line) for line in head[: 1 << 15].splitlines()[:40] if line.strip()]
    if any(SLOW_TOOK.match(line) for line in sample) and any(
        line.startswith("# User@Host:") for line in sample
    ):
        return "it is a slow query log of MySQL or MariaDB (Query_time)"
    count = sum(bool(ERROR.match(line)) for line in sample)
    if count and count >= len(sample) * 0.3:
        return f"{count} of its first {len(sample)} lines are of the error log of MySQL or MariaDB"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in sorted(bundle.names, key=rotation):
        clock = Clock(context, name)
        with bundle.open(name) as file:
            if b"# Query_time:" in file.peek(1 << 16):
                yield from Slow(clock, name).read(lines(file))
            else:
                yield from entries(
                    lines(file), name, lambda text, raw, where, clock=clock: _error(text, raw, where, clock)
                )


def _error(text: str, raw: bytes, where: str, clock: Clock) -> Record | None:
    match = ERROR.match(text) or STATE.match(text)
    if not match:
        return None
    found = match.groupdict()
    level = found.get("level") or ""
    extra = {
        "severity": severity(level) or "notice",
        "code": found.get("code"),
        "part": found.get("part"),
        "thread": found.get("thread"),
    }
    return Record(
        external_id="", text=clean(f"{level}: {found['message']}" if level else found["message"]), kind="log", actor="MySQL", actor_id="mysql",
        actor_kind="system", where=where, raw=raw, extra={k: v for k, v in extra.items() if v}, **moment(clock, found["time"]),
    )  # fmt: skip


def moment(clock: Clock, written: str) -> dict[str, Any]:
    match = clock.find(written)
    if not match:
        raise BadTime(f"{written!r} is not a time.")
    return clock.fields(match)


class Slow:
    """The slow query log: comment lines that tell who and how long, then the statement."""

    def __init__(self, clock: Clock, name: str) -> None:
        self.clock, self.name, self.naming = clock, name, Naming()
        self.held: list[str] = []
        self.time = ""  # stated only when it differs from the one before, in older logs
        self.begun, self.size = 0, 0

    def read(self, numbered: Iterator[tuple[int, bytes | None]]) -> Iterator[Record | Skipped]:
        for number, raw in numbered:
            if raw is None:
                yield too_long(f"{self.name}:{number}")
                continue
            text = decode(raw)
            if text.startswith("# Time:") or (text.startswith("# User@Host:") and self._has_statement()):
                yield from self._told()
            if not self.held:
                self.begun, self.size = number, 0
            self.size += len(raw)
            if self.size < ENTRY_LIMIT:
                self.held.append(text)
        yield from self._told()

    def _has_statement(self) -> bool:
        return any(line and not line.startswith("#") for line in self.held)

    def _told(self) -> Iterator[Record | Skipped]:
        held, where = self.held, f"{self.name}:{self.begun}"
        self.held = []
        if not any(line.startswith("#") for line in held):
            return  # what a server writes at the head of the file when it starts
        try:
            yield self.naming.name(self._record(held, where), "\n".join(held).encode())
        except BadTime as error:
            yield Skipped(where, str(error))

    def _record(self, held: list[str], where: str) -> Record:
        text = "\n".join(held)
        stated, who, took, began = (
            pattern.search(text) for pattern in (SLOW_TIME, SLOW_WHO, SLOW_TOOK, SET_TIME)
        )
        self.time = stated["time"] if stated else self.time
        seconds = min(float(took["took"]) if took else 0.0, 10.0**8)
        if began and not ZONED.search(self.time if stated else ""):
            at = epoch(began[1])
            when = {"at": at.at, "precision": at.precision, "zone": "Z", "written": began[0]}
        elif self.time:
            when = moment(self.clock, self.time)
        else:
            raise BadTime("This query has no time.")
        statement = "\n".join(
            line
            for line in held
            if line and not line.startswith("#") and not SET_TIME.match(line) and not line.startswith("use ")
        )
        ended = when["at"]
        user = clean(who["user"]) if who else ""
        extra = {"seconds": seconds, "host": clean(who["host"] or who["address"]) if who else ""}
        if took and took["examined"]:
            extra |= {"rows_sent": took["sent"][:15], "rows_examined": took["examined"][:15]}
        return Record(
            external_id="", text=clean(f"{seconds:g} s: {statement}")[:8000], kind="slow query", actor=user or "MySQL", actor_id=user or "mysql",
            actor_kind="system", where=where, raw=text.encode(), extra=extra, until=ended,
            **when | {"at": ended - timedelta(seconds=seconds), "certainty": "derived"},
        )  # fmt: skip


FORMAT = Format(
    key="mysql",
    label="MySQL and MariaDB log",
    about="The error log and the slow query log",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
