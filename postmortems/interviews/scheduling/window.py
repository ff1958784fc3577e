"""The window of one review: from soak to fade, and the deadline that the conversations feed.

The policy of the severity gives both; what somebody decided for this review (`WindowDecision`, the last one stands)
changes them. Everything but the two functions at the end is pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortems.incidents.models import Incident
from postmortems.interviews.models import WindowDecision

HOUR = timedelta(hours=1)
TO_READ = timedelta(
    hours=24
)  # the draft goes out a day before the meeting, so that nobody meets a surprise there
FULL_EDITION = timedelta(days=7)  # proposed for it, after the last conversation
LEAST_SOAK = 12  # hours: a night
LONGEST = 366 * 24


@dataclass(frozen=True)
class Deadline:
    """By when the last conversation has to be over, and what for."""

    what: str
    at: datetime


@dataclass(frozen=True)
class Window:
    """Between soak and fade. `policy_…` are what the severity says; `decision` is what was decided instead, if anything."""

    resolved_at: datetime
    soak_hours: int
    fade_hours: int
    policy_soak: int
    policy_fade: int
    deadline: Deadline | None
    waived: Deadline | None = None
    decision: WindowDecision | None = None

    @property
    def opens_at(self) -> datetime:
        return self.resolved_at + self.soak_hours * HOUR

    @property
    def fades_at(self) -> datetime:
        return self.resolved_at + self.fade_hours * HOUR

    @property
    def is_of_policy(self) -> bool:
        return (self.soak_hours, self.fade_hours) == (self.policy_soak, self.policy_fade)

    @property
    def squeezed(self) -> bool:
        """Whether the deadline falls before memory fades: then some of the window is too late for it."""
        return self.deadline is not None and self.deadline.at < self.fades_at

    @property
    def impossible(self) -> bool:
        """Whether the deadline falls before people have rested: then no conversation at all can feed it."""
        return self.deadline is not None and self.deadline.at <= self.opens_at

    @property
    def shorter_fade(self) -> int:
        """Hours to fade with which the window ends at the deadline; never before a day for conversations is left."""
        hours = int((self.deadline.at - self.resolved_at) / HOUR) if self.deadline else self.fade_hours
        return min(max(hours, LEAST_SOAK + 8), self.policy_fade)

    @property
    def shorter_soak(self) -> int:
        """Hours to soak for a window that ends so early: as the policy has it where a day is left, else one night."""
        return (
            self.soak_hours if self.shorter_fade - self.soak_hours >= 24 else min(self.soak_hours, LEAST_SOAK)
        )

    @property
    def full_edition_at(self) -> datetime:
        """By when a full edition may follow a preliminary one."""
        return self.fades_at + FULL_EDITION


def of_policy(policy, resolved_at: datetime, decision: WindowDecision | None = None) -> Window:
    """The window by a severity's numbers and what was decided for this review.

    1. The deadline is a day before the review meeting, or the day of publication, whichever is sooner.
    2. A preliminary edition keeps that day by itself; the conversations feed the full edition, and its day counts.
    3. A shorter or longer window replaces the hours; the deadline stays. Waived, it is told and binds nobody.
    """
    deadline = _deadline(policy, resolved_at)
    soak, fade = policy.soak_hours, policy.fade_hours
    way, waived = decision.way if decision else "", None
    if way in (WindowDecision.Way.SHORTER, WindowDecision.Way.LONGER):
        soak = soak if decision.soak_hours is None else decision.soak_hours
        fade = fade if decision.fade_hours is None else decision.fade_hours
    if way == WindowDecision.Way.WAIVER:
        deadline, waived = None, deadline
    if way == WindowDecision.Way.PRELIMINARY and decision.full_edition_at:
        deadline = Deadline("the full edition", decision.full_edition_at)
    if way == WindowDecision.Way.POLICY:
        decision = None
    return Window(resolved_at, soak, fade, policy.soak_hours, policy.fade_hours, deadline, waived, decision)


def _deadline(policy, resolved_at: datetime) -> Deadline:
    found = [Deadline("publication", resolved_at + timedelta(days=policy.publish_days))]
    if policy.meeting_days:
        meeting = resolved_at + timedelta(days=policy.meeting_days)
        found.append(Deadline("the review meeting, with a day to read the draft", meeting - TO_READ))
    return min(found, key=lambda deadline: deadline.at)


def window_of(incident: Incident) -> Window | None:
    """The window of an incident; None until it is resolved."""
    return windows_of([incident]).get(incident.pk)


def windows_of(incidents: Iterable[Incident]) -> dict[int, Window]:
    """Windows by the number of the incident, of those that are resolved; one query."""
    resolved = [incident for incident in incidents if incident.resolved_at]
    last = {
        decision.incident_id: decision
        for decision in WindowDecision.objects.filter(incident__in=resolved)
        .select_related("by")
        .order_by("incident_id", "-at", "-pk")
        .distinct("incident_id")
    }
    return {
        one.pk: of_policy(one.severity, one.resolved_at, last.get(one.pk)) for one in resolved
    }  # fmt: skip
