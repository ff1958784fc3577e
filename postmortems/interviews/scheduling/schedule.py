"""From rows to an interview problem: what the planner is told about people, hours, rest and appointments.

In a problem somebody with an account is `u7`, whether they ask or are asked, so that nobody is in two places or
interviews themselves; a participant without one is `p3`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from postmortems.accounts.models import User
from postmortems.calendars.decent import next_decent
from postmortems.calendars.hours import (
    DEFAULT_HOURS,
    HoursError,
    Minutes,
    Stretch,
    ZoneError,
    joined,
    parse_hours,
    zone_called,
)
from postmortems.incidents.models import Incident, Participant
from postmortems.interviews.inviting import busy
from postmortems.interviews.models import Interview
from postmortems.interviews.planner.problem import Interviewer, Person, Problem
from postmortems.interviews.readers import reader_of
from postmortems.interviews.scheduling import evidence, whom
from postmortems.interviews.scheduling.bounds import Bounds, Standing
from postmortems.interviews.scheduling.sayings import Sayings
from postmortems.interviews.scheduling.whom import Asked, Seen, Unknown
from postmortems.interviews.scheduling.window import Window, window_of

MINUTES, BREAK, SLOT = 45, 15, 15
DAILY_LIMIT = 3
BREAK_TIME, LENGTH = timedelta(minutes=BREAK), timedelta(minutes=MINUTES)
NOTICE = timedelta(hours=3)  # after a letter reached somebody, so that they can answer in peace
FURTHER = timedelta(days=21)  # past the window, for who finds no time in it


def key_of_user(pk: int) -> str:
    return f"u{pk}"


def key_of(participant: Participant) -> str:
    return key_of_user(participant.user_id) if participant.user_id else f"p{participant.pk}"


@dataclass(frozen=True)
class Host:
    """Somebody who asks, and how they are chosen for one plan; `not_with` are participants."""

    user: User
    daily_limit: int = DAILY_LIMIT
    not_with: frozenset[int] = frozenset()


@dataclass
class House:
    """Everything rows say about when the people of one incident can talk, read once."""

    incident: Incident
    window: Window
    now: datetime
    participants: dict[int, Participant]
    seen: dict[int, Seen]
    unknown: list[Unknown]
    standing: list[Interview]  # of this incident
    hosts: frozenset[int] = frozenset()  # who may ask, as the house was read
    elsewhere: list[Interview] = field(default_factory=list)  # of others, in which somebody of this one sits
    taken: dict[str, list[Stretch]] = field(default_factory=dict)

    @property
    def asked(self) -> list[Asked]:
        return whom.propose(self.seen.values(), zone_of(self.incident.zone))

    @property
    def names(self) -> dict[str, str]:
        found = {key_of(one): one.name for one in self.participants.values()}
        for interview in self.standing:
            found.setdefault(key_of_user(interview.interviewer_id), interview.interviewer.name)
        return found

    def person(self, participant: Participant, *, rank: int = 1, after: Sequence[Participant] = ()) -> Person:
        who = participant.user or participant
        return Person(
            id=key_of(participant),
            zone=zone_of(who.zone),
            hours=hours_of(who.hours),
            rank=rank,
            holidays=self._days_off(participant.user),
            busy=tuple(joined(self.taken.get(key_of(participant), ()))),
            worked=worked(self.incident, self.seen.get(participant.pk)),
            after=tuple(dict.fromkeys(key_of(other) for other in after if other.pk != participant.pk)),
        )

    def interviewer(self, host: Host) -> Interviewer:
        """One who asks. Who took part in the response asks only if nobody else can."""
        key = key_of_user(host.user.pk)
        barred = [self.participants[pk] for pk in host.not_with if pk in self.participants]
        return Interviewer(
            id=key,
            zone=host.user.tz,
            hours=hours_of(host.user.hours),
            holidays=self._days_off(host.user),
            busy=tuple(joined(self.taken.get(key, ()))),
            daily_limit=host.daily_limit,
            responded=any(one.user_id == host.user.pk for one in self.participants.values()),
            not_with=frozenset(key_of(one) for one in barred),
        )

    def problem(
        self,
        people: Iterable[Person],
        interviewers: Iterable[Interviewer],
        *,
        fades_at: datetime | None = None,
    ) -> Problem:
        window = self.window
        fade = (fades_at or window.fades_at) - window.resolved_at
        return Problem(
            now=self.now,
            resolved_at=window.resolved_at,
            people=tuple(people),
            interviewers=tuple(interviewers),
            soak=window.opens_at - window.resolved_at,
            fade=fade,
            deadline=window.deadline.at if window.deadline else None,
            interview_minutes=MINUTES,
            break_minutes=BREAK,
            slot_minutes=SLOT,
        )  # fmt: skip

    def others(self, *without: int) -> list[Standing]:
        """The interviews that keep their time, but for those named by their number."""
        return [
            Standing(
                key_of(one.participant),
                key_of_user(one.interviewer_id),
                one.starts_at,
                one.ends_at,
                elsewhere,
            )
            for interviews, elsewhere in ((self.standing, False), (self.elsewhere, True))
            for one in interviews
            if one.starts_at and one.pk not in without and one.state != Interview.State.WRITING
        ]

    def bounds(
        self,
        interview: Interview,
        *,
        after: Sequence[int] = (),
        starts: Sequence[datetime] = (),
        limit: int = DAILY_LIMIT,
    ) -> tuple[Bounds, Sayings]:
        """The rules for moving one interview, and the sentences about them."""
        return self.bounds_for(
            interview.participant, Host(interview.interviewer, limit), after=after, without=(interview.pk,), starts=starts,
            told=interview.invited_at is not None,
        )  # fmt: skip

    def bounds_for(
        self,
        participant: Participant,
        host: Host,
        *,
        after: Sequence[int] = (),
        without: Sequence[int] = (),
        starts: Sequence[datetime] = (),
        told: bool = False,
    ) -> tuple[Bounds, Sayings]:
        """The rules for one interview of a participant; who was `told` of it already needs no further notice."""
        first = [self.participants[pk] for pk in after if pk in self.participants]
        problem = self.problem([self.person(participant, after=first)], [self.interviewer(host)])
        others = self.others(*without)
        names = self.names | {key_of_user(host.user.pk): host.user.name}
        notice = {} if told else {key_of(participant): self.notice(participant)}
        return Bounds(problem, others, starts, notice=notice), Sayings(problem, names, others, notice)

    def notice(self, participant: Participant) -> datetime:
        """From when on somebody can have read the letter that asks them: it comes at a decent hour of theirs."""
        return next_decent(self.now, reader_of(participant)) + NOTICE

    def _days_off(self, user: User | None) -> frozenset[date]:
        """Public holidays and days away around the window, a year's margin for what lies behind it."""
        if user is None:
            return frozenset()
        first = self.window.resolved_at.date() - timedelta(days=3)
        return user.days_off(first, first + timedelta(days=400))


def house(incident: Incident, *, now: datetime, hosts: Iterable[User] = ()) -> House | None:
    """What is known, for the people of an incident and those who may ask them. None until it is resolved.

    The same number of queries for one participant and for thirty.
    """
    window = window_of(incident)
    if window is None:
        return None
    hosts = list(hosts)
    participants = list(incident.participants.select_related("user"))
    seen, unknown = evidence.look(incident, participants)
    standing = list(
        incident.interviews.standing()
        .select_related("participant__user", "interviewer")
        .order_by("starts_at", "pk")
    )
    users = {one.user_id for one in participants if one.user_id} | {host.pk for host in hosts}
    users |= {one.interviewer_id for one in standing}
    elsewhere = list(
        Interview.objects.standing()
        .exclude(incident=incident)
        .filter(
            Q(interviewer__in=users) | Q(participant__user__in=users),
            ends_at__gt=now - timedelta(days=1),
            starts_at__isnull=False,
        )
        .select_related("participant")
        .order_by("starts_at")[:1000]
    )
    return House(
        incident=incident,
        window=window,
        now=now,
        participants={one.pk: one for one in participants},
        seen={one.id: one for one in seen},
        unknown=unknown,
        standing=standing,
        hosts=frozenset(host.pk for host in hosts),
        elsewhere=elsewhere,
        taken=_busy(users, participants, [*standing, *elsewhere], now, window.fades_at + FURTHER),
    )


def _busy(
    users: set[int],
    participants: Sequence[Participant],
    interviews: Sequence[Interview],
    now: datetime,
    until: datetime,
) -> dict[str, list[Stretch]]:
    """When people are taken by anything but interviews: those are told by name, each with a break around it.

    An invitation that somebody's own calendar shows as busy is one of these interviews, and would be in its own way.
    """
    accounts = User.objects.filter(pk__in=users)
    taken = busy.of(
        accounts,
        [one for one in participants if not one.user_id],
        now - timedelta(days=1),
        max(until, now + FURTHER),
    )
    held: dict[str, list[Stretch]] = {}
    for one in interviews:
        if one.starts_at:
            for key in (key_of_user(one.interviewer_id), key_of(one.participant)):
                held.setdefault(key, []).append((one.starts_at, one.ends_at))
    return {key: without(stretches, held.get(key, ())) for key, stretches in taken.items()}


def asked(incident: Incident) -> list[Asked]:
    """The people of an incident in the order in which they are best asked."""
    seen, _ = evidence.look(incident, list(incident.participants.select_related("user")))
    return whom.propose(seen, zone_of(incident.zone))


def without(stretches: Sequence[Stretch], held: Sequence[Stretch]) -> list[Stretch]:
    """What is left of stretches beside others."""
    for begin, end in held:
        parts = (
            (first, last) for a, b in stretches for first, last in ((a, min(b, begin)), (max(a, end), b))
        )
        stretches = [(first, last) for first, last in parts if first < last]
    return list(stretches)


def worked(incident: Incident, seen: Seen | None) -> tuple[Stretch, ...]:
    """When somebody worked on the incident, so that they rest after it.

    From their first trace to their last, and at least until it was resolved: who wrote nothing more may have watched
    all the same. Of who left no trace at all: from its beginning to its end.
    """
    began = (
        incident.impact_began_at or incident.detected_at or incident.acknowledged_at or incident.resolved_at
    )
    first = seen.first_at if seen and seen.first_at else began
    last = max(filter(None, (incident.resolved_at, seen.last_at if seen else None)))
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    return ((first, last),) if first < last else ()


def hours_of(hours: object) -> Minutes:
    """Working hours as they were told; the usual ones where none were, or where they cannot be read any more."""
    try:
        return parse_hours(hours or DEFAULT_HOURS)
    except HoursError:
        return parse_hours(DEFAULT_HOURS)


def zone_of(name: str) -> ZoneInfo:
    try:
        return zone_called(name)
    except ZoneError:
        return ZoneInfo("UTC")
