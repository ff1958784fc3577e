"""How each tool signs and sends, as its vendor documents it; written apart from what checks it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

from django.test import Client
from django.urls import reverse

from timelines.live.rules import actions as rules
from timelines.models import Connection, Rule

SECRET = "a secret of the tests"


def mac(body: bytes, secret: str = SECRET) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()


def signed(
    kind: str, body: bytes, *, secret: str = SECRET, now: float | None = None, name: str = "m1"
) -> dict[str, str]:
    stamp = str(int(now or time.time()))
    return {
        "github": lambda: {"X-Hub-Signature-256": "sha256=" + mac(body, secret).hex(), "X-GitHub-Delivery": name},
        "gitlab": lambda: {"X-Gitlab-Token": secret, "X-Gitlab-Event-UUID": name},
        "pagerduty": lambda: {"X-PagerDuty-Signature": f"v1={'0' * 64},v1={mac(body, secret).hex()}"},
        "grafana": lambda: {
            "X-Grafana-Alerting-Signature": mac(f"{stamp}:".encode() + body, secret).hex(),
            "X-Grafana-Alerting-Timestamp": stamp,
        },
        "alertmanager": lambda: {"Authorization": f"Bearer {secret}"},
        "opsgenie": lambda: {"X-Second-Story-Token": secret},
        "statuspage": lambda: {"Authorization": "Basic " + base64.b64encode(f"any:{secret}".encode()).decode()},
        "generic": lambda: {
            "webhook-id": name, "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(mac(f"{name}.{stamp}.".encode() + body, secret)).decode(),
        },
    }[kind]()  # fmt: skip


def send(connection: Connection, what, *, headers: dict | None = None, name: str = "m1", **extra):
    body = what if isinstance(what, bytes) else json.dumps(what).encode()
    given = signed(connection.kind, body, name=name) if headers is None else headers
    where = reverse("live:receive", args=[connection.key])
    return Client().post(where, body, content_type="application/json", headers=given | extra)


def alert(number: int = 1, *, status: str = "firing", service: str = "bookings", minute: int = 0) -> dict:
    """One message of Alertmanager about one alert."""
    one = {
        "status": status, "labels": {"alertname": f"Lag{number}", "service": service, "severity": "warning"},
        "annotations": {"summary": f"Replica {number} lags"}, "startsAt": f"2026-03-10T18:{minute:02}:00Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else f"2026-03-10T19:{minute:02}:00Z",
        "generatorURL": "", "fingerprint": f"{number:016x}",
    }  # fmt: skip
    return {
        "version": "4", "status": status, "receiver": "story", "groupKey": "{}", "truncatedAlerts": 0, "groupLabels": {},
        "commonLabels": one["labels"], "commonAnnotations": one["annotations"], "externalURL": "", "alerts": [one],
    }  # fmt: skip


def add_rule(by, **wanted) -> Rule:
    return rules.add(by=by, wanted=rules.Wanted(**wanted))
