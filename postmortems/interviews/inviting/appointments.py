"""What people have agreed to be at, as their calendar feed shows it and as a plan keeps clear of it.

Rooms above this one add theirs: `appointments.source(function)` in the `ready()` of their app. A source is asked
for many people at once and answers with a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from postmortems.interviews.models import Interview


@dataclass(frozen=True)
class Appointment:
    """One person's place in something. With dates instead of instants it is a whole day, and takes no time."""

    user_id: int
    uid: str
    start: datetime | date
    end: datetime | date
    word: str  # all that a discreet calendar says: "Conversation"
    summary: str  # what any other says; never the title of a restricted incident
    changed_at: datetime
    url: str = ""
    sequence: int = 0
    tentative: bool = False

    @property
    def takes_time(self) -> bool:
        return isinstance(self.start, datetime)


Source = Callable[[Collection[int], datetime, datetime], Iterable[Appointment]]
_sources: list[Source] = []
AGREED = (Interview.State.INVITED, Interview.State.ACCEPTED, Interview.State.DONE)


def source(function: Source) -> Source:
    """Add a source: `(ids of users, since, until) -> appointments`."""
    if function not in _sources:
        _sources.append(function)
    return function


def of(users: Collection[int], since: datetime, until: datetime) -> list[Appointment]:
    """The appointments of these people that share a moment with the time given, in order of their beginning."""
    found = [one for ask in _sources for one in ask(users, since, until)]
    return sorted(found, key=lambda one: (one.start.isoformat(), one.uid))


def agreed(*, since: datetime, until: datetime) -> QuerySet[Interview]:
    """The interviews in that time whose time is meant: what is proposed is nobody's appointment yet, and a time that
    did not suit, or gave way to writing, nobody's any more."""
    return Interview.objects.filter(state__in=AGREED, starts_at__lt=until, ends_at__gt=since)


def uid_of(interview: Interview) -> str:
    return f"{interview.uid}-feed@second-story"


@source
def interviews(users: Collection[int], since: datetime, until: datetime) -> Iterable[Appointment]:
    """Each interview stands in the calendars of the two."""
    wanted = set(users)
    held = agreed(since=since, until=until)
    theirs = held.filter(interviewer__in=wanted) | held.filter(participant__user__in=wanted)
    for one in theirs.select_related("incident", "participant").distinct():
        for user_id, page in ((one.interviewer_id, "conduct"), (one.participant.user_id, "answer")):
            if user_id in wanted:
                yield _appointment(one, user_id, page)


def _appointment(one: Interview, user_id: int, page: str) -> Appointment:
    incident = one.incident
    about = f" about {incident.ref}" + ("" if incident.restricted else f", {incident.title}")
    return Appointment(
        user_id=user_id,
        uid=uid_of(one),
        start=one.starts_at,
        end=one.ends_at,
        word="Conversation",
        summary=f"Conversation{about}",
        changed_at=max(filter(None, (one.proposed_at, one.invited_at, one.answered_at))),
        url=settings.SITE_URL + reverse(f"interviews:{page}", args=[incident.ref, one.pk]),
        sequence=one.sequence,
        tentative=one.state == Interview.State.INVITED,
    )
