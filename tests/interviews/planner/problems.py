"""Makers of interview problems: small ones to be tried in full, large ones that can be solved."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from postmortems.calendars.hours import WEEKDAYS

# Around the weekends on which clocks change: Europe in spring and autumn, New York, Lord Howe (by half an hour).
RESOLVED = [
    datetime(2026, 3, 26, 3, 40, tzinfo=UTC),
    datetime(2026, 3, 28, 1, 10, tzinfo=UTC),
    datetime(2026, 10, 24, 0, 0, tzinfo=UTC),
    datetime(2026, 3, 7, 13, 5, tzinfo=UTC),
    datetime(2026, 4, 3, 20, 59, 30, tzinfo=UTC),
]
ZONES = [
    "UTC",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
]


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def always(*intervals: tuple[str, str]) -> dict:
    return {day: [list(pair) for pair in intervals] for day in WEEKDAYS}


def make_person(id: str, **given) -> dict:
    return {"id": id, "zone": "UTC", "hours": always(("09:00", "17:00")), **given}


make_interviewer = make_person


def make_problem(people: list[dict], interviewers: list[dict], **given) -> dict:
    """Resolved on a Monday at 08:00 UTC, looked at a day later: by default there is room from Tuesday 09:00."""
    return {
        "now": "2026-06-02T08:00:00Z",
        "resolved_at": "2026-06-01T08:00:00Z",
        "people": people,
        "interviewers": interviewers,
        **given,
    }


def make_stretches(draw: random.Random, since: datetime, hours: int, most: int, longest: int) -> list:
    found = []
    for _ in range(draw.randint(0, most)):
        begin = since.replace(second=0) + timedelta(minutes=draw.randint(0, hours * 60))
        found.append([iso(begin), iso(begin + timedelta(minutes=draw.randint(1, longest)))])
    return found


def make_hours(draw: random.Random) -> dict:
    if draw.random() < 0.7:
        return always(("00:00", "24:00"))
    week = {}
    for day in WEEKDAYS:
        cuts = sorted(draw.sample(range(49), draw.choice([2, 4])))
        week[day] = [
            [clock(begin * 30), clock(end * 30)] for begin, end in zip(cuts[::2], cuts[1::2], strict=True)
        ]
    if draw.random() < 0.3:
        del week[draw.choice(WEEKDAYS)]
    return week


def make_small(seed: int, *, people: int = 3, interviewers: int = 2, window: int = 7) -> dict:
    """A problem with few enough starts that every schedule can be tried.

    Drawn evenly rather than by hypothesis, which likes extremes: nearly nobody could ever be placed.
    """
    draw = random.Random(seed)
    resolved = draw.choice(RESOLVED)
    soak = draw.choice([0, 2, 24, 24.5])
    opens = resolved + timedelta(hours=soak)
    window = draw.randint(2, window)
    zones = draw.choices(ZONES, k=draw.randint(1, 3))
    today = opens.date().isoformat()

    def party(name: str) -> dict:
        return {
            "id": name,
            "zone": draw.choice(zones),
            "hours": make_hours(draw),
            "busy": make_stretches(draw, opens, window, 2, 120),
            "holidays": [today] if draw.random() < 0.1 else [],
        }

    guests = []
    for number in range(draw.randint(1, people)):
        earlier = [one["id"] for one in guests]
        worked = draw.random() < 0.3
        guests.append(
            party(f"p{number}")
            | {
                "rank": draw.randint(0, 2),
                "worked": make_stretches(draw, opens - timedelta(hours=20), 24, 1, 400) if worked else [],
                "after": [draw.choice(earlier)] if earlier and draw.random() < 0.25 else [],
            }
        )
    names = draw.sample(["a", "b", "c", "p0", "p1"], draw.randint(1, interviewers))
    hosts = [
        party(name)
        | {
            "daily_limit": draw.choice([0, 1, 1, 2, 2, 3, 3, 3]),
            "responded": draw.random() < 0.4,
            "not_with": [draw.choice(["p0", "p1", "p2"])] if draw.random() < 0.2 else [],
        }
        for name in names
    ]
    draw.shuffle(guests)
    return {
        "now": iso(resolved + timedelta(hours=draw.choice([0, 0.5, soak, soak + 1]))),
        "resolved_at": iso(resolved),
        "soak_hours": soak,
        "fade_hours": soak + window,
        "interview_minutes": draw.choice([30, 45, 60]),
        "break_minutes": draw.choice([0, 15, 20]),
        "slot_minutes": draw.choice([30, 45, 60, 25]),
        "people": guests,
        "interviewers": hosts,
    }


def small_problems(**size: int) -> st.SearchStrategy[dict]:
    return st.integers(0, 2**32).map(lambda seed: make_small(seed, **size))


def make_large(seed: int, people: int, interviewers: int, days: int, **given) -> dict:
    """A problem with a hidden complete schedule, every appointment around it: it can be solved."""
    draw = random.Random(seed)
    monday = datetime(2026, 6, 1, tzinfo=UTC)
    dates = [
        monday + timedelta(days=day) for day in range(days) if (monday + timedelta(days=day)).weekday() < 5
    ]
    hosts = [
        make_interviewer(f"i{number:02}", busy=[], responded=number % 5 == 0)
        for number in range(interviewers)
    ]
    seats = [(host, day, hour) for host in hosts for day in dates for hour in draw.sample(range(9, 16), 3)]
    guests = []
    for number, (_, day, hour) in enumerate(draw.sample(seats, people)):
        kept = {day + timedelta(hours=hour)}
        busy = []
        for _ in range(2 * len(dates)):
            begin = draw.choice(dates) + timedelta(hours=9, minutes=15 * draw.randrange(32))
            end = begin + timedelta(minutes=15 * draw.randint(1, 8))
            if not any(begin < start + timedelta(hours=1) and start < end for start in kept):
                busy.append([iso(begin), iso(end)])
        guests.append(make_person(f"p{number:03}", rank=draw.randint(1, 4), busy=busy))
    return make_problem(
        guests,
        hosts,
        **{
            "now": iso(monday),
            "resolved_at": iso(monday - timedelta(hours=24)),
            "fade_hours": 24 + 24 * days,
            **given,
        },
    )


MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
ALL_DAY = always(("00:00", "24:00"))


def make_dense(seed: int, people: int, interviewers: int, days: int, a_day: int, waiting: float = 0) -> dict:
    """Interviewers are free for exactly `a_day` interviews back to back on some days, as many as there are people.

    Everybody has time for their own interview and for a fifth of everything else; some wait for others.
    """
    draw = random.Random(seed)
    mornings = draw.sample(
        [(host, day) for host in range(interviewers) for day in range(days)], -(-people // a_day)
    )
    free: list[list] = [[] for _ in range(interviewers)]
    seats = []
    for number, (host, day) in enumerate(mornings):
        begin = MONDAY + timedelta(days=day, hours=draw.randint(8, 11), minutes=draw.choice([0, 15, 30, 45]))
        count = min(a_day, people - number * a_day)
        seats += [begin + timedelta(hours=hour) for hour in range(count)]
        free[host].append((begin, begin + timedelta(hours=count, minutes=-15)))
    draw.shuffle(seats)
    guests = []
    for number, seat in enumerate(seats):
        own = [(seat, seat + timedelta(minutes=45))]
        for _ in range(days):
            begin = MONDAY + timedelta(days=draw.randrange(days), hours=draw.randint(7, 15))
            own.append((begin, begin + timedelta(minutes=15 * draw.randint(3, 12))))
        earlier = [f"p{one:03}" for one in range(number) if seats[one] + timedelta(hours=1) <= seat]
        waits = earlier and draw.random() < waiting
        guests.append(
            make_person(
                f"p{number:03}", hours=ALL_DAY, busy=around(own, days), rank=draw.randint(1, 3),
                after=draw.sample(earlier, 1) if waits else [],
            )
        )  # fmt: skip
    hosts = [
        make_interviewer(f"i{number:02}", hours=ALL_DAY, busy=around(own, days), daily_limit=a_day)
        for number, own in enumerate(free)
    ]
    draw.shuffle(guests)
    return {
        "now": iso(MONDAY), "resolved_at": iso(MONDAY - timedelta(days=1)), "fade_hours": 24 * (days + 1),
        "people": guests, "interviewers": hosts,
    }  # fmt: skip


def around(free: list[tuple[datetime, datetime]], days: int) -> list[list[str]]:
    """Appointments at all other times."""
    busy, since = [], MONDAY
    for begin, end in sorted(free):
        if since < begin:
            busy.append([iso(since), iso(begin)])
        since = max(since, end)
    return [*busy, [iso(since), iso(MONDAY + timedelta(days=days))]]
