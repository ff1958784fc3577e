"""Kubernetes events: core/v1 and events.k8s.io/v1, single, in lists, of a watch; and the table that kubectl prints.

Source: the Kubernetes API reference. An event is a series: `count` occurrences between its first and its
last moment, and the times between are unknown. It starts at firstTimestamp, else eventTime, else
creationTimestamp, and ends at series.lastObservedTime, else lastTimestamp. Its id is metadata.uid: exported
later, the same uid has a higher count and a later end. Without one (shortened copies) two are the same when
namespace, object, reason, message and first moment are. Events are kept for an hour or so, at best effort.

The table has ages instead of times ("44m (x9 over 60m)"), so the moment it was printed has to be told; a row
is known by namespace, object, reason and message, the further ones of the same words by a running number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, Unreadable, clean, get
from timelines.formats.changes import One, first, given, happened, latest, some, title, words
from timelines.formats.documents import Found, begins, files, found, records, under
from timelines.formats.kubetable import is_table, rows
from timelines.formats.records import Record, Skipped

KEYS = ("items",)
AUDIT = "audit.k8s.io"


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if AUDIT.encode() in head:
        return None
    if b'"reason"' in head and (b'"involvedObject"' in head or b'"regarding"' in head):
        return "its events have a reason and the object they are about, as Kubernetes writes them"
    if b'"reason"' in head and b'"lastTimestamp"' in head and b'"message"' in head:
        return "its events have “reason” and “lastTimestamp”, as Kubernetes writes them"
    if b"EventList" in head[:4096] and b'"apiVersion"' in head[:4096]:
        return "it is a Kubernetes EventList"
    if is_table(head):
        return "its columns are those of kubectl get events"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _file(bundle, name, context))


def _file(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    if begins(bundle, name) in (b"{", b"["):
        yield from records(found(One(bundle, name), KEYS), _thing)
    else:
        yield from rows(bundle, name, context)


def _thing(element: Found) -> Iterator[Record | Skipped]:
    event, where = element.value, element.where
    if AUDIT in words(event.get("apiVersion")) or AUDIT in words(element.page.get("apiVersion")):
        raise Unreadable(
            f"{where.partition('#')[0]} is an audit log of Kubernetes (audit.k8s.io), not its events. Choose “Kubernetes audit log”."
        )
    if event.get("type") in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR") and "object" in event:
        yield from _watched(event, where)
    elif isinstance(event.get("items"), list) and not event["items"]:
        return
    elif words(event.get("kind")) not in ("", "Event"):
        raise BadTime(f"This is a {words(event.get('kind'))[:60]}, not an event.")
    else:
        yield _event(event, where)


def _watched(change: dict, where: str) -> Iterator[Record | Skipped]:
    """What a watch delivers. That an event is deleted means that its time of keeping is over, no more."""
    thing = change["object"]
    if change["type"] == "BOOKMARK" or not isinstance(thing, dict):
        return
    if change["type"] == "ERROR":
        yield Skipped(
            where, f"The watch broke off here: {words(thing.get('message'))[:120] or 'no reason is given'}."
        )
        return
    yield _event(thing, under(where, "object"))


def _event(event: dict, where: str) -> Record:
    about = next(
        (event[name] for name in ("involvedObject", "regarding") if isinstance(event.get(name), dict)), {}
    )
    start = first(
        event.get("firstTimestamp"), event.get("deprecatedFirstTimestamp"), event.get("eventTime"),
        get(event, "metadata", "creationTimestamp"), event.get("lastTimestamp"), event.get("deprecatedLastTimestamp"),
    )  # fmt: skip
    ends = [
        event.get("lastTimestamp"),
        event.get("deprecatedLastTimestamp"),
        get(event, "series", "lastObservedTime"),
    ]
    last = latest(ends)
    said = clean(event.get("message") or event.get("note") or "")
    reason = words(event.get("reason")) or "event"
    count = _count(event)
    text = f"{reason}: {said}" if said else reason
    record = happened(
        start, "", f"{_realm(about)} {'warning' if event.get('type') == 'Warning' else 'event'}", text + (f" (×{count})" if count > 1 else ""), _kept(event),
        where, until=last.isoformat() if last else None, who=_reporter(event), place=_place(event, about), order=0,
        extra=some(
            reason=reason, type=event.get("type"), count=count, namespace=words(about.get("namespace")) or words(event.get("namespace")) or get(event, "metadata", "namespace"),
            object=_named(about), action=words(event.get("action")), node=words(get(event, "source", "host")), related=_named(event.get("related")),
            object_uid=words(about.get("uid")), container=words(about.get("fieldPath")),
        ),
    )  # fmt: skip
    record.external_id = _id(event, about, record)
    if given(event.get("firstTimestamp")) is None and given(event.get("eventTime")) is None:
        record.certainty = "derived" if record.certainty == "exact" else record.certainty
    return record


def _realm(about: dict) -> str:
    """What Argo CD and Flux say of their own objects is about deployments."""
    group = words(about.get("apiVersion")).partition("/")[0]
    return "deploy" if group == "argoproj.io" or group.endswith(".toolkit.fluxcd.io") else "cluster"


def _count(event: dict) -> int:
    """How often it occurred: the series counts on where there is one."""
    counts = [event.get("count"), event.get("deprecatedCount"), get(event, "series", "count")]
    return max((count for count in counts if type(count) is int and count > 0), default=1)


def _kept(event: dict) -> dict:
    """The event without the bookkeeping of who last wrote which field."""
    meta = event.get("metadata")
    if not isinstance(meta, dict) or "managedFields" not in meta:
        return event
    return event | {"metadata": {key: value for key, value in meta.items() if key != "managedFields"}}


def _id(event: dict, about: dict, record: Record) -> str:
    uid = get(event, "metadata", "uid")
    if isinstance(uid, str) and uid:
        return f"event/{uid}"
    parts = (
        record.extra.get("namespace"), about.get("kind"), about.get("name"), event.get("reason"), event.get("message") or event.get("note"), record.at.isoformat(),
    )  # fmt: skip
    return f"event/{hashlib.sha256(chr(0).join(map(str, parts)).encode('utf-8', 'replace')).hexdigest()[:32]}"


def _named(thing: Any) -> str:
    """`Pod/web-1`, or nothing."""
    kind, name = words(get(thing, "kind")), words(get(thing, "name"))
    return f"{kind}/{name}" if kind and name else name or kind


def _place(event: dict, about: dict) -> str:
    """`namespace/Pod/web-1`; what belongs to the whole cluster has no namespace, though its events lie in one."""
    space = words(about.get("namespace"))
    if not about:
        space = words(event.get("namespace")) or words(get(event, "metadata", "namespace"))
    return "/".join(part for part in (space, _named(about)) if part)


def _reporter(event: dict) -> dict[str, Any]:
    named = ""
    for value in (
        get(event, "source", "component"), get(event, "deprecatedSource", "component"), event.get("reportingController"), event.get("reportingComponent"),
    ):  # fmt: skip
        named = named or title(value)
    return {"actor": named or "Kubernetes", "actor_id": named or "kubernetes", "actor_kind": "system"}


FORMAT = Format(
    key="kubernetes",
    label="Kubernetes events",
    about="kubectl get events -A -o json, a watch, or the table as kubectl prints it",
    sniff=sniff,
    read=read,
    asks=("captured",),
)
