"""Microsoft's audits: Azure's activity log, Entra's sign-ins and directory audits, the unified audit of Microsoft 365.

Source: Microsoft's descriptions of the activity log's schema (REST and export), of Entra's log schemas, and of the
Office 365 management activity schema. An act of Azure is several entries (Started, Accepted, Succeeded) under one
correlation id; each is an event with its own id. Microsoft 365 writes times in UTC without saying so in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.documents import Found, records
from timelines.formats.loglines import severity
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.rows import rows_or

KEYS = ("value", "records")
UTC = ZoneInfo("UTC")
VIEWING = re.compile(r".*(?:Accessed|Viewed|Previewed|Downloaded|LoggedIn)(?:Extended)?$|Search|Get-|Page")
MILLISECONDS = re.compile(r"\\?/Date\((\d{10,14})\)\\?/")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    first = head.split(b"\n", 1)[0]
    if b"AuditData" in first and (b"Operation" in first or b"RecordType" in first):
        return "it holds the unified audit log of Microsoft 365 (AuditData)"
    if first.count(b",") > 5 and b"Correlation id" in first and b"Event initiated by" in first:
        return "its first line names the columns of Azure's activity log"
    if b'"event_data_id"' in head and b'"event_timestamp"' in head:
        return "it holds entries of Azure's activity log, as its SDK for Python writes them"
    if b"OperationNameValue" in head and b"ActivityStatusValue" in head and b"TimeGenerated" in head:
        return "it holds rows of the table AzureActivity (Log Analytics)"
    if b'"eventDataId"' in head or (b'"eventTimestamp"' in head and b'"operationName"' in head):
        return "it holds entries of Azure's activity log"
    if b'"resourceId"' in head and b'"operationName"' in head and b'"time"' in head:
        return "it holds records that Azure exported (resourceId, operationName)"
    if (
        b'"CreationTime"' in head
        and b'"Workload"' in head
        and b'"Operation"' in head
        or b'"AuditData"' in head
    ):
        return "it holds the unified audit log of Microsoft 365"
    if b'"activityDateTime"' in head and b'"initiatedBy"' in head:
        return "it holds directory audits of Microsoft Entra"
    if b'"createdDateTime"' in head and b'"userPrincipalName"' in head and b'"appDisplayName"' in head:
        return "it holds sign-ins of Microsoft Entra"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(rows_or(bundle, KEYS, dict), _entry)


def _entry(element: Found) -> Iterator[Record | Skipped]:
    entry, where = element.value, element.where
    alerted = get(entry, "data", "context", "activityLog")
    if isinstance(alerted, dict):  # as an alert delivers it
        entry = alerted
    data = entry.get("AuditData") or entry.get("auditData")
    if data:
        yield _office(_inside(data), where)
    elif "CreationTime" in entry and "Operation" in entry:
        yield _office(entry, where)
    elif "eventTimestamp" in entry:
        yield _activity(entry, where)
    elif "event_timestamp" in entry:
        yield _activity(camel(entry), where)
    elif "Correlation id" in entry:
        yield _activity(_of_row(entry), where)
    elif "OperationNameValue" in entry:
        yield _activity(_of_table(entry), where)
    elif "activityDateTime" in entry:
        yield _directory(entry, where)
    elif "userPrincipalName" in entry and "createdDateTime" in entry:
        yield _sign_in(entry, where)
    elif "time" in entry and "operationName" in entry:
        yield _exported(entry, where)
    else:
        raise BadTime("This is no entry of an audit or activity log of Microsoft.")


def _inside(data: Any) -> dict:
    try:
        entry = orjson.loads(data) if isinstance(data, str) else data
    except orjson.JSONDecodeError as error:
        raise BadTime(f"“AuditData” is not JSON: {error.msg}.") from error
    if not isinstance(entry, dict):
        raise BadTime("“AuditData” holds no record.")
    return entry


def value_of(field: Any) -> str:
    """Microsoft gives many fields as {value, localizedValue}."""
    if isinstance(field, dict):
        field = field.get("value") or field.get("localizedValue")
    return clean(field)


def known_as(entry: dict, name: str) -> str:
    if not (key := clean(entry[name])):
        raise BadTime(f"The record has no {name}.")
    return key


def who(name: str) -> dict[str, Any]:
    """A caller: an address is a person, a bare id an application."""
    kind = "person" if "@" in name else "bot" if name else "system"
    return {"actor": name or "Azure", "actor_id": name, "actor_kind": kind}


def named(resource: str) -> str:
    """/subscriptions/…/providers/Microsoft.Compute/virtualMachines/web1 → virtualMachines/web1."""
    return "/".join(resource.strip("/").split("/")[-2:])


def _activity(entry: dict, where: str) -> Record:
    operation = value_of(entry.get("operationName"))
    shown = clean(get(entry, "operationName", "localizedValue", default="")) or operation
    status, resource = value_of(entry.get("status")), clean(entry.get("resourceId"))
    caller = clean(entry.get("caller"))
    time = entry.get("eventTimestamp")
    key = (
        clean(entry.get("eventDataId") or entry.get("id"))
        or f"{entry.get('correlationId')}/{operation}/{status}/{time}"
    )
    failed = status.lower() in ("failed", "failure")
    level = severity(value_of(entry.get("level"))) or ("error" if failed else "")
    text = f"{shown}: {named(resource)}".removesuffix(": ") + (f" – {status.lower()}" if status else "")
    if detail := clean(get(entry, "properties", "statusMessage", default="")) if failed else "":
        text += f": {detail[:500]}"
    extra = {
        "operation": operation, "status": status, "correlation": clean(entry.get("correlationId")), "resource": resource,
        "category": value_of(entry.get("category")), "submitted": clean(entry.get("submissionTimestamp")), "severity": level,
        "address": clean(get(entry, "httpRequest", "clientIpAddress", default="")),
    }  # fmt: skip
    return Record(
        external_id=key.lower(), text=text[:4000], kind="cloud call" if reads(operation) else "cloud change",
        place=clean(entry.get("resourceGroupName") or entry.get("resourceGroup")), where=where, raw=compact(entry),
        noise=(reads(operation) or status.lower() in ("accepted", "active")) and not failed,
        extra={k: v for k, v in extra.items() if v}, **stamp(time), **who(caller),
    )  # fmt: skip


def reads(operation: str) -> bool:
    return operation.lower().rsplit("/", 1)[-1] in (
        "read",
        "listkeys/action",
        "list",
    ) or operation.lower().endswith("/read")


def _of_row(row: dict[str, str]) -> dict:
    """A row of the portal's CSV as an entry."""
    return {
        "operationName": row.get("Operation name"), "status": row.get("Status"), "level": row.get("Level"),
        "eventTimestamp": row.get("Time"), "caller": row.get("Event initiated by"), "correlationId": row.get("Correlation id"),
        "resourceGroupName": row.get("Resource group"), "resourceId": row.get("Resource"), "category": row.get("Event category"),
    }  # fmt: skip


def _of_table(row: dict) -> dict:
    """A row of the table AzureActivity of Log Analytics as an entry."""
    return {
        "operationName": row.get("OperationNameValue"), "status": row.get("ActivityStatusValue"), "level": row.get("Level"),
        "eventTimestamp": first_of(row, "TimeGenerated", "TimeGenerated [UTC]"), "caller": row.get("Caller"),
        "correlationId": row.get("CorrelationId"), "resourceGroupName": row.get("ResourceGroup"), "eventDataId": row.get("EventDataId"),
        "resourceId": row.get("_ResourceId") or row.get("ResourceId"), "category": row.get("CategoryValue"),
        "httpRequest": {"clientIpAddress": row.get("CallerIpAddress")},
    }  # fmt: skip


def first_of(row: dict, *names: str) -> Any:
    return next((row[name] for name in names if row.get(name)), None)


def camel(value: Any, depth: int = 0) -> Any:
    """Names as the REST interface has them, for what its SDK for Python writes: event_timestamp, localized_value."""
    if not isinstance(value, dict) or depth > 2:
        return value
    return {
        re.sub(r"_([a-z])", lambda m: m[1].upper(), str(key)): camel(inner, depth + 1)
        for key, inner in value.items()
    }


def _exported(entry: dict, where: str) -> Record:
    """A record as diagnostic settings write it to storage or an event hub."""
    claims = get(entry, "identity", "claims", default={})
    claims = claims if isinstance(claims, dict) else {}
    caller = next(
        (
            clean(v)
            for k, v in claims.items()
            if k.endswith(("/upn", "/name", "emailaddress")) or k == "appid"
        ),
        "",
    )
    operation, status = (
        clean(entry.get("operationName")),
        clean(entry.get("resultType") or entry.get("resultSignature")),
    )
    resource = clean(entry.get("resourceId"))
    failed = status.lower().startswith("fail")
    key = clean(get(entry, "properties", "eventDataId", default="")) or "/".join(
        clean(entry.get(k))
        for k in ("correlationId", "operationName", "resultType", "resultSignature", "time")
    )
    return Record(
        external_id=key.lower(), text=f"{operation}: {named(resource.lower())}" + (f" – {status.lower()}" if status else ""),
        kind="cloud call" if reads(operation) else "cloud change", place=resource.lower().partition("/resourcegroups/")[2].partition("/")[0],
        where=where, raw=compact(entry), noise=(reads(operation) or status.lower() in ("accept", "accepted")) and not failed,
        extra={"operation": operation, "status": status, "resource": resource, "correlation": clean(entry.get("correlationId")),
               "address": clean(entry.get("callerIpAddress")), "category": clean(entry.get("category"))},
        **stamp(entry.get("time"), UTC), **who(caller),
    )  # fmt: skip


def _directory(entry: dict, where: str) -> Record:
    user = clean(get(entry, "initiatedBy", "user", "userPrincipalName", default=""))
    app = clean(get(entry, "initiatedBy", "app", "displayName", default=""))
    about = [
        clean(t.get("userPrincipalName") or t.get("displayName"))
        for t in entry.get("targetResources") or []
        if isinstance(t, dict)
    ]
    result = clean(entry.get("result"))
    text = f"{clean(entry.get('activityDisplayName'))}: {', '.join(a for a in about if a)}".removesuffix(": ")
    return Record(
        external_id=known_as(entry, "id"), text=text + (f" – {result}" if result not in ("", "success") else ""), kind="directory change",
        where=where, raw=compact(entry), extra={"category": clean(entry.get("category")), "correlation": clean(entry.get("correlationId"))},
        **stamp(entry["activityDateTime"], UTC), **who(user or app),
    )  # fmt: skip


def _sign_in(entry: dict, where: str) -> Record:
    code = get(entry, "status", "errorCode", default=0)
    reason = clean(get(entry, "status", "failureReason", default="")) if code else ""
    return Record(
        external_id=known_as(entry, "id"), text=f"sign-in to {clean(entry.get('appDisplayName'))}" + (f" – {reason or f'error {code}'}" if code else ""),
        kind="sign-in", where=where, raw=compact(entry), noise=not code,
        extra={"address": clean(entry.get("ipAddress")), "client": clean(entry.get("clientAppUsed")), "error": code or ""},
        **stamp(entry["createdDateTime"], UTC), **who(clean(entry.get("userPrincipalName"))),
    )  # fmt: skip


def _office(entry: dict, where: str) -> Record:
    time = entry.get("CreationTime")
    if isinstance(time, str) and (match := MILLISECONDS.fullmatch(time)):
        time = int(match[1])
    operation, target = (
        clean(entry.get("Operation")),
        clean(entry.get("ObjectId") or entry.get("SourceFileName")),
    )
    result = clean(entry.get("ResultStatus"))
    failed = result.lower() in ("failed", "false", "failure", "partiallysucceeded")
    user = clean(entry.get("UserId"))
    extra = {
        "operation": operation, "workload": clean(entry.get("Workload")), "record_type": entry.get("RecordType"), "result": result,
        "address": clean(entry.get("ClientIP") or entry.get("ClientIPAddress") or entry.get("ActorIpAddress")),
    }  # fmt: skip
    kind = (
        "person" if entry.get("UserType") in (0, 2, 3, None, "Regular", "Admin") and "@" in user else "system"
    )
    return Record(
        external_id=known_as(entry, "Id"), text=f"{operation}: {target}".removesuffix(": ") + (" – failed" if failed else ""),
        kind="office audit", actor=user or "Microsoft 365", actor_id=clean(entry.get("UserKey")) or user, actor_kind=kind,
        place=clean(entry.get("Workload")), where=where, raw=compact(entry), noise=bool(VIEWING.match(operation)) and not failed,
        extra={k: v for k, v in extra.items() if v not in ("", None)}, **stamp(time, UTC) | {"certainty": "exact"},
    )  # fmt: skip


FORMAT = Format(
    key="azure",
    label="Azure and Microsoft 365 audit",
    about="Azure activity log (list, export, CSV), Entra sign-ins and audits, the unified audit of Microsoft 365",
    sniff=sniff,
    read=read,
)
