"""When a meeting should be, and what is told about a time. Pure.

People whom a review concerns read its draft a day before they are asked about it, and the severity's policy
says by when the meeting should have been. The first can be gone against with a reason; the second is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

READING = timedelta(hours=24)  # between the draft and the meeting
LOOKED_AT = timedelta(days=10)  # for times, at least
FURTHEST = timedelta(days=45)


@dataclass(frozen=True)
class Told:
    """What is to be said about a time: `needs_reason` where it goes against a rule."""

    sentence: str
    needs_reason: bool = False


def earliest(*, now: datetime, draft_sent_at: datetime | None) -> datetime:
    """From when on everybody had a day to read the draft, were it sent now at the latest."""
    return max(now, (draft_sent_at or now) + READING)


def policy_date(policy, resolved_at: datetime | None) -> datetime | None:
    """By when the severity's policy wants the meeting; nothing where it wants none, or nobody knows when it ended."""
    if resolved_at is None or not policy.meeting_days:
        return None
    return resolved_at + timedelta(days=policy.meeting_days)


def searched(
    *, now: datetime, draft_sent_at: datetime | None, last_interview: datetime | None, by: datetime | None
) -> tuple[datetime, datetime]:
    """Between which instants a meeting is looked for: after the draft was read and the last conversation
    could be taken into it; to the policy's date, and ten days at least so that there is a choice.
    """
    since = earliest(now=now, draft_sent_at=draft_sent_at)
    if last_interview is not None:
        since = max(since, last_interview + READING)
    return since, min(max(since + LOOKED_AT, by or since), since + FURTHEST)


def about(
    starts_at: datetime, *, now: datetime, draft_sent_at: datetime | None, by: datetime | None
) -> list[Told]:
    """Everything to be told about a time."""
    told = []
    first = earliest(now=now, draft_sent_at=draft_sent_at)
    if starts_at < first:
        when = "The draft went out less than a day before" if draft_sent_at else "The draft is not out yet"
        told.append(
            Told(
                f"{when}; people need a day to read what concerns them. A meeting sooner takes a reason.",
                True,
            )
        )
    if by is not None:
        told.append(Told(against_policy(starts_at, by)))
    return told


def against_policy(starts_at: datetime, by: datetime) -> str:
    """How a time lies to the policy's date, in words."""
    apart = abs(by - starts_at)
    days = apart.days
    length = f"{days} day{'' if days == 1 else 's'}" if days else "less than a day"
    return f"{length} {'before' if starts_at <= by else 'after'} the policy’s date"
