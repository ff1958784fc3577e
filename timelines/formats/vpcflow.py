"""Flow logs of Amazon VPC: which connections were let through or refused, in windows of a minute to ten.

Source: “Flow log records” of the Amazon VPC user guide. A first line names the fields; where there is none, the
fields are those of the default format (version 2). Lines that CloudWatch wrote out have their time before them.
`start` and `end` are seconds in UTC of the window in which the flow was seen, not of the connection; a flow log is
delivered minutes later, and not for sure. Every flow is kept out of sight, to be found and pinned. What is shown:

- per minute with refused flows one event with their number and what they wanted most;
- SKIPDATA: flows of that window were lost to the log. NODATA is no trouble: nothing went over that interface.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Moment,
    clean,
    compact,
    decode,
    epoch,
    lines,
    too_long,
)
from timelines.formats.loglines import Naming, rotation
from timelines.formats.records import Record, Skipped

DEFAULT = (
    "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes",
    "start", "end", "action", "log-status",
)  # fmt: skip
WRITTEN_OUT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z (?=\d )"
)  # the time CloudWatch puts before a line
LINE = re.compile(
    r"\d{1,2} (?:\d{12}|unknown) eni-\w+ (?:\S+ ){7}\d+ \d+ (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)$"
)
NAME = re.compile(r"[a-z][a-z0-9-]*")
PROTOCOLS = {"1": "ICMP", "6": "TCP", "17": "UDP", "47": "GRE", "50": "ESP", "58": "ICMPv6", "132": "SCTP"}
MINUTES = 50_000  # of refusals held at once
WANTED = 50  # different ends counted per minute
SHOWN = 3


def sniff(bundle: Bundle, head: bytes) -> str | None:
    sample = [
        WRITTEN_OUT.sub("", decode(line)).strip()
        for line in head[: 1 << 15].splitlines()[:30]
        if line.strip()
    ]
    if not sample:
        return None
    if _header(sample[0]):
        return "its first line names the fields of VPC flow logs (srcaddr, dstaddr, start …)"
    count = sum(bool(LINE.match(line)) for line in sample)
    if count >= len(sample) * 0.8:
        return f"{count} of its first {len(sample)} lines are VPC flow logs of the default format"
    return None


def _header(text: str) -> list[str]:
    names = text.split()
    named = len(names) > 3 and {"srcaddr", "dstaddr"} & set(names) and all(map(NAME.fullmatch, names))
    return names if named else []


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    refused, naming = Refused(), Naming()
    for name in sorted(bundle.names, key=rotation):
        with bundle.open(name) as file:
            yield from _file(lines(file), name, refused, naming)
    yield from refused.told()


def _file(
    numbered: Iterator[tuple[int, bytes | None]], name: str, refused: Refused, naming: Naming
) -> Iterator[Record | Skipped]:
    fields: tuple[str, ...] | list[str] = DEFAULT
    for number, raw in numbered:
        where = f"{name}:{number}"
        if raw is None:
            yield too_long(where)
            continue
        text = WRITTEN_OUT.sub("", decode(raw)).strip()
        if not text:
            continue
        if named := _header(text):
            fields = named
            continue
        try:
            flow = Flow.of(text, fields)
            yield naming.name(flow.record(raw, where), text.encode())
            if flow.told.get("action") == "REJECT":
                yield from refused.count(flow, where)
        except BadTime as error:
            yield Skipped(where, str(error))


@dataclass(frozen=True)
class Flow:
    told: dict[str, str]
    start: Moment
    end: Moment

    @classmethod
    def of(cls, text: str, fields: tuple[str, ...] | list[str]) -> Flow:
        values = text.split()
        if len(values) != len(fields):
            raise BadTime(
                f"The line has {len(values)} fields where {len(fields)} are named: {clean(text)[:80]!r}."
            )
        told = dict(zip(fields, values, strict=True))
        written = told.get("start") or told.get("end")
        if not written:
            raise BadTime("The log holds neither start nor end; choose a format of flow logs that has them.")
        if not (written.isascii() and written.isdigit()):
            raise BadTime(f"{clean(written)[:40]!r} is not a time.")
        start = epoch(written)
        end = told.get("end", "")
        return cls(told, start, epoch(end) if end.isascii() and end.isdigit() else start)

    def ends(self) -> tuple[str, str]:
        """From where to where, as far as the log says; a dash is nothing."""
        ends = []
        for side in ("src", "dst"):
            address, port = clean(self.told.get(f"{side}addr", "-")), clean(self.told.get(f"{side}port", "-"))
            bare = f"[{address}]" if ":" in address and port not in ("-", "0") else address
            ends.append(bare if port in ("-", "0") else f"{bare}:{port}")
        return ends[0], ends[1]

    @property
    def protocol(self) -> str:
        number = self.told.get("protocol", "-")
        return PROTOCOLS.get(number, "" if number == "-" else f"protocol {clean(number)[:10]}")

    def record(self, raw: bytes, where: str) -> Record:
        told, (source, target) = self.told, self.ends()
        status = told.get("log-status", "OK")
        if status in ("NODATA", "SKIPDATA"):
            text = "No flow was seen." if status == "NODATA" else "Flows of this window were lost to the log."
        else:
            did = {"ACCEPT": "let through", "REJECT": "refused"}.get(told.get("action", ""), "seen")
            much = ", ".join(
                f"{told[name]} {name}" for name in ("packets", "bytes") if told.get(name, "-").isdigit()
            )
            text = " ".join(part for part in (self.protocol, source, "→", target, did) if part) + (
                f", {much}" if much else ""
            )
        host = told.get("interface-id") or told.get("instance-id") or ""
        return Record(
            at=self.start.at, until=self.end.at if self.end.at > self.start.at else None, external_id="", text=clean(text)[:500],
            kind="flow" if status == "OK" else "flow log", written=told.get("start", ""), zone="Z", certainty="exact",
            actor=source if status == "OK" and source != "-" else "", actor_id=told.get("srcaddr", "")[:200] if status == "OK" else "",
            actor_kind="system", place=clean("" if host == "-" else host)[:200], where=where, raw=raw, noise=status != "SKIPDATA",
            extra={name: clean(value)[:200] for name, value in told.items() if value != "-"},
        )  # fmt: skip


@dataclass
class Minute:
    flows: int = 0
    last: datetime | None = None
    wanted: Counter = field(default_factory=Counter)
    where: str = ""


class Refused:
    """Refused flows per minute, in constant memory: beyond MINUTES the oldest are told."""

    def __init__(self) -> None:
        self.minutes: dict[datetime, Minute] = {}

    def count(self, flow: Flow, where: str) -> Iterator[Record]:
        at = flow.start.at.replace(second=0)
        minute = self.minutes.setdefault(at, Minute(where=where))
        minute.flows += 1
        minute.last = max(flow.end.at, minute.last or flow.end.at)
        target = f"{flow.protocol} {flow.ends()[1]}".strip()
        if target in minute.wanted or len(minute.wanted) < WANTED:
            minute.wanted[target] += 1
        if len(self.minutes) > MINUTES:
            oldest = min(self.minutes)
            yield _summary(oldest, self.minutes.pop(oldest))

    def told(self) -> Iterator[Record]:
        for at in sorted(self.minutes):
            yield _summary(at, self.minutes[at])


def _summary(at: datetime, minute: Minute) -> Record:
    most = ", ".join(f"{target} ({count})" for target, count in minute.wanted.most_common(SHOWN))
    flows = f"{minute.flows:,} flow{'s' if minute.flows > 1 else ''} refused"
    extra = {"per": "minute", "flows": minute.flows, "wanted": dict(minute.wanted.most_common(SHOWN))}
    return Record(
        at=at, until=minute.last if minute.last and minute.last > at else None, external_id=f"refused/{at.astimezone(UTC):%Y-%m-%dT%H:%M}",
        text=f"{flows}: {most}", kind="flows refused", precision="minute", certainty="derived", zone="Z", actor_kind="system",
        where=minute.where, raw=compact(extra | {"at": at.isoformat()}), extra=extra,
    )  # fmt: skip


FORMAT = Format(
    key="vpcflow",
    label="VPC flow log",
    about="flow logs of Amazon VPC from S3 (also gzip) or CloudWatch, in the default or a custom format",
    sniff=sniff,
    read=read,
)
