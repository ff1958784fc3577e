"""From a severity's numbers and the end of impact to dates. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.calendars.workdays import business_days_after


@dataclass(frozen=True)
class Deadline:
    key: str
    what: str
    at: datetime
    met_at: datetime | None = None

    def state(self, now: datetime) -> str:
        """`kept`, `kept late`, `overdue` or `ahead`."""
        if self.met_at:
            return "kept" if self.met_at <= self.at else "kept late"
        return "overdue" if now > self.at else "ahead"


def window(policy, resolved_at: datetime) -> tuple[datetime, datetime]:
    """Between soak and fade: when interviews may begin, and by when they have ended."""
    return resolved_at + timedelta(hours=policy.soak_hours), resolved_at + timedelta(hours=policy.fade_hours)


def deadlines(
    policy,
    resolved_at: datetime,
    *,
    zone: ZoneInfo,
    holidays: Container[date] = frozenset(),
    named_at: datetime | None = None,
    met_at: datetime | None = None,
    published_at: datetime | None = None,
) -> list[Deadline]:
    """What the severity's policy asks for, counted from the end of impact, in order of time.

    Hours are hours and days are days of 24 hours; working days are those of the lead reviewer, in their
    `zone` and without their public `holidays`. `named_at` is when there was a lead reviewer, `met_at` when the first
    meeting was held, `published_at` when the first revision appeared. Whether jot-notes were written is nobody's
    business but their author's, so nothing says that this one was kept.
    """
    soak, fade = window(policy, resolved_at)
    found = [
        Deadline("owner", "Lead reviewer named", resolved_at + timedelta(hours=policy.owner_hours), named_at),
        Deadline("jot_notes", "Jot-notes asked for", resolved_at + timedelta(hours=policy.jot_notes_hours)),
        Deadline("soak", "Interviews may begin", soak),
        Deadline("fade", "Last interview", fade),
        Deadline("publish", "Published", resolved_at + timedelta(days=policy.publish_days), published_at),
    ]
    if policy.preliminary_days is not None:
        at = business_days_after(resolved_at, policy.preliminary_days, zone, holidays)
        found.append(Deadline("preliminary", "Preliminary edition", at, published_at))
    if policy.meeting_days:
        at = resolved_at + timedelta(days=policy.meeting_days)
        found.append(Deadline("meeting", "Review meeting", at, met_at))
    return sorted(found, key=lambda deadline: deadline.at)
