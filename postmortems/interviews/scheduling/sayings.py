"""The rules of an interview in plain words, one sentence for the one that binds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.calendars.hours import WEEKDAYS
from postmortems.interviews.planner.problem import Interviewer, Person, Problem
from postmortems.interviews.planner.rules import rested_at
from postmortems.interviews.scheduling.bounds import Standing

Party = Person | Interviewer


def city(zone: ZoneInfo) -> str:
    """What people call a zone: the place it is named after."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def day_of(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %-d %B}"


def clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Such as `Fri 27 March, 10:15 in Lisbon`."""
    return f"{day_of(at, zone)}, {clock(at, zone)} in {city(zone)}"


def stretch(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    return f"{day_of(start, zone)}, {clock(start, zone)} to {clock(end, zone)} in {city(zone)}"


class Sayings:
    """Sentences about one problem. `names` are those of people and interviewers by their ids."""

    def __init__(
        self,
        problem: Problem,
        names: Mapping[str, str],
        others: list[Standing],
        notice: Mapping[str, datetime] | None = None,
    ):
        self.problem, self.names, self.others, self.notice = problem, names, others, notice or {}

    def say(self, rule: str, person: Person, interviewer: Interviewer, start: datetime) -> str:
        """Why an interview of the two cannot start then, as one sentence."""
        them, host = self.names[person.id], self.names[interviewer.id]
        match rule:
            case "past":
                return "That time has passed."
            case "self":
                return "Nobody interviews themselves."
            case "meeting":
                return self._meeting(person, interviewer, start)
            case "rest":
                return f"{them} worked outside their hours and rests until {moment(rested_at(person), person.zone)}."
            case "soak":
                return f"People rest until {moment(self.problem.opens_at, person.zone)}."
            case "notice":
                at = self.notice.get(person.id, start)
                return (
                    f"A letter that asks {them} has been read by {moment(at, person.zone)} at the earliest."
                )
            case "fade":
                return f"Interviews end by {moment(self.problem.fades_at, person.zone)}, before memory fades."
            case "hours":
                return self._hours(them, person, start)
            case "host_hours":
                return self._hours(host, interviewer, start)
            case "busy":
                return f"{them} has something else then."
            case "host_busy":
                return f"{host} has something else then."
            case "daily_limit":
                limit = interviewer.daily_limit
                return f"{host} has {limit} interview{'' if limit == 1 else 's'} on that day already."
            case "not_with":
                return f"{host} and {them} are not to talk with each other."
        return self._turn(person, start)

    def _hours(self, name: str, party: Party, start: datetime) -> str:
        begin, end = start.astimezone(party.zone), (start + self.problem.length).astimezone(party.zone)
        if begin.date() in party.holidays:
            return f"{name} is off on {day_of(start, party.zone)}."
        hours = sorted(party.hours.get(WEEKDAYS[begin.weekday()], ()))
        if not any(first < last for first, last in hours):
            return f"{name} does not work on {begin:%A}s."
        opens, closes = _minutes(begin, begin.date()), _minutes(end, begin.date())
        place = city(party.zone)
        if opens < hours[0][0]:
            return f"{name}’s working hours begin at {_hhmm(hours[0][0])} in {place}."
        if closes > (last := max(until for _, until in hours)):
            return f"{name}’s working hours end at {_hhmm(last)} in {place}."
        for (_, until), (again, _) in zip(hours, hours[1:], strict=False):
            if opens < again and closes > until:
                return f"{name} is not at work from {_hhmm(until)} to {_hhmm(again)} in {place}."
        return f"{name} is not at work then."

    def _meeting(self, person: Person, interviewer: Interviewer, start: datetime) -> str:
        pause = timedelta(minutes=self.problem.break_minutes)
        end = start + self.problem.length
        for one in self.others:
            if one.start - pause < end and start < one.end + pause:
                for party in (interviewer, person):
                    if party.id in (one.person, one.interviewer):
                        hours = f"from {clock(one.start, party.zone)} to {clock(one.end, party.zone)}"
                        who = one.person if party.id == one.interviewer else one.interviewer
                        about = f" with {self.names[who]}" if who in self.names and not one.elsewhere else ""
                        near = "" if one.start < end and start < one.end else ", and a break belongs between"
                        return f"{self.names[party.id]} has an interview{about} {hours} in {city(party.zone)}{near}."
        return "Another interview is in the way."

    def _turn(self, person: Person, start: datetime) -> str:
        pause = timedelta(minutes=self.problem.break_minutes)
        here = [one for one in self.others if not one.elsewhere]
        for one in here:
            if one.person in person.after and start < one.end + pause:
                return f"{self.names[one.person]} is asked first, until {moment(one.end, person.zone)}."
        for one in here:
            waiting = next((other for other in self.problem.people if other.id == one.person), None)
            if waiting and person.id in waiting.after and one.start - pause < start + self.problem.length:
                return f"{self.names[one.person]} is asked afterwards, at {moment(one.start, person.zone)}."
        return "Somebody else is asked first."


def _minutes(at: datetime, day: date) -> int:
    """Minutes on the wall since the midnight of a date, past 24 hours on the next one."""
    return (at.date() - day).days * 1440 + at.hour * 60 + at.minute + (at.second > 0)


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
