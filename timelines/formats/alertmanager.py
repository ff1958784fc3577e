"""Alertmanager: webhook version 4 and the alerts of API v2; Grafana's unified alerting sends the same shape.

Source: Prometheus' documentation of `webhook_config`, of Alertmanager's API v2 and of Prometheus' own HTTP API.
One alert is up to two points, its start and its end, joined by `extra.alert`. The key is (fingerprint, start to the
millisecond): an alert that is sent again, as it is at every repeat interval and by both of a pair, adds
nothing, and the API, which knows milliseconds alone, tells the same alert as the webhook, which knows
nanoseconds. `endsAt` counts only where the alert's own status is "resolved"; the API's is a forecast. The
group's status says nothing about its alerts. A missing fingerprint is computed as Prometheus does it.
Prometheus' own alerts state `activeAt`, which is when the condition began and not when the alert fired.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, Moment, clean, compact, get, iso
from timelines.formats.documents import Found, found, records, under
from timelines.formats.records import Record, Skipped

KEYS = ("alerts", "data.alerts", "data.groups", "data")


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"startsAt"' in head and b'"labels"' in head:
        kind = "Grafana" if b'"orgId"' in head or b'"dashboardURL"' in head else "Alertmanager"
        return f"its alerts have “startsAt” and “labels”, as {kind} writes them"
    if b'"activeAt"' in head and b'"labels"' in head:
        return "its alerts have “activeAt” and “labels”, as Prometheus writes them"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    told = ""
    for element in found(bundle, KEYS):
        if isinstance(element, Found) and (left_out := element.page.get("truncatedAlerts")):
            group = element.where.rpartition("#/")[0]
            if group != told:
                told = group
                yield Skipped(
                    group, f"The sender left out {clean(left_out)} alerts of this group (truncatedAlerts)."
                )
        yield from records([element], _thing)


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, where = element.value, element.where
    if isinstance(thing.get("rules"), list):  # Prometheus: groups of rules with their alerts
        for n, rule in enumerate(thing["rules"]):
            for m, alert in enumerate(get(rule, "alerts", default=[])):
                yield from records([Found(alert, under(where, "rules", n, "alerts", m))], _thing)
    elif "labels" in thing and ("startsAt" in thing or "activeAt" in thing):
        yield from _alert(thing, where, element.page)
    elif element.key:
        raise BadTime("This is no alert: it has no labels or no start.")
    else:
        raise BadTime("This is JSON, but holds no list of alerts.")


def fingerprint(labels: dict[str, Any]) -> str:
    """FNV-1a over names and values in order, as Prometheus names a set of labels."""
    number = 14695981039346656037
    for name in sorted(labels):
        for part in (name, str(labels[name])):
            for byte in part.encode("utf-8", "replace") + b"\xff":
                number = ((number ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return f"{number:016x}"


def _status(alert: dict) -> str:
    """The alert's own: text in a webhook, an object in API v2, `state` at Prometheus."""
    status = alert.get("status")
    if isinstance(status, str):
        return status.lower()
    return str(get(alert, "status", "state", default=alert.get("state") or "active")).lower()


def _alert(alert: dict, where: str, group: dict) -> Iterator[Record | Skipped]:
    labels = alert["labels"] if isinstance(alert.get("labels"), dict) else {}
    notes = alert["annotations"] if isinstance(alert.get("annotations"), dict) else {}
    starts = alert.get("startsAt") or alert.get("activeAt")
    begin, status = iso(starts), _status(alert)
    # Two alerts of one group can share labels and start; the fingerprint tells them apart.
    key = f"{alert.get('fingerprint') or fingerprint(labels)}/{begin.at:%Y-%m-%dT%H:%M:%S}.{begin.at.microsecond // 1000:03d}Z"
    name = clean(labels.get("alertname") or get(group, "commonLabels", "alertname") or "alert")
    severity = clean(labels.get("severity") or "")
    said = clean(next((notes[n] for n in ("summary", "title", "message", "description") if notes.get(n)), ""))
    rest = ", ".join(
        f"{k}={clean(v)}" for k, v in sorted(labels.items()) if k not in ("alertname", "severity")
    )
    extra: dict[str, Any] = {"alert": key, "labels": labels, "severity": severity, "status": status}
    for field in ("silencedBy", "inhibitedBy", "mutedBy"):
        if by := get(alert, "status", field):
            extra["silenced" if field == "silencedBy" else field] = by
    for field, value in (
        ("receiver", group.get("receiver")),
        ("values", alert.get("valueString") or alert.get("value")),
    ):
        if isinstance(value, str) and value:
            extra[field] = clean(value)

    def record(what: str, moment: Moment, written: Any, order: int) -> Record:
        text = f"{name} {what}" + (f" ({severity})" if severity else "") + (f": {said}" if said else "")
        return Record(
            at=moment.at, external_id=f"{key}/{what}", text=text if said or not rest else f"{text} [{rest}]", kind=f"alert {what}",
            precision=moment.precision, nanoseconds=moment.nanoseconds, written=str(written), zone=moment.zone,
            actor="Grafana" if "orgId" in group else "Prometheus" if "activeAt" in alert else "Alertmanager", actor_kind="system",
            place=clean(labels.get("instance") or labels.get("job") or labels.get("namespace") or ""), link=_link(alert),
            where=where, raw=compact(alert), order=order, extra=extra,
        )  # fmt: skip

    yield record("pending" if status == "pending" else "firing", begin, starts, 0)
    ends = alert.get("endsAt")
    forecast = isinstance(alert.get("status"), dict)
    if status == "resolved" and not forecast and ends and not str(ends).startswith("0001-"):
        yield record("resolved", iso(ends), ends, 1)


def _link(alert: dict) -> str:
    links = (alert.get(name) for name in ("generatorURL", "panelURL", "dashboardURL"))
    return next((link for link in links if isinstance(link, str) and link), "")


FORMAT = Format(
    key="alertmanager",
    label="Alertmanager, Prometheus or Grafana alerts",
    about="A webhook (one document, or one a line), or the alerts of an API",
    sniff=sniff,
    read=read,
)
