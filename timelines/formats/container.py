"""Logs of containers and of services: CRI and Docker files, `kubectl logs`, JSON lines, logfmt, klog.

Source: Kubernetes' CRI log format, Docker's json-file driver, klog's header, and the field names of the usual
logging libraries. The stamp of CRI, Docker and `--timestamps` is the event's time; a stamp inside the message
is the program's own and stays in the text. A line cut into parts is put together again: by its tag P, by the line
end missing in Docker's file. Parts further apart than a minute were never one line. Docker's times without Z are
UTC. klog states no year and no zone, and both are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson

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
)
from timelines.formats.jsonlog import Line, klog, parsed
from timelines.formats.loglines import NAMED, entries
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.stamps import UTC_ZONE
from timelines.formats.yearless import Calendar

PREFIX = r"(?P<prefix>\[[^\]\s]{1,300}\] |[\w./:-]{1,200} {0,40}\| )?"
STAMP = r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))"
CRI = re.compile(
    rf"{PREFIX}{STAMP} (?P<stream>stdout|stderr) (?P<tag>[FP])(?::\S*)?(?: (?P<message>.*))?$", re.S
)
STAMPED = re.compile(
    rf"{PREFIX}(?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{7,9}}(?:Z|[+-]\d\d:\d\d))(?: (?P<message>.*))?$",
    re.S,
)
PREFIXED = re.compile(r"(?P<prefix>\[[^\]\s]{1,300}\]|[\w./:-]{1,200} {0,40}\|) (?P<message>\{.*)$", re.S)
TOGETHER = timedelta(minutes=1)
WHOLE = 1024 * 1024  # bytes that a line put together may have
# Where Kubernetes and Docker keep the files: namespace_pod_uid/container/0.log, pod_namespace_container-id.log, id-json.log.
POD = re.compile(r"(?:^|/)([^/_]{1,63})_([^/_]{1,253})_[0-9a-f-]{32,36}/([^/]{1,63})/\d{1,4}\.log")
CONTAINER = re.compile(r"(?:^|/)([^/_]{1,253})_([^/_]{1,63})_([^/]{1,63})-[0-9a-f]{64}\.log")
DOCKER = re.compile(r"(?:^|/)([0-9a-f]{12})[0-9a-f]{52}-json\.log")
STREAMS = 32  # of which lines may be unfinished at once
SEVERITY_OF = {"I": "informational", "W": "warning", "E": "error", "F": "critical"}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    sample = [decode(line) for line in head[: 1 << 15].splitlines()[:40] if line.strip()]
    kinds = [kind_of(line) for line in sample]
    for kind, words in (
        ("cri", "lines as Kubernetes writes them to /var/log/pods"),
        ("docker", "lines of Docker's json-file driver"),
        ("json", "log lines in JSON (time, level, message)"),
        ("logfmt", "log lines of key=value pairs"),
        ("klog", "lines of klog"),
        ("stamped", "lines with times as kubectl logs --timestamps writes them"),
    ):
        count = kinds.count(kind)
        if sample and count >= max(1, len(sample) * (0.2 if kind == "json" else 0.5)):
            return f"{count} of its first {len(sample)} lines are {words}"
    return None


def kind_of(line: str) -> str:
    if match := PREFIXED.match(line):
        line = match["message"]
    if line[:1] == "{":
        if of_docker(line):
            return "docker"
        found = parsed(line)
        told = found and found.time is not None and found.message and (found.severity or found.host)
        return "json" if told else ""
    if CRI.match(line):
        return "cri"
    if STAMPED.match(line):
        return "stamped"
    if re.match(r"[IWEF](?:\d{4})?\d{4} \d\d:\d\d:\d\d\.\d", line):
        return "klog"
    found = parsed(line)
    return "logfmt" if found and found.time is not None and found.severity else ""


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        with bundle.open(name) as file:
            reader = Reader(context, name)
            numbered = reader.joined(lines(file))
            yield from entries(numbered, name, reader.record, apart=True)


class Reader:
    """Reads the lines of one file; lines cut into parts are put together first."""

    def __init__(self, context: Context, name: str) -> None:
        self.context, self.name = context, name
        self.calendar = Calendar(context)
        self.place = place_of(name)

    def joined(self, numbered: Iterator[tuple[int, bytes | None]]) -> Iterator[tuple[int, bytes | None]]:
        """Whole lines: the parts of one, per stream, as one line whose parts are separated by line ends."""
        open_parts: dict[str, tuple[int, bytes, Any, int]] = {}
        for number, raw in numbered:
            part = self._part(raw) if raw else None
            if part is None:
                yield number, raw
                continue
            stream, at, unfinished = part
            begun, held, since, size = open_parts.pop(stream, (number, b"", at, 0))
            if held and (at - since > TOGETHER or at < since - TOGETHER or size > WHOLE):
                yield begun, held
                begun, held, since, size = number, b"", at, 0
            held = held + b"\n" + raw if held else raw
            if unfinished and len(open_parts) < STREAMS:
                open_parts[stream] = begun, held, since, size + len(raw)
            else:
                yield begun, held
        for begun, held, _, _ in open_parts.values():
            yield begun, held

    def _part(self, raw: bytes) -> tuple[str, Any, bool] | None:
        """Stream, time, and whether more of the line follows; None for what is never cut."""
        try:
            if found := of_docker(raw):
                at = iso(found["time"], UTC_ZONE).at
                return str(found.get("stream")), at, not found["log"].endswith("\n")
            match = CRI.match(decode(raw[:1000])) if b" P" in raw[:1000] or b" F" in raw[:1000] else None
            if match:
                return (match["prefix"] or "") + match["stream"], iso(match["time"]).at, match["tag"] == "P"
        except BadTime:
            pass  # told when the line is read
        return None

    def record(self, text: str, raw: bytes, where: str) -> Record | Skipped | None:
        if parts := [found for part in text.split("\n") if (found := of_docker(part))]:
            return self._docker(parts, raw, where)
        if match := CRI.match(text.split("\n", 1)[0]):
            return self._cri(match, text, raw, where)
        if match := STAMPED.match(text):
            return self._stamped(match, match["message"] or "", raw, where, {})
        if match := klog(text):
            return self._klog(match, raw, where)
        prefixed = PREFIXED.match(text)
        found = parsed(prefixed["message"] if prefixed else text)
        if found is None or found.time is None:
            return None
        place = prefixed["prefix"].strip(" |[]") if prefixed else ""
        return self._made(found, raw, where, stamp(found.time, self.context.zone), {}, place)

    def _cri(self, match: re.Match, text: str, raw: bytes, where: str) -> Record:
        parts = [CRI.match(part) for part in text.split("\n")]
        message = "".join(part["message"] or "" for part in parts if part)
        extra: dict[str, Any] = {"stream": match["stream"]}
        if parts[-1] and parts[-1]["tag"] == "P":
            extra["partial"] = True
        return self._stamped(match, message, raw, where, extra)

    def _stamped(self, match: re.Match, message: str, raw: bytes, where: str, extra: dict) -> Record:
        place = (match["prefix"] or "").strip(" |[]")
        return self._made(inner(message), raw, where, stamp(match["time"]), extra, place)

    def _docker(self, parts: list[dict], raw: bytes, where: str) -> Record:
        time = parts[0].get("time")
        when = stamp(time, UTC_ZONE)
        if not when["zone"]:
            when["certainty"] = "derived"
        message = "".join(part["log"] for part in parts)
        extra: dict[str, Any] = {"stream": clean(parts[0].get("stream"))}
        if isinstance(parts[0].get("attrs"), dict):
            extra["attributes"] = {
                clean(k)[:60]: clean(v)[:200] for k, v in list(parts[0]["attrs"].items())[:20]
            }
        return self._made(inner(message.rstrip("\n")), raw, where, when, extra)

    def _klog(self, match: re.Match, raw: bytes, where: str) -> Record:
        clock, fraction = match["clock"], match["fraction"]
        at, certainty = self.calendar.place(
            int(match["month"]), int(match["day"]), clock, fraction, match["year"]
        )
        when = {
            "at": at, "certainty": certainty, "written": match["stamp"], "precision": precision_of(len(fraction) - 1),
            "nanoseconds": int(fraction[1:].ljust(9, "0")) % 1000,
        }  # fmt: skip
        extra = {"caller": match["file"], "pid": int(match["pid"])}
        return self._made(
            Line(match["message"], severity=SEVERITY_OF[match[1]], extra=extra), raw, where, when, {}
        )

    def _made(self, line: Line, raw: bytes, where: str, when: dict, extra: dict, place: str = "") -> Record:
        if line.severity:
            extra["severity"] = line.severity
        place = place or self.place
        logger = line.logger or place.rsplit("/", 1)[-1]
        return Record(
            external_id="", text=clean(line.message)[:32_000], kind="log", actor=logger, actor_id=logger, actor_kind="system",
            place=(place or line.host)[:300], where=where, raw=raw, noise=line.severity in ("debug", "trace"),
            extra=extra | line.extra, **when,
        )  # fmt: skip


def place_of(name: str) -> str:
    """namespace/pod/container, or the beginning of Docker's id, as the file's path tells."""
    if match := POD.search(name):
        return "/".join(match.groups())
    if match := CONTAINER.search(name):
        return f"{match[2]}/{match[1]}/{match[3]}"
    return match[1] if (match := DOCKER.search(name)) else ""


def of_docker(line: str | bytes) -> dict | None:
    """The line, if it is one of Docker's json-file driver: log, stream and time, and at most attrs."""
    mark, log = ("{", '"log"') if isinstance(line, str) else (b"{", b'"log"')
    if line[:1] != mark or log not in line:
        return None
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    named = isinstance(found, dict) and isinstance(found.get("log"), str) and "time" in found
    return found if named and found.keys() <= {"log", "stream", "time", "attrs"} else None


def inner(message: str) -> Line:
    """What a message tells, if it is itself JSON, logfmt or klog; its words else."""
    if (found := parsed(message)) and found.message:
        return found
    try:
        if match := klog(message):
            return Line(message, severity=SEVERITY_OF[match[1]])
    except BadTime:
        pass
    word = re.match(r"\[?([A-Z]{4,8})\]?[\s:|]", message)
    return Line(message, severity=NAMED.get(word[1].lower(), "") if word else "")


FORMAT = Format(
    key="container",
    label="Container and service logs",
    about="kubectl logs, /var/log/pods, Docker's json files, JSON lines of logging libraries, logfmt, klog",
    sniff=sniff,
    read=read,
    asks=("year", "zone"),
)
