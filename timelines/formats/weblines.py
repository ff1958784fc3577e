"""One line of an access log, in the dialects of servers, proxies and load balancers, as one shape.

Source: Apache's mod_log_config, nginx's and Envoy's default formats, AWS's descriptions of the access logs of Classic, Application and Network Load Balancers and of S3,
Squid's native format, and the JSON of Caddy, Traefik, Envoy and nginx. Apache states when a request came in,
nginx and the load balancers when its answer was sent. W3C and AWS times are UTC by definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from timelines.formats.base import BadTime, clean, get

BRACKETED = re.compile(
    r"\[(?P<time>(?:\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,]\d{1,9})? ?(?:Z|[+-]\d\d:?\d\d))\] ?"
)
ANSWER = re.compile(r'"(?P<request>.*?)" (?P<status>\d{3}|-|0) (?P<size>\S+)(?P<rest>.*)$', re.S)
SSL_REQUEST = re.compile(
    r'(?P<client>\S{1,200}) (?P<protocol>(?:TLS|SSL)v\S{1,8}|-) (?P<cipher>\S{1,100}) "(?P<request>.*?)" (?P<size>\d{1,15}|-)$',
    re.S,
)
S3 = re.compile(
    r'(?P<client>\S+) (?P<user>\S+) \S+ (?P<operation>[A-Z0-9]+\.\S+) (?P<key>\S+) (?:"(?P<request>.*?)"|-) (?P<status>\d{3}|-) (?P<error>\S+) (?P<size>\S+)(?P<rest>.*)$',
    re.S,
)
REQUEST = re.compile(r"(?P<method>[A-Z][A-Z_-]{1,30}) (?P<path>\S*)")
TOKENS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
ALB = re.compile(r"(?:https?|h2|grpcs|wss?) \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z ")
NLB = re.compile(r"tls \d\.\d \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ")
ELB = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z \S{1,300} \S+:\d{1,5} (?:\S+:\d{1,5}|-) -?[\d.]+ -?[\d.]+ -?[\d.]+ (?:\d{3}|-) "
)
SQUID = re.compile(
    r"(?P<time>\d{10}\.\d{3}) +(?P<took>-?\d+) (?P<client>\S+) (?P<result>[A-Z_]+)/(?P<status>\d{3}) (?P<size>\d+) (?P<method>\S+) (?P<url>\S+) (?P<user>\S+)"
)
# Tomcat's valve as Jira and Confluence set it: nothing is quoted; the user stands before the thread.
BARE = re.compile(
    r"(?P<before>[^\"]{0,400}?)(?P<method>GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|PROPFIND|REPORT|MKCOL|TRACE|CONNECT) (?P<path>\S+) HTTP/\d(?:\.\d)? "
    r"(?P<status>\d{3}) (?P<took>\d+ms|-) (?P<size>\d+|-)"
)
# Bitbucket: cells between bars, the time without a zone.
PIPED = re.compile(
    r"(?P<client>[^|]{1,200}) \| (?P<protocol>https?|ssh|grpc) \| (?P<id>[^|]{1,100}) \| (?:@[^|]{1,60} \| )?(?P<user>[^|]{1,100}) \| "
    r'(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \| "(?P<request>[^|]*?)" \| (?P<details>[^|]*) \| (?P<status>\d{1,3}|-) \| '
)
ADDRESS = re.compile(r"[\d.]{7,15}|[\da-fA-F:]{3,45}")
CLIENT = re.compile(r"[\da-fA-F:.]{3,45}$|\S+\.\S+$")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(slots=True)
class Request:
    """What one line says of a request; `time` as written, `status` 0 where none was sent."""

    time: str
    status: int = 0
    method: str = ""
    path: str = ""
    client: str = ""
    user: str = ""
    place: str = ""
    utc: bool = False  # the dialect writes UTC without saying so
    stated: bool = True  # whether the dialect states a status at all
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        if not self.method and ("line" in self.extra or not self.path):
            return str(self.extra.get("line", "connection"))
        asked = f"{self.method} {self.path}".strip()
        return f"{asked} → {self.status or 'no answer'}" if self.stated else asked


def number(text: Any) -> int:
    return int(text) if str(text).isdecimal() and len(str(text)) < 16 else 0


def dash(text: Any) -> str:
    text = clean(text)
    return "" if text == "-" else text


def request_of(line: str) -> tuple[str, str]:
    """Method and path of a request line; what is none is kept as it is."""
    match = REQUEST.match(line)
    return (match["method"], match["path"]) if match else ("", dash(line.strip("- ")))


def tokens(text: str) -> list[str]:
    return [quoted or bare for quoted, bare in TOKENS.findall(text)]


def _web(text: str) -> Request | None:
    """Common and combined format, with or without the virtual host in front; Envoy; Tomcat's valve; S3."""
    stamp = BRACKETED.search(text, 0, 2000)
    if stamp is None:
        return None
    before, end = text[: stamp.start()].split(), stamp.end()
    if match := ANSWER.match(text, end):
        return _common(match, before, stamp["time"])
    if match := BARE.match(text, end):
        return _bare(match, stamp["time"])
    if match := S3.match(text, end):
        return _bucket(match, before, stamp["time"])
    match = SSL_REQUEST.match(text, end)
    return _encrypted(match, stamp["time"]) if match else None


def _common(match: re.Match, before: list[str], time: str) -> Request:
    method, path = request_of(match["request"])
    named = len(before) > 3 and CLIENT.match(before[1]) and not before[0].endswith(",")
    host = before[0] if named else ""
    rest = before[1:] if host else before
    last = next((n for n, word in enumerate(rest) if not word.endswith(",")), 0)  # of the proxies between
    referer, agent = (QUOTED.findall(match["rest"]) + ["", ""])[:2]
    extra = {"bytes": number(match["size"]), "referer": dash(referer)[:500], "agent": dash(agent)[:300]}
    return Request(
        time, number(match["status"]), method, path, dash(rest[0].strip('",')) if rest else "",
        dash(" ".join(rest[last + 2 :])), host, extra=extra,
    )  # fmt: skip


def _encrypted(match: re.Match, time: str) -> Request:
    """Apache's log of encrypted requests, which has the cipher in place of the status."""
    method, path = request_of(match["request"])
    extra = {"bytes": number(match["size"]), "protocol": match["protocol"], "cipher": match["cipher"]}
    return Request(time, method=method, path=path, client=match["client"], stated=False, extra=extra)


def _bare(match: re.Match, time: str) -> Request:
    before = match["before"].split()
    users = [
        word for word in before if not ADDRESS.fullmatch(word) and not re.match(r"(?:https?|ajp)-|-$", word)
    ]
    client = next((word for word in before if ADDRESS.fullmatch(word)), "")
    extra = {"bytes": number(match["size"]), "took": match["took"]}
    return Request(
        time,
        int(match["status"]),
        match["method"],
        match["path"],
        client,
        clean(users[0]) if users else "",
        extra=extra,
    )


def _piped(text: str) -> Request | None:
    match = PIPED.match(text)
    if match is None:
        return None
    web = match["protocol"].startswith("http")
    method, path = request_of(match["request"]) if web else ("", "")
    extra = {"protocol": match["protocol"], "line": f"{match['protocol']}: {match['request']}"}
    status = number(match["status"])
    return Request(
        match["time"], status if status >= 100 else 0, method, path, clean(match["client"].split(",")[0]), dash(match["user"]), extra=extra
    )  # fmt: skip


def _bucket(match: re.Match, before: list[str], time: str) -> Request:
    method, path = request_of(match["request"]) if match["request"] else (match["operation"], match["key"])
    extra = {"bytes": number(match["size"]), "operation": match["operation"], "error": dash(match["error"])}
    return Request(
        time, number(match["status"]), method, path, dash(match["client"]), dash(match["user"]), before[-1] if before else "", extra=extra
    )  # fmt: skip


def _application(text: str) -> Request | None:
    return _balanced(tokens(text)) if ALB.match(text) else None


def _classic(text: str) -> Request | None:
    return _balanced(["", *tokens(text)]) if ELB.match(text) else None


def _balanced(part: list[str]) -> Request:
    """Application and Classic load balancers; the latter have no type in front."""
    if len(part) < 14:
        raise BadTime("The line is cut off: it has fewer fields than a load balancer writes.")
    method, path = request_of(part[12])
    extra: dict[str, Any] = {
        "type": part[0], "target": dash(part[4]), "target_status": dash(part[9]), "agent": dash(part[13])[:300],
        "bytes": number(part[11]), "seconds": [dash(p) for p in part[5:8]],
    }  # fmt: skip
    if len(part) > 24:
        extra |= {"began": dash(part[21]), "actions": dash(part[22]), "error": dash(part[24])}
    return Request(part[1], number(part[8]), method, path, dash(part[3]), "", dash(part[2]), extra=extra)


def _network(text: str) -> Request | None:
    if not NLB.match(text):
        return None
    part = tokens(text)
    if len(part) < 12:
        raise BadTime("The line is cut off: it has fewer fields than a load balancer writes.")
    extra = {
        "line": f"TLS connection of {part[7]} ms, {part[10]} bytes sent", "target": dash(part[6]), "bytes": number(part[10]), "alert": dash(part[11]),
    }  # fmt: skip
    return Request(part[2], client=dash(part[5]), place=dash(part[3]), utc=True, extra=extra)


def _squid(text: str) -> Request | None:
    match = SQUID.match(text)
    if match is None:
        return None
    extra = {
        "bytes": number(match["size"]),
        "result": match["result"],
        "milliseconds": int(match["took"][:12]),
    }
    return Request(
        match["time"],
        number(match["status"]),
        match["method"],
        clean(match["url"]),
        match["client"],
        dash(match["user"]),
        extra=extra,
    )


JSON_NAMES = {
    "time": ("time_iso8601", "time_local", "StartUTC", "start_time", "msec", "@timestamp", "timestamp", "time", "ts"),
    "status": ("status", "DownstreamStatus", "response_code", "status_code", "statusCode", "resp.status"),
    "method": ("request_method", "RequestMethod", "method", "request.method", "req.method"),
    "path": ("request_uri", "RequestPath", "path", "uri", "url", "request.uri", "req.url"),
    "client": ("remote_addr", "ClientHost", "downstream_remote_address", "remote_ip", "request.remote_ip", "client_ip", "clientip"),
    "user": ("remote_user", "ClientUsername", "user_id"),
    "place": ("server_name", "host", "RequestHost", "authority", "request.host", "http_host"),
}  # fmt: skip


def of_json(text: str) -> Request | None:
    """An access log line in JSON, if it has a time, a status and a request."""
    if text[:1] != "{":
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    part = {role: _first(found, names) for role, names in JSON_NAMES.items()}
    method, path = clean(part["method"]), clean(part["path"])
    if not method and isinstance(found.get("request"), str):
        method, path = request_of(found["request"])
    if part["time"] is None or not number(part["status"]) or not (method and path):
        return None
    return Request(
        str(part["time"]), number(part["status"]), method, path, dash(part["client"] or ""), dash(part["user"] or ""), dash(part["place"] or ""),
    )  # fmt: skip


def _first(found: dict, names: tuple[str, ...]) -> Any:
    for name in names:
        value = get(found, *name.split("."))
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
            return value
    return None


DIALECTS: tuple[tuple[str, Callable[[str], Request | None]], ...] = (
    ("JSON", of_json),
    ("a web server", _web),
    ("an AWS Application Load Balancer", _application),
    ("an AWS Network Load Balancer", _network),
    ("an AWS Classic Load Balancer", _classic),
    ("Squid", _squid),
    ("Bitbucket", _piped),
)


def parsed(text: str) -> Request | None:
    """The request that a line of one of the dialects tells of. Raises BadTime for one that was cut off."""
    return next((request for _, recognised in DIALECTS if (request := recognised(text))), None)


def kind_of(text: str) -> str:
    """The dialect of a line, "" for none."""
    for name, recognised in DIALECTS:
        try:
            if recognised(text):
                return name
        except BadTime:
            return name
    return ""
