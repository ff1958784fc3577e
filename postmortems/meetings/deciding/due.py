"""By when a remedy is due that is accepted today."""

from __future__ import annotations

from datetime import date, timedelta

from postmortems.incidents.models import Incident


def due_on(incident: Incident, today: date) -> date:
    """The policy's days after the end of impact; from today where that is over, or nobody knows when it ended.

    A date is the same for everybody, so that it is counted on the calendar and not by the clock.
    """
    days = timedelta(days=incident.severity.remedies_days)
    ended = incident.resolved_at.date() if incident.resolved_at else today
    return ended + days if ended + days > today else today + days
