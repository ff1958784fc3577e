from celery import shared_task
from django.utils import timezone

from postmortems.remediation.tracking import checking, looking

AT_ONCE = 50


@shared_task
def look(tracked_id: int) -> None:
    looking.look(tracked_id, now=timezone.now())


@shared_task
def look_at_waiting() -> None:
    """The sweep: what a lost task, a dead worker or a tracker that was away left to be done."""
    for tracked_id in looking.due_rows(now=timezone.now(), most=AT_ONCE):
        looking.look(tracked_id, now=timezone.now())


@shared_task
def check_trackers() -> None:
    for tracker_id in checking.due_trackers(now=timezone.now()):
        checking.check(tracker_id, now=timezone.now())
