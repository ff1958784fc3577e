"""Syslog: RFC 3164, RFC 5424, and the ISO-stamped files rsyslog writes.

Source: RFC 3164, RFC 5424, RFC 6587 (octet counting). RFC 3164 has neither year nor zone: both are asked
for, once for the source. The year given is that of the first line; months that fall by half a year or
more begin the next year, once; anything else that goes backwards is kept in the year and marked as
derived, because it may as well be out of order. A line has no id of its own: it is its words, and its
number among equal lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    clean,
    decode,
    iso,
    lines,
    precision_of,
    too_long,
)
from timelines.formats.framing import messages
from timelines.formats.loglines import Naming, severity
from timelines.formats.records import Record, Skipped
from timelines.formats.stamps import ZONE, Clock
from timelines.formats.yearless import MONTHS, Calendar

FRAME = re.compile(r"^\d{1,6} (?=<\d{1,3}>)")
RFC5424 = re.compile(
    r"^(?:<(?P<pri>\d{1,3})>)?1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) (?P<pid>\S+) (?P<id>\S+) "
    r"(?P<data>-|(?:\[(?:[^\]\\\"]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+)(?: (?P<message>.*))?$",
    re.S,
)
ISO_LINE = re.compile(
    r"^(?:<(?P<pri>\d{1,3})>)?(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) (?P<rest>.*)$",
    re.S,
)
RFC3164 = re.compile(
    r"^(?:<(?P<pri>\d{1,3})>)?(?P<stamp>(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?:(?P<year>(?:19|20)\d\d) )?"
    r"(?P<clock>\d\d:\d\d:\d\d)(?P<fraction>\.\d{1,9})?)(?P<rest>:? .*)$",
    re.S,
)
# What journalctl writes besides its ISO forms: short-full with the day of the week and zone, short-unix with seconds.
JOURNAL = re.compile(
    rf"^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?P<time>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{{1,9}})? {ZONE}|1\d{{9}}\.\d{{6}}) (?P<host>\S+) (?P<rest>\S+?(?:\[\d+\])?: .*)$",
    re.S,
)
LEVEL_AND_PRIORITY = re.compile(r"[A-Z][a-z]\((\d{1,3})\)")  # In(182)
IN_PLACE_OF_HOST = {
    "info",
    "warning",
    "warn",
    "error",
    "err",
    "crit",
    "notice",
    "debug",
    "verbose",
    "trivia",
    "panic",
    "emerg",
}
DIVIDES = re.compile(r"-- (?:.* --$|(?:Logs|Journal) begin|No entries|(?:Re)?[Bb]oot)")
PROGRAM = re.compile(
    r"^(?P<program>[^\s:\[]+(?:\([^)\s]*\))?)(?:\[(?P<pid>\d{1,10})\])?(?: <(?P<level>\w{4,9})>)?(?::\s?|(?<=\]) (?=\[))(?P<message>.*)$",
    re.S,
)
REPEATED = re.compile(r"(?:last )?message repeated (\d{1,9}) times")
LEVELS = ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"]


def sniff(bundle: Bundle, head: bytes) -> str | None:
    found = islice(messages(enumerate(head.splitlines(), 1)), 30)
    sample = [decode(raw) for _, raw in found if raw and raw.strip()]
    hits = {
        "RFC 5424": sum(
            1
            for line in sample
            if RFC5424.match(FRAME.sub("", line)) and line.lstrip("0123456789 ")[:1] == "<"
        ),
        "RFC 3164": sum(1 for line in sample if (m := RFC3164.match(line)) and m["month"] in MONTHS),
        "rsyslog's ISO form": sum(
            1 for line in sample if (m := ISO_LINE.match(line)) and (m["pri"] or _is_tagged(m["rest"]))
        ),
        "as journalctl writes it": sum(bool(JOURNAL.match(line)) for line in sample),
    }
    name, count = max(hits.items(), key=lambda hit: hit[1])
    if sample and count and count >= len(sample) * 0.5:
        return f"{count} of its first {len(sample)} lines are syslog ({name})"
    return None


def _is_tagged(rest: str) -> bool:
    if rest.startswith(("stdout ", "stderr ")):
        return False
    _, after, _ = _host_and_rest(rest)
    return bool(PROGRAM.match(after))


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        yield from _file(bundle, name, Calendar(context))


def _file(bundle: Bundle, name: str, calendar: Calendar) -> Iterator[Record | Skipped]:
    pending: Record | None = None
    naming, clock = Naming(), Clock(Context(calendar.zone))
    with bundle.open(name) as file:
        for number, raw in messages(lines(file)):
            where = f"{name}:{number}"
            if raw is None:
                yield too_long(where)
                continue
            text = decode(raw)
            if not text.strip() or DIVIDES.match(text):
                continue
            try:
                record = _line(text, raw, where, calendar, clock)
            except BadTime as error:
                yield Skipped(where, str(error))
                continue
            if record is None:
                if pending is not None and len(pending.raw) < 64 * 1024 and not _looks_dated(text):
                    pending.text = f"{pending.text}\n{clean(text)}"
                    pending.raw += b"\n" + raw
                else:
                    yield Skipped(where, f"This is no syslog line: {clean(text)[:80]!r}.")
                continue
            if pending is not None:
                yield pending
            pending = naming.name(record, raw)
    if pending is not None:
        yield pending


def _looks_dated(text: str) -> bool:
    """A line that begins like a dated one and is not: noted by itself, never swallowed by the line before."""
    return bool(re.match(r"^\w{3} +\d{1,2} \d\d:\d\d", text))


def _line(text: str, raw: bytes, where: str, calendar: Calendar, clock: Clock) -> Record | None:
    text = FRAME.sub("", text)
    if match := RFC5424.match(text):
        return _rfc5424(match, raw, where)
    if match := ISO_LINE.match(text):
        moment = iso(match["time"])
        host, rest, level = _host_and_rest(match["rest"])
        record = _record(
            moment.at, moment.precision, match["time"], moment.zone, "exact", host, rest, match["pri"], raw, where, moment.nanoseconds
        )  # fmt: skip
        if level:
            record.extra["severity"] = level
        return record
    if match := RFC3164.match(text):
        if match["month"] not in MONTHS:
            raise BadTime(f"There is no month {match['month']!r}.")
        at, certainty = calendar.place(
            MONTHS[match["month"]], int(match["day"]), match["clock"], match["fraction"] or "", match["year"]
        )
        rest = match["rest"]
        written = match["stamp"]
        if rest.startswith(":"):
            host, rest = "", rest[1:].strip()
        else:
            host, _, after = rest.strip().partition(" ")
            if host.endswith(":") or not after:
                host, rest = "", rest.strip()
            else:
                rest = after.strip()
        precision = precision_of(len(match["fraction"] or ".") - 1)
        return _record(at, precision, written, "", certainty, host, rest, match["pri"], raw, where)
    if match := JOURNAL.match(text):
        when = clock.fields(clock.find(match["time"]))
        return _record(
            when["at"], when["precision"], match["time"], when["zone"], when["certainty"],
            match["host"], match["rest"].lstrip(), None, raw, where, when["nanoseconds"],
        )  # fmt: skip
    return None


def _host_and_rest(text: str) -> tuple[str, str, str]:
    """The host, what follows, and a severity: some systems write a level in the host's place (ESXi, ChromeOS), or neither."""
    first, _, rest = text.partition(" ")
    rest = rest.lstrip()
    if code := LEVEL_AND_PRIORITY.fullmatch(first):
        return "", rest, LEVELS[int(code[1]) % 8]
    if first.lower() in IN_PLACE_OF_HOST and PROGRAM.match(rest):
        return "", rest, severity(first) or "debug"
    return ("", text, "") if first.endswith(":") else (first, rest, "")


def _rfc5424(match: re.Match, raw: bytes, where: str) -> Record:
    if match["time"] == "-":
        raise BadTime("The sender gave no time (“-”).")
    moment = iso(match["time"])
    app, pid = (None if match[name] == "-" else match[name] for name in ("app", "pid"))
    message = (match["message"] or "").lstrip("\ufeff")
    head = (app or "") + (f"[{pid}]" if pid else "")
    record = _record(
        moment.at, moment.precision, match["time"], moment.zone, "exact",
        "" if match["host"] == "-" else match["host"], f"{head}: {message.strip()}" if head else message.strip(), match["pri"], raw, where,
    )  # fmt: skip
    if match["id"] != "-":
        record.extra["message_id"] = match["id"]
    if match["data"] != "-":
        record.extra["data"] = match["data"][:2000]
        if 'isSynced="0"' in match["data"] or 'tzKnown="0"' in match["data"]:
            record.certainty = "derived"  # the sender itself does not trust its clock
    return record


def _record(at, precision, written, zone, certainty, host, rest, pri, raw, where, nanoseconds=0) -> Record:
    extra: dict[str, Any] = {}
    program = PROGRAM.match(rest)
    if program:
        extra["program"] = program["program"].rsplit("/", 1)[-1]
        if program["pid"]:
            extra["pid"] = int(program["pid"])
        if level := severity(program["level"]):
            extra["severity"] = level
    elif word := re.match(r"([A-Za-z][\w./-]*)\s", rest):
        extra["program"] = word[1]
    if pri is not None and int(pri) <= 191:
        extra |= {"facility": int(pri) // 8, "severity": LEVELS[int(pri) % 8]}
    if repeated := REPEATED.search(rest):
        extra["repeated"] = int(repeated[1])
    return Record(
        at=at, external_id="", text=clean(rest), kind="log", precision=precision, certainty=certainty, written=written,
        zone=zone, actor=extra.get("program", ""), actor_id=extra.get("program", ""), actor_kind="system", place=host,
        where=where, raw=raw, extra=extra, nanoseconds=nanoseconds,
    )  # fmt: skip


FORMAT = Format(
    key="syslog",
    label="Syslog",
    about="/var/log files and forwarded messages: RFC 3164, RFC 5424, ISO stamps",
    sniff=sniff,
    read=read,
    asks=("year", "zone"),
)
