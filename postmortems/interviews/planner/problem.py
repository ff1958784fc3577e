"""An interview problem: who is to be talked to, by whom, and when they can. Read and checked here, solved elsewhere.

The format is told in docs/interview-planner.md. Anything that is wrong with a problem is one sentence, that of
the first mistake found; nothing is guessed or silently corrected.
"""

from __future__ import annotations

import math
import reprlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from graphlib import CycleError, TopologicalSorter
from zoneinfo import ZoneInfo

from postmortems.calendars.hours import HoursError, Minutes, Stretch, ZoneError, parse_hours, zone_called

YEAR_OF_HOURS = 366 * 24
DAY_OF_MINUTES = 24 * 60


CIRCLE = 10  # how many ids of a circle are told

_BRIEFLY = reprlib.Repr()
_BRIEFLY.maxstring = _BRIEFLY.maxother = _BRIEFLY.maxlong = 80


def shown(value: object) -> str:
    """A value as it is quoted in a sentence, cut short where it is long."""
    return _BRIEFLY.repr(value)


class ProblemError(ValueError):
    """A malformed problem; the message is one sentence for whoever wrote it."""


@dataclass(frozen=True)
class Person:
    """Somebody to be interviewed."""

    id: str
    zone: ZoneInfo
    hours: Minutes
    rank: int = 1
    holidays: frozenset[date] = frozenset()
    busy: tuple[Stretch, ...] = ()
    worked: tuple[Stretch, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interviewer:
    id: str
    zone: ZoneInfo
    hours: Minutes
    holidays: frozenset[date] = frozenset()
    busy: tuple[Stretch, ...] = ()
    daily_limit: int = 3
    responded: bool = False
    not_with: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """All of it, with every instant in UTC."""

    now: datetime
    resolved_at: datetime
    people: tuple[Person, ...]
    interviewers: tuple[Interviewer, ...]
    soak: timedelta = timedelta(hours=24)
    fade: timedelta = timedelta(hours=168)
    deadline: datetime | None = None
    interview_minutes: int = 45
    break_minutes: int = 15
    slot_minutes: int = 15

    @property
    def opens_at(self) -> datetime:
        """The end of the soak."""
        return self.resolved_at + self.soak

    @property
    def fades_at(self) -> datetime:
        return self.resolved_at + self.fade

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.interview_minutes)


def parse_problem(given: object) -> Problem:
    """A problem from what JSON holds. Raises ProblemError."""
    fields = _Fields(given, "The problem")
    problem = Problem(
        now=fields.instant("now"),
        resolved_at=fields.instant("resolved_at"),
        soak=fields.span("soak_hours", 24),
        fade=fields.span("fade_hours", 168),
        deadline=fields.instant("deadline", optional=True),
        interview_minutes=fields.whole("interview_minutes", 45, 1, DAY_OF_MINUTES),
        break_minutes=fields.whole("break_minutes", 15, 0, DAY_OF_MINUTES),
        slot_minutes=fields.whole("slot_minutes", 15, 1, DAY_OF_MINUTES),
        people=tuple(_person(item, place) for item, place in fields.items("people", "Person")),
        interviewers=tuple(
            _interviewer(item, place) for item, place in fields.items("interviewers", "Interviewer")
        ),
    )
    fields.nothing_else()
    _each_once(problem.people, "people")
    _each_once(problem.interviewers, "interviewers")
    _in_an_order(problem.people)
    return problem


def _person(given: object, place: str) -> Person:
    fields = _Fields(given, place)
    person = Person(
        id=fields.name(),
        zone=fields.zone(),
        rank=fields.whole("rank", 1),
        hours=fields.working_hours(),
        holidays=fields.dates("holidays"),
        busy=fields.stretches("busy"),
        worked=fields.stretches("worked"),
        after=tuple(dict.fromkeys(fields.names("after"))),
    )
    fields.nothing_else()
    return person


def _interviewer(given: object, place: str) -> Interviewer:
    fields = _Fields(given, place)
    interviewer = Interviewer(
        id=fields.name(),
        zone=fields.zone(),
        hours=fields.working_hours(),
        holidays=fields.dates("holidays"),
        busy=fields.stretches("busy"),
        daily_limit=fields.whole("daily_limit", 3, 0),
        responded=fields.boolean("responded"),
        not_with=frozenset(fields.names("not_with")),
    )
    fields.nothing_else()
    return interviewer


def _each_once(parties: tuple[Person, ...] | tuple[Interviewer, ...], what: str) -> None:
    seen = set()
    for party in parties:
        if party.id in seen:
            raise ProblemError(f"Two {what} have the id {shown(party.id)}.")
        seen.add(party.id)


def _in_an_order(people: tuple[Person, ...]) -> None:
    """`after` names people of the problem, and never leads back to where it began."""
    waits_for = {person.id: list(person.after) for person in people}
    for person in people:
        for other in person.after:
            if other not in waits_for:
                raise ProblemError(
                    f"Person {shown(person.id)} is to come after {shown(other)}, who is not among the people."
                )
    try:
        TopologicalSorter(waits_for).prepare()
    except CycleError as error:
        circle = error.args[1][::-1]  # each comes after the next
        some = circle if len(circle) <= CIRCLE else [*circle[:CIRCLE], "…", circle[-1]]
        told = " after ".join(name if name == "…" else shown(name) for name in some)
        raise ProblemError(f"The wishes in 'after' go round in a circle: {told}.") from None


class _Fields:
    """The fields of one JSON object, taken out one by one; what is never asked for is an unknown key."""

    def __init__(self, given: object, place: str):
        if not isinstance(given, dict):
            raise ProblemError(f"{place} must be an object.")
        self.given, self.place, self.known = given, place, set()

    def take(self, name: str, default: object = None) -> object:
        self.known.add(name)
        if name not in self.given and default is None:
            raise ProblemError(f"{self.place} lacks the key {shown(name)}.")
        return self.given.get(name, default)

    def wrong(self, name: str, wanted: str) -> ProblemError:
        return ProblemError(f"{self.place}: {shown(name)} must be {wanted}.")

    def nothing_else(self) -> None:
        for name in self.given:
            if name not in self.known:
                raise ProblemError(f"{self.place} has an unknown key {shown(name)}.")

    def name(self) -> str:
        value = self.take("id")
        if not isinstance(value, str) or not value:
            raise self.wrong("id", "a text that is not empty")
        self.place = f"{self.place.split()[0]} {shown(value)}"
        return value

    def names(self, name: str) -> list[str]:
        value = self.take(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, "a list of ids")
        return value

    def items(self, name: str, each: str) -> list[tuple[object, str]]:
        value = self.take(name)
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return [(item, f"{each} {number}") for number, item in enumerate(value, 1)]

    def boolean(self, name: str) -> bool:
        value = self.take(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def whole(self, name: str, default: int, least: int | None = None, most: int | None = None) -> int:
        value = self.take(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "a whole number")
        if least is not None and value < least:
            raise self.wrong(name, f"at least {least}")
        if most is not None and value > most:
            raise self.wrong(name, f"at most {most}")
        return value

    def span(self, name: str, default: float) -> timedelta:
        value = self.take(name, default)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or isinstance(value, float) and not math.isfinite(value):
            raise self.wrong(name, "a number of hours")
        if not 0 <= value <= YEAR_OF_HOURS:
            raise self.wrong(name, f"from 0 to {YEAR_OF_HOURS} hours")
        return timedelta(hours=value)

    def instant(self, name: str, *, optional: bool = False) -> datetime | None:
        self.known.add(name)
        if optional and self.given.get(name) is None:
            return None
        return self.as_instant(name, self.take(name))

    def as_instant(self, name: str, value: object) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.wrong(name, f"an ISO 8601 time, not {shown(value)}") from None
        if instant.tzinfo is None:
            raise self.wrong(name, f"a time with its offset or Z, not {shown(value)}")
        # Far enough from both ends of the calendar that no sum of the rules leaves it.
        if not 1900 <= instant.year <= 2900:
            raise self.wrong(name, f"between the years 1900 and 2900, not {shown(value)}")
        return instant.astimezone(UTC)

    def stretches(self, name: str) -> tuple[Stretch, ...]:
        value = self.take(name, [])
        if not isinstance(value, list) or not all(
            isinstance(pair, list) and len(pair) == 2 for pair in value
        ):
            raise self.wrong(name, "a list of pairs of times")
        found = []
        for pair in value:
            begin, end = (self.as_instant(name, item) for item in pair)
            if end < begin:
                raise ProblemError(
                    f"{self.place}: an interval in {shown(name)} ends before it begins ({shown(pair[0])[1:-1]} to {shown(pair[1])[1:-1]})."
                )
            if begin < end:  # an empty one is no time at all
                found.append((begin, end))
        return tuple(sorted(found))

    def dates(self, name: str) -> frozenset[date]:
        value = self.take(name, [])
        try:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise ValueError
            return frozenset(date.fromisoformat(item) for item in value)
        except ValueError:
            raise self.wrong(name, "a list of dates such as '2026-04-03'") from None

    def zone(self) -> ZoneInfo:
        value = self.take("zone")
        if not isinstance(value, str):
            raise self.wrong("zone", "the name of a time zone")
        try:
            return zone_called(value)
        except ZoneError as error:
            raise ProblemError(f"{self.place}: {error}") from None

    def working_hours(self) -> Minutes:
        try:
            return parse_hours(self.take("hours"))
        except HoursError as error:
            raise ProblemError(f"{self.place}: {error}") from None
