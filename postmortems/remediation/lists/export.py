"""Items as a table to take along, a line at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from postmortems.remediation.models import Item

COLUMNS = (
    "incident", "number", "what", "type", "status", "owner", "team", "due_on", "promised_on", "size", "how_we_know",
    "answers", "created_at", "done_at", "verified_at", "dropped_reason", "tracker", "address",
)  # fmt: skip


class _Echo:
    """A file that gives back what is written to it, so that csv makes one line at a time."""

    def write(self, value: str) -> str:
        return value


def comma_separated(items: Iterable[Item]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for item in items:
        yield writer.writerow([_harmless(value) for value in _row(item)])


def _row(item: Item) -> list[Any]:
    return [
        item.incident.ref, f"R{item.number}", item.what, item.type, item.status, str(item.owner or ""), str(item.team or ""),
        item.due_on, item.promised_on, item.get_size_display(), item.how_we_know,
        " ".join(f"C{condition.number}" for condition in item.conditions.all()), item.created_at, item.done_at,
        item.verified_at, item.dropped_reason, item.address_elsewhere,
        settings.SITE_URL + reverse("remediation:item", args=[item.incident.ref, item.number]),
    ]  # fmt: skip


def _harmless(value: Any) -> Any:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe; instants are in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ")[:1] in tuple("=+-@\t\r\n") else value
