"""Letters that ask for first impressions. They never hold any."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.jotting import links
from postmortems.interviews.readers import email_of
from postmortems.interviews.releasing.keeping import purge_day
from postmortems.notices import post


def ask(participant: Participant, *, again: bool, now: datetime) -> None:
    _send(participant, "jot_notes_again" if again else "jot_notes", "again" if again else "first", now)


def new_link(participant: Participant, *, now: datetime) -> None:
    """The link once more, because the reader of an old one asked for it; one a day."""
    _send(participant, "jot_notes_link", f"link {now:%Y-%m-%d}", now)


def _send(participant: Participant, template: str, occasion: str, now: datetime) -> None:
    post.send(
        to=email_of(participant),
        template=f"emails/interviews/{template}",
        context={
            "person": participant,
            "incident": participant.incident,
            "address": links.address(participant),
            "good_until": (now + timedelta(days=links.PURPOSE.days)).date(),
            "purge_on": first_day_without(participant.incident, now=now),
        },
        key=f"jot-notes {participant.pk} {occasion}",
        about=f"jot-notes {participant.pk}",
        now=now,
    )


def first_day_without(incident: Incident, *, now: datetime) -> date:
    """The day on which notes begun now would go."""
    return purge_day(
        days=incident.severity.notes_keep_days,
        resolved_at=incident.resolved_at,
        opened_at=incident.opened_at,
        began_at=now,
    )
