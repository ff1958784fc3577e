from celery import shared_task
from django.utils import timezone

from postmortems.archive.announcing import noticing, sending


@shared_task
def tell() -> None:
    """The sweep: find what is new, then write to those whose hour has come. Twice or late does no harm."""
    now = timezone.now()
    noticing.notice_all(now=now)
    sending.send_due(now=now)
