"""AWS CloudTrail: log files ({"Records": […]}, one a line or one a file), what `lookup-events` gives, and CSV of Athena.

Source: AWS's description of CloudTrail's record contents and of LookupEvents. The record's own `eventTime` counts, in
UTC; LookupEvents repeats it in the zone of whoever asked. The id is `eventID`; records that several accounts
were sent of one act share `sharedEventID`, which is kept beside it. Calls that only read are kept out of sight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, get
from timelines.formats.documents import Found, records
from timelines.formats.moments import stamp
from timelines.formats.records import ActorKind, Record, Skipped
from timelines.formats.rows import rows_or

KEYS = ("Records", "Events", "events")
READING = (
    "Get",
    "List",
    "Describe",
    "Head",
    "Lookup",
    "BatchGet",
    "Query",
    "Scan",
    "Search",
    "View",
    "Select",
)
ROBOTS = {"AWSService": "system", "AWSAccount": "system", "Directory": "system", "Unknown": ""}
COLUMNS = (
    "eventID", "eventTime", "eventName", "eventSource", "awsRegion", "errorCode", "errorMessage", "readOnly",
    "sourceIPAddress", "userAgent", "recipientAccountId", "sharedEventID", "requestID", "eventType",
)  # fmt: skip
TARGETS = (
    "instanceId", "functionName", "bucketName", "tableName", "dBInstanceIdentifier", "dBClusterIdentifier", "clusterName",
    "cluster", "service", "serviceName", "roleName", "userName", "policyName", "policyArn", "groupName", "groupId", "keyId",
    "stackName", "autoScalingGroupName", "loadBalancerName", "loadBalancerArn", "targetGroupArn", "hostedZoneId", "streamName",
    "queueUrl", "topicArn", "secretId", "name", "resourceArn", "resourceId", "imageId", "volumeId", "snapshotId", "key",
)  # fmt: skip


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"CloudTrailEvent"' in head:
        return "it is what `aws cloudtrail lookup-events` gives"
    if all(name in head for name in (b'"eventSource"', b'"eventName"', b'"eventID"', b'"awsRegion"')):
        return "it holds records of AWS CloudTrail (eventSource, eventName, eventID)"
    first = re.sub(rb'[\s"_]', b"", head.split(b"\n", 1)[0][:4000]).lower().split(b",")
    if {b"eventid", b"eventtime", b"eventname"} <= set(first):
        return "its first line names the columns of CloudTrail's event history"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(rows_or(bundle, KEYS, _of_row), _event)


def _of_row(row: dict[str, str]) -> dict:
    """A row of the console's download or of a query by Athena, as a record: their columns differ in case and blanks."""
    plain = {re.sub(r"[\s_-]", "", key).lower(): value for key, value in row.items()}
    event = {name: plain.get(name.lower(), "") for name in COLUMNS}
    event["userIdentity"] = {
        "type": "",
        "userName": plain.get("username") or plain.get("useridentityusername", ""),
    }
    if plain.get("resourcename"):
        event["resources"] = [{"ARN": name.strip()} for name in plain["resourcename"].split(",")]
    return event


def _event(element: Found) -> Iterator[Record | Skipped]:
    outer, inner = element.value, element.value
    if "CloudTrailEvent" in outer:
        inner = _inside(outer["CloudTrailEvent"])
    elif (
        isinstance(outer.get("detail"), dict) and "eventName" in outer["detail"]
    ):  # as EventBridge delivers it
        inner = outer["detail"]
    elif isinstance(outer.get("digestS3Object"), str):
        raise BadTime("This is a digest of log files, not a log file.")
    yield _record(inner, outer, element.where)


def _inside(text: Any) -> dict:
    try:
        event = orjson.loads(text) if isinstance(text, str) else text
    except orjson.JSONDecodeError as error:
        raise BadTime(f"The record inside “CloudTrailEvent” is not JSON: {error.msg}.") from error
    if not isinstance(event, dict):
        raise BadTime("“CloudTrailEvent” holds no record.")
    return event


def _record(event: dict, outer: dict, where: str) -> Record:
    name = name_of(event)
    service = clean(event.get("eventSource") or get(event, "insightDetails", "eventSource")).removesuffix(
        ".amazonaws.com"
    )
    actor, actor_id, kind = who(event)
    error = clean(event.get("errorCode")) or clean(event.get("errorMessage"))
    about = targets(event, outer)
    text = f"{name} ({service})" + (f": {', '.join(about)}" if about else "")
    if error:
        said = clean(event.get("errorMessage"))
        text += f" – {error}" + (f": {said}" if said not in ("", error) else "")
    identity = clean(event.get("eventID") or outer.get("EventId") or outer.get("id"))
    if not identity:
        raise BadTime("The record has no eventID.")
    return Record(
        external_id=identity, text=text[:4000], kind="cloud change" if not reads(event) else "cloud call", actor=actor,
        actor_id=actor_id, actor_kind=kind, place="/".join(p for p in (account(event), clean(event.get("awsRegion"))) if p),
        where=where, raw=compact(event), noise=reads(event) and not error, extra=_extra(event, service, error),
        **stamp(event.get("eventTime")),
    )  # fmt: skip


def name_of(event: dict) -> str:
    """The call, or what CloudTrail Insights found unusual about it."""
    if name := clean(event.get("eventName")):
        return name
    if name := clean(get(event, "insightDetails", "eventName", default="")):
        kind, state = (
            clean(get(event, "insightDetails", key, default="")) for key in ("insightType", "state")
        )
        return f"Insight: unusual {kind} of {name} ({state})"
    raise BadTime("This is no record of CloudTrail: it has no eventName.")


def reads(event: dict) -> bool:
    """Whether the call changed nothing: as the record says, else by the first word of its name."""
    said = event.get("readOnly")
    if isinstance(said, bool) or (isinstance(said, str) and said.lower() in ("true", "false")):
        return str(said).lower() == "true"
    return clean(event.get("eventName")).startswith(READING)


def account(event: dict) -> str:
    return clean(event.get("recipientAccountId") or get(event, "userIdentity", "accountId", default=""))


def who(event: dict) -> tuple[str, str, ActorKind]:
    """Name, id and kind of who called: a user, who took on a role, or a service of AWS."""
    identity = event.get("userIdentity")
    if not isinstance(identity, dict):
        return "", "", ""
    kind, key = clean(identity.get("type")), clean(identity.get("arn") or identity.get("principalId"))
    by = clean(identity.get("invokedBy"))
    if by and not identity.get("userName") and not identity.get("arn"):
        return by, by, "system"
    if kind == "AssumedRole":
        role = clean(get(identity, "sessionContext", "sessionIssuer", "userName", default=""))
        session = (
            key.rsplit("/", 1)[-1] if "/" in key else clean(identity.get("principalId")).rpartition(":")[2]
        )
        named = "@" in session or role.startswith("AWSReservedSSO_")
        return " as ".join(p for p in (session, role) if p), key, "person" if named else "bot"
    if kind == "Root":
        return "root", key, "person"
    if kind in ROBOTS:
        return clean(identity.get("accountId") or by) or kind, key, ROBOTS[kind]  # type: ignore[return-value]
    name = clean(identity.get("userName")) or key.rsplit("/", 1)[-1] or clean(identity.get("principalId"))
    return name, key or name, "person" if name else ""


def targets(event: dict, outer: dict) -> list[str]:
    """What the call was about: the resources LookupEvents lists, else names among the parameters."""
    named = [
        clean(get(r, "ResourceName", default="")) for r in outer.get("Resources") or [] if isinstance(r, dict)
    ]
    if not any(named):
        named = [
            clean(r.get("ARN")) for r in event.get("resources") or [] if isinstance(r, dict) and r.get("ARN")
        ]
    if not any(named):
        named = list(_names(event.get("requestParameters"), 0))
    return list(dict.fromkeys(name for name in named if name))[:8]


def _names(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and depth < 4:
        for key in TARGETS:
            if isinstance(value.get(key), str):
                yield clean(value[key])[:200]
        for inner in value.values():
            if isinstance(inner, (dict, list)):
                yield from _names(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:20]:
            yield from _names(inner, depth + 1)


def _extra(event: dict, service: str, error: str) -> dict[str, Any]:
    names = ("sourceIPAddress", "userAgent", "eventType", "sharedEventID", "requestID", "eventCategory")
    extra: dict[str, Any] = {
        name: clean(event[name])[:300] for name in names if isinstance(event.get(name), str)
    }
    if error:
        extra |= {"error": error, "severity": "warning"}
    return extra | {"service": service, "read_only": reads(event)}


FORMAT = Format(
    key="cloudtrail",
    label="AWS CloudTrail",
    about="Log files (JSON, also .json.gz), the output of lookup-events, events of EventBridge",
    sniff=sniff,
    read=read,
)
