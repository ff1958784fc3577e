from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.remediation.models import NoneNeeded


def decide_none(*, incident: Incident, by: User, why: str, now: datetime) -> NoneNeeded:
    """Record that nothing follows from an incident, and why; said again, the newer reason stands. The write-up tells it."""
    with transaction.atomic():
        decided, _ = NoneNeeded.objects.update_or_create(
            incident=incident, defaults={"why": why, "by": by, "at": now}
        )
        record(
            by=by,
            verb="none.decided",
            subject=incident.ref,
            sentence="decided that no item is needed",
            why=why,
        )
    return decided


def take_back(*, incident: Incident, by: User) -> None:
    """The decision holds no longer."""
    with transaction.atomic():
        if not NoneNeeded.objects.filter(incident=incident).delete()[0]:
            return
        record(
            by=by,
            verb="none.taken_back",
            subject=incident.ref,
            sentence="took back that no item is needed",
        )
