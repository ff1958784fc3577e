from datetime import timedelta

from celery import shared_task
from celery.signals import worker_ready
from django.db.models import Q
from django.utils import timezone

from postmortems.incidents.models import Incident
from timelines import importing
from timelines.merging import comparing
from timelines.models import Import

STALE = timedelta(seconds=30)
OVERLOOKED = timedelta(seconds=5)


@shared_task
def run_import(import_id: str) -> None:
    importing.run(import_id)


@shared_task
def resume_imports(at_once: bool = False) -> None:
    """The sweep: imports whose task was lost, or whose worker died; `at_once` does not wait for silence.

    A living worker keeps its import by lock, so asking once too often does no harm.
    """
    now = timezone.now()
    waiting = Q(state=Import.State.WAITING, asked_at__lt=now - OVERLOOKED)
    running = Q(state=Import.State.RUNNING)
    if not at_once:
        running &= Q(beat_at=None) | Q(beat_at__lt=now - STALE)
    for import_id in (
        Import.objects.filter(waiting | running).order_by("asked_at").values_list("pk", flat=True)[:50]
    ):
        run_import.delay(str(import_id))


@worker_ready.connect
def _resume_at_start(**kwargs) -> None:
    """A worker that comes back takes up what it was reading when it was killed."""
    resume_imports.delay(at_once=True)


@shared_task
def compare_sources(incident_id: int) -> None:
    """Lay the sources of an incident side by side; where that is done already, nothing."""
    if incident := Incident.objects.filter(pk=incident_id).first():
        comparing.compare(incident)
