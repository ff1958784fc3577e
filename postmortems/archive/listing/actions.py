"""What is worth reading, for everybody; and what one person means to read, for nobody else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.archive.models import Later, Recommendation
from postmortems.audit.log import record
from postmortems.incidents.models import Incident


class NotPossible(Exception):
    """One sentence for who asked."""


def recommend(*, incident: Incident, by: User, because: str, now: datetime) -> Recommendation:
    """Put a published write-up on the reading list, or say better why it stands there. Raises NotPossible."""
    because = " ".join(because.split())
    if not because:
        raise NotPossible("Say in one sentence what somebody learns from it.")
    with transaction.atomic():
        made, new = Recommendation.objects.update_or_create(
            incident=incident, defaults={"because": because, "by": by, "at": now}
        )
        sentence = "put it on the reading list" if new else "changed why it stands on the reading list"
        record(by=by, verb="reading_list.changed", subject=incident.ref, sentence=sentence)
    return made


def take_off(*, incident: Incident, by: User) -> None:
    """Nothing happens when somebody else was faster."""
    with transaction.atomic():
        gone, _ = Recommendation.objects.filter(incident=incident).delete()
        if gone:
            record(
                by=by,
                verb="reading_list.changed",
                subject=incident.ref,
                sentence="took it off the reading list",
            )


def put_aside(*, incident: Incident, by: User, now: datetime) -> None:
    """To be read later. Of what somebody means to read no trail is kept."""
    Later.objects.get_or_create(user=by, incident=incident, defaults={"at": now})


def put_back(*, incident: Incident, by: User) -> None:
    Later.objects.filter(user=by, incident=incident).delete()
