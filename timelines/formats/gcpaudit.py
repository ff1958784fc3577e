"""Google Cloud's logs, above all its audit logs: `gcloud logging read`, API pages, sinks, Pub/Sub messages, CSV of the console.

Source: Google's description of LogEntry and AuditLog. `timestamp` (up to nanoseconds) is when it happened,
`receiveTimestamp` when it was stored. The id is (insertId, timestamp, logName), as Google takes duplicates to be.
An operation that takes long has an entry at its start and one at its end with one operation id. What the data access
log holds, and what only reads, is kept out of sight.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import orjson

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.documents import Found, records
from timelines.formats.loglines import severity
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.rows import rows_or

KEYS = ("entries",)
READING = re.compile(r"(?:get|list|search|query|read|test|lookup|fetch|watch|check|generate)", re.I)
CODES = {
    "1": "cancelled", "2": "unknown error", "3": "invalid argument", "4": "deadline exceeded", "5": "not found", "6": "already exists",
    "7": "permission denied", "8": "resource exhausted", "9": "failed precondition", "10": "aborted", "11": "out of range",
    "12": "unimplemented", "13": "internal error", "14": "unavailable", "15": "data loss", "16": "unauthenticated",
}  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b"google.cloud.audit.AuditLog" in head or b'"protopayload_auditlog"' in head:
        return "it holds entries of Google Cloud's audit log"
    if b'"insertId"' in head and b'"logName"' in head:
        return "it holds log entries of Google Cloud (insertId, logName)"
    first = head.split(b"\n", 1)[0]
    if b"insertId" in first and b"logName" in first and first.count(b",") > 3:
        return "its first line names the columns of Google Cloud's Logs Explorer"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(rows_or(bundle, KEYS, unflattened), _entry)


def unflattened(row: dict[str, str]) -> dict:
    """protoPayload.methodName = x as {"protoPayload": {"methodName": x}}."""
    entry: dict[str, Any] = {}
    for key, value in row.items():
        *path, last = key.split(".")[:12]
        place = entry
        for step in path:
            inner = place.setdefault(step, {})
            place = inner if isinstance(inner, dict) else {}
        if value:
            place[last] = value
    return entry


def _entry(element: Found) -> Iterator[Record | Skipped]:
    entry = element.value
    message = entry.get("message")
    if isinstance(message, dict) and isinstance(message.get("data"), str):  # as Pub/Sub delivers it
        entry = _unpacked(message["data"])
    payload = entry.get("protoPayload") or entry.get("protopayload_auditlog")
    if not isinstance(entry.get("logName"), str) or not entry.get("insertId"):
        raise BadTime("This is no log entry of Google Cloud: it lacks logName or insertId.")
    yield _audit(entry, payload, element.where) if isinstance(payload, dict) else _log(entry, element.where)


def _unpacked(data: str) -> dict:
    try:
        entry = orjson.loads(base64.b64decode(data))
    except (binascii.Error, ValueError) as error:
        raise BadTime("The message's data is no log entry.") from error
    if not isinstance(entry, dict):
        raise BadTime("The message's data is no log entry.")
    return entry


def _common(entry: dict, where: str) -> dict[str, Any]:
    labels = get(entry, "resource", "labels", default={})
    labels = labels if isinstance(labels, dict) else {}
    extra = {
        "log": unquote(clean(entry["logName"])).rsplit("/", 1)[-1],
        "severity": severity(entry.get("severity")),
        "resource": clean(get(entry, "resource", "type", default="")),
        "operation": clean(get(entry, "operation", "id", default="")),
        "received": clean(entry.get("receiveTimestamp")),
    }
    names = (
        "project_id",
        "cluster_name",
        "namespace_name",
        "instance_id",
        "service_name",
        "location",
        "zone",
    )
    place = "/".join(clean(labels[name]) for name in names if labels.get(name))
    return {
        "external_id": f"{entry['insertId']}/{entry.get('timestamp')}/{entry['logName']}",
        "place": place[:300],
        "where": where,
        "raw": compact(entry),
        "extra": {key: value for key, value in extra.items() if value},
        **stamp(entry.get("timestamp")),
    }


def _audit(entry: dict, payload: dict, where: str) -> Record:
    common = _common(entry, where)
    method, service = (
        clean(payload.get("methodName")),
        clean(payload.get("serviceName")).removesuffix(".googleapis.com"),
    )
    who = clean(get(payload, "authenticationInfo", "principalEmail", default=""))
    reading = "data_access" in entry["logName"] or bool(READING.match(method.rsplit(".", 1)[-1]))
    code, said = (
        get(payload, "status", "code", default=0),
        clean(get(payload, "status", "message", default="")),
    )
    failed = code not in (0, "", "0")
    step = " (start)" if get(entry, "operation", "first") in (True, "true") else ""
    step = " (end)" if get(entry, "operation", "last") in (True, "true") and not step else step
    text = f"{method} ({service}): {clean(payload.get('resourceName'))}".removesuffix(": ") + step
    if failed:
        text += f" – {said or CODES.get(str(code), f'status {code}')}"
    if address := clean(get(payload, "requestMetadata", "callerIp", default="")):
        common["extra"]["address"] = address
    common["extra"] |= {"method": method, "service": service}
    return Record(
        text=text[:4000], kind="cloud call" if reading else "cloud change", actor=who or service, actor_id=who or service,
        actor_kind="bot" if who.endswith(".gserviceaccount.com") else "person" if "@" in who else "system",
        noise=reading and not failed, **common,
    )  # fmt: skip


def _log(entry: dict, where: str) -> Record:
    """An entry that is no audit: its text, or the message in its JSON."""
    common = _common(entry, where)
    payload = entry.get("jsonPayload")
    said: Any = entry.get("textPayload")
    if isinstance(payload, dict):
        said = payload.get("message") or payload.get("msg") or compact(payload).decode()
    elif isinstance(entry.get("httpRequest"), dict) and not said:
        request = entry["httpRequest"]
        said = " ".join(str(request.get(k) or "") for k in ("requestMethod", "requestUrl", "status"))
    labels = get(entry, "resource", "labels", default={})
    name = (
        clean(labels.get("container_name") or labels.get("service_name") or common["extra"]["log"])
        if isinstance(labels, dict)
        else ""
    )
    return Record(
        text=clean(said)[:4000] or "(empty entry)", kind="log", actor=name, actor_id=name, actor_kind="system",
        noise=common["extra"].get("severity") in ("debug", "trace"), **common,
    )  # fmt: skip


FORMAT = Format(
    key="gcpaudit",
    label="Google Cloud logs",
    about="Audit and other log entries: gcloud logging read --format=json, API pages, sinks, CSV of the Logs Explorer",
    sniff=sniff,
    read=read,
)
