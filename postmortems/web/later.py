"""Starting background work from a request.

The row that describes the work is saved first and says "waiting"; the queue is only the fast way to
get it done. A broker that is away costs seconds, never work: beat looks for waiting rows and sends
them again (`CELERY_BEAT_SCHEDULE`), so every task must do nothing when its row is done.
"""

from __future__ import annotations

import logging

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def queue_after_commit(task: Task, *args) -> None:
    """Queue `task` when the transaction has committed; say so in the log, no more, when the broker is away."""

    def send() -> None:
        try:
            task.apply_async(args=args, retry=False, ignore_result=True)
        except (OperationalError, OSError) as error:
            log.warning("The queue is away (%s); %s%r waits for the sweep.", error, task.name, args)

    transaction.on_commit(send)
