"""PostgreSQL's server log: stderr with any usual prefix, csvlog, jsonlog.

Source: PostgreSQL's manual on error reporting and logging. A message and the DETAIL, HINT, STATEMENT and so on that
its process writes after it are one event. The abbreviation of a zone in the prefix is what the server's own zone was
called at that moment; where several zones are called so, which it was is asked for. The id is the first line's content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, decode, lines, too_long
from timelines.formats.loglines import More, Naming, entries, rotation, severity
from timelines.formats.records import Record, Skipped
from timelines.formats.rows import cells
from timelines.formats.stamps import Clock

LEVELS = "DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC"
PARTS = "DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION|BACKTRACE"
HEAD = re.compile(rf"(?P<prefix>.{{0,300}}?)\b(?P<level>{LEVELS}|{PARTS}):  ?(?P<message>.*)", re.S)
DATED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
PID = re.compile(r"\[(\d{1,10})(?:-\d+)?\]|\bpid=(\d{1,10})")
WHO = re.compile(r"(?:user=)?([\w.-]{1,63})(?:@|,db=)([\w.-]{1,63})")
NAMES = (
    "log_time", "user_name", "database_name", "process_id", "connection_from", "session_id", "session_line_num", "command_tag",
    "session_start_time", "virtual_transaction_id", "transaction_id", "error_severity", "sql_state_code", "message", "detail",
    "hint", "internal_query", "internal_query_pos", "context", "query", "query_pos", "location", "application_name",
    "backend_type", "leader_pid", "query_id",
)  # fmt: skip
OF_JSON = {
    "timestamp": "log_time", "user": "user_name", "dbname": "database_name", "pid": "process_id", "remote_host": "connection_from",
    "line_num": "session_line_num", "ps": "command_tag", "state_code": "sql_state_code", "statement": "query",
}  # fmt: skip
CSV_LINE = re.compile(
    rf'\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{{3}} [^\s,]+,(?:"[^"]*"|[^",]*),(?:"[^"]*"|[^",]*),\d*,.*?,"?(?:{LEVELS}),'
)


def sniff(bundle: Bundle, head: bytes) -> str | None:
    sample = [
        decode(line) for line in head[: 1 << 15].splitlines()[:30] if line.strip() and line[:1] not in b"\t "
    ]
    if not sample:
        return None
    if b'"error_severity"' in head and b'"pid"' in head and head.lstrip()[:1] == b"{":
        return "it is PostgreSQL's jsonlog (error_severity)"
    if CSV_LINE.match(sample[0][:2000]):
        return "it is PostgreSQL's csvlog"
    count = sum(bool(_head(line)) for line in sample)
    if count >= max(1, len(sample) * 0.5):
        return (
            f"{count} of its first {len(sample)} lines are PostgreSQL's (time, process, level and two blanks)"
        )
    return None


def _head(line: str) -> re.Match | None:
    """The stamp, prefix and level of a line; two blanks after the level are how PostgreSQL alone writes it."""
    match = HEAD.match(line) if DATED.match(line) else None
    return (
        match
        if match
        and ":  " in line[: match.start("message") + 1]
        and re.search(r"\d", match["prefix"][19:] or "0")
        else None
    )


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in sorted(bundle.names, key=rotation):
        reader = Reader(context, name)
        with bundle.open(name) as file:
            start = file.peek(1 << 12).removeprefix(b"\xef\xbb\xbf").lstrip()
            if start[:1] == b"{":
                yield from reader.named(reader.of_json(lines(file)))
            elif CSV_LINE.match(decode(start[:2000].split(b"\n", 1)[0])):
                yield from reader.named(reader.of_csv(lines(file)))
            else:
                yield from entries(lines(file), name, reader.line)


class Reader:
    def __init__(self, context: Context, name: str) -> None:
        self.clock, self.name = Clock(context, name), name
        self.pid = ""  # of the entry before

    def line(self, text: str, raw: bytes, where: str) -> Record | More | None:
        match = HEAD.match(text) if DATED.match(text) else None
        if not match:
            return None
        stamp = self.clock.find(text)
        prefix = match["prefix"][len(stamp[0]) :]
        pid = next((m[1] or m[2] for m in [PID.search(prefix)] if m), "")
        if re.fullmatch(PARTS, match["level"]) and pid == self.pid:
            return More(f"{match['level']}: {match['message'].strip()}")
        self.pid = pid
        who = WHO.search(prefix)
        found = {"error_severity": match["level"], "message": match["message"], "process_id": pid}
        if who:
            found |= {"user_name": who[1], "database_name": who[2]}
        return self._record(found, self.clock.fields(stamp), raw, where)

    def of_json(self, numbered: Iterator[tuple[int, bytes | None]]) -> Iterator[Record | Skipped]:
        for number, raw in numbered:
            where = f"{self.name}:{number}"
            if raw is None:
                yield too_long(where)
            elif raw.strip():
                try:
                    found = orjson.loads(raw)
                    yield self._of_fields({OF_JSON.get(k, k): v for k, v in found.items()}, raw, where)
                except (BadTime, orjson.JSONDecodeError, AttributeError) as error:
                    yield Skipped(where, f"This is no line of PostgreSQL's jsonlog: {str(error)[:80]}.")

    def of_csv(self, numbered: Iterator[tuple[int, bytes | None]]) -> Iterator[Record | Skipped]:
        for row in cells(numbered, self.name):
            if isinstance(row, Skipped):
                yield row
                continue
            values, where = row
            if len(values) < 14:
                yield Skipped(
                    where, f"A line of PostgreSQL's csvlog has at least 23 fields; this has {len(values)}."
                )
                continue
            try:
                yield self._of_fields(dict(zip(NAMES, values, strict=False)), compact(values), where)
            except BadTime as error:
                yield Skipped(where, str(error))

    def named(self, found: Iterator[Record | Skipped]) -> Iterator[Record | Skipped]:
        """csvlog and jsonlog know each line by its session and number; what has none is known by its content."""
        naming = Naming()
        for one in found:
            if isinstance(one, Record):
                key = one.external_id
                naming.name(one, one.raw)
                one.external_id = key or one.external_id
            yield one

    def _of_fields(self, found: dict[str, Any], raw: bytes, where: str) -> Record:
        stamp = self.clock.find(clean(found.get("log_time")))
        if not stamp:
            raise BadTime("The line has no time.")
        record = self._record(found, self.clock.fields(stamp), raw, where)
        more = [
            f"{name.upper()}: {clean(found[name])}"
            for name in ("detail", "hint", "context", "query")
            if found.get(name)
        ]
        record.text = "\n".join([record.text, *more])[:32_000]
        if found.get("session_id") and found.get("session_line_num"):
            record.external_id = f"{clean(found['session_id'])}/{clean(found['session_line_num'])}"
        return record

    def _record(self, found: dict[str, Any], when: dict[str, Any], raw: bytes, where: str) -> Record:
        level, user = clean(found.get("error_severity")), clean(found.get("user_name"))
        extra = {
            "severity": severity(level.rstrip("12345")), "level": level, "pid": clean(found.get("process_id")), "user": user,
            "state": clean(found.get("sql_state_code")), "application": clean(found.get("application_name")),
        }  # fmt: skip
        return Record(
            external_id="", text=f"{level}: {clean(found.get('message'))}"[:32_000], kind="log", actor="PostgreSQL", actor_id="postgresql",
            actor_kind="system", place=clean(found.get("database_name")), where=where, raw=raw, noise=level.startswith("DEBUG"),
            extra={key: value for key, value in extra.items() if value}, **when,
        )  # fmt: skip


FORMAT = Format(
    key="postgresql",
    label="PostgreSQL log",
    about="The server's log: text with the usual prefixes (also of RDS), csvlog, jsonlog",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
