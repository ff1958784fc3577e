from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from postmortems.remediation.models import Bulk

KEPT = timedelta(days=1)  # nothing is taken back after ten minutes; the trail tells what was changed


@shared_task
def forget_what_was_before() -> None:
    Bulk.objects.filter(at__lt=timezone.now() - KEPT).delete()
