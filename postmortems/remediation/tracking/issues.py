"""An issue as a tracker tells it, whatever its kind, and reading it from answers that may hold anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_date, parse_datetime


@dataclass(frozen=True)
class Assignee:
    login: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Issue:
    key: str
    url: str
    title: str
    states: tuple[str, ...]  # from the most particular to the most general
    updated_at: datetime
    assignee: Assignee | None = None
    due: date | None = None
    moved: str = ""  # where to, when it is no longer here

    @property
    def state(self) -> str:
        return self.states[0]


class Odd(ValueError):
    """An answer that is not what the tracker's documentation promises."""


def got(data: Any, *path: str, kind: type = str) -> Any:
    """What stands at the path. Raises Odd where it is missing or of another type."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    if not isinstance(data, kind) or isinstance(data, bool) and kind is not bool:
        raise Odd(f"no {'.'.join(path)}")
    return data


def maybe(data: Any, *path: str) -> str:
    """The text at the path, or nothing."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return clean(data) if isinstance(data, str) else ""


def listed(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise Odd("no list")
    return data


def clean(text: str, most: int = 300) -> str:
    return " ".join(text.replace("\x00", "").split())[:most]


def moment(text: str) -> datetime:
    """An instant of an answer; Jira writes +0000, GitLab's webhooks a space and UTC."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Odd("no moment")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(text: Any) -> date | None:
    try:
        return parse_date(text) if isinstance(text, str) else None
    except ValueError:
        return None


def web_address(text: Any, otherwise: str) -> str:
    """An address that may stand in a link; what a tracker says is not believed blindly."""
    if isinstance(text, str) and len(text) <= 500:
        try:
            parts = urlsplit(text)
        except ValueError:
            return otherwise
        if parts.scheme in ("https", "http") and parts.netloc:
            return text
    return otherwise
