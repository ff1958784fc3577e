"""Who could ask instead, and whether the time of the conversation suits them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from postmortems.accounts.models import User
from postmortems.interviews.models import Interview, Plan
from postmortems.interviews.scheduling import sayings, schedule
from postmortems.interviews.scheduling.actions import after_of
from postmortems.interviews.scheduling.schedule import DAILY_LIMIT, Host, House

# The rules of the planner that are about who asks; those about the interviewee stand as they stood.
WHO_ASKS = frozenset({"past", "self", "meeting", "host_hours", "host_busy", "daily_limit", "not_with"})


@dataclass(frozen=True)
class Offer:
    """Somebody who may ask; `because` says what is in the way of the time that stands."""

    user: User
    city: str
    responded: bool
    suits: bool
    because: str = ""


def fits(interview: Interview, to: User, now: datetime) -> tuple[bool, list[str]]:
    """Whether its time suits somebody else, and the rules that had given way to it and still do."""
    if not _has_a_time(interview, now):
        return False, []
    house = schedule.house(interview.incident, now=now, hosts=[to])
    if house is None:
        return True, []
    broken, _ = _broken(house, interview, to, _plan_of(house))
    return not WHO_ASKS & {*broken}, [rule for rule in broken if rule in interview.overruled]


def offers(interview: Interview, candidates: Sequence[User], now: datetime) -> list[Offer]:
    """Those who may ask instead. A constant number of queries."""
    asked, standing = interview.participant.user_id, _has_a_time(interview, now)
    others = [user for user in candidates if user.pk not in (interview.interviewer_id, asked)]
    house = schedule.house(interview.incident, now=now, hosts=others)
    responders = {one.user_id for one in house.participants.values()} if house else set()
    plan = _plan_of(house) if house else None
    found = []
    for user in others:
        because = _because(house, interview, user, plan) if house and standing else ""
        found.append(
            Offer(user, sayings.city(user.tz), user.pk in responders, standing and not because, because)
        )
    return sorted(found, key=lambda offer: (offer.responded, not offer.suits))


def _plan_of(house: House) -> Plan | None:
    return Plan.objects.filter(incident=house.incident).first()


def _has_a_time(interview: Interview, now: datetime) -> bool:
    """Whether there is a time to keep: one that is still to come, and that the interviewee has not turned down."""
    moving = interview.state == Interview.State.MOVING
    return bool(interview.starts_at) and interview.starts_at > now and not moving


def _because(house: House, interview: Interview, user: User, plan: Plan | None) -> str:
    broken, say = _broken(house, interview, user, plan)
    return next((say(rule) for rule in broken if rule in WHO_ASKS), "")


def _broken(
    house: House, interview: Interview, to: User, plan: Plan | None
) -> tuple[list[str], Callable[[str], str]]:
    """The rules in the way of its time with somebody else, and how to say one of them."""
    starts_at = interview.starts_at
    bounds, words = house.bounds_for(
        interview.participant, Host(to, DAILY_LIMIT, _not_with(plan, to)), after=after_of(plan, interview.participant_id),
        without=(interview.pk,), starts=[starts_at], told=interview.invited_at is not None,
    )  # fmt: skip
    person, host = next(iter(bounds.people.values())), next(iter(bounds.interviewers.values()))
    broken = bounds.broken(person.id, host.id, starts_at)
    return broken, lambda rule: words.say(rule, person, host, starts_at)


def _not_with(plan: Plan | None, user: User) -> frozenset[int]:
    """The participants that somebody is not to ask, by the choices of the last plan."""
    hosts = plan.choices.get("hosts", []) if plan else []
    return frozenset(pk for one in hosts if one["user"] == user.pk for pk in one.get("not_with", []))
