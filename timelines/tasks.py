from datetime import timedelta

from celery import shared_task
from celery.signals import worker_ready
from django.db.models import Q
from django.utils import timezone

from timelines import importing
from timelines.models import Import

STALE = timedelta(seconds=30)


@shared_task
def run_import(import_id: str) -> None:
    importing.run(import_id)


@shared_task
def resume_imports() -> None:
    """The sweep: imports whose task was lost, or whose worker died. The lock keeps living ones to themselves."""
    silent = timezone.now() - STALE
    waiting = Q(state=Import.State.WAITING, asked_at__lt=timezone.now() - timedelta(seconds=5))
    stopped = Q(state=Import.State.RUNNING) & (Q(beat_at=None) | Q(beat_at__lt=silent))
    for import_id in Import.objects.filter(waiting | stopped).values_list("pk", flat=True)[:50]:
        run_import.delay(str(import_id))


@worker_ready.connect
def _resume_at_start(**kwargs) -> None:
    resume_imports.delay()
