"""From a severity's numbers and the end of impact to dates. Pure: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


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


def deadlines(policy, resolved_at: datetime, *, published_at: datetime | None = None) -> list[Deadline]:
    """What the severity's policy asks for, counted from the end of impact, in order of time."""
    soak, fade = window(policy, resolved_at)
    found = [
        Deadline("soak", "Interviews may begin", soak),
        Deadline("fade", "Last interview", fade),
        Deadline("publish", "Published", resolved_at + timedelta(days=policy.publish_days), published_at),
    ]
    if policy.meeting_days:
        found.append(Deadline("meeting", "Review meeting", resolved_at + timedelta(days=policy.meeting_days)))
    return sorted(found, key=lambda deadline: deadline.at)
