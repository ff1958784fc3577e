"""What an incident cost of the error budget of a service level objective. Pure.

The method is that of the Site Reliability Workbook (Google, 2018, chapters 2 and 5): an objective such as
99.9 % over 28 days leaves a budget of 0.1 % of that time (about 40 minutes of full outage), and a stretch in
which a share of requests is bad spends that share of its length. Time stands for traffic: a minute at night
weighs as much as one at noon, because a series of shares does not tell how many requests there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Literal

Meaning = Literal["good", "bad", "at_most", "at_least"]
GAP = 1.5  # steps; a sample stands for no longer than that


class NoShare(ValueError):
    """Values that cannot be a share of requests; the sentence says what may be meant."""


@dataclass(frozen=True)
class Spent:
    """`spent` and `budget` are lengths of full outage; shares are of the window's budget."""

    spent: timedelta
    budget: timedelta
    measured: timedelta
    missing: timedelta  # of the stretch, in which nothing was measured: neither good nor bad
    worst: float  # largest share of bad
    allowed: float  # share of bad that the objective allows

    @property
    def share(self) -> float:
        return self.spent / self.budget if self.budget else (float("inf") if self.spent else 0.0)

    @property
    def burn_rate(self) -> float:
        """How many times faster than the objective allows the budget went, while it was measured."""
        if not self.measured or not self.budget:
            return 0.0
        return (self.spent / self.measured) / self.allowed

    def left(self, before: float | None) -> float | None:
        """What is left of the window's budget when `before` of it was spent already; below zero it is overdrawn."""
        return None if before is None else 1 - before - self.share


def bad_share(value: float | None, meaning: Meaning, threshold: float | None) -> float | None:
    """The share of bad in one sample, 0…1; None where nothing was measured. Raises NoShare beyond 0…1."""
    if value is None or not isfinite(value):
        return None
    if meaning == "at_most":
        return float(value > threshold)
    if meaning == "at_least":
        return float(value < threshold)
    if not -1e-6 <= value <= 1 + 1e-6:
        raise NoShare(
            f"{value:g} is no share of requests: shares lie between 0 and 1. If these are percent, divide them by 100 "
            "in the query; if they are seconds or counts, choose “at most” or “at least” with a threshold."
        )
    share = min(max(value, 0.0), 1.0)
    return 1 - share if meaning == "good" else share


def spend(
    samples: Sequence[tuple[datetime, float | None]],
    *,
    step: timedelta,
    begin: datetime,
    end: datetime,
    meaning: Meaning,
    objective: float,
    window: timedelta,
    threshold: float | None = None,
) -> Spent:
    """What was spent between `begin` and `end`. Samples are in order of time; each holds from its instant to the
    next one, and for a step and a half at most, so that a hole in the series is missing and not assumed.

    Raises NoShare where a value cannot be a share.
    """
    spent = measured = timedelta()
    worst = 0.0
    for place, (at, value) in enumerate(samples):
        following = samples[place + 1][0] if place + 1 < len(samples) else at + step
        until = min(following if following - at <= step * GAP else at + step, end)
        length = until - max(at, begin)
        bad = bad_share(value, meaning, threshold)
        if length > timedelta() and bad is not None:
            measured += length
            spent += length * bad
            worst = max(worst, bad)
    allowed = 1 - objective
    return Spent(spent, window * allowed, measured, max(end - begin - measured, timedelta()), worst, allowed)


def crossings(
    samples: Sequence[tuple[datetime, float | None]],
    *,
    meaning: Meaning,
    objective: float,
    threshold: float | None = None,
) -> list[tuple[datetime, bool]]:
    """Instants at which the level fell below its objective (False) or came back to it (True)."""
    found: list[tuple[datetime, bool]] = []
    kept = True
    for at, value in samples:
        bad = bad_share(value, meaning, threshold)
        if bad is None:
            continue
        keeps = bad <= 1 - objective + 1e-12
        if keeps != kept:
            found.append((at, keeps))
            kept = keeps
    return found
