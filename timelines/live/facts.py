"""What a delivery is about, in the words that rules are written in. Pure.

Nothing is demanded of a payload: what is not there is empty. Labels are those of the first alert, or what the
payload calls labels, tags or details; all values are text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

LABELS = 40
LONGEST = 200  # characters of a value
SERVICE_LABELS = ("service", "service_name", "app", "application", "job", "component")


def of(payload: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    """`title`, `service`, `repository`, `severity`, `labels`, and `subject`: what repeats of one thing share."""
    body = payload if isinstance(payload, dict) else {}
    labels = _labels(body)
    service = _first(
        _at(body, "event", "data", "service", "summary"), _at(body, "incident", "service", "summary"), labels_of(labels, SERVICE_LABELS),
        _at(body, "service", "name"), body.get("service"), _at(body, "component", "name"),
    )  # fmt: skip
    repository = _first(
        _at(body, "repository", "full_name"), _at(body, "project", "path_with_namespace"), labels.get("repository"), body.get("repository")
    )  # fmt: skip
    severity = _first(
        labels.get("severity"), labels.get("priority"), _at(body, "event", "data", "priority", "summary"), _at(body, "event", "data", "urgency"),
        _at(body, "alert", "priority"), _at(body, "incident", "impact"), body.get("severity"),
    )  # fmt: skip
    title = _title(body, labels, headers)
    return {
        "title": title, "service": service, "repository": repository, "severity": severity, "labels": labels,
        "subject": " / ".join(part for part in (repository or service, title) if part)[:300],
    }  # fmt: skip


def _title(body: dict, labels: dict[str, str], headers: Mapping[str, str]) -> str:
    event = _first(headers.get("x-github-event"), headers.get("x-gitlab-event"), body.get("object_kind"))
    event = event.replace("_", " ")
    return _first(
        _at(body, "commonAnnotations", "summary"), labels.get("alertname"), _at(body, "event", "data", "title"),
        _at(body, "event", "data", "incident", "summary"), _at(body, "alert", "message"), _at(body, "incident", "name"),
        _at(body, "incident", "title"), body.get("title"), body.get("summary"), body.get("message"), body.get("text"), event,
    )  # fmt: skip


def _labels(body: dict) -> dict[str, str]:
    alerts = body.get("alerts")
    first = alerts[0] if isinstance(alerts, list) and alerts and isinstance(alerts[0], dict) else {}
    found: dict[str, str] = {}
    for part in (
        body.get("commonLabels"),
        first.get("labels"),
        _value(body, "alert", "details"),
        body.get("labels"),
        body.get("tags"),
    ):
        for name, value in part.items() if isinstance(part, dict) else ():
            if len(found) < LABELS and isinstance(value, (str, int, float)):
                found.setdefault(_word(name)[:80], _word(value))
    return found


def labels_of(labels: Mapping[str, str], names: Iterable[str]) -> str:
    return next((labels[name] for name in names if labels.get(name)), "")


def _value(body: Any, *path: str) -> Any:
    for step in path:
        body = body.get(step) if isinstance(body, dict) else None
    return body


def _at(body: Any, *path: str) -> str:
    return _first(_value(body, *path))


def _first(*values: Any) -> str:
    """The first that is a word or a number."""
    for value in values:
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and (word := _word(value)):
            return word
    return ""


def _word(value: Any) -> str:
    """On one line, and without the NUL that PostgreSQL keeps nowhere."""
    return " ".join(str(value)[: 4 * LONGEST].replace("\x00", "").split())[:LONGEST]


def fits(facts: Mapping[str, Any], field: str, pattern: str) -> bool:
    """Whether a fact, or the label of that name, is like the pattern: * is anything, capital letters do not matter."""
    labels = facts.get("labels") or {}
    named = {name.casefold(): value for name, value in labels.items()}
    wanted = field.casefold().removeprefix("label:")
    own = facts.get(wanted) if wanted in ("title", "service", "repository", "severity") else None
    values = [value for value in (own, named.get(wanted)) if value]
    return any(fnmatchcase(value.casefold(), pattern.casefold()) for value in values)
