from celery import shared_task
from django.utils import timezone

from postmortems.remediation.reminding import planning, sending


@shared_task
def remind() -> None:
    """Write down who is to be reminded, then write to those whose hour has come. Twice or late does no harm."""
    now = timezone.now()
    planning.plan_due(now=now)
    sending.send_due(now=now)
