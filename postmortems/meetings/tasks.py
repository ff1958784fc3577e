"""What the clock does around meetings. Every row says what waits, so that each task may run twice or late."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from postmortems.meetings.deciding import actions as deciding
from postmortems.meetings.models import Meeting, Survey
from postmortems.meetings.surveying import actions as surveying

AT_ONCE = 200


@shared_task
def keep_time() -> None:
    """Close surveys whose day has come, and tell lead reviewers that parked ideas have settled."""
    now = timezone.now()
    for survey in Survey.objects.filter(closed_at=None, closes_at__lte=now).order_by("closes_at")[:AT_ONCE]:
        surveying.close(survey=survey, now=now)
    settled = Meeting.objects.filter(state=Meeting.State.HELD, decide_asked_at=None, decide_from__lte=now)
    for meeting in settled.order_by("decide_from")[:AT_ONCE]:
        deciding.ask_to_decide(meeting=meeting, now=now)
