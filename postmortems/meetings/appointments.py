"""Meetings in people's calendars: a source of `interviews.inviting.appointments`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from postmortems.interviews.inviting.appointments import Appointment
from postmortems.meetings.models import Attendance, Meeting
from postmortems.meetings.planning.letters import page_of


def meetings(users: Collection[int], since: datetime, until: datetime) -> Iterable[Appointment]:
    """The meetings that stand in people's calendars: those they were asked to and did not refuse."""
    rows = Attendance.objects.who_may_know().filter(
        user__in=users, meeting__starts_at__lt=until, meeting__ends_at__gt=since,
        meeting__state__in=[Meeting.State.PLANNED, Meeting.State.HELD], meeting__invited_at__isnull=False,
    ).exclude(coming=False)  # fmt: skip
    for one in rows.select_related("meeting__incident"):
        meeting, incident = one.meeting, one.meeting.incident
        about = f" about {incident.ref}" + ("" if incident.restricted else f", {incident.title}")
        yield Appointment(
            user_id=one.user_id,
            uid=f"{one.uid}-feed@second-story",
            start=meeting.starts_at,
            end=meeting.ends_at,
            word="Review meeting",
            summary=f"Review meeting{about}",
            changed_at=max(filter(None, (meeting.created_at, meeting.invited_at))),
            url=page_of(meeting),
            sequence=one.sequence,
            tentative=one.coming is None,
        )
