"""The service level of an incident: figures for a page, a curve for the picture. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortems.incidents.models import Incident
from timelines import picture
from timelines.models import Indicator
from timelines.story import budget
from timelines.story.actions import percent


def samples(indicator: Indicator) -> list[tuple[datetime, float | None]]:
    return list(zip(indicator.times, indicator.values, strict=True))


def spent_during(indicator: Indicator) -> budget.Spent | None:
    """From the beginning of impact, or else detection, to resolution; None where these are not known."""
    incident = indicator.incident
    begin, end = incident.impact_began_at or incident.detected_at, incident.resolved_at
    if begin is None or end is None or end <= begin:
        for value in indicator.values:
            budget.bad_share(value, indicator.meaning, indicator.threshold)
        return None
    return budget.spend(
        samples(indicator), step=timedelta(seconds=indicator.step_seconds), begin=begin, end=end, meaning=indicator.meaning,
        objective=float(indicator.objective), window=timedelta(days=indicator.window_days), threshold=indicator.threshold,
    )  # fmt: skip


@dataclass(frozen=True)
class Told:
    """An indicator with its figures in words."""

    indicator: Indicator
    spent: budget.Spent | None

    @property
    def objective(self) -> str:
        return percent(float(self.indicator.objective))

    @property
    def sentence(self) -> str:
        """`38 % of the 28-day budget in 47 min`: the length is that of the measured stretch."""
        if self.spent is None:
            return ""
        return f"{_percent(self.spent.share)} of the {self.indicator.window_days}-day error budget"

    @property
    def left(self) -> str:
        before = self.indicator.spent_before
        left = self.spent.left(float(before)) if self.spent and before is not None else None
        if left is None:
            return ""
        return f"{_percent(left)} left" if left >= 0 else f"overdrawn by {_percent(-left)}"


def _percent(share: float) -> str:
    if share == float("inf"):
        return "more than all"
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def told(incident: Incident) -> list[Told]:
    return [Told(one, spent_during(one)) for one in incident.indicators.select_related("incident")]


def series_of(incident: Incident) -> picture.Series | None:
    """The curve of the picture: the indicator that is shown, in the unit it was measured in."""
    indicator = incident.indicators.filter(shown=True).first()
    if indicator is None:
        return None
    indicator.incident = incident
    shares = indicator.meaning in ("good", "bad")
    factor = 100.0 if shares else 1.0
    objective = float(indicator.objective)
    goal = {"good": objective * 100, "bad": (1 - objective) * 100}.get(indicator.meaning, indicator.threshold)
    return picture.Series(
        name=indicator.name,
        points=[(at, None if value is None else value * factor) for at, value in samples(indicator)],
        objective=goal,
        unit="%" if shares else indicator.unit,
        higher_is_better=indicator.meaning in ("good", "at_least"),
        spent=Told(indicator, spent_during(indicator)).sentence,
    )
