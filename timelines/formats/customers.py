"""What customers were told, from any status page, as one kind of record."""

from __future__ import annotations

from typing import Any

from timelines.formats.base import clean
from timelines.formats.records import Record

STATUSES = {
    "investigating", "identified", "monitoring", "resolved", "update", "scheduled", "in progress", "in_progress", "verifying",
    "completed", "postmortem", "cancelled", "canceled", "recovering", "false alarm", "underway", "complete", "fixed", "watching",
}  # fmt: skip


def message(
    *,
    key: str,
    status: str,
    body: str,
    title: str,
    when: dict[str, Any],
    page: str = "",
    where: str,
    raw: bytes,
    **more: Any,
) -> Record:
    """One update of one incident on a status page; `when` holds the fields of its moment.

    The text names incident and status, as an update alone (“a fix is out”) does not say what it is about.
    """
    status = clean(status).replace("_", " ").strip()
    shown = status[:1].upper() + status[1:].lower() if status.islower() or status.isupper() else status
    said = clean(body)
    head = " – ".join(part for part in (clean(title), shown) if part)
    return Record(
        external_id=key,
        text=f"{head}: {said}" if said and head else head or said or "(without words)",
        kind="customer message",
        actor=clean(page) or "Status page",
        actor_kind="system",
        place=clean(page),
        where=where,
        raw=raw,
        **when,
        **more,
    )  # fmt: skip
