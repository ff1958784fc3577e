from celery import shared_task
from django.utils import timezone

from postmortems.interviews.inviting import fetching, reminding


@shared_task
def send_reminders() -> None:
    reminding.remind_all(now=timezone.now())


@shared_task
def read_calendars() -> None:
    """The sweep: each calendar that is due, as a task of its own, so that a slow one holds up no other."""
    for pk in fetching.due(now=timezone.now()):
        read_calendar.delay(pk)


@shared_task
def read_calendar(calendar_id: int) -> None:
    fetching.read(calendar_id, now=timezone.now())
