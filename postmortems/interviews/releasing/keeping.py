"""How long private words are kept. Pure: the day is counted here, stored as a promise, and kept by `purging`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

GRACE = timedelta(days=30)


def purge_day(*, days: int, resolved_at: datetime | None, opened_at: datetime, began_at: datetime) -> date:
    """The day (UTC) on which private words of an incident are removed.

    1. Counted from the end of impact, not from publication: a date can be told in the first letter, and a
       review that is never published does not keep them for ever.
    2. From the day the incident was recorded, where that is later or it has no end: an old incident looked
       at now is not purged the night after.
    3. Never sooner than thirty days after the conversation was planned or the first word written (`began_at`).
    """
    counted = max(resolved_at or opened_at, opened_at) + timedelta(days=days)
    return max(counted, began_at + GRACE).astimezone(UTC).date()


def is_due(purge_on: date | None, now: datetime) -> bool:
    """Whether the day has come; without a promise it never does."""
    return purge_on is not None and now.astimezone(UTC).date() >= purge_on
