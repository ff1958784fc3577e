"""Durations that never lie: each is recorded, pending, not applicable or contradictory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["recorded", "pending", "not applicable", "contradictory"]

LABELS = {
    "impact_began": "impact began",
    "detected": "detected",
    "acknowledged": "acknowledged",
    "mitigated": "mitigated",
    "resolved": "resolved",
}


@dataclass(frozen=True)
class Duration:
    """`value` is set exactly when `state` is "recorded"; `why` says what is missing or disagrees."""

    key: str
    name: str
    definition: str
    state: State
    value: timedelta | None = None
    why: str = ""


DEFINITIONS = (
    (
        "detect",
        "Time to detect",
        "impact_began",
        "detected",
        "from the moment impact began to the moment somebody or something noticed",
    ),
    (
        "acknowledge",
        "Time to acknowledge",
        "detected",
        "acknowledged",
        "from detection to the moment a person took it on",
    ),
    (
        "mitigate",
        "Time to mitigate",
        "impact_began",
        "mitigated",
        "from the moment impact began to the moment it stopped hurting",
    ),
    (
        "resolve",
        "Time to resolve",
        "impact_began",
        "resolved",
        "from the moment impact began to the moment nothing was left to repair",
    ),
    (
        "impact",
        "Time repairing",
        "detected",
        "resolved",
        "from detection to resolution: how long people worked on it",
    ),
)


def durations(times: dict[str, datetime | None], *, not_applicable: set[str] = frozenset()) -> list[Duration]:
    """The durations of an incident, by these rules, in this order:

    1. an end that somebody marked as not applicable makes the duration not applicable;
    2. a missing end makes it pending, naming what is missing;
    3. an end before its beginning makes it contradictory, naming both times;
    4. anything else is recorded.
    """
    return [
        _duration(key, name, definition, begin, end, times, not_applicable)
        for key, name, begin, end, definition in DEFINITIONS
    ]


def _duration(key, name, definition, begin, end, times, not_applicable) -> Duration:
    absent = [LABELS[n] for n in (begin, end) if n in not_applicable]
    if absent:
        return Duration(key, name, definition, "not applicable", why=f"“{absent[0]}” does not apply here")
    missing = [LABELS[n] for n in (begin, end) if times.get(n) is None]
    if missing:
        return Duration(key, name, definition, "pending", why=f"“{'” and “'.join(missing)}” not recorded yet")
    if times[end] < times[begin]:
        return Duration(
            key,
            name,
            definition,
            "contradictory",
            why=f"“{LABELS[end]}” ({_stamp(times[end])}) is before “{LABELS[begin]}” ({_stamp(times[begin])})",
        )
    return Duration(key, name, definition, "recorded", value=times[end] - times[begin])


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
