"""Asking the planner, and saying in plain words what came of it.

Interviews that were sent, or whose time somebody chose, keep it: they are part of the problem as people who can come
at that time alone, so that they count for the interviewer's day. Where the rules would not let them sit there
they merely take their time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from postmortems.calendars.hours import DAY, WEEKDAYS, Stretch, joined, on_date
from postmortems.interviews.models import Interview
from postmortems.interviews.planner.problem import Interviewer, Person, Problem
from postmortems.interviews.planner.soak import Answer, plan
from postmortems.interviews.scheduling.bounds import Bounds, Standing
from postmortems.interviews.scheduling.schedule import BREAK_TIME, Host, House, key_of, key_of_user, without
from postmortems.interviews.scheduling.telling import Choice, Left, Teller

TIME_LIMIT = 4.0  # seconds, beyond 12 people and 4 interviewers; a page may take longer than that
ALL_DAY = dict.fromkeys(WEEKDAYS, ((0, DAY),))
FIXED = "fixed"
Party = TypeVar("Party", Person, Interviewer)


@dataclass
class Outcome:
    """What a plan gives: interviews to propose, who is left, who is late for the deadline."""

    slots: list[dict[str, Any]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    proven: bool = True


def make_plan(house: House, choices: Sequence[Choice], hosts: Sequence[Host]) -> Outcome:
    """The best schedule for the people chosen, beside the interviews that keep their time.

    Where the deadline falls into the window, a schedule that keeps it is preferred if it leaves nobody out.
    """
    outcome = _plan(house, choices, hosts, house.window.fades_at)
    deadline = house.window.deadline
    if outcome.late and deadline and deadline.at > house.window.opens_at:
        sooner = _plan(house, choices, hosts, deadline.at)
        if len(sooner.slots) == len(outcome.slots):
            return replace(outcome, slots=sooner.slots, late=sooner.late, proven=sooner.proven)
    return outcome


def _plan(house: House, choices: Sequence[Choice], hosts: Sequence[Host], fades_at: datetime) -> Outcome:
    keeping = [
        one for one in house.standing if one.participant_id not in {choice.participant for choice in choices}
    ]
    people = [_person(house, choice, keeping) for choice in choices]
    people = _who_wait_for_people(people)
    others = house.others(*(one.pk for one in house.standing if one not in keeping))
    problem = house.problem(people, [house.interviewer(host) for host in hosts], fades_at=fades_at)
    fixed, problem, taken = _with_fixed(problem, others)
    answer = plan(problem, time_limit=TIME_LIMIT)
    if any(one.person in fixed for one in answer.unplaced):
        # More people fit without one that keeps its time: then it is no person of the problem, only taken time.
        problem, taken = _with_taken(replace(problem, people=tuple(people)), others), list(others)
        answer = plan(problem, time_limit=TIME_LIMIT)
    while full := _days_beyond_the_limit(problem, answer, taken):
        problem = replace(
            problem,
            interviewers=tuple(
                replace(host, busy=tuple(joined([*host.busy, *full.get(host.id, ())])))
                for host in problem.interviewers
            ),
        )
        answer = plan(problem, time_limit=TIME_LIMIT)
    return _told(house, choices, hosts, problem, answer, others)


def _days_beyond_the_limit(
    problem: Problem, answer: Answer, taken: Sequence[Standing]
) -> dict[str, list[Stretch]]:
    """Time that interviewers cannot give, because interviews outside the problem count for their day as well.

    On such a day those nearest to the work keep their time and nobody else finds any. Every round closes a day further, so there is an end.
    """
    found: dict[str, list[Stretch]] = {}
    for host in problem.interviewers:
        count = Counter(one.start.astimezone(host.zone).date() for one in taken if one.interviewer == host.id)
        for day, already in count.items():
            placed = [
                one
                for one in answer.interviews
                if one.interviewer.id == host.id and one.start.astimezone(host.zone).date() == day
            ]
            room = max(host.daily_limit - already, 0)
            if len(placed) > room:
                kept = sorted(placed, key=lambda one: (one.person.rank, one.start))[:room]
                held = [(one.start, one.end) for one in kept]
                found.setdefault(host.id, []).extend(without(on_date(host.zone, day, 0, DAY), held))
    return found


def _person(house: House, choice: Choice, keeping: Sequence[Interview]) -> Person:
    """With the time taken until a letter can have been read, and until those who are asked first have been."""
    before = [one for one in keeping if one.participant_id in choice.after and one.starts_at]
    after = [house.participants[pk] for pk in choice.after if pk in house.participants]
    person = house.person(house.participants[choice.participant], rank=choice.rank, after=after)
    participant = house.participants[choice.participant]
    waits = [one.ends_at + BREAK_TIME for one in before]
    waits.append(house.notice(participant))
    return replace(person, busy=tuple(joined([*person.busy, (house.window.resolved_at, max(waits))])))


def _who_wait_for_people(people: list[Person]) -> list[Person]:
    """`after` names those alone who are to be planned as well, and never leads round in a circle."""
    known = {person.id: set(person.after) for person in people}
    for person in people:
        known[person.id] &= known.keys()
    settled: set[str] = set()
    left = dict(known)
    while left:
        free = [name for name, others in left.items() if others <= settled]
        if not free:  # a circle: the one of them who stands first waits for nobody
            name = next(iter(left))
            known[name] = known[name] & settled
            free = [name]
        for name in free:
            settled.add(name)
            del left[name]
    return [
        replace(one, after=tuple(other for other in one.after if other in known[one.id])) for one in people
    ]


def _with_fixed(problem: Problem, others: Sequence[Standing]) -> tuple[set[str], Problem, list[Standing]]:
    """The problem with interviews that keep their time: as people where the rules allow it, else as taken time.

    The names of those people, the problem, and the interviews that are not in it as people.
    """
    hosts = {one.id for one in problem.interviewers}
    rules = Bounds(replace(problem, people=()), [])
    guests, taken = [], []
    for number, one in enumerate(others):
        guest = _guest(f"{FIXED}{number}", one)
        fits = (
            one.interviewer in hosts and one.start in rules.starts and one.end - one.start == problem.length
        )
        if fits and not Bounds(replace(problem, people=(guest,)), [], rules.starts).broken(
            guest.id, one.interviewer, one.start
        ):
            guests.append((guest, one))
        else:
            taken.append(one)
    problem = _with_taken(problem, taken)
    # Whoever sits in a fixed interview as a guest is taken then as well.
    people = tuple(
        _taken(person, [one for _, one in guests if person.id == one.person]) for person in problem.people
    )
    asking = tuple(
        replace(
            _taken(host, [one for _, one in guests if host.id == one.person]),
            not_with=host.not_with | {guest.id for guest, one in guests if one.interviewer != host.id},
        )
        for host in problem.interviewers
    )
    problem = replace(problem, people=(*people, *(guest for guest, _ in guests)), interviewers=asking)
    return {guest.id for guest, _ in guests}, problem, taken


def _guest(name: str, one: Standing) -> Person:
    """Somebody who can come at one time alone; ranked before everybody, so that they are seated first."""
    long = timedelta(days=800)
    return Person(
        id=name, zone=ZoneInfo("UTC"), hours=ALL_DAY, rank=-1,
        busy=((one.start - long, one.start), (one.end, one.end + long)),
    )  # fmt: skip


def _with_taken(problem: Problem, others: Sequence[Standing]) -> Problem:
    return replace(
        problem,
        people=tuple(_taken(one, _sits_in(one, others)) for one in problem.people),
        interviewers=tuple(_taken(one, _sits_in(one, others)) for one in problem.interviewers),
    )


def _sits_in(party: Person | Interviewer, others: Sequence[Standing]) -> list[Standing]:
    return [one for one in others if party.id in (one.person, one.interviewer)]


def _taken(party: Party, others: Sequence[Standing]) -> Party:
    if not others:
        return party
    times = [(one.start - BREAK_TIME, one.end + BREAK_TIME) for one in others]
    return replace(party, busy=tuple(joined([*party.busy, *times])))


# What came of it, in words


def _told(
    house: House,
    choices: Sequence[Choice],
    hosts: Sequence[Host],
    problem: Problem,
    answer: Answer,
    others: Sequence[Standing],
) -> Outcome:
    numbers = {key_of(house.participants[choice.participant]): choice.participant for choice in choices}
    users = {key_of_user(host.user.pk): host.user for host in hosts}
    placed = [one for one in answer.interviews if one.person.id in numbers]
    slots = [
        {
            "participant": numbers[one.person.id], "interviewer": users[one.interviewer.id].pk, "start": one.start, "end": one.end,
            "why": _why(house, numbers[one.person.id]),
        }
        for one in placed
    ]  # fmt: skip
    late = [numbers[key] for key in answer.deadline.late if key in numbers]
    left = [one for one in answer.unplaced if one.person in numbers]
    standing = [*others, *(Standing(one.person.id, one.interviewer.id, one.start, one.end) for one in placed)]
    teller = Teller(house, choices, hosts, standing, frozenset(one.person for one in left))
    return Outcome(
        slots, [teller.tell(numbers[one.person], one.constraint) for one in left], late, answer.proven
    )


def _why(house: House, participant: int) -> str:
    return next((asked.why for asked in house.asked if asked.id == participant), "")[:300]
