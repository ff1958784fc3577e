"""Alertmanager: webhook version 4 and the alerts of API v2; Grafana's unified alerting sends the same shape.

Source: Prometheus' documentation of `webhook_config`, and of API v2. One alert is up to two points, its
start and its end, joined by `extra.alert`. The key is (fingerprint, startsAt): an alert that is sent
again, as it is at every repeat interval, adds nothing. `endsAt` counts only where the alert's own status
is "resolved"; the API's `endsAt` is a forecast. The group's status says nothing about its alerts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from timelines.formats.base import (
    Bundle,
    Context,
    Format,
    Moment,
    Unreadable,
    clean,
    compact,
    each,
    get,
    iso,
    lines,
    load,
    parse,
)
from timelines.formats.records import Record, Skipped


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"startsAt"' in head and b'"labels"' in head:
        kind = "Grafana" if b'"orgId"' in head or b'"dashboardURL"' in head else "Alertmanager"
        return f"its alerts have “startsAt” and “labels”, as {kind} writes them"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in bundle.names:
        for document, where in _documents(bundle, name):
            yield from _document(document, where)


def _documents(bundle: Bundle, name: str) -> Iterator[tuple[Any, str]]:
    """The file as one document, or as one webhook a line."""
    with bundle.open(name) as file:
        head = file.peek(1 << 16)
        one_a_line = head.lstrip()[:1] == b"{" and b"\n{" in head
        if not one_a_line:
            yield load(file, bundle.size(name), name), name
            return
        for number, line in lines(file):
            if line and line.strip():
                yield parse(line, f"{name}:{number}"), f"{name}:{number}"


def _document(document: Any, where: str) -> Iterator[Record | Skipped]:
    alerts = (
        document
        if isinstance(document, list)
        else get(document, "alerts", default=get(document, "data", "alerts"))
    )
    if alerts is None and isinstance(get(document, "data"), list):
        alerts = document["data"]
    if not isinstance(alerts, list):
        raise Unreadable(f"{where} is JSON, but holds no list of alerts.")
    group = document if isinstance(document, dict) else {}
    if truncated := get(group, "truncatedAlerts", default=0):
        yield Skipped(where, f"The sender left out {truncated} alerts of this group (truncatedAlerts).")
    yield from each(
        alerts, lambda number: f"{where}#/alerts/{number}", lambda alert, place: _alert(alert, place, group)
    )


def _alert(alert: dict, where: str, group: dict) -> Iterator[Record | Skipped]:
    labels, notes = alert.get("labels") or {}, alert.get("annotations") or {}
    fingerprint = (
        alert.get("fingerprint") or hashlib.sha256(compact(dict(sorted(labels.items())))).hexdigest()[:16]
    )
    begin = iso(alert.get("startsAt"))
    status = (
        alert["status"]
        if isinstance(alert.get("status"), str)
        else get(alert, "status", "state", default="active")
    )
    from_api = isinstance(alert.get("status"), dict)
    # Two alerts of one group can share labels and start; the fingerprint tells them apart.
    key = f"{fingerprint}/{alert.get('startsAt')}"
    name = clean(labels.get("alertname") or get(group, "commonLabels", "alertname") or "alert")
    said = clean(
        notes.get("summary") or notes.get("title") or notes.get("message") or notes.get("description") or ""
    )
    rest = ", ".join(
        f"{k}={clean(v)}" for k, v in sorted(labels.items()) if k not in ("alertname", "severity")
    )
    severity = clean(labels.get("severity") or "")

    def record(what: str, moment: Moment, order: int) -> Record:
        text = f"{name} {what}" + (f" ({severity})" if severity else "") + (f": {said}" if said else "")
        return Record(
            at=moment.at,
            external_id=f"{key}/{what}",
            text=text if said or not rest else f"{text} [{rest}]",
            kind=f"alert {what}",
            precision=moment.precision,
            nanoseconds=moment.nanoseconds,
            written=alert["startsAt"] if what == "firing" else alert["endsAt"],
            zone=moment.zone,
            actor="Grafana" if "orgId" in group else "Alertmanager",
            actor_kind="system",
            place=clean(labels.get("instance") or labels.get("job") or labels.get("namespace") or ""),
            link=alert.get("generatorURL") or "",
            where=where,
            raw=compact(alert),
            order=order,
            extra={"alert": key, "labels": labels, "severity": severity, "status": status}
            | ({"silenced": get(alert, "status", "silencedBy")} if get(alert, "status", "silencedBy") else {})
            | ({"receiver": group["receiver"]} if isinstance(group.get("receiver"), str) else {}),
        )

    yield record("firing", begin, 0)
    ends = alert.get("endsAt") or ""
    if status == "resolved" and not from_api and ends and not ends.startswith("0001-"):
        yield record("resolved", iso(ends), 1)


FORMAT = Format(
    key="alertmanager",
    label="Alertmanager or Grafana alerts",
    about="A webhook (one document, or one a line), or the alerts of the API",
    sniff=sniff,
    read=read,
)
