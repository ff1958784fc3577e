"""Setting the PDF of a revision, or of a twin. The row is the work; a worker that dies leaves it to the sweep."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from celery import shared_task
from celery.signals import worker_ready
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from postmortems.publication import attributed, pdf, pictures
from postmortems.publication.models import Printing
from postmortems.publication.outside.keeping import changing
from postmortems.writeup.images import actions as images

log = logging.getLogger(__name__)
TRIES = 5
STALE = timedelta(minutes=5)


@shared_task
def print_text(printing_id: int) -> None:
    """Set the PDF unless it is set; one worker at a time, held by a lock that falls with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(7302, %s)", [printing_id])
        if not cursor.fetchone()[0]:
            return
        try:
            _print(printing_id)
        finally:
            cursor.execute("select pg_advisory_unlock(7302, %s)", [printing_id])


def _print(printing_id: int) -> None:
    printing = (
        Printing.objects.select_related("revision__incident", "twin__incident").filter(pk=printing_id).first()
    )
    if printing is None or printing.state in (Printing.State.DONE, Printing.State.FAILED):
        return
    rows = Printing.objects.filter(pk=printing.pk)
    rows.update(state=Printing.State.RUNNING, progress=10, tries=printing.tries + 1, beat_at=timezone.now())
    try:
        made, pages = pdf.render(printing.revision or printing.twin)
    except Exception as trouble:
        log.exception("Printing %s could not be set", printing_id)
        over = printing.tries + 1 >= TRIES
        rows.update(
            state=Printing.State.FAILED if over else Printing.State.WAITING, progress=0, beat_at=timezone.now(),
            trouble=f"{type(trouble).__name__}: {trouble}"[:500],
        )  # fmt: skip
        return
    printing.file.save(_name(printing), ContentFile(made), save=False)
    with transaction.atomic():
        rows.update(
            state=Printing.State.DONE, progress=100, file=printing.file.name, sha256=hashlib.sha256(made).hexdigest(), pages=pages,
            size=len(made), trouble="", finished_at=timezone.now(),
        )  # fmt: skip
        if printing.twin:
            changing(printing.twin)


def _name(printing: Printing) -> str:
    """In the storage. That of a twin names no address: one of partners is a secret."""
    if printing.revision:
        return f"{printing.revision.incident.ref}-r{printing.revision.number}.pdf"
    return f"twin-{printing.twin_id}.pdf"


@shared_task
def print_waiting() -> None:
    """The sweep: printings whose task was lost or whose worker died."""
    now = timezone.now()
    waiting = Q(state=Printing.State.WAITING) & (Q(beat_at=None) | Q(beat_at__lt=now - timedelta(seconds=20)))
    stopped = Q(state=Printing.State.RUNNING, beat_at__lt=now - STALE)
    for printing_id in Printing.objects.filter(waiting | stopped).values_list("pk", flat=True)[:50]:
        print_text.delay(printing_id)


@shared_task
def ask_attributed() -> None:
    """The sweep: whoever is to be published with their name, in words they did not agree to yet, is asked."""
    from postmortems.publication import actions  # publishing queues the printing above

    now = timezone.now()
    for incident in attributed.worth_looking_at().order_by("pk"):
        actions.ask_attributed(incident=incident, by=None, now=now)


@shared_task
def discard_pictures() -> None:
    """The sweep: files of pictures that were taken out of their draft a while ago, and that nothing published shows."""
    now = timezone.now()
    for image in pictures.unpublished(now):
        images.discard(image=image, now=now)


@worker_ready.connect
def _print_at_start(**kwargs) -> None:
    """Work that a killed worker left behind is taken up at once: its lock fell with its connection."""
    Printing.objects.filter(state=Printing.State.RUNNING).update(state=Printing.State.WAITING, beat_at=None)
    print_waiting.delay()
