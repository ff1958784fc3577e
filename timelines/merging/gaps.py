"""Stretches without any evidence of people, as questions for a conversation. Pure.

What a machine wrote in such a stretch does not fill it: the question is what people saw and thought. A
question asks what and how, never why not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LEAST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody left a trace between these two moments."""

    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.begin


def question(gap: Gap, zone: ZoneInfo) -> str:
    """The gap as it is asked, in the zone of the incident; the day is named where it is not one."""
    begin, end = gap.begin.astimezone(zone), gap.end.astimezone(zone)
    if begin.date() == end.date():
        between = f"{begin:%H:%M} and {end:%H:%M}"
    else:
        between = f"{begin:%H:%M on %-d %B} and {end:%H:%M on %-d %B}"
    return f"What were you doing between {between}? Nothing human is on record."


def unasked(gaps: Iterable[Gap], asked: Iterable[tuple[datetime, datetime]]) -> list[Gap]:
    """The gaps that no question is about yet. A question is about every gap that it overlaps by half of the shorter one."""
    asked = list(asked)
    return [gap for gap in gaps if not any(_about(gap, begin, end) for begin, end in asked)]


def _about(gap: Gap, begin: datetime, end: datetime) -> bool:
    common = min(gap.end, end) - max(gap.begin, begin)
    return common > timedelta(0) and 2 * common >= min(gap.length, end - begin)
