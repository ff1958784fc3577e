from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from timelines.live import filing
from timelines.models import Delivery

OVERLOOKED = timedelta(seconds=10)


@shared_task
def file_delivery(delivery_id: str) -> None:
    filing.file(delivery_id)


@shared_task
def file_waiting() -> None:
    """The sweep: deliveries whose task was lost, or whose worker died. Asking once too often does no harm."""
    before = timezone.now() - OVERLOOKED
    found = Delivery.objects.filter(state=Delivery.State.WAITING, received_at__lt=before)
    for pk in found.order_by("received_at").values_list("pk", flat=True)[:200]:
        file_delivery.delay(str(pk))
