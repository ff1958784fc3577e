"""Argo CD and Flux: applications with their history and last operation, releases of Helm, and Flux' notifications.

Source: the API references of Argo CD and of Flux' controllers. A sync of Argo CD is known by its application and the
moment it began, which the history and the last operation share, so both are one record; older histories, which
do not say when a sync began, are known by their running number. What notifications of Argo CD look like is up to
each installation: those that send the whole application are read. Events that both leave in Kubernetes are read
as events of Kubernetes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from timelines.formats import flux
from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    clean,
    decode,
    get,
    iso,
    lines,
    too_long,
)
from timelines.formats.changes import (
    One,
    first,
    given,
    happened,
    latest,
    person,
    short,
    some,
    title,
    unwrapped,
    words,
)
from timelines.formats.documents import Found, begins, files, found, guarded, records, under
from timelines.formats.records import Record, Skipped

KEYS = ("items",)
HISTORY = re.compile(rb"^ID\s+DATE\s+REVISION\s*$", re.M)
ROW = re.compile(r"(\d{1,9})\s+(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4})(?: \S+)?\s+(\S.*)")
RUNNING = ("Running", "Terminating")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"argoproj.io/' in head and (
        b'"Application' in head or b'"history"' in head or b'"operationState"' in head
    ):
        return None if _are_events(head) else "it holds applications of Argo CD"
    if b'"operationState"' in head and (b'"syncResult"' in head or b'"startedAt"' in head):
        return "it holds an application of Argo CD (operationState)"
    if b'"deployedAt"' in head and b'"revision"' in head:
        return "it holds the history of an application of Argo CD"
    if b'"involvedObject"' in head and b'"severity"' in head and b'"reportingController"' in head:
        return "it is a notification of Flux"
    if b".toolkit.fluxcd.io/" in head and b'"status"' in head and not _are_events(head):
        return "it holds objects of Flux"
    if HISTORY.search(head[:4096]):
        return "its columns are those of argocd app history"
    return None


def _are_events(head: bytes) -> bool:
    return (b'"involvedObject"' in head or b'"regarding"' in head) and b'"reason"' in head


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _file(bundle, name))


def _file(bundle: Bundle, name: str) -> Iterator[Record | Skipped]:
    if begins(bundle, name) in (b"{", b"["):
        yield from records(found(One(bundle, name), KEYS), _thing)
    else:
        yield from _table(bundle, name)


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, _ = unwrapped(element.value)
    where = element.where
    thing = get(thing, "result", default=thing)  # a watch of Argo CD's API
    for name in ("application", "app", "object"):
        if isinstance(get(thing, name), dict) and "status" in thing[name]:
            thing = thing[name]
    if isinstance(thing.get("involvedObject"), dict) and "timestamp" in thing:
        yield flux.notice(thing, where)
    elif "deployedAt" in thing:
        yield _synced(thing, "", {}, where)
    elif thing.get("items") == [] or ("items" in thing and thing["items"] is None):
        return
    elif isinstance(thing.get("status"), dict):
        theirs = ".toolkit.fluxcd.io/" in words(thing.get("apiVersion"))
        yield from flux.told(thing, where) if theirs else _application(thing, where)
    else:
        raise BadTime("This is no application of Argo CD and nothing of Flux that marks a moment.")


def _application(app: dict, where: str) -> Iterator[Record | Skipped]:
    name, status = flux.name_of(app), app["status"]
    operation = status["operationState"] if isinstance(status.get("operationState"), dict) else {}
    history = status["history"] if isinstance(status.get("history"), list) else []
    told = False
    for number, entry in enumerate(history):
        same = bool(operation) and _is_of(operation, entry)
        told = told or same
        place = under(where, "status", "history", number)
        yield from guarded(
            place, lambda e=entry, s=same, p=place: iter([_synced(e, name, operation if s else {}, p)])
        )
    if operation and not told:
        place = under(where, "status", "operationState")
        yield from guarded(place, lambda: iter([_operation(operation, name, place)]))
    yield from flux.conditions(app, name, where)
    health = status.get("health")
    if given(get(health, "lastTransitionTime")) is not None:
        place = under(where, "status", "health")
        yield from guarded(place, lambda: iter([_health(health, name, place)]))


def _is_of(operation: dict, entry: Any) -> bool:
    if words(operation.get("phase")) != "Succeeded":
        return False
    began = given(get(entry, "deployStartedAt"))
    if began is not None:
        return latest([began]) == latest([operation.get("startedAt")])
    return latest([get(entry, "deployedAt")]) == latest([operation.get("finishedAt")])


def _who(by: Any) -> dict[str, Any]:
    if words(get(by, "username")):
        return person({"name": by["username"]}, "name")
    return flux.ARGO


def _source(thing: Any) -> str:
    sources = get(thing, "sources", default=None) or [get(thing, "source", default={})]
    told = [
        words(get(one, "chart")) or words(get(one, "path")) or words(get(one, "repoURL")) for one in sources
    ]
    return ", ".join(part for part in told if part)


def _revisions(thing: Any) -> list[str]:
    several = get(thing, "revisions", default=None)
    return (
        [words(one) for one in several if words(one)]
        if isinstance(several, list) and several
        else [words(get(thing, "revision"))]
    )


def _synced(entry: dict, name: str, operation: dict, where: str) -> Record:
    """One line of the history, and the operation that wrote it where it is the last one."""
    began, revisions = given(entry.get("deployStartedAt")), _revisions(entry)
    began = began or (operation.get("startedAt") if operation else None)
    source, said = _source(entry), clean(operation.get("message"))
    at = latest([began])
    key = (
        f"sync/{name}/{at.isoformat()}"
        if at and given(entry.get("deployStartedAt")) is not None
        else f"history/{name}/{entry.get('id', entry.get('deployedAt'))}"
    )
    return happened(
        first(began, entry.get("deployedAt")), key, "deploy succeeded",
        f"{name or 'Application'} synced to {', '.join(map(short, revisions)) or 'a revision'}" + (f" ({source})" if source else "") + (f": {said}" if said else ""), entry, where,
        until=entry.get("deployedAt"), known=(operation.get("finishedAt"),), who=_who(entry.get("initiatedBy") or get(operation, "operation", "initiatedBy")), place=name,
        extra=some(sha=revisions[0], revisions=revisions if len(revisions) > 1 else None, number=entry.get("id"), source=source, automated=get(entry, "initiatedBy", "automated")),
    )  # fmt: skip


def _operation(operation: dict, name: str, where: str) -> Record:
    phase = words(operation.get("phase")) or "unknown"
    result = (
        operation["syncResult"]
        if isinstance(operation.get("syncResult"), dict)
        else get(operation, "operation", "sync", default={})
    )
    revisions, said = _revisions(result), clean(operation.get("message"))
    failed = [
        f"{words(get(one, 'kind'))}/{words(get(one, 'name'))}" for one in get(result, "resources", default=None) or []
        if get(one, "status") == "SyncFailed" or get(one, "hookPhase") in ("Failed", "Error")
    ]  # fmt: skip
    at = latest([operation.get("startedAt")])
    if at is None:
        raise BadTime("The operation does not say when it began.")
    return happened(
        operation.get("startedAt"), f"sync/{name}/{at.isoformat()}", f"deploy {phase.lower()}",
        f"Sync of {name or 'application'} to {', '.join(short(one) for one in revisions if one) or 'a revision'}: {phase.lower()}" + (f" – {said}" if said else ""), operation, where,
        until=operation.get("finishedAt") if phase not in RUNNING else None, who=_who(get(operation, "operation", "initiatedBy")), place=name,
        extra=some(sha=revisions[0], phase=phase, failed=failed[:50], retries=operation.get("retryCount")),
    )  # fmt: skip


def _health(health: dict, name: str, where: str) -> Record:
    state = words(health.get("status")).lower() or "unknown"
    return happened(
        health["lastTransitionTime"], f"health/{name}/{health['lastTransitionTime']}", f"health {state}", f"{name} became {state}" + (f": {clean(health['message'])}" if health.get("message") else ""),
        health, where, who=_who(None), place=name, extra={"health": state},
    )  # fmt: skip


def _table(bundle: Bundle, name: str) -> Iterator[Record | Skipped]:
    """The table of argocd app history, whose times state their zone."""
    seen = False
    with bundle.open(name) as file:
        for number, raw in lines(file):
            where = f"{name}:{number}"
            if raw is None:
                yield too_long(where)
                continue
            text = decode(raw).strip()
            if HISTORY.match(raw) or text.startswith("SOURCE "):
                seen = True
            elif match := ROW.fullmatch(text) if seen else None:
                yield from guarded(where, lambda m=match, w=where, r=raw: iter([_row(m, w, r)]))
            elif seen and text:
                yield Skipped(where, f"This is no line of an application's history: {clean(text)[:60]!r}.")
    if not seen:
        raise Unreadable(
            f"{name} is neither JSON nor a history of Argo CD. Save the application with: kubectl get application NAME -o json"
        )


def _row(match: re.Match, where: str, raw: bytes) -> Record:
    moment = iso(match[2])
    return Record(
        at=moment.at, external_id=f"history//{match[1]}/{moment.at.isoformat()}", text=f"Application synced to {title(match[3])}", kind="deploy succeeded", precision=moment.precision,
        written=match[2], zone=moment.zone, where=where, raw=raw, extra={"number": int(match[1])}, **_who(None),
    )  # fmt: skip


FORMAT = Format(
    key="argocd",
    label="Argo CD and Flux",
    about="Applications (kubectl get application -o json, or Argo CD's API), objects of Flux, or Flux' notifications",
    sniff=sniff,
    read=read,
)
