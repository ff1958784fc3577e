"""How the items of a revision stand today, beside what was frozen of them. What is published never changes for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from postmortems.remediation.models import UNDONE_STATUSES, Item

CLOSED = ("verified", "dropped")


@dataclass(frozen=True)
class Standing:
    """An item that the revision tells of; without a status when it is no longer kept."""

    number: int
    what: str  # as it was published
    then: str  # its status at that time
    status: str = ""
    name: str = ""  # of the status now
    on: date | None = None  # when it was done, verified
    due_on: date | None = None
    moved_from: date | None = None  # the published date, where another holds now
    reason: str = ""
    overdue: bool = False

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED


def standing(document: dict[str, Any], items: Iterable[Item], today: date) -> list[Standing]:
    """Those items alone that the revision tells of, in its order."""
    now = {item.number: item for item in items}
    return [_of(frozen, now.get(frozen["number"]), today) for frozen in document.get("items", [])]


def _of(frozen: dict[str, Any], item: Item | None, today: date) -> Standing:
    given = {"number": frozen["number"], "what": frozen["what"], "then": frozen["status"]}
    if item is None:
        return Standing(**given)
    at = {"done": item.done_at, "verified": item.verified_at}.get(item.status)
    published = date.fromisoformat(frozen["due_on"]) if frozen.get("due_on") else None
    return Standing(
        **given,
        status=item.status,
        name=item.get_status_display(),
        on=at.date() if at else None,
        due_on=item.due_on if item.status in UNDONE_STATUSES else None,
        moved_from=published if published != item.due_on else None,
        reason=item.dropped_reason,
        overdue=item.is_overdue(today),
    )
