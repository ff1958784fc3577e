"""One line of a log in JSON, logfmt or klog: its time, severity, message and what else is worth keeping.

The names of fields are those of pino, bunyan, winston, zap, zerolog, logrus, slog, structlog, Serilog, log4j's
JSON layouts, Elastic's common schema, GELF, MongoDB and Kubernetes' own JSON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from timelines.formats.base import BadTime, clean, get
from timelines.formats.loglines import SEVERITIES, by_tens, severity

TIMES = (
    "@timestamp", "timestamp", "time", "ts", "t", "@t", "Timestamp", "instant", "timeMillis", "datetime", "date", "asctime",
    "eventTime", "dt", "T",
)  # fmt: skip
LEVELS = (
    "level",
    "severity",
    "levelname",
    "log.level",
    "lvl",
    "@l",
    "loglevel",
    "level_name",
    "Level",
    "s",
    "L",
    "SeverityText",
)
MESSAGES = (
    "msg", "message", "@m", "@mt", "short_message", "event", "Message", "MessageTemplate", "RenderedMessage", "body", "log", "M",
)  # fmt: skip
LOGGERS = (
    "logger",
    "logger_name",
    "loggerName",
    "log.logger",
    "component",
    "module",
    "service",
    "app",
    "name",
    "SourceContext",
    "c",
    "N",
)
HOSTS = ("hostname", "host", "pod", "host.name", "instance")
ERRORS = (
    "err",
    "error",
    "exception",
    "stack",
    "stack_trace",
    "stacktrace",
    "exc_info",
    "@x",
    "full_message",
    "error.stack_trace",
)
KEPT = (
    "trace_id",
    "traceId",
    "trace.id",
    "request_id",
    "requestId",
    "reqId",
    "span_id",
    "caller",
    "user",
    "user_id",
    "status",
)
LOGFMT = re.compile(r'(?<!\S)([A-Za-z_@][\w.@/-]{0,60})=("(?:[^"\\]|\\.)*"|[^\s"]*)')
KLOG = re.compile(
    r"([IWEF])(?P<stamp>(?P<year>\d{4})?(?P<month>\d\d)(?P<day>\d\d) (?P<clock>\d\d:\d\d:\d\d)(?P<fraction>\.\d{1,9})) +(?P<pid>\d{1,10}) "
    r"(?P<file>[^:\s\]]{1,200}:\d{1,7})\] ?(?P<message>.*)",
    re.S,
)


@dataclass(slots=True)
class Line:
    """What a line tells; `time` is as it stands there, None where it has none."""

    message: str
    time: Any = None
    severity: str = ""
    logger: str = ""
    host: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def parsed(text: str) -> Line | None:
    """The line, if it is JSON or logfmt with a message or a level in it."""
    if text[:1] == "{":
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        return of_fields(found) if isinstance(found, dict) else None
    if "=" in text[:100]:
        pairs = {key: _unquoted(value) for key, value in LOGFMT.findall(text)}
        if ("level" in pairs or "lvl" in pairs) and (
            "msg" in pairs or "message" in pairs or "ts" in pairs or "time" in pairs
        ):
            return of_fields(pairs)
    return None


def _unquoted(value: str) -> str:
    if value[:1] != '"':
        return value
    try:
        return str(orjson.loads(value))
    except orjson.JSONDecodeError:
        return value[1:-1]


def first(fields: dict, names: tuple[str, ...]) -> Any:
    """The first of the names that has a value; a dot in a name may also be a step inside."""
    for name in names:
        value = fields.get(name)
        if value is None and "." in name:
            value = get(fields, *name.split("."))
        if value is not None and value != "":
            return value
    return None


def of_fields(fields: dict) -> Line:
    time, message = first(fields, TIMES), first(fields, MESSAGES)
    logger, host = first(fields, LOGGERS), first(fields, HOSTS)
    if isinstance(fields.get("kubernetes"), dict):  # as collectors add it
        logger = first(fields["kubernetes"], ("container_name", "container.name")) or logger
        host = first(fields["kubernetes"], ("pod_name", "pod.name")) or host
    extra = {name: _small(first(fields, (name,))) for name in KEPT if first(fields, (name,)) is not None}
    parts = [_words(message) if message is not None else _words(fields)]
    if about := _request(fields):
        parts[0] = f"{parts[0]}: {about}"
    if (trouble := first(fields, ERRORS)) and trouble is not message:
        parts.append(_trouble(trouble))
    return Line(
        message="\n".join(part for part in parts if part), time=moment_of(time),
        severity=_severity(first(fields, LEVELS), fields), logger=_name(logger), host=_name(host), extra=extra,
    )  # fmt: skip


def _request(fields: dict) -> str:
    """What pino and its kin say of a request and its answer beside the message."""
    method, path = get(fields, "req", "method", default=""), get(fields, "req", "url", default="")
    status, took = get(fields, "res", "statusCode", default=""), fields.get("responseTime", "")
    took = f"{took:.0f} ms" if isinstance(took, (int, float)) else ""
    return clean(" ".join(str(part) for part in (method, path, status, took) if part != ""))[:500]


def moment_of(value: Any) -> Any:
    """{"$date": …} of MongoDB and {epochSecond, nanoOfSecond} of log4j as one value."""
    if not isinstance(value, dict):
        return value
    if "$date" in value:
        return value["$date"]
    if isinstance(value.get("epochSecond"), int):
        nanoseconds = value.get("nanoOfSecond")
        return f"{value['epochSecond']}.{nanoseconds if isinstance(nanoseconds, int) else 0:09}"
    return None


def _severity(level: Any, fields: dict) -> str:
    if isinstance(level, dict):
        level = level.get("level") or level.get("name")
    if isinstance(level, str) and level.isdecimal() and len(level) < 4:
        level = int(level)
    if isinstance(level, int) and not isinstance(level, bool):
        if 0 <= level <= 7 and "short_message" in fields:
            return SEVERITIES[level]
        return by_tens(level)
    return severity(level)


def _words(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()[:4000]
    except TypeError:
        return "…"  # nested too deeply to be written out


def _trouble(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("stack") or value.get("stack_trace") or value.get("message") or value
    return _words(value)[:8000]


def _name(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name")
    return clean(value)[:200] if isinstance(value, (str, int)) else ""


def _small(value: Any) -> Any:
    return value if isinstance(value, (int, float, bool)) else _words(value)[:300]


def klog(text: str) -> re.Match | None:
    """`I0718 06:07:40.123456   1 file.go:12] text`, of which newer ones may also state the year."""
    match = KLOG.match(text)
    if match and not (1 <= int(match["month"]) <= 12):
        raise BadTime(f"There is no month {match['month']}.")
    return match
