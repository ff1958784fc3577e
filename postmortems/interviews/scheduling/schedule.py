"""From rows to an interview problem and back: what the planner is told about people, hours and rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from postmortems.accounts.models import User
from postmortems.calendars.holidays import UnknownCountry, public_holidays
from postmortems.incidents.models import Incident
from postmortems.interviews.models import Interview
from postmortems.interviews.planner.problem import parse_problem
from postmortems.interviews.scheduling.whom import Asked, Seen, propose
from timelines.models import Event

WEEK = ("mon", "tue", "wed", "thu", "fri")
USUAL = {day: [["09:00", "12:30"], ["13:30", "17:30"]] for day in WEEK}
MINUTES = 45


def whom(incident: Incident) -> list[Asked]:
    """The people of an incident in the order in which they are best asked."""
    people = list(incident.participants.all())
    seen = []
    for person in people:
        names = {person.name, *person.known_as}
        mine = Event.objects.filter(incident=incident).filter(Q(actor__in=names) | Q(actor_id__in=names))
        counts = mine.aggregate(
            events=Count("pk"),
            commands=Count("pk", filter=Q(kind="command")),
            pages=Count("pk", filter=Q(kind__startswith="page ")),
        )
        seen.append(Seen(id=person.pk, name=person.name, role=person.role, **counts))
    return propose(seen)


def problem(
    incident: Incident,
    *,
    people: list[Asked],
    interviewers: list[User],
    now: datetime,
    fade_hours: int | None = None,
) -> dict[str, Any]:
    """The problem in the planner's own format (docs/interview-planner.md). The incident must be resolved."""
    policy = incident.severity
    first, last = (
        incident.resolved_at.date(),
        (incident.resolved_at + timedelta(hours=policy.fade_hours)).date(),
    )
    participants = {p.pk: p for p in incident.participants.select_related("user")}
    responders = {p.user_id for p in participants.values()}
    held = (
        Interview.objects.standing()
        .filter(starts_at__gte=now)
        .exclude(incident=incident, state=Interview.State.PROPOSED)
    )
    busy: dict[int, list] = {}
    for one in held.select_related("participant"):
        for key in (one.interviewer_id, one.participant.user_id):
            busy.setdefault(key, []).append([one.starts_at.isoformat(), one.ends_at.isoformat()])
    began = incident.impact_began_at or incident.detected_at or incident.resolved_at
    worked = [[began.isoformat(), incident.resolved_at.isoformat()]] if began < incident.resolved_at else []
    return {
        "now": now.isoformat(),
        "resolved_at": incident.resolved_at.isoformat(),
        "soak_hours": policy.soak_hours,
        "fade_hours": fade_hours or policy.fade_hours,
        "interview_minutes": MINUTES,
        "people": [
            {
                "id": f"p{asked.id}",
                "rank": asked.rank,
                "worked": worked,
                **_calendar(participants[asked.id].user, participants[asked.id].zone, first, last),
                "busy": busy.get(participants[asked.id].user_id, [])
                if participants[asked.id].user_id
                else [],
            }
            for asked in people
        ],
        "interviewers": [
            {
                "id": f"u{user.pk}",
                "responded": user.pk in responders,
                "not_with": [f"p{p.pk}" for p in participants.values() if p.user_id == user.pk],
                "busy": busy.get(user.pk, []),
                **_calendar(user, user.zone, first, last),
            }
            for user in interviewers
        ],
    }


def _calendar(user: User | None, zone: str, first, last) -> dict[str, Any]:
    try:
        holidays = (
            [day.isoformat() for day in public_holidays(user.country, first, last)]
            if user and user.country
            else []
        )
    except UnknownCountry:
        holidays = []
    return {
        "zone": user.zone if user else zone,
        "hours": (user.hours if user and user.hours else USUAL),
        "holidays": holidays,
    }


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """What the planner says, in its own format. Raises ProblemError."""
    from postmortems.interviews.planner.soak import plan

    return plan(parse_problem(given), time_limit=4.0).as_json()
