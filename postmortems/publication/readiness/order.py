"""Whether the moments of a story stand in one order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

# How long a moment lasts that its source knows no better. Finer than a second is a moment.
SPANS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}  # fmt: skip
VAGUE = SPANS["minute"]  # said to be about then

# A phase that begins after the time that ends it, or before the time it can only follow.
NOT_AFTER = (
    ("detect", "detected"),
    ("mitigate", "mitigated"),
    ("diagnose", "resolved"),
    ("recover", "resolved"),
)
NOT_BEFORE = (("diagnose", "impact_began"), ("mitigate", "impact_began"), ("recover", "impact_began"))


class Moment(Protocol):
    at: datetime
    precision: str
    certainty: str
    source_id: int
    group_id: int | None
    phase: str


def span(moment: Moment) -> timedelta:
    known = SPANS.get(moment.precision, timedelta(0))
    return max(known, VAGUE) if moment.certainty == "approximate" else known


def undecided(line: Iterable[Moment]) -> Iterator[tuple[Moment, Moment]]:
    """Neighbours of the line of which nobody can tell which came first.

    They come from two sources (one source keeps its own order), are not said to be one moment, and the second begins
    before the first can have ended.
    """
    for one, other in pairwise(line):
        same = one.source_id == other.source_id or one.group_id and one.group_id == other.group_id
        if not same and (other.at == one.at or other.at < one.at + span(one)):
            yield one, other


@dataclass(frozen=True)
class Against:
    """A phase that begins where a time of the incident says that it cannot."""

    phase: str
    begins: datetime
    after: bool
    time: str
    at: datetime


def phases_against(line: Iterable[Moment], times: Mapping[str, datetime | None]) -> Iterator[Against]:
    """Phases whose beginning disagrees with the times of the incident by more than their source's precision."""
    for moment in line:
        for phase, name in NOT_AFTER:
            at = times.get(name)
            if moment.phase == phase and at and moment.at > at:
                yield Against(phase, moment.at, True, name, at)
        for phase, name in NOT_BEFORE:
            at = times.get(name)
            if moment.phase == phase and at and moment.at + span(moment) < at:
                yield Against(phase, moment.at, False, name, at)
