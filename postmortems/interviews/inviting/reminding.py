"""Writing the reminders that are due. No person does this, so the audit trail tells nothing of it; the letters do."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.interviews.inviting import letters, reminders
from postmortems.interviews.models import Interview
from postmortems.interviews.readers import reader_of

HELD = (Interview.State.INVITED, Interview.State.ACCEPTED)


def remind_all(*, now: datetime) -> None:
    """Look at every conversation ahead."""
    ahead = Interview.objects.filter(state__in=HELD, starts_at__gt=now).order_by("starts_at", "pk")
    for interview in ahead.iterator():
        remind(interview=interview, now=now)


def remind(*, interview: Interview, now: datetime) -> None:
    """Write what is due of one. The same occasion is written once, however often this runs."""
    with transaction.atomic():
        interview = Interview.objects.locked(interview)
        if interview.state not in HELD or not interview.starts_at:
            return
        for one in reminders.due(known(interview), now):
            letters.remind(interview, one.occasion, host=one.host, now=now, not_after=one.not_after)


def known(interview: Interview) -> reminders.Known:
    return reminders.Known(
        starts_at=interview.starts_at,
        invited_at=interview.invited_at or interview.proposed_at,
        accepted=interview.state == Interview.State.ACCEPTED,
        person=reader_of(interview.participant),
        host=interview.interviewer.reader,
        answered_at=interview.answered_at,
        hour_before_person=interview.hour_before_person,
        hour_before_host=interview.hour_before_host,
    )
