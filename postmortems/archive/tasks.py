"""The sweeps of the archive: each does nothing when there is nothing to do."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from postmortems.archive import ledger
from postmortems.archive.leading import printing, reckoning
from postmortems.archive.recalling import sending
from postmortems.archive.searching import spelling


@shared_task
def keep() -> None:
    """Learn the words of what was published since, and add up the ledger of counts."""
    spelling.learn_words()
    ledger.add_up()


@shared_task
def reckon() -> None:
    """Reckon the figures for leadership anew, and set them to print. Two at a time do no harm: the later one stands."""
    reckoning.reckon()
    printing.printed(timezone.now())


@shared_task
def recall() -> None:
    """Letters on the month before, and on what was published a year ago, to whom it is time for."""
    sending.recall_due(now=timezone.now())
