"""The rows of the schedule board: what is drawn and said of each person. Built from rows read once; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from postmortems.incidents.models import Participant
from postmortems.interviews.models import Interview, NotAsked, Plan
from postmortems.interviews.scheduling import band, sayings
from postmortems.interviews.scheduling.actions import after_of
from postmortems.interviews.scheduling.band import Bar, Span
from postmortems.interviews.scheduling.schedule import Host, House, zone_of
from postmortems.interviews.scheduling.whom import Asked

State = Interview.State
LOOKS = {
    State.PROPOSED: "proposed",
    State.INVITED: "invited",
    State.MOVING: "moving",
    State.ACCEPTED: "accepted",
    State.DONE: "done",
}
MOVABLE = {State.PROPOSED, State.INVITED, State.MOVING, State.ACCEPTED}


@dataclass
class Row:
    """One person on the board, with the interview that stands for them, if one does."""

    person: Participant
    zone: ZoneInfo
    bars: list[Bar]
    why: str = ""
    interview: Interview | None = None
    look: str = ""
    middle: float | None = None
    exact: Bar | None = None
    label: str = ""
    when: str = ""
    hosts_when: str = ""
    late: bool = False
    movable: bool = False
    left: dict | None = None  # of the last plan, for whom there was no time
    told: list[str] = field(default_factory=list)

    @property
    def city(self) -> str:
        return sayings.city(self.zone)

    @property
    def anchors_end(self) -> bool:
        return self.middle is not None and self.middle > 75

    @property
    def ready(self) -> bool:
        """Whether an invitation can be sent: it has a time, and nobody was told yet."""
        return bool(self.interview and self.interview.state == State.PROPOSED and self.interview.starts_at)


@dataclass
class Board:
    """The whole board: a span of time, the days over it, and a row for each person."""

    span: Span
    zone: ZoneInfo
    ticks: list[band.Tick]
    days: list[band.Tick]
    window: list[Bar]
    day: str
    deadline: float | None
    now: float | None
    rows: list[Row]


def span_of(house: House, zone: ZoneInfo) -> Span:
    """From the day of the resolution to the one on which the window closes, and to whatever stands later."""
    last = [house.window.fades_at, *(one.ends_at for one in house.standing if one.ends_at)]
    far = house.window.fades_at + timedelta(days=30)  # one strange date does not flatten everything else
    first = [house.window.resolved_at, *(one.starts_at for one in house.standing if one.starts_at)]
    near = house.window.resolved_at - timedelta(days=2)
    return band.whole_days(max(min(first), near), min(max(last), far), zone)


def board(
    house: House, zone: ZoneInfo, *, day: str, plan: Plan | None, left_out: dict[int, NotAsked]
) -> Board:
    """The board on the clock of `zone`; `day` is a date to look at more closely, or nothing for the whole window."""
    whole = span_of(house, zone)
    days = band.day_ticks(whole, zone)
    chosen = next((tick for tick in days if tick.day.isoformat() == day), None)
    span = whole
    if chosen:
        noon = datetime(chosen.day.year, chosen.day.month, chosen.day.day, 12, tzinfo=zone)
        span = band.whole_days(noon, noon, zone)
    window = house.window
    deadline = window.deadline.at if window.deadline else None
    return Board(
        span=span,
        zone=zone,
        ticks=band.hour_ticks(span, zone) if chosen else days,
        days=days,
        window=band.of_window(span, window.resolved_at, window.opens_at, window.fades_at),
        day=chosen.day.isoformat() if chosen else "",
        deadline=span.x(deadline) if deadline and span.holds(deadline) else None,
        now=span.x(house.now) if span.holds(house.now) else None,
        rows=_rows(house, span, plan, left_out),
    )


def _rows(house: House, span: Span, plan: Plan | None, left_out: dict[int, NotAsked]) -> list[Row]:
    """People with a time by that time, then those without one, then those who are not asked yet."""
    standing = {one.participant_id: one for one in house.standing}
    left = {one["participant"]: one for one in plan.unplaced} if plan else {}
    found = [
        _row(house, span, asked, standing.get(asked.id), left.get(asked.id), plan)
        for asked in house.asked
        if asked.id in standing or asked.id not in left_out
    ]
    far = span.until + timedelta(days=400)

    def order(row: Row) -> tuple:
        has_one = row.interview is not None
        return not has_one and not row.left, not has_one, row.interview.starts_at or far if has_one else far

    return sorted(found, key=order)


def _row(
    house: House, span: Span, asked: Asked, interview: Interview | None, left: dict | None, plan: Plan | None
) -> Row:
    participant = house.participants[asked.id]
    person = house.person(participant)
    row = Row(
        person=participant,
        zone=person.zone,
        bars=band.of_person(span, person),
        why=asked.why,
        interview=interview,
    )
    if interview is None or not interview.starts_at:
        row.left = left
    if interview is None:
        return row
    row.why = interview.why or asked.why
    row.movable = interview.state in MOVABLE
    row.look = LOOKS.get(interview.state, "")
    if interview.starts_at and interview.state != State.WRITING:
        _place(row, house, span, interview)
        if row.movable:
            row.told = _told(house, interview, plan)
    return row


def _place(row: Row, house: House, span: Span, interview: Interview) -> None:
    begin, end = interview.starts_at, interview.ends_at
    hosts = interview.interviewer.tz
    row.when = sayings.stretch(begin, end, row.zone)
    if begin.astimezone(hosts).replace(tzinfo=None) != begin.astimezone(row.zone).replace(tzinfo=None):
        row.hosts_when = sayings.stretch(begin, end, hosts)
    deadline = house.window.deadline
    row.late = deadline is not None and end > deadline.at
    if exact := span.bar("slot", begin, end):
        row.exact = exact
        row.middle = round(exact.x + exact.width / 2, 3)
        row.label = f"{begin.astimezone(row.zone):%a %H:%M}"


def _told(house: House, interview: Interview, plan: Plan | None) -> list[str]:
    """What is in the way of an interview as things are now: rules that gave way, and what changed since it was planned."""
    if interview.starts_at < house.now:
        return []
    bounds, words = house.bounds(
        interview, after=after_of(plan, interview.participant_id), starts=[interview.starts_at]
    )
    person = house.person(interview.participant)
    host = house.interviewer(Host(interview.interviewer))
    broken = bounds.broken(person.id, host.id, interview.starts_at)
    return [words.say(rule, person, host, interview.starts_at) for rule in broken]


def zone_for(user, incident) -> ZoneInfo:
    """The clock over the board: the reader's."""
    return user.tz if user.zone else zone_of(incident.zone)
