"""When people are busy: what they agreed to here, and what their own calendar says.

Of a calendar elsewhere only the busy stretches are kept (fetching.py); nobody sees what fills them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.calendars.hours import Stretch, joined
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.inviting import appointments
from postmortems.interviews.models import BusyCalendar, Interview


def of(
    users: Iterable[User],
    participants: Iterable[Participant],
    since: datetime,
    until: datetime,
    *,
    planning: Incident | None = None,
    besides: Interview | None = None,
) -> dict[str, list[Stretch]]:
    """The busy stretches between two instants, by person: `{"u7": […], "p3": […]}`, joined, in order, in UTC.

    `u` and the key of a user, `p` and the key of a participant, as the planner names them; everybody asked for is
    there. A participant with an account is busy whenever the account is. What is only proposed takes time as well,
    but not in `planning`, the incident whose proposals are about to be replaced. `besides` is an interview that is
    being moved, whose own time is free for it. A constant number of queries.
    """
    participants = list(participants)
    names: dict[str, int | None] = {f"u{user.pk}": user.pk for user in users}
    names |= {f"p{one.pk}": one.user_id for one in participants}
    accounts = {user for user in names.values() if user}
    without = [one.pk for one in participants if one.user_id is None]
    found: dict[str, list[Stretch]] = {}
    for name, stretch in chain(
        _appointments(accounts, since, until, besides),
        _interviews(accounts, without, since, until, planning, besides),
        _calendars(accounts, without),
    ):
        found.setdefault(name, []).append(stretch)
    return {
        name: _clipped(found.get(f"u{user}" if user else name, []), since, until)
        for name, user in names.items()
    }


def _appointments(
    users: set[int], since: datetime, until: datetime, besides: Interview | None
) -> Iterator[tuple[str, Stretch]]:
    moved = appointments.uid_of(besides) if besides else ""
    for one in appointments.of(users, since, until):
        if one.takes_time and one.uid != moved:
            yield f"u{one.user_id}", (one.start, one.end)


def _interviews(
    users: set[int],
    participants: list[int],
    since: datetime,
    until: datetime,
    planning: Incident | None,
    besides: Interview | None,
) -> Iterator[tuple[str, Stretch]]:
    """What is not in anybody's calendar: the interviews of people without an account, and proposals."""
    proposed = Q(state=Interview.State.PROPOSED) & ~Q(incident=planning.pk if planning else None)
    theirs = Q(interviewer__in=users) | Q(participant__user__in=users) | Q(participant__in=participants)
    held = Interview.objects.filter(
        theirs, proposed | Q(state__in=appointments.AGREED), starts_at__lt=until, ends_at__gt=since
    ).exclude(pk=besides.pk if besides else None)
    for one in held.select_related("participant"):
        yield f"u{one.interviewer_id}", (one.starts_at, one.ends_at)
        person = one.participant
        name = f"u{person.user_id}" if person.user_id else f"p{person.pk}"
        yield name, (one.starts_at, one.ends_at)


def _calendars(users: set[int], participants: list[int]) -> Iterator[tuple[str, Stretch]]:
    owned = BusyCalendar.objects.filter(Q(user__in=users) | Q(participant__in=participants))
    for calendar in owned.only("user_id", "participant_id", "busy"):
        name = f"u{calendar.user_id}" if calendar.user_id else f"p{calendar.participant_id}"
        for begin, end in calendar.busy:
            yield name, (datetime.fromisoformat(begin), datetime.fromisoformat(end))


def _clipped(stretches: list[Stretch], since: datetime, until: datetime) -> list[Stretch]:
    return joined(
        (max(begin, since), min(end, until)) for begin, end in stretches if begin < until and since < end
    )
