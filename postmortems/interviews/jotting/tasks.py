from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.jotting import actions

LATEST = timedelta(days=60)  # longer than any window; the rule itself is in `asking`


@shared_task
def ask_jot_notes() -> None:
    """The sweep: everybody who took part in something that ended lately, each asked when it is their turn."""
    now = timezone.now()
    lately = Participant.objects.filter(
        incident__state=Incident.State.REVIEWING,
        incident__severity__review_expected=True,
        incident__resolved_at__range=(now - LATEST, now),
        jot_request__reminded_at=None,
        jot_request__declined_at=None,
    )
    for participant in lately.select_related("incident__severity", "user").order_by("pk").iterator():
        actions.ask(participant=participant, now=now)
