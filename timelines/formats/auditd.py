"""The Linux audit log: audit.log, `ausearch --raw`, and audit lines that came through syslog or the journal.

Source: the audit userspace's description of its record format and of enriched events. An event is all records
with the same node, time and serial; its records may stand between those of others, so an event is told once
enough others have begun after it. Values in hexadecimal are turned into text, with NUL between arguments as a
blank; numeric ids are shown by the names that an enriched log adds. Times are seconds since 1970, except in
what `ausearch -i` renders: there the zone is asked for, and the order of day and month where it cannot be seen.
The id is node, time and serial, as the serial alone starts again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, decode, lines, too_long
from timelines.formats.loglines import rotation
from timelines.formats.moments import stamp
from timelines.formats.records import ActorKind, Record, Skipped

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OPEN_EVENTS = 5000  # how many events may be begun before the oldest is told
OPEN_SIZE = 16 * 1024 * 1024  # bytes of them
RECORDS, EVENT_SIZE = 2000, 4 * 1024 * 1024  # of one event, the latter in bytes
LINE = re.compile(
    r"(?:^|(?<=\s))(?:node=(?P<node>\S{1,200}) )?(?:type=(?P<type>[A-Z0-9_]+(?:\[\d+\])?) (?:msg=)?)"
    r"?audit\((?P<time>\d{1,12}(?:\.\d{1,9})?|\d{1,4}(?P<mark>[/.-])\d{1,2}(?P=mark)\d{1,4} \d\d:\d\d:\d\d(?:\.\d{1,9})?):(?P<serial>\d{1,20})\)(?: ?:)? ?(?P<body>.*)",
    re.S,
)
FIELD = re.compile(r"(?<![\w-])([A-Za-z][\w-]{0,60}(?:\[\d{1,5}\])?)=(\"[^\"]*\"|'[^']*'|\S*)")
# Where an enriched log lost its 0x1d on the way, a name in capitals begins right after the value before it.
ENRICHED = re.compile(
    r"(?<=[a-z0-9)'\"?])(?=(?:ARCH|SYSCALL|[AEFO]?UID|S?UID|FSUID|[EFO]?GID|SGID|FSGID|ID|OLD-AUID|SADDR)=)"
)
AVC = re.compile(r"(?P<how>denied|granted) {1,3}\{ (?P<what>[\w ]{1,200}) \}")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
ENCODED = {
    "proctitle", "name", "exe", "comm", "cwd", "acct", "cmd", "data", "key", "path", "dir", "file", "terminal", "vm", "old", "new", "watch",
}  # fmt: skip
UNSET = {"4294967295", "-1", "unset", "(none)", "(null)", "?", ""}
KEPT = (
    "pid", "ses", "auid", "uid", "exe", "comm", "syscall", "key", "hostname", "addr", "terminal", "unit", "cwd", "acct",
)  # fmt: skip
ROUTINE = {
    "SERVICE_START", "SERVICE_STOP", "CRED_ACQ", "CRED_DISP", "CRED_REFR", "USER_ACCT", "USER_START", "USER_END",
    "CRYPTO_KEY_USER", "CRYPTO_SESSION", "BPF", "LOGIN", "NETFILTER_CFG",
}  # fmt: skip
PARTS = {
    "SYSCALL",
    "CWD",
    "PATH",
    "PROCTITLE",
    "SOCKADDR",
    "EOE",
    "SOCKETCALL",
    "FD_PAIR",
    "record",
}  # of an event
WORDS = {
    "USER_LOGIN": "login", "USER_AUTH": "authentication", "USER_CMD": "command", "EXECVE": "command", "USER_TTY": "terminal input",
    "TTY": "terminal input", "SERVICE_START": "service started", "SERVICE_STOP": "service stopped", "SYSTEM_BOOT": "boot",
    "SYSTEM_SHUTDOWN": "shutdown", "SYSTEM_RUNLEVEL": "runlevel", "DAEMON_START": "auditing started", "DAEMON_END": "auditing stopped",
    "CONFIG_CHANGE": "audit rules changed", "ADD_USER": "user added", "DEL_USER": "user removed", "ADD_GROUP": "group added",
    "DEL_GROUP": "group removed", "USER_CHAUTHTOK": "password changed", "AVC": "access denied", "USER_AVC": "access denied",
    "ANOM_ABEND": "crash", "SOFTWARE_UPDATE": "software changed", "KERN_MODULE": "kernel module",
}  # fmt: skip


@dataclass
class Event:
    node: str
    time: str
    serial: str
    where: str
    types: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    size: int = 0


def sniff(bundle: Bundle, head: bytes) -> str | None:
    sample = [line for line in head.splitlines()[:30] if line.strip()]
    hits = sum(b"audit(" in line and bool(re.search(rb"type=\w+.{0,8}audit\(\d", line)) for line in sample)
    if sample and hits >= max(1, len(sample) * 0.5):
        return f"{hits} of its first {len(sample)} lines are records of the Linux audit log"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    """Events of all files of the bundle together, as an event may begin in one and end in the next."""
    gathering = Gathering(context)
    for name in sorted(bundle.names, key=rotation):
        with bundle.open(name) as file:
            for number, raw in lines(file):
                where = f"{name}:{number}"
                if raw is None:
                    yield too_long(where)
                elif raw.strip():
                    yield from gathering.add(raw, where)
    yield from gathering.rest()


class Gathering:
    """The events that have begun and may still get records, within a number and a size."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.begun: dict[tuple[str, str, str], Event] = {}
        self.size = 0

    def add(self, raw: bytes, where: str) -> Iterator[Record | Skipped]:
        text = decode(raw)
        match = LINE.search(text)
        if not match:
            if text.strip("-"):  # ausearch separates events by dashes
                yield Skipped(where, f"This is no record of the audit log: {clean(text)[:80]!r}.")
            return
        key = (match["node"] or "", match["time"], match["serial"])
        event = self.begun.get(key)
        if event is None:
            event = self.begun[key] = Event(*key, where)
        if len(event.raws) >= RECORDS or event.size > EVENT_SIZE:
            yield Skipped(where, f"The event has more than {RECORDS} records or {EVENT_SIZE // 1024**2} MB.")
            return
        event.types.append(match["type"] or "record")
        event.bodies.append(match["body"])
        event.raws.append(raw)
        event.size += len(raw)
        self.size += len(raw)
        while len(self.begun) > OPEN_EVENTS or (self.size > OPEN_SIZE and len(self.begun) > 1):
            yield from self._oldest()

    def _oldest(self) -> Iterator[Record | Skipped]:
        event = self.begun.pop(next(iter(self.begun)))
        self.size -= event.size
        try:
            yield _record(event, self.context)
        except BadTime as error:
            yield Skipped(event.where, str(error))

    def rest(self) -> Iterator[Record | Skipped]:
        while self.begun:
            yield from self._oldest()


def fields(body: str) -> dict[str, str]:
    """The fields of one record. What an enriched log adds after 0x1d is in capitals, as the log writes it."""
    found: dict[str, str] = {}
    plain, _, enriched = (body if "\x1d" in body else ENRICHED.sub("\x1d", body, count=1)).partition("\x1d")
    if plain.startswith("proctitle=") and " " in plain:  # as ausearch -i writes it
        return {"proctitle": plain.removeprefix("proctitle=").strip()}
    for key, value in FIELD.findall(plain):
        if value[:1] == "'" and "=" in value:  # msg='op=… acct=…'
            for inner, said in FIELD.findall(value[1:-1]):
                found.setdefault(inner, text_of(inner, said))
        else:
            found.setdefault(key, text_of(key, value))
    if denied := AVC.search(plain):
        found["op"] = f"{denied['how']} {denied['what']}"
    for key, value in FIELD.findall(enriched):
        found[key] = value.strip("\"'")
    return found


def text_of(key: str, value: str) -> str:
    """A value as a person would read it. Unquoted values of some fields are hexadecimal."""
    if value[:1] in ('"', "'"):
        return value[1:-1] if len(value) > 1 and value[-1] == value[0] else value[1:]
    if (key in ENCODED or re.fullmatch(r"a\d+(?:\[\d+\])?", key)) and len(value) > 1 and HEX.fullmatch(value):
        return unhex(value)
    return value


def unhex(value: str) -> str:
    plain = bytes.fromhex(value).rstrip(b"\x00")
    return decode(plain.replace(b"\x00", b" ").replace(b"\r", b"\n"))


def command(records: list[tuple[str, dict[str, str]]]) -> str:
    """The arguments of EXECVE, of which long ones come in pieces (a1[0], a1[1]) and over several records."""
    arguments: dict[int, str] = {}
    for kind, found in records:
        if kind == "EXECVE":
            for key, value in found.items():
                if match := re.fullmatch(r"a(\d{1,5})(?:\[\d{1,5}\])?", key):
                    arguments[int(match[1])] = arguments.get(int(match[1]), "") + value
    return " ".join(arguments[number] for number in sorted(arguments))


def _record(event: Event, context: Context) -> Record:
    when = stamp(event.time, context.zone, context.mapping.get("dates", ""))
    seconds = (when["at"] - EPOCH) // timedelta(milliseconds=1)
    key = f"{event.node}/{seconds // 1000}.{seconds % 1000:03}:{event.serial}".lstrip("/")
    records = [
        (kind, fields(body) if kind != "EXECVE" else _arguments(body))
        for kind, body in zip(event.types, event.bodies, strict=True)
    ]
    known: dict[str, str] = {}
    for kind, found in records:
        if kind not in ("PATH", "EXECVE"):
            known = found | known
    main = next((kind for kind in event.types if kind not in PARTS), event.types[0])
    person, kind = who(known)
    text = summary(main, known, command(records), [f.get("name", "") for k, f in records if k == "PATH"])
    failed = known.get("res", known.get("success", known.get("result", ""))) in ("failed", "no", "0", "fail")
    return Record(
        external_id=key, text=clean(text)[:4000], kind=WORDS.get(main, "audit"), actor=clean(person) or "system",
        actor_id=clean(person), actor_kind=kind, place=clean(event.node), where=event.where, raw=b"\n".join(event.raws),
        order=int(event.serial) % 2**31, noise=main in PARTS or (main in ROUTINE and not failed),
        extra=_extra(event, known, failed), **when,
    )  # fmt: skip


def _arguments(body: str) -> dict[str, str]:
    """EXECVE keeps every argument, also those that look like other fields."""
    plain = body.partition("\x1d")[0]
    return {key: text_of(key, value) for key, value in FIELD.findall(plain)}


def who(known: dict[str, str]) -> tuple[str, ActorKind]:
    """Who signed in, before the account that is spoken of, before what the process runs as.

    An enriched log has the name beside the number, in capitals.
    """
    for key, kind in (("auid", "person"), ("acct", "person"), ("uid", "system")):
        name, number = known.get(key.upper(), ""), known.get(key, "")
        if number not in UNSET and name not in ("unset", "unknown(4294967295)"):
            if name not in UNSET:
                return name, kind
            return ("root" if number == "0" else f"uid {number}" if number.isdigit() else number), kind
    return "", "system"


def address(saddr: str) -> str:
    """Where a socket leads, from the bytes of its address: the family comes first, in the host's order."""
    if len(saddr) < 8 or not HEX.fullmatch(saddr):
        return ""
    raw = bytes.fromhex(saddr)
    family = raw[0] or raw[1]
    if family == 1:
        return decode(raw[2:].strip(b"\x00").partition(b"\x00")[0])
    if family == 2 and len(raw) >= 8:
        return f"{IPv4Address(raw[4:8])}:{int.from_bytes(raw[2:4], 'big')}"
    if family == 10 and len(raw) >= 24:
        return f"[{IPv6Address(raw[8:24])}]:{int.from_bytes(raw[2:4], 'big')}"
    return ""


def summary(main: str, known: dict[str, str], run: str, paths: list[str]) -> str:
    """One line: what happened, with the command, unit, account or files it was about, and how it ended."""
    what = WORDS.get(main, main.lower().replace("_", " "))
    call = known.get("SYSCALL") or known.get("syscall", "")
    about = run or known.get("cmd") or (known.get("data") if "TTY" in main else "") or ""
    if not about and main in ("SERVICE_START", "SERVICE_STOP"):
        about = known.get("unit", "")
    about = about or known.get("sw", "")
    if not about and "op" in known:
        names = ("op", "acct", "key") if "AVC" not in main else ("op", "tclass", "path", "name")
        about = " ".join(known[k] for k in names if known.get(k, "") not in UNSET)
    if not about and main in PARTS:
        what = f"system call {call}" if call else what
        about = (
            known.get("proctitle")
            or " ".join(p for p in paths if p not in UNSET)
            or address(known.get("saddr", ""))
        )
    by = known.get("exe") or known.get("comm") or ""
    rest = [f"by {by}"] if by not in UNSET and by != about else []
    rest += [f"from {known['addr']}"] if known.get("addr", "") not in UNSET else []
    result = known.get("res") or known.get("result") or known.get("success") or ""
    rest.append({"1": "success", "0": "failed", "yes": "success", "no": "failed"}.get(result, result))
    return ", ".join(part for part in (f"{what}: {about}" if about else what, *rest) if part)


def _extra(event: Event, known: dict[str, str], failed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: clean(known[name])[:300] for name in KEPT if known.get(name, "") not in UNSET
    }
    if failed:
        found["severity"] = "warning"
    return found | {"types": event.types[:50], "serial": event.serial}


FORMAT = Format(
    key="auditd",
    label="Linux audit log",
    about="/var/log/audit/audit.log or ausearch --raw; the records of one event are put together",
    sniff=sniff,
    read=read,
    asks=("zone", "mapping"),
)
