"""The planner's rules once more, as slowly and plainly as they can be said: minute by minute, and every schedule.

Shares nothing with the planner but the format of a problem, so that a misunderstanding would have to happen twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATER = datetime(9999, 1, 1, tzinfo=UTC)
ORDER = ("fade", "hours", "busy", "daily_limit", "not_with", "rest", "soak", "after")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Naive:
    def __init__(self, problem: dict):
        self.given = problem
        self.length = timedelta(minutes=problem.get("interview_minutes", 45))
        self.pause = timedelta(minutes=problem.get("break_minutes", 15))
        self.now, self.resolved = at(problem["now"]), at(problem["resolved_at"])
        self.opens = self.resolved + timedelta(hours=problem.get("soak_hours", 24))
        self.fades = self.resolved + timedelta(hours=problem.get("fade_hours", 168))
        self.people = sorted(problem["people"], key=lambda one: (one.get("rank", 1), one["id"]))
        self.interviewers = sorted(problem["interviewers"], key=lambda one: one["id"])

    def starts(self, since: datetime, until: datetime) -> list[datetime]:
        """Rule 1, between any two instants; `until` is for the end of the interview."""
        step, found = self.given.get("slot_minutes", 15), []
        moment = since.replace(second=0, microsecond=0)
        while moment + self.length <= until:
            if moment >= since and moment.minute % step == 0:
                found.append(moment)
            moment += MINUTE
        return found

    def minutes(self, begin: datetime, end: datetime) -> list[datetime]:
        return [begin + number * MINUTE for number in range(int((end - begin) / MINUTE))]

    def at_work(self, party: dict, moment: datetime) -> list[tuple[date, int]]:
        """The working intervals that hold a minute, by local date and place in the day's list."""
        local = moment.astimezone(ZoneInfo(party["zone"]))
        if local.date().isoformat() in party.get("holidays", []):
            return []
        clock = f"{local:%H:%M}"
        intervals = party["hours"].get(DAYS[local.weekday()], [])
        return [(local.date(), place) for place, (begin, end) in enumerate(intervals) if begin <= clock < end]

    def in_hours(self, party: dict, start: datetime) -> bool:
        """Rule 2."""
        shared = None
        for moment in self.minutes(start, start + self.length):
            here = set(self.at_work(party, moment))
            shared = here if shared is None else shared & here
        return bool(shared)

    def is_free(self, party: dict, start: datetime) -> bool:
        """Rule 3."""
        return not any(
            at(begin) < start + self.length and start < at(end) for begin, end in party.get("busy", [])
        )

    def is_rested(self, person: dict, start: datetime) -> bool:
        """Rule 4."""
        zone = ZoneInfo(person["zone"])
        for begin, end in ((at(one), at(two)) for one, two in person.get("worked", [])):
            moments = self.minutes(begin, end)
            if all(self.at_work(person, moment) for moment in moments):
                continue
            if start < end + timedelta(hours=11):
                return False
            if any(not 6 <= moment.astimezone(zone).hour < 22 for moment in moments):
                noon = datetime.combine(end.astimezone(zone).date(), datetime.min.time(), zone)
                if start < noon.replace(hour=12).astimezone(UTC):
                    return False
        return True

    def may_talk(self, person: dict, interviewer: dict) -> bool:
        """Rule 5, as far as it can be loosened."""
        return person["id"] not in interviewer.get("not_with", [])

    def pair(self, person: dict, interviewer: dict, start: datetime, without: str = "") -> bool:
        """Rules 2 to 5."""
        return (
            person["id"] != interviewer["id"]
            and (without == "hours" or self.in_hours(person, start) and self.in_hours(interviewer, start))
            and (without == "busy" or self.is_free(person, start) and self.is_free(interviewer, start))
            and (without == "rest" or self.is_rested(person, start))
            and (without == "not_with" or self.may_talk(person, interviewer))
        )

    def beside(
        self, person: dict, interviewer: dict, start: datetime, seated: list, without: str = ""
    ) -> bool:
        """Rules 6 and 7, towards interviews (person, interviewer, start) that are settled."""
        gap, zone = self.length + self.pause, ZoneInfo(interviewer["zone"])
        same_day = 0
        for other, host, when in seated:
            if {other["id"], host["id"]} & {person["id"], interviewer["id"]} and abs(when - start) < gap:
                return False
            if host["id"] == interviewer["id"]:
                same_day += when.astimezone(zone).date() == start.astimezone(zone).date()
        if without != "daily_limit" and same_day >= interviewer.get("daily_limit", 3):
            return False
        if without == "after":
            return True
        ends = {other["id"]: when + gap for other, _, when in seated}
        return all(other in ends and ends[other] <= start for other in person.get("after", []))

    def best(self) -> tuple:
        """The worth of the best schedule: every one is tried."""
        starts = self.starts(max(self.now, self.opens), self.fades)
        possible = {
            person["id"]: [
                (start, interviewer)
                for start in starts
                for interviewer in self.interviewers
                if self.pair(person, interviewer, start)
            ]
            for person in self.people
        }
        waiting, turn = list(self.people), []
        while waiting:
            ready = next(
                one for one in waiting if not set(one.get("after", [])) & {two["id"] for two in waiting}
            )
            turn.append(ready)
            waiting.remove(ready)
        best: list = [None]

        def go(number: int, seated: list) -> None:
            # All who are still to come may yet be placed, but nobody takes an interview back.
            least = (number - len(seated), sum(host.get("responded", False) for _, host, _ in seated))
            if best[0] and least > best[0][:2]:
                return
            if number == len(turn):
                value = self.worth(seated)
                best[0] = value if best[0] is None else min(best[0], value)
                return
            person = turn[number]
            for start, interviewer in possible[person["id"]]:
                if self.beside(person, interviewer, start, seated):
                    go(number + 1, [*seated, (person, interviewer, start)])
            go(number + 1, seated)

        go(0, [])
        return best[0]

    def worth(self, seated: list) -> tuple:
        by_person = {person["id"]: (start, host["id"]) for person, host, start in seated}
        missing = (LATER, "\U0010ffff")
        ordered = [by_person.get(person["id"], missing) for person in self.people]
        return (
            len(self.people) - len(seated),
            sum(host.get("responded", False) for _, host, _ in seated),
            [start for start, _ in ordered],
            [host for _, host in ordered],
        )

    def seated(self, answer: dict) -> list:
        people = {one["id"]: one for one in self.people}
        hosts = {one["id"]: one for one in self.interviewers}
        return [
            (people[one["person"]], hosts[one["interviewer"]], at(one["start"]))
            for one in answer["interviews"]
        ]

    def broken(self, answer: dict) -> list[str]:
        """What is wrong with an answer, rule by rule."""
        seated, wrong = self.seated(answer), []
        starts = set(self.starts(max(self.now, self.opens), self.fades))
        names = [person["id"] for person, _, _ in seated] + [one["person"] for one in answer["unplaced"]]
        if sorted(names) != sorted(one["id"] for one in self.people):
            wrong.append("not everybody is told of once")
        for number, (person, host, start) in enumerate(seated):
            others = seated[:number] + seated[number + 1 :]
            if start not in starts:
                wrong.append(f"{person['id']} starts at a wrong moment")
            if not self.pair(person, host, start):
                wrong.append(f"{person['id']} and {host['id']} cannot meet then")
            if not self.beside(person, host, start, others):
                wrong.append(f"{person['id']} is in somebody's way")
        return wrong

    def why(self, person: dict, answer: dict, far: timedelta) -> tuple[str | None, datetime | None]:
        """The first constraint without which there is room, and the start that loosens it least where time is loosened."""
        seated, opens = self.seated(answer), max(self.now, self.opens)
        windows = {"fade": (opens, max(opens, self.fades) + far), "soak": (self.now, self.fades)}
        for constraint in ORDER:
            found = [
                start
                for start in self.starts(*windows.get(constraint, (opens, self.fades)))
                for host in self.interviewers
                if self.pair(person, host, start, constraint)
                and self.beside(person, host, start, seated, constraint)
            ]
            if found:
                return constraint, max(found) if constraint in ("rest", "soak") else min(found)
        return None, None
