from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from postmortems.publication.models import Planned
from postmortems.publication.planning import actions, letters

log = logging.getLogger(__name__)
WAITING = Planned.State.WAITING


@shared_task
def publish_planned() -> None:
    """The sweep: what is due. Twice, at once or late does no harm; what fails without a reason is tried again."""
    now = timezone.now()
    for pk in list(
        Planned.objects.filter(state=WAITING, at__lte=now).order_by("at").values_list("pk", flat=True)
    ):
        try:
            actions.carry_out(planned=pk, now=now)
        except Exception:  # one review's trouble keeps nothing from the others
            log.exception("A planned publication failed; it is tried again.")


@shared_task
def warn_of_changes() -> None:
    """The sweep: who planned it hears of a change while there is time to plan it again."""
    now = timezone.now()
    for planned in Planned.objects.filter(state=WAITING, at__gt=now).select_related(
        "incident__severity", "by"
    ):
        try:
            letters.warn(planned, now=now)
        except Exception:
            log.exception("A planned publication could not be looked at.")
