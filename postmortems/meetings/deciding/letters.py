from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from postmortems.meetings import people
from postmortems.meetings.models import Meeting
from postmortems.notices import post
from postmortems.remediation.models import Item


def ask(meeting: Meeting, parked: Sequence[Item], *, now: datetime) -> None:
    """To the lead reviewer: the ideas of the meeting had time to settle."""
    lead = people.lead_of(meeting.incident)
    post.send(
        to=lead.email,
        template="emails/meetings/decide",
        context={
            "lead": lead,
            "incident": meeting.incident,
            "parked": parked,
            "page": settings.SITE_URL + reverse("meetings:decide", args=[meeting.incident.ref]),
        },
        key=f"meeting {meeting.pk} decide",
        reader=people.reader(lead, lead.zone),
        about=f"decide {meeting.pk}",
        now=now,
    )
