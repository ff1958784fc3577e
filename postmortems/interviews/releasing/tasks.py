from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from postmortems.interviews.models import Interview
from postmortems.interviews.readers import email_of
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import actions, purging

TIDYING = timedelta(hours=18)  # the interviewer tidies the notes the same day


@shared_task
def purge_words() -> None:
    """The sweep: what was to be kept until today goes. Each incident in a transaction of its own."""
    purging.purge_due(now=timezone.now())


@shared_task
def ask_to_read() -> None:
    """The sweep: whoever was listened to yesterday and was not asked yet, is asked to read."""
    now = timezone.now()
    held = (
        Interview.objects.filter(
            state=Interview.State.DONE, read_asked_at=None, purged_at=None, done_at__lte=now - TIDYING
        )
        .exclude(note=None)
        .exclude(note__body="")
    )
    for interview in held.select_related("participant__user").order_by("pk"):
        if email_of(interview.participant):
            try:
                actions.ask_to_read(interview=interview, by=None, now=now)
            except NotPossible:  # emptied or purged in this very moment: there is nothing to read
                continue
