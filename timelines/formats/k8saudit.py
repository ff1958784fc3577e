"""The audit log of Kubernetes' API server: audit.k8s.io events, one a line, in lists, or as a webhook's backend gets them.

Source: the reference of audit.k8s.io. One request is told in stages, each with the same auditID, so the last stage
that is known is the event: it begins when the request was received and ends when it was answered. Calls that only
read, and the leases and events that components renew all day, stay out of sight unless they were refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, get
from timelines.formats.changes import first, happened, some, words
from timelines.formats.documents import Found, found, records
from timelines.formats.records import Record, Skipped

KEYS = ("items",)
READING = {"get", "list", "watch", "head", "options"}
ROUTINE = {
    "leases", "events", "tokenreviews", "subjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "localsubjectaccessreviews", "endpointslices",
    "endpoints", "nodes/status", "pods/status",
}  # fmt: skip
STAGES = {"RequestReceived": 0, "ResponseStarted": 1, "ResponseComplete": 2, "Panic": 2}


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b"audit.k8s.io/" in head or (b'"auditID"' in head and b'"stageTimestamp"' in head):
        return "its events are of audit.k8s.io, the audit log of Kubernetes"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from records(found(bundle, KEYS), _event)


def _event(element: Found) -> Iterator[Record]:
    e, where = element.value, element.where
    if not words(e.get("auditID")):
        raise BadTime("This is no event of an audit log: it has no auditID.")
    verb, code = words(e.get("verb")), get(e, "responseStatus", "code", default=0)
    refused = type(code) is int and code >= 400
    thing, space = _thing(e), words(get(e, "objectRef", "namespace"))
    said = words(get(e, "responseStatus", "message"))
    stage = words(e.get("stage"))
    reads = verb in READING
    record = happened(
        first(e.get("requestReceivedTimestamp"), e.get("stageTimestamp"), e.get("timestamp"), get(e, "metadata", "creationTimestamp")), f"audit/{e['auditID']}",
        "cluster call" if reads else "cluster change", f"{verb or 'request'} {thing}{f' in {space}' if space else ''}" + (f" – {code}{f': {said}' if said else ''}" if refused else ""), e, where,
        until=e.get("stageTimestamp"), who=_who(e), place=space,
        noise=not refused and (reads or _resource(e) in ROUTINE or words(get(e, "objectRef", "resource")) in ROUTINE),
        extra=some(
            verb=verb, resource=_resource(e), name=words(get(e, "objectRef", "name")), namespace=space, code=code or None, stage=stage, level=e.get("level"),
            addresses=e.get("sourceIPs"), agent=words(e.get("userAgent"))[:200], decision=get(e, "annotations", "authorization.k8s.io/decision"),
        ),
    )  # fmt: skip
    if record.revised is not None:  # stages may share a moment; the later one knows more
        record.revised += timedelta(microseconds=STAGES.get(stage, 0))
    yield record


def _resource(e: dict) -> str:
    resource, sub = words(get(e, "objectRef", "resource")), words(get(e, "objectRef", "subresource"))
    return f"{resource}/{sub}" if resource and sub else resource


def _thing(e: dict) -> str:
    """`pods/web-1` or `pods/exec of web-1`; the path where the request is about no resource."""
    resource, name = _resource(e), words(get(e, "objectRef", "name"))
    if not resource:
        return words(e.get("requestURI")).partition("?")[0][:200] or "something"
    if not name:
        return resource
    return f"{resource} of {name}" if "/" in resource else f"{resource}/{name}"


def _who(e: dict) -> dict[str, Any]:
    """Who asked; somebody acting as another is named with both."""
    name, as_ = words(get(e, "user", "username")), words(get(e, "impersonatedUser", "username"))
    system = name.startswith("system:") and not name.startswith("system:admin")
    return {
        "actor": (f"{name} as {as_}" if as_ else name) or "unknown",
        "actor_id": name or "unknown",
        "actor_kind": ("bot" if name.startswith("system:serviceaccount:") else "system")
        if system
        else "person",
    }


FORMAT = Format(
    key="k8saudit",
    label="Kubernetes audit log",
    about="Events of audit.k8s.io as the API server or its provider writes them; calls that only read stay out of sight",
    sniff=sniff,
    read=read,
)
