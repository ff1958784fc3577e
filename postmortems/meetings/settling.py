"""Ideas that are parked, and when they have settled. Reads only."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from postmortems.calendars.workdays import business_days_after
from postmortems.incidents.models import Incident
from postmortems.meetings import people
from postmortems.meetings.models import Meeting
from postmortems.remediation.models import Item


def settled(meeting: Meeting) -> datetime:
    """When the ideas parked in a meeting have settled: working days of the lead reviewer after its end."""
    lead = people.lead_of(meeting.incident)
    days = meeting.incident.severity.remedy_soak_days
    ends_at = min(meeting.ends_at, meeting.held_at) if meeting.held_at else meeting.ends_at
    return business_days_after(ends_at, days, lead.tz, people.holidays_of(lead.country, ends_at))


def parked(incident: Incident) -> QuerySet[Item]:
    return incident.items.filter(status=Item.Status.PARKED).order_by("number")
